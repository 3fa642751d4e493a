"""Initiatives, the groups that they affect, and what those groups answered (openapi/README.md 8 and 12)."""

from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum
from uuid import UUID

from domain.framework.phases import Phase
from domain.shared.ids import GroupId, InitiativeId, PersonId, SchoolId

ITEMS = 7
"""Bipolar items of the magnitude form; 5 is the second-order pole (METHOD 9.1, FRAMEWORK 5.2)."""

LOWEST, HIGHEST = 1, 5
"""The scale of one item."""

Answers = tuple[int | None, ...]
"""Seven answers of one person, 1..5; None where an item was not answered."""


class Stakes(StrEnum):
    """How much depends on the quality of the decision."""

    LOW = "low"
    HIGH = "high"


class GroupRole(StrEnum):
    """A group's part in the change."""

    IMPLEMENTING = "implementing"
    AFFECTED = "affected"
    SUPPORTING = "supporting"


@dataclass(frozen=True, kw_only=True)
class Intensities:
    """How strongly each phase is under way for a group, 0 to 1; 0 is not active. Several phases may be active at once."""

    create_demand: float
    """creating demand"""
    implement: float
    """implementing"""
    manage_transitions: float
    """managing personal transitions, as it was set"""
    monitor_evaluate: float
    """monitoring and evaluating"""

    def of(self, phase: Phase) -> float:
        """Return the intensity of `phase`, 0..1."""
        return {
            Phase.CREATE_DEMAND: self.create_demand,
            Phase.IMPLEMENT: self.implement,
            Phase.MANAGE_TRANSITIONS: self.manage_transitions,
            Phase.MONITOR_EVALUATE: self.monitor_evaluate,
        }[phase]


NO_PHASES = Intensities(create_demand=0.0, implement=0.0, manage_transitions=0.0, monitor_evaluate=0.0)
"""The phases of a new group: none is active."""


@dataclass(frozen=True, kw_only=True)
class Initiative:
    """A change that a leader undertakes. `version` counts edits from 1."""

    id: InitiativeId
    leader_id: PersonId
    title: str
    focus_area: str | None
    practice: str | None
    school_id: SchoolId | None
    starts_on: date | None
    ends_on: date | None
    decide_by: date | None
    stakes: Stakes | None
    goal_tied_to_student_learning: bool
    about_teaching_and_learning: bool
    external_id: str | None
    created_at: datetime
    version: int


@dataclass(frozen=True, kw_only=True)
class Group:
    """People who are expected to experience a change alike.

    `estimate` is what the leader expects them to answer; `version` counts edits of the group, its estimate and its phases.
    """

    id: GroupId
    initiative_id: InitiativeId
    name: str
    size: int
    role: GroupRole
    must_change_practice: bool | None
    estimate: Answers | None
    phases: Intensities
    external_id: str | None
    created_at: datetime
    version: int


@dataclass(frozen=True, kw_only=True)
class Pulse:
    """What a group answered on one date: anonymous lists of answers in no particular order."""

    on: date
    answers: tuple[Answers, ...]


@dataclass(frozen=True, kw_only=True)
class PulseAnswer:
    """One list of seven answers as it is stored: under a random id that reveals neither the person nor the time."""

    id: UUID
    answers: Answers


@dataclass(frozen=True, kw_only=True)
class GroupAnswers:
    """A group with its newest pulse; None if it has none."""

    group: Group
    pulse: Pulse | None
