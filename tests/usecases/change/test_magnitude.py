from datetime import date

import pytest

from domain.change.commands import CreateGroup, CreateInitiative, EditGroup
from domain.change.model import GroupRole
from domain.change.pulse_commands import PutEstimate, PutPhases, PutPulse, ReadMagnitude, ReadPhases
from domain.change.rules import Basis, Judgement
from domain.change.usecases.groups import create_group, edit_group
from domain.change.usecases.initiatives import create_initiative
from domain.change.usecases.magnitude import put_estimate, put_pulse, read_magnitude
from domain.change.usecases.phases import put_phases, read_phases
from domain.directory.model import PersonRef
from domain.framework.magnitude import Magnitude
from domain.shared.errors import Code, Conflict, Invalid, NotFound, Stale
from tests.support.fakes.change import StoredChange, context

OFFICE = tuple(tuple(int(a) for a in row) for row in ("2122122", "1221121", "2232222", "2223222", "1122121"))


@pytest.fixture
def stored():
    return StoredChange()


@pytest.fixture
def ctx(stored):
    return context(stored)


async def described(ctx, size=8):
    """Create an initiative with one group; return the two ids as keyword arguments."""
    initiative = await create_initiative(
        CreateInitiative(
            leader=PersonRef(sourced_id="p-leader"),
            title="New timetable",
            goal_tied_to_student_learning=False,
            about_teaching_and_learning=False,
        ),
        ctx,
    )
    group = await create_group(
        CreateGroup(initiative_id=initiative.id, name="office", size=size, role=GroupRole.SUPPORTING), ctx
    )
    return {"initiative_id": initiative.id, "group_id": group.id}


async def test_estimate_and_pulse_are_told_against_each_other(ctx):
    ids = await described(ctx)
    await put_estimate(PutEstimate(**ids, expected_version=1, items=(2,) * 7), ctx)
    receipt = await put_pulse(PutPulse(**ids, on=date(2026, 10, 1), answers=OFFICE), ctx)
    assert (receipt.answers, receipt.on) == (5, date(2026, 10, 1))
    view = await read_magnitude(ReadMagnitude(**ids), ctx)
    assert (view.measured.n, view.measured.low, view.measured.high, view.measured.q) == (5, 1.4566, 2.0862, 0.0)
    assert (view.estimated.mean, view.estimated.label, view.estimated.adjusted) == (2.0, Magnitude.FIRST_ORDER, None)
    assert (view.difference.value, view.difference.low, view.difference.high) == (0.2286, -0.0862, 0.5434)
    assert view.difference.classification is Judgement.ABOUT_RIGHT
    assert (view.current_label, view.current_basis) == (Magnitude.FIRST_ORDER, Basis.MEASURED)
    assert (view.accuracy.initiatives, view.accuracy.sentence) == (1, None)
    assert "experiences" in view.sentence


async def test_an_untouched_group_is_unknown_and_taken_as_mixed(ctx):
    view = await read_magnitude(ReadMagnitude(**await described(ctx)), ctx)
    assert (view.measured, view.estimated, view.difference, view.accuracy) == (None, None, None, None)
    assert (view.current_label, view.current_basis) == (Magnitude.UNKNOWN, Basis.ASSUMED)
    assert "taken as mixed" in view.sentence


async def test_a_leader_who_underestimates_twice_is_told_and_sees_an_adjusted_estimate(ctx):
    for _ in range(3):
        ids = await described(ctx)
        await put_estimate(PutEstimate(**ids, expected_version=1, items=(2,) * 7), ctx)
        await put_pulse(PutPulse(**ids, on=date(2026, 10, 1), answers=((4,) * 7,) * 8), ctx)
    view = await read_magnitude(ReadMagnitude(**ids), ctx)
    assert view.accuracy.initiatives == 3
    assert view.difference.critical
    assert "more deeply" in view.accuracy.sentence
    assert view.estimated.adjusted > view.estimated.mean


async def test_the_newest_date_counts_and_the_same_date_replaces(ctx, stored):
    ids = await described(ctx)
    await put_pulse(PutPulse(**ids, on=date(2026, 10, 5), answers=((5,) * 7,) * 6), ctx)
    await put_pulse(PutPulse(**ids, on=date(2026, 10, 5), answers=OFFICE), ctx)
    await put_pulse(PutPulse(**ids, on=date(2026, 9, 1), answers=((5,) * 7,) * 6), ctx)
    view = await read_magnitude(ReadMagnitude(**ids), ctx)
    assert (view.measured.on, view.measured.n, view.measured.label) == (date(2026, 10, 5), 5, Magnitude.FIRST_ORDER)
    assert len(stored.pulses) == 2


async def test_answers_are_kept_shuffled_under_random_ids(ctx, stored):
    ids = await described(ctx)
    answers = tuple((1 + i % 5,) * 7 for i in range(8))
    await put_pulse(PutPulse(**ids, on=date(2026, 10, 5), answers=answers), ctx)
    (rows,) = stored.pulses.values()
    assert [r.id for r in rows] == sorted(r.id for r in rows)
    assert tuple(r.answers for r in rows) != answers
    assert sorted(r.answers for r in rows) == sorted(answers)


@pytest.mark.parametrize(
    ("answers", "pointers"),
    [
        (OFFICE[:4], ["/answers"]),
        ((*OFFICE, (1, 2, 3, None, None, None, 4)), ["/answers/5"]),
        ((*OFFICE, (1, 2, 3)), ["/answers/5"]),
        ((*OFFICE, (1, 2, 3, 4, 5, 6, 0)), ["/answers/5/5", "/answers/5/6"]),
    ],
)
async def test_a_pulse_is_refused_with_every_fault_named(ctx, answers, pointers):
    ids = await described(ctx)
    with pytest.raises(Invalid) as error:
        PutPulse(**ids, on=date(2026, 10, 1), answers=answers)
    assert [f.pointer for f in error.value.errors] == pointers


async def test_a_list_with_five_answers_is_taken(ctx):
    ids = await described(ctx)
    await put_pulse(PutPulse(**ids, on=date(2026, 10, 1), answers=[*OFFICE, [1, 2, 2, None, None, 1, 2]]), ctx)
    assert (await read_magnitude(ReadMagnitude(**ids), ctx)).measured.n == 6


async def test_a_pulse_of_tomorrow_is_refused_by_the_districts_calendar(ctx, stored):
    ids = await described(ctx)
    stored.zone = "Pacific/Kiritimati"
    await put_pulse(PutPulse(**ids, on=date(2026, 11, 1), answers=OFFICE), ctx)
    with pytest.raises(Invalid) as error:
        await put_pulse(PutPulse(**ids, on=date(2026, 11, 2), answers=OFFICE), ctx)
    assert error.value.code == Code.IN_FUTURE


async def test_a_group_below_five_people_is_never_asked(ctx):
    ids = await described(ctx, size=4)
    with pytest.raises(Invalid) as error:
        await put_pulse(PutPulse(**ids, on=date(2026, 10, 1), answers=OFFICE), ctx)
    assert (error.value.code, error.value.errors[0].pointer) == (Code.NOT_ALLOWED, "/answers")


@pytest.mark.parametrize("items", [(2,) * 6, (2,) * 6 + (6,), (2, 2, 2, 2, None, None, None)])
async def test_an_estimate_answers_the_same_seven_items(ctx, items):
    ids = await described(ctx)
    with pytest.raises(Invalid):
        PutEstimate(**ids, expected_version=1, items=items)


async def test_estimate_and_phases_name_the_version_they_change(ctx):
    ids = await described(ctx)
    view = await put_estimate(PutEstimate(**ids, expected_version=1, items=(2,) * 7), ctx)
    assert view.version == 2
    with pytest.raises(Stale):
        await put_phases(PutPhases(**ids, expected_version=1, implement=1.0), ctx)
    view = await put_phases(PutPhases(**ids, expected_version=2, implement=1.0), ctx)
    assert (view.version, view.phases.implement, view.phases.create_demand) == (3, 1.0, 0.0)


async def test_transitions_are_kept_but_not_offered_where_the_change_is_first_order(ctx):
    ids = await described(ctx)
    await put_phases(PutPhases(**ids, expected_version=1, implement=1.0, manage_transitions=0.5), ctx)
    (unknown,) = (await read_phases(ReadPhases(initiative_id=ids["initiative_id"]), ctx)).groups
    assert [(a.phase, a.intensity) for a in unknown.active] == [("implement", 1.0), ("manage_transitions", 0.5)]
    assert (unknown.manage_transitions.offered, unknown.manage_transitions.reason) == (True, None)
    await put_pulse(PutPulse(**ids, on=date(2026, 10, 1), answers=OFFICE), ctx)
    (group,) = (await read_phases(ReadPhases(initiative_id=ids["initiative_id"]), ctx)).groups
    assert [a.phase for a in group.active] == ["implement"]
    assert (group.manage_transitions.offered, group.manage_transitions.intensity) == (False, 0.5)
    assert "first-order" in group.manage_transitions.reason


async def test_what_is_not_there_is_not_found(ctx):
    ids = await described(ctx)
    other = await described(ctx)
    mixed = {"initiative_id": ids["initiative_id"], "group_id": other["group_id"]}
    with pytest.raises(NotFound):
        await read_magnitude(ReadMagnitude(**mixed), ctx)
    with pytest.raises(NotFound):
        await put_phases(PutPhases(**mixed, expected_version=1), ctx)
    with pytest.raises(NotFound):
        await put_pulse(PutPulse(**mixed, on=date(2026, 10, 1), answers=OFFICE), ctx)


MORE = tuple((1 + i % 5,) * 7 for i in range(5))


async def overlaps(ctx, ids, on, answers):
    """Put a pulse that is rejected; return how many lists are missing."""
    with pytest.raises(Conflict) as error:
        await put_pulse(PutPulse(**ids, on=on, answers=answers), ctx)
    assert error.value.code == Code.PULSE_OVERLAPS
    return error.value.extensions["lists_missing"]


@pytest.mark.parametrize("on", [date(2026, 9, 1), date(2026, 10, 5), date(2026, 10, 6)])
async def test_a_set_with_one_list_more_is_refused_under_every_date(ctx, stored, on):
    ids = await described(ctx)
    await put_pulse(PutPulse(**ids, on=date(2026, 10, 5), answers=OFFICE), ctx)
    before = dict(stored.pulses)
    assert await overlaps(ctx, ids, on, (*OFFICE, (5,) * 7)) == 4
    assert stored.pulses == before


async def test_a_set_grows_by_five_lists_at_a_time(ctx):
    ids = await described(ctx, size=20)
    await put_pulse(PutPulse(**ids, on=date(2026, 10, 5), answers=OFFICE), ctx)
    await put_pulse(PutPulse(**ids, on=date(2026, 10, 5), answers=OFFICE[::-1]), ctx)
    assert await overlaps(ctx, ids, date(2026, 10, 6), (*OFFICE, *MORE[:4])) == 1
    await put_pulse(PutPulse(**ids, on=date(2026, 10, 6), answers=(*OFFICE, *MORE)), ctx)
    assert await overlaps(ctx, ids, date(2026, 10, 6), OFFICE) == 5
    assert (await read_magnitude(ReadMagnitude(**ids), ctx)).measured.n == 10


async def test_neither_an_earlier_date_nor_another_size_changes_what_a_set_is_compared_with(ctx):
    ids = await described(ctx)
    await put_pulse(PutPulse(**ids, on=date(2026, 10, 5), answers=OFFICE), ctx)
    await put_pulse(PutPulse(**ids, on=date(2026, 9, 1), answers=((5,) * 7,) * 6), ctx)
    sized = EditGroup(**ids, name="office", size=40, role=GroupRole.SUPPORTING, expected_version=1)
    await edit_group(sized, ctx)
    for on in (date(2026, 10, 5), date(2026, 10, 6), date(2026, 9, 1)):
        assert await overlaps(ctx, ids, on, (*OFFICE, (5,) * 7)) == 4


async def test_a_history_sent_again_changes_nothing(ctx, stored):
    """Pulses once accepted are accepted again, also earlier ones that are close to later ones."""
    ids = await described(ctx, size=40)
    grown = (*OFFICE, *((4,) * 7,) * 6)
    sets = {date(2026, 9, 1): grown, date(2026, 10, 5): (*grown, *MORE)}
    for _ in range(2):
        for on, answers in sets.items():
            await put_pulse(PutPulse(**ids, on=on, answers=answers), ctx)
    assert {on: len(rows) for (_, on), rows in stored.pulses.items()} == {date(2026, 9, 1): 11, date(2026, 10, 5): 16}


async def test_a_set_that_age_would_delete_at_once_is_not_taken(ctx, stored):
    """Once it is deleted, the next pulse cannot be compared with it."""
    stored.pulse_days = 90
    ids = await described(ctx)
    with pytest.raises(Invalid) as error:
        await put_pulse(PutPulse(**ids, on=date(2026, 9, 1), answers=OFFICE), ctx)
    assert (error.value.code, error.value.errors[0].pointer) == (Code.OUT_OF_RANGE, "/on")
    await put_pulse(PutPulse(**ids, on=date(2026, 9, 2), answers=OFFICE), ctx)
