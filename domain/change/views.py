"""Initiatives and their groups, as responses (openapi/README.md 12)."""

from dataclasses import dataclass
from datetime import date, datetime
from typing import Annotated

from domain.change.model import GroupRole, Intensities, Stakes
from domain.permissions.revealed_data import Revealed
from domain.shared.idempotent_push import Outcome
from domain.shared.ids import GroupId, InitiativeId, PersonId, SchoolId


@dataclass(frozen=True, kw_only=True)
class InitiativeView:
    """A change that a leader undertakes."""

    id: InitiativeId
    """its id"""
    external_id: str | None
    """the sender's id"""
    leader_id: PersonId
    """whose initiative it is"""
    title: str
    """its name"""
    focus_area: str | None
    """what the initiative is to improve"""
    practice: str | None
    """the practice it brings"""
    school_id: SchoolId | None
    """the school; null if the initiative is not of one school"""
    starts_on: date | None
    """first day"""
    ends_on: date | None
    """last day"""
    decide_by: date | None
    """when the decision is due"""
    stakes: Stakes | None
    """how much depends on the quality of the decision"""
    goal_tied_to_student_learning: bool
    """whether its goal is tied to what students learn"""
    about_teaching_and_learning: bool
    """whether the decision is about teaching and learning"""
    created_at: datetime
    """when it was created"""
    version: int
    """number of the edit, from 1; send it with the next edit"""


@dataclass(frozen=True, kw_only=True)
class InitiativeReceiptView:
    """The result of creating or replacing an initiative."""

    id: InitiativeId
    """its id, the same in all its versions"""
    external_id: str | None
    """the sender's id"""
    external_version: str | None
    """the version now stored"""
    outcome: Outcome
    """created, replaced or unchanged"""
    initiative: InitiativeView
    """as it is now"""


@dataclass(frozen=True, kw_only=True)
class GroupView:
    """People who are expected to experience a change alike."""

    id: GroupId
    """its id"""
    initiative_id: InitiativeId
    """its initiative"""
    external_id: str | None
    """the sender's id"""
    name: str
    """its name"""
    size: int
    """number of people"""
    role: GroupRole
    """the group's part in the change"""
    must_change_practice: bool | None
    """whether the group must change its own practice; null if not known"""
    estimate: Annotated[tuple[int | None, ...] | None, Revealed.LABEL]
    """the leader's seven answers for the group"""
    phases: Intensities
    """intensities as they were set"""
    created_at: datetime
    """when it was added"""
    version: int
    """number of the edit of the group, its estimate or its phases, from 1; send it with the next edit"""


@dataclass(frozen=True, kw_only=True)
class GroupReceiptView:
    """The result of creating or replacing a group."""

    id: GroupId
    """its id, the same in all its versions"""
    external_id: str | None
    """the sender's id"""
    external_version: str | None
    """the version now stored"""
    outcome: Outcome
    """created, replaced or unchanged"""
    group: GroupView
    """as it is now"""
