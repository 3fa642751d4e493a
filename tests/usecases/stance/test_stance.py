from dataclasses import replace
from datetime import date
from uuid import UUID

import pytest

from domain.change.model import NO_PHASES, Group, GroupRole, Initiative
from domain.shared.context import Scope
from domain.shared.errors import Code, Forbidden, Invalid, NotFound
from domain.shared.ids import GroupId, InitiativeId
from domain.stance.commands import DecideStance, PutStanceAnswers, ReadStance
from domain.stance.model import Attribute, AttributeAnswer, Method, Origin, StanceWord, Status, Value
from domain.stance.usecases import decide_stance, put_stance_answers, read_stance
from tests.support.fakes.change import LEADER, NOW, StoredChange, context

INITIATIVE = Initiative(
    id=InitiativeId(UUID(int=1)),
    leader_id=LEADER,
    title="One reading programme",
    focus_area=None,
    practice=None,
    school_id=None,
    starts_on=None,
    ends_on=None,
    decide_by=date(2026, 11, 16),
    stakes=None,
    goal_tied_to_student_learning=True,
    about_teaching_and_learning=True,
    external_id=None,
    created_at=NOW,
    version=1,
)
OFFICE = Group(
    id=GroupId(UUID(int=2)),
    initiative_id=INITIATIVE.id,
    name="office",
    size=8,
    role=GroupRole.SUPPORTING,
    must_change_practice=True,
    estimate=(2,) * 7,
    phases=NO_PHASES,
    external_id=None,
    created_at=NOW,
    version=1,
)
COACHES = replace(OFFICE, id=GroupId(UUID(int=3)), name="coaches", size=4, estimate=(3,) * 7)
IDS = {"initiative_id": INITIATIVE.id, "group_id": OFFICE.id}


def attribute_answers(**answers: str) -> tuple[AttributeAnswer, ...]:
    return tuple(AttributeAnswer(code=Attribute(code), value=Value(value)) for code, value in answers.items())


@pytest.fixture
def stored():
    return StoredChange(initiatives={INITIATIVE.id: INITIATIVE}, groups={OFFICE.id: OFFICE, COACHES.id: COACHES})


@pytest.fixture
def ctx(stored):
    return context(stored)


async def test_stance_of_each_group_in_the_order_they_were_added(ctx):
    office, coaches = await read_stance(ReadStance(initiative_id=INITIATIVE.id), ctx)
    assert (office.group_id, office.choice, office.status) == (OFFICE.id, Method.CONSULT_GROUP, Status.PROVISIONAL)
    assert [(a.attribute, a.settles) for a in office.ask] == [("LI", 8), ("GC", 8), ("ST", 4)]
    assert (coaches.group_id, coaches.status, coaches.choice) == (COACHES.id, Status.OPEN, None)
    assert office.configuration_version == 1


async def test_answers_for_this_decision_are_kept_and_win(ctx):
    view = await put_stance_answers(PutStanceAnswers(**IDS, answers=attribute_answers(LI="yes")), ctx)
    assert (view.choice, view.stance) == (Method.DECIDE, StanceWord.DIRECT)
    assert view.certain == (
        Method.DECIDE,
        Method.DECIDE_WITH_FACTS,
        Method.CONSULT_INDIVIDUALLY,
        Method.CONSULT_GROUP,
    )
    office, _ = await read_stance(ReadStance(initiative_id=INITIATIVE.id), ctx)
    assert office == view
    assert office.attributes[1].origin is Origin.ASKED


async def test_answers_are_put_as_a_whole(ctx, stored):
    await put_stance_answers(PutStanceAnswers(**IDS, answers=attribute_answers(LI="yes"), develop_people=True), ctx)
    view = await put_stance_answers(PutStanceAnswers(**IDS, answers=()), ctx)
    assert view.attributes[1].value is Value.UNKNOWN
    assert not stored.answers[OFFICE.id].develop_people


async def test_a_leader_who_wants_people_to_grow_takes_them_along_further(ctx):
    view = await put_stance_answers(PutStanceAnswers(**IDS, answers=attribute_answers(LI="yes"), develop_people=True), ctx)
    assert view.choice is Method.CONSULT_GROUP


async def test_urgency_is_counted_in_the_districts_days_from_at(ctx, stored):
    stored.initiatives[INITIATIVE.id] = replace(INITIATIVE, decide_by=date(2026, 11, 14))
    await put_stance_answers(PutStanceAnswers(**IDS, answers=attribute_answers(LI="yes"), develop_people=True), ctx)
    request = ReadStance(initiative_id=INITIATIVE.id)
    now, then = (await read_stance(request, ctx))[0], (await read_stance(replace(request, at="2026-10-31T18:00:00Z"), ctx))[0]
    assert (now.choice, then.choice) == (Method.DECIDE, Method.DECIDE)
    # midnight of the 31st in UTC is still the 30th in the district: fifteen days are left
    earlier = (await read_stance(replace(request, at="2026-10-31"), ctx))[0]
    assert earlier.choice is Method.CONSULT_GROUP


async def test_deciding_from_answers_alone_keeps_nothing(ctx, stored):
    view = await decide_stance(DecideStance(attributes=attribute_answers(QR="yes", LI="yes", AC="no", GC="yes")), ctx)
    assert (view.group_id, view.status, view.choice) == (None, Status.SETTLED, Method.DECIDE)
    assert [a.origin for a in view.attributes] == [Origin.ASKED, Origin.ASKED, None, Origin.ASKED, None, Origin.ASKED, None]
    assert not stored.answers


def test_a_question_is_answered_once():
    with pytest.raises(Invalid) as error:
        DecideStance(attributes=(*attribute_answers(QR="yes"), *attribute_answers(QR="no")))
    assert [(f.pointer, f.code) for f in error.value.errors] == [("/attributes/1", Code.DUPLICATE)]


async def test_scopes_and_what_is_not_there(stored):
    with pytest.raises(Forbidden):
        await read_stance(ReadStance(initiative_id=INITIATIVE.id), context(stored, [Scope.CHANGE_READ]))
    with pytest.raises(Forbidden):
        await put_stance_answers(PutStanceAnswers(**IDS, answers=()), context(stored, [Scope.ADVICE_READ]))
    nowhere = IDS | {"group_id": GroupId(UUID(int=9))}
    with pytest.raises(NotFound):
        await put_stance_answers(PutStanceAnswers(**nowhere, answers=()), context(stored))
