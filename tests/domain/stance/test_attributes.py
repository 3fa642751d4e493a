from dataclasses import replace
from datetime import UTC, date, datetime
from uuid import UUID

import pytest

from domain.change.model import NO_PHASES, Initiative, Pulse, Stakes
from domain.change.rules import Basis, GroupState, PerceivedMagnitude, measured
from domain.framework.configuration import PRODUCT
from domain.framework.magnitude import Magnitude
from domain.framework.responsibilities import Responsibility as Resp
from domain.scoring.views import Evidence, Posterior
from domain.shared.ids import GroupId, InitiativeId, PersonId
from domain.stance.attributes import Decision, attributes_from_answers, is_urgent, read_attributes
from domain.stance.model import Attribute, Method, Origin, Status, Value
from domain.stance.presentation import stance_view

INITIATIVE = Initiative(
    id=InitiativeId(UUID(int=1)),
    leader_id=PersonId(UUID(int=2)),
    title="One reading programme",
    focus_area=None,
    practice=None,
    school_id=None,
    starts_on=None,
    ends_on=None,
    decide_by=None,
    stakes=None,
    goal_tied_to_student_learning=True,
    about_teaching_and_learning=True,
    external_id=None,
    created_at=datetime(2026, 9, 1, tzinfo=UTC),
    version=1,
)


def group(label="mixed", basis=Basis.MEASURED, *, must=True, answered=None) -> GroupState:
    return GroupState(
        group_id=GroupId(UUID(int=3)),
        name="teachers",
        size=30,
        magnitude=PerceivedMagnitude(label=Magnitude(label), basis=basis, q=0.5),
        phases=NO_PHASES,
        must_change_practice=must,
        measured=answered,
    )


def scored(responsibility, theta, evidence=Evidence.ENOUGH) -> Posterior:
    return Posterior(responsibility=responsibility, theta=theta, sd=0.2, n=9, evidence=evidence)


def cells(initiative=INITIATIVE, phase_state=None, scores=(), known=None) -> str:
    decision = Decision(
        initiative=initiative,
        group_state=phase_state or group(),
        posteriors={p.responsibility: p for p in scores},
        cfg=PRODUCT,
    )
    letters = {Value.YES: "Y", Value.NO: "N", Value.UNKNOWN: "?"}
    return " ".join(letters[a.value] for a in read_attributes(decision, known or {}))


P2_SCORES = (
    scored(Resp.KNOWLEDGE_OF_TEACHING_AND_LEARNING, 3.90),
    scored(Resp.COMMUNITY, 3.75),
    scored(Resp.FOCUS, 4.4),
)
SPREAD = measured(Pulse(on=date(2026, 3, 2), answers=((1,) * 7, (5,) * 7) * 6), 30, PRODUCT)
AGREED = measured(Pulse(on=date(2026, 3, 2), answers=((4,) * 7,) * 12), 30, PRODUCT)


def test_teachers_of_p2():
    teachers = group("second_order", answered=SPREAD)
    assert cells(phase_state=teachers, scores=P2_SCORES, known={Attribute.GC: Value.YES}) == "Y ? N Y N Y Y"
    assert cells(phase_state=teachers, scores=P2_SCORES) == "Y ? N Y N ? Y"


def test_office_and_coaches_of_p2():
    assert cells(phase_state=group("first_order"), scores=P2_SCORES) == "Y ? ? Y Y ? ?"
    coaches = group("mixed", Basis.ESTIMATED)
    assert cells(phase_state=coaches, scores=P2_SCORES, known={Attribute.GC: Value.YES}) == "Y ? ? Y ? Y ?"


@pytest.mark.parametrize(
    ("stakes", "tied", "read"),
    [(Stakes.HIGH, False, "Y"), (Stakes.LOW, True, "Y"), (Stakes.LOW, False, "N"), (None, False, "?")],
)
def test_quality_matters_by_stakes_or_goal(stakes, tied, read):
    assert cells(replace(INITIATIVE, stakes=stakes, goal_tied_to_student_learning=tied))[0] == read


@pytest.mark.parametrize(
    ("theta", "evidence", "reason", "read"),
    [
        (4.0, Evidence.ENOUGH, True, "Y"),
        (4.0, Evidence.ENOUGH, False, "?"),
        (4.5, Evidence.THIN, True, "?"),
        (2.0, Evidence.ENOUGH, True, "?"),
    ],
)
def test_information_is_never_an_automatic_no(theta, evidence, reason, read):
    initiative = replace(INITIATIVE, about_teaching_and_learning=reason)
    found = cells(initiative, scores=(scored(Resp.KNOWLEDGE_OF_TEACHING_AND_LEARNING, theta, evidence),))
    assert found.split()[1] == read


def test_goals_are_shared_only_where_both_scores_say_so():
    assert cells(scores=(scored(Resp.COMMUNITY, 4.0), scored(Resp.FOCUS, 4.0))).split()[5] == "Y"
    assert cells(scores=(scored(Resp.COMMUNITY, 4.0), scored(Resp.FOCUS, 4.0, Evidence.THIN))).split()[5] == "?"
    assert cells(scores=(scored(Resp.COMMUNITY, 4.0),)).split()[5] == "?"


@pytest.mark.parametrize(("must", "read"), [(True, "Y"), (False, "N"), (None, "?")])
def test_acceptance_matters_where_practice_must_change(must, read):
    assert cells(phase_state=group(must=must)).split()[3] == read


@pytest.mark.parametrize(
    ("label", "structure", "likely"),
    [("first_order", "?", "Y"), ("second_order", "N", "N"), ("mixed", "?", "?"), ("unknown", "?", "?")],
)
def test_what_the_label_tells(label, structure, likely):
    assert cells(phase_state=group(label)).split()[2:5:2] == [structure, likely]


def test_conflict_is_read_from_spread_never_from_agreement():
    assert cells(phase_state=group(answered=SPREAD)).split()[6] == "Y"
    assert cells(phase_state=group(answered=AGREED)).split()[6] == "?"


def test_origins_are_named_and_estimates_marked():
    decision = Decision(initiative=INITIATIVE, group_state=group("second_order", Basis.ESTIMATED), posteriors={}, cfg=PRODUCT)
    found = {a.code: (a.origin, a.estimated) for a in read_attributes(decision, {Attribute.CO: Value.NO})}
    assert found == {
        Attribute.QR: (Origin.DEFAULT, False),
        Attribute.LI: (None, False),
        Attribute.ST: (Origin.DEFAULT, True),
        Attribute.AC: (Origin.DEFAULT, False),
        Attribute.AP: (Origin.MAGNITUDE, True),
        Attribute.GC: (None, False),
        Attribute.CO: (Origin.ASKED, False),
    }


def test_an_answer_of_unknown_is_none():
    assert cells(phase_state=group("second_order"), known={Attribute.AP: Value.UNKNOWN}).split()[4] == "N"


@pytest.mark.parametrize(
    ("decide_by", "urgent"),
    [(date(2026, 11, 15), True), (date(2026, 11, 16), False), (date(2026, 10, 1), True), (None, False)],
)
def test_urgent_is_within_fourteen_days_or_past(decide_by, urgent):
    assert is_urgent(decide_by, date(2026, 11, 1), PRODUCT) is urgent


def stance_from(answers, *, urgent=False, develop=False):
    return stance_view(None, attributes_from_answers(answers), PRODUCT, urgent=urgent, develop=develop)


Y, N = Value.YES, Value.NO
INFORMED = dict(zip(Attribute, (Y, Y, N, Y, N, N, N), strict=True))


def test_the_sentence_names_what_is_open_and_why_one_is_taken():
    view = stance_from(INFORMED)
    assert view.choice is Method.CONSULT_GROUP
    assert "consult individually or consult the group" in view.sentence
    assert "acceptance is at stake" in view.sentence
    assert "deadline" in stance_from(INFORMED, urgent=True).sentence
    assert stance_from(INFORMED, urgent=True).choice is Method.CONSULT_INDIVIDUALLY


def test_an_open_stance_asks_and_names_no_method():
    view = stance_from({})
    assert (view.status, view.choice, view.stance, view.time_saving, view.developmental) == (
        Status.OPEN,
        None,
        None,
        None,
        None,
    )
    assert view.sentence.endswith("?")


def test_the_sentence_never_claims_a_best_method():
    for answers in ({}, INFORMED, {Attribute.QR: N}, {Attribute.QR: Y, Attribute.AC: N}):
        assert "best decision" not in stance_from(answers).sentence
        assert "best method" not in stance_from(answers).sentence
