from dataclasses import replace
from datetime import UTC, datetime, timedelta
from uuid import UUID

import pytest

from domain.change.model import NO_PHASES, Group, GroupRole, Initiative, Intensities
from domain.framework.configuration import PRODUCT
from domain.framework.disclaimer import NOTICE
from domain.framework.evidence_sources import Source
from domain.framework.responsibilities import Responsibility
from domain.recommendations.commands import ReadRecommendations
from domain.recommendations.usecases import read_recommendations
from domain.scoring.evidence_units import EvidenceUnit
from domain.shared.context import Scope
from domain.shared.errors import Code, Forbidden, Invalid, NotFound
from domain.shared.ids import GroupId, InitiativeId
from tests.support.fakes.change import LEADER, NOW, StoredChange, context

INITIATIVE = Initiative(
    id=InitiativeId(UUID(int=1)),
    leader_id=LEADER,
    title="New timetable",
    focus_area=None,
    practice=None,
    school_id=None,
    starts_on=None,
    ends_on=None,
    decide_by=None,
    stakes=None,
    goal_tied_to_student_learning=False,
    about_teaching_and_learning=False,
    external_id=None,
    created_at=NOW,
    version=1,
)
GROUP = Group(
    id=GroupId(UUID(int=2)),
    initiative_id=INITIATIVE.id,
    name="office",
    size=8,
    role=GroupRole.SUPPORTING,
    must_change_practice=None,
    estimate=(2,) * 7,
    phases=replace(NO_PHASES, implement=1.0),
    external_id=None,
    created_at=NOW,
    version=1,
)
REQUEST = ReadRecommendations(initiative_id=INITIATIVE.id)


def visits(responsibility: Responsibility, x: float, times: int, t: datetime = NOW - timedelta(days=2)) -> list[EvidenceUnit]:
    return [EvidenceUnit(responsibility=responsibility, source=Source.OBSERVATION, x=x, c=1.0, t=t) for _ in range(times)]


def stored_change(**changes) -> StoredChange:
    return StoredChange(initiatives={INITIATIVE.id: INITIATIVE}, groups={GROUP.id: GROUP}, **changes)


async def test_advice_ranks_what_is_well_evidenced_and_gathers_the_rest():
    units = (
        visits(Responsibility.RESOURCES, 2.0, 9) + visits(Responsibility.INSPIRES, 2.0, 9) + visits(Responsibility.FOCUS, 2, 1)
    )
    view = await read_recommendations(REQUEST, context(stored_change(units=units)))
    (group,) = view.groups
    assert [r.responsibility for r in group.ranked] == [Responsibility.INSPIRES, Responsibility.RESOURCES]
    assert [r.multiplier for r in group.ranked] == [1.5, 1.25]
    assert len(view.gather) == 19
    assert Responsibility.FOCUS in view.gather
    assert (view.configuration_version, view.notice) == (1, NOTICE)
    assert view.as_of == datetime(2026, 11, 1, 9, tzinfo=UTC)
    assert {i for r in group.ranked for i in r.working.citations} <= {c.id for c in view.citations}
    (factor,) = view.overall.ranked[0].working.multipliers
    assert (factor.phase, factor.q_basis, factor.q, factor.size_share) == ("implement", "estimated", 0.0, 1.0)


async def test_at_moves_the_scores_and_nothing_else():
    units = visits(Responsibility.INSPIRES, 2.0, 9, datetime(2026, 10, 1, tzinfo=UTC))
    ctx = context(stored_change(units=units))
    before = await read_recommendations(replace(REQUEST, at="2026-09-01"), ctx)
    after = await read_recommendations(replace(REQUEST, at="2026-10-02T00:00:00Z"), ctx)
    assert (before.overall.ranked, before.overall.p_none) == ((), 1.0)
    assert [r.responsibility for r in after.overall.ranked] == [Responsibility.INSPIRES]
    assert after.as_of == datetime(2026, 10, 2, tzinfo=UTC)
    assert len(before.groups) == len(after.groups) == 1


async def test_a_moment_to_come_is_refused():
    with pytest.raises(Invalid) as error:
        await read_recommendations(replace(REQUEST, at="2026-11-02"), context(stored_change()))
    assert error.value.code == Code.IN_FUTURE


async def test_the_districts_own_configuration_is_used_and_named():
    own = replace(PRODUCT, version=2, kappa_phase=1.0)
    units = visits(Responsibility.INSPIRES, 2.0, 9)
    view = await read_recommendations(REQUEST, context(stored_change(units=units, configurations={2: own})))
    assert (view.configuration_version, view.overall.ranked[0].multiplier) == (2, 2.0)


async def test_without_groups_the_need_alone_ranks():
    stored = stored_change(units=visits(Responsibility.INSPIRES, 2.0, 9))
    stored.groups.clear()
    view = await read_recommendations(REQUEST, context(stored))
    assert (view.groups, view.overall.ranked[0].multiplier, view.overall.strengthen) == ((), 1.0, (Responsibility.INSPIRES,))


async def test_advice_needs_its_scope_and_an_initiative():
    with pytest.raises(Forbidden):
        await read_recommendations(REQUEST, context(stored_change(), [Scope.CHANGE_READ]))
    with pytest.raises(NotFound):
        await read_recommendations(REQUEST, context(StoredChange()))


async def test_a_phase_that_is_not_offered_does_not_count():
    all_phases = Intensities(create_demand=0.0, implement=0.0, manage_transitions=1.0, monitor_evaluate=0.0)
    stored = stored_change(units=visits(Responsibility.ADAPTABILITY, 2.0, 9))
    stored.groups[GROUP.id] = replace(GROUP, phases=all_phases)
    view = await read_recommendations(REQUEST, context(stored))
    assert view.overall.ranked[0].multiplier == 1.0
