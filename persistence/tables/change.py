"""Initiatives, the groups that feel them, and the groups' answers."""

from datetime import date, datetime
from typing import Any
from uuid import UUID

from sqlalchemy import ARRAY, CheckConstraint, Index, LargeBinary, SmallInteger
from sqlalchemy.dialects.postgresql import JSONB
from sqlmodel import Field

from domain.change.model import GroupRole, Stakes
from persistence.tables.columns import Identified, Tenanted, instant_field, one_of, refers, text_field


class InitiativeRow(Identified, table=True):
    """A change that a school undertakes. Personal data: whose it is. Erased with the leader or the district."""

    __tablename__ = "initiative"
    __table_args__ = (
        refers(["leader_id"], "person"),
        refers(["school_id"], "org"),
        one_of("stakes", Stakes),
        Index("ix_initiative_leader", "district_id", "leader_id", "id"),
    )

    version: int
    external_id: str | None = text_field(default=None)
    leader_id: UUID
    title: str = text_field()
    focus_area: str | None = text_field(default=None)
    practice: str | None = text_field(default=None)
    school_id: UUID | None = None
    starts_on: date | None = None
    ends_on: date | None = None
    decide_by: date | None = None
    stakes: str | None = text_field(default=None)
    goal_tied_to_student_learning: bool
    about_teaching_and_learning: bool
    created_at: datetime = instant_field()


class StakeholderGroupRow(Identified, table=True):
    """People who feel a change in roughly the same way, with the leader's estimate, phases and answers about the decision.

    ``estimate`` is null until there is one, ``stance_answers`` until the leader was asked; the phases are their intensities.
    Personal data: none, a group is at least a name and a size. Goes with the initiative.
    """

    __tablename__ = "stakeholder_group"
    __table_args__ = (
        refers(["initiative_id"], "initiative"),
        CheckConstraint("size >= 1", name="size"),
        one_of("role", GroupRole),
        Index("ix_stakeholder_group_initiative", "district_id", "initiative_id", "id"),
    )

    initiative_id: UUID
    version: int
    external_id: str | None = text_field(default=None)
    name: str = text_field()
    size: int
    role: str = text_field()
    must_change_practice: bool | None = None
    estimate: list[int] | None = Field(default=None, sa_type=ARRAY(SmallInteger))
    create_demand: float
    implement: float
    manage_transitions: float
    monitor_evaluate: float
    stance_answers: dict[str, Any] | None = Field(default=None, sa_type=JSONB)
    created_at: datetime = instant_field()


class PulseAnswerRow(Identified, table=True):
    """One list of seven answers of somebody in a group, on one day. Personal data: none that can be joined to a person.

    The id is random and rows are stored in its order, so that neither tells who answered or when. Goes with the pulse, whole.
    """

    __tablename__ = "pulse_answer"
    __table_args__ = (
        refers(["group_id"], "stakeholder_group"),
        Index("ix_pulse_answer_group", "district_id", "group_id", "answered_on"),
    )

    group_id: UUID
    answered_on: date
    answers: list[int | None] = Field(sa_type=ARRAY(SmallInteger))


class IdempotencyRow(Tenanted, table=True):
    """What an Idempotency-Key was answered with; kept for a day. Personal data: that answer. Goes by age."""

    __tablename__ = "idempotency"
    __table_args__ = (Index("ix_idempotency_created_at", "district_id", "created_at"),)

    actor: str = text_field(primary_key=True)
    operation: str = text_field(primary_key=True)
    key: str = text_field(primary_key=True)
    fingerprint: bytes = Field(sa_type=LargeBinary)
    answer: bytes = Field(sa_type=LargeBinary)
    created_at: datetime = instant_field()


__all__ = ["IdempotencyRow", "InitiativeRow", "PulseAnswerRow", "StakeholderGroupRow", "Tenanted"]
