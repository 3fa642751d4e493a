"""The demo's initiative: three groups with estimates, pulse answers and phases."""

from collections.abc import Mapping
from datetime import date
from random import Random
from typing import NamedTuple

from api.demo.seeder import SEED, Seeder
from domain.change.commands import CreateGroup, CreateInitiative
from domain.change.model import GroupRole, Stakes
from domain.change.pulse_commands import PutEstimate, PutPhases, PutPulse
from domain.change.usecases.groups import create_group
from domain.change.usecases.initiatives import create_initiative
from domain.change.usecases.magnitude import put_estimate, put_pulse
from domain.change.usecases.phases import put_phases
from domain.directory.model import PersonRef
from domain.shared.ids import GroupId, InitiativeId


class GroupSeed(NamedTuple):
    """A group: the leader's estimate (seven answers, 1 to 5), the mean of the group's own answers, and shares of the phases."""

    name: str
    size: int
    role: GroupRole
    must_change: bool
    estimate: tuple[int, ...]
    mean_answer: float
    phases: Mapping[str, float]


GROUPS = (
    GroupSeed(
        "core teachers",
        14,
        GroupRole.IMPLEMENTING,
        True,  # noqa: FBT003 - must change its practice
        (2, 2, 3, 2, 2, 3, 2),
        3.9,
        {"create_demand": 0.4, "implement": 0.6, "manage_transitions": 1.0},
    ),
    GroupSeed(
        "office staff",
        8,
        GroupRole.SUPPORTING,
        False,  # noqa: FBT003 - as above
        (2, 2, 1, 2, 2, 2, 3),
        1.9,
        {"implement": 1.0, "manage_transitions": 0.5},
    ),
    GroupSeed(
        "department chairs",
        4,
        GroupRole.AFFECTED,
        True,  # noqa: FBT003 - as above
        (3, 3, 4, 3, 2, 3, 3),
        3.0,
        {"implement": 0.6, "manage_transitions": 0.4, "monitor_evaluate": 0.5},
    ),
)


async def seed_initiative(seeder: Seeder) -> InitiativeId:
    plan = CreateInitiative(
        external_id="demo-initiative",
        leader=PersonRef(sourced_id="207267"),
        title="Common formative assessment in every course",
        decide_by=date(2027, 6, 30),
        stakes=Stakes.HIGH,
        goal_tied_to_student_learning=True,
        about_teaching_and_learning=True,
    )
    initiative = await seeder.run_as_client(create_initiative, plan)
    random = Random(SEED)  # noqa: S311 - a sample, not a secret
    for group_seed in GROUPS:
        await _seed_group(seeder, initiative.id, group_seed, random)
    return initiative.id


async def _seed_group(seeder: Seeder, initiative_id: InitiativeId, group_seed: GroupSeed, random: Random) -> None:
    group = await seeder.run_as_client(
        create_group,
        CreateGroup(
            initiative_id=initiative_id,
            external_id=f"demo-{group_seed.name}",
            name=group_seed.name,
            size=group_seed.size,
            role=group_seed.role,
            must_change_practice=group_seed.must_change,
        ),
    )
    estimate = PutEstimate(initiative_id=initiative_id, group_id=group.id, items=group_seed.estimate)
    await seeder.run_as_client(put_estimate, estimate)
    await seeder.run_as_client(put_phases, _phases(initiative_id, group.id, group_seed.phases))
    if group_seed.size >= 5:
        answers = tuple(_answers(group_seed.mean_answer, random) for _ in range(group_seed.size - 2))
        pulse = PutPulse(initiative_id=initiative_id, group_id=group.id, on=date(2026, 10, 12), answers=answers)
        await seeder.run_as_client(put_pulse, pulse)


def _phases(initiative_id: InitiativeId, group_id: GroupId, phases: Mapping[str, float]) -> PutPhases:
    return PutPhases(
        initiative_id=initiative_id,
        group_id=group_id,
        create_demand=phases.get("create_demand", 0.0),
        implement=phases.get("implement", 0.0),
        manage_transitions=phases.get("manage_transitions", 0.0),
        monitor_evaluate=phases.get("monitor_evaluate", 0.0),
    )


def _answers(mean_answer: float, random: Random) -> tuple[int, ...]:
    return tuple(min(5, max(1, round(random.gauss(mean_answer, 0.7)))) for _ in range(7))
