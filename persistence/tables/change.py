"""Initiatives, their stakeholder groups, and the groups' pulse answers."""

from datetime import date, datetime
from typing import Any
from uuid import UUID

from sqlalchemy import ARRAY, CheckConstraint, Index, LargeBinary, SmallInteger
from sqlalchemy.dialects.postgresql import JSONB

from domain.change.model import GroupRole, Stakes
from domain.privacy.data_map import OnErase, OnMerge
from domain.privacy.retention_policy import RetentionKind
from persistence.tables import holds
from persistence.tables.columns import TenantEntity, TenantRow, column, instant_column, one_of, refers, text_column


class InitiativeRow(TenantEntity, table=True):
    """A change that a school undertakes."""

    __tablename__ = "initiative"
    __table_args__ = (
        refers(["leader_id"], "person"),
        refers(["school_id"], "org"),
        one_of("stakes", Stakes),
        Index("ix_initiative_leader", "district_id", "leader_id", "id"),
        holds.table(
            purpose="Changes that a school undertakes.",
            read_by="who may read the leader's initiatives",
            erased="with the leader, or the district",
        ),
    )

    version: int = column(holds.plain("Its version."))
    external_id: str | None = text_column(holds.plain("The sender's id of it."), default=None)
    leader_id: UUID = column(holds.person("Who leads it.", OnErase.DELETE, OnMerge.MOVE))
    title: str = text_column(holds.free_text("What it is called."))
    focus_area: str | None = text_column(holds.about_person("What it is about."), default=None)
    practice: str | None = text_column(holds.about_person("The practice it begins."), default=None)
    school_id: UUID | None = column(holds.about_person("Where."), default=None)
    starts_on: date | None = column(holds.about_person("First day."), default=None)
    ends_on: date | None = column(holds.about_person("Last day."), default=None)
    decide_by: date | None = column(holds.about_person("When a decision is due."), default=None)
    stakes: str | None = text_column(holds.about_person("How much hangs on it."), default=None)
    goal_tied_to_student_learning: bool = column(holds.about_person("Whether the goal is."))
    about_teaching_and_learning: bool = column(holds.about_person("Whether it is."))
    created_at: datetime = instant_column(holds.plain("When it was described."))


class StakeholderGroupRow(TenantEntity, table=True):
    """People who feel a change in roughly the same way, with the leader's estimate, phases and answers about the decision.

    `estimate` is null until there is one, `stance_answers` until the leader has answered; the phases are stored as their
    intensities.
    """

    __tablename__ = "stakeholder_group"
    __table_args__ = (
        refers(["initiative_id"], "initiative"),
        CheckConstraint("size >= 1", name="size"),
        one_of("role", GroupRole),
        Index("ix_stakeholder_group_initiative", "district_id", "initiative_id", "id"),
        holds.table(
            purpose="Groups who feel a change, and what the leader expects of them.",
            read_by="who may read the leader's initiatives",
            erased="with the initiative",
        ),
    )

    initiative_id: UUID = column(holds.plain("Of which initiative."))
    version: int = column(holds.plain("Its version."))
    external_id: str | None = text_column(holds.plain("The sender's id of it."), default=None)
    name: str = text_column(holds.free_text("What it is called."))
    size: int = column(holds.about_person("How many people."))
    role: str = text_column(holds.about_person("Implementing, affected or supporting."))
    must_change_practice: bool | None = column(holds.about_person("Whether they must."), default=None)
    estimate: list[int] | None = column(
        holds.about_person("What the leader expects them to feel."), default=None, sa_type=ARRAY(SmallInteger)
    )
    create_demand: float = column(holds.about_person("Phase."))
    implement: float = column(holds.about_person("Phase."))
    manage_transitions: float = column(holds.about_person("Phase."))
    monitor_evaluate: float = column(holds.about_person("Phase."))
    stance_answers: dict[str, Any] | None = column(
        holds.about_person("What the leader answered about a decision."), default=None, sa_type=JSONB
    )
    created_at: datetime = instant_column(holds.plain("When it was described."))


class PulseAnswerRow(TenantEntity, table=True):
    """The seven answers of one anonymous member of a group, on one day.

    The id is random and rows are stored in its order, so that neither reveals who answered or when.
    """

    __tablename__ = "pulse_answer"
    __table_args__ = (
        refers(["group_id"], "stakeholder_group"),
        Index("ix_pulse_answer_group", "district_id", "group_id", "answered_on"),
        holds.table(
            purpose="What people of a group answered, without who.",
            read_by="who may read the leader's initiatives: only as a summary, from five people on",
            erased="by age, whole; with the initiative",
            retention=RetentionKind.PULSES,
        ),
    )

    id: UUID = column(holds.plain("A random id that tells nothing."), primary_key=True)
    group_id: UUID = column(holds.plain("Of which group."))
    answered_on: date = column(holds.plain("On which day."))
    answers: list[int | None] = column(holds.plain("Seven answers; nobody knows whose."), sa_type=ARRAY(SmallInteger))


class IdempotencyRow(TenantRow, table=True):
    """The response stored under an Idempotency-Key, for a day."""

    __tablename__ = "idempotency"
    __table_args__ = (
        Index("ix_idempotency_created_at", "district_id", "created_at"),
        holds.table(
            purpose="What an Idempotency-Key was answered with.",
            read_by="who asked",
            erased="by age; at once when anybody is erased",
            retention=RetentionKind.IDEMPOTENCY,
            not_exported="kept for a day",
        ),
    )

    actor: str = text_column(holds.plain("Who asked."), primary_key=True)
    operation: str = text_column(holds.plain("What."), primary_key=True)
    key: str = text_column(holds.plain("Their key."), primary_key=True)
    fingerprint: bytes = column(holds.plain("A keyed digest of the request."), sa_type=LargeBinary)
    answer: bytes = column(holds.about_person("The answer."), sa_type=LargeBinary)
    created_at: datetime = instant_column(holds.plain("When."))
