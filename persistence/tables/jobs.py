"""Jobs behind the fence, and the workers that were seen. The queue's own tables are pgqueuer's: ``queue/entries.py``."""

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import ARRAY, BigInteger, CheckConstraint, Index, LargeBinary, Text
from sqlalchemy.dialects.postgresql import JSONB
from sqlmodel import Field, SQLModel

from domain.jobs.model import JobState
from domain.shared.context import ActorKind
from persistence.tables.columns import Identified, Tenanted, instant_field, one_of, refers, text_field


class JobRow(Identified, table=True):
    """Work that goes on after the answer. ``attempts`` is raised by whoever begins it, and is their right to end it.

    Personal data: who asked. ``payload`` holds ids only, ``said`` a command without personal data, until the job ends.
    Goes 30 days after its end.
    """

    __tablename__ = "job"
    __table_args__ = (
        one_of("state", JobState),
        one_of("requester_kind", ActorKind),
        CheckConstraint("progress between 0 and 1", name="progress"),
        Index("ix_job_requester", "district_id", "requester_kind", "requester_id", "id"),
        Index("ix_job_finished_at", "district_id", "finished_at"),
    )

    kind: str = text_field()
    state: str = text_field()
    progress: float
    attempts: int
    requester_kind: str = text_field()
    requester_id: str = text_field()
    client_id: str = text_field()
    session_id: UUID | None = None
    scopes: list[str] = Field(sa_type=ARRAY(Text))
    payload: dict[str, Any] = Field(sa_type=JSONB)
    said: bytes | None = Field(default=None, sa_type=LargeBinary)
    entry: int = Field(sa_type=BigInteger)
    result_url: str | None = text_field(default=None)
    problems_url: str | None = text_field(default=None)
    problem: dict[str, Any] | None = Field(default=None, sa_type=JSONB)
    created_at: datetime = instant_field()
    started_at: datetime | None = instant_field(default=None)
    finished_at: datetime | None = instant_field(default=None)


class JobInputRow(Tenanted, table=True):
    """What was handed over for a job that has not ended: a roster's package, packed as it came.

    Personal data: the staff of a district. Goes by the statement that ends the job, after a week at the latest.
    """

    __tablename__ = "job_input"
    __table_args__ = (
        refers(["job_id"], "job", ondelete="CASCADE"),
        CheckConstraint("octet_length(content) <= 33554432", name="content"),
    )

    job_id: UUID = Field(primary_key=True)
    content: bytes = Field(sa_type=LargeBinary)
    created_at: datetime = instant_field()


class JobProblemRow(Tenanted, table=True):
    """One line of everything that was wrong with what a job was asked to do. Personal data: none. Goes with the job."""

    __tablename__ = "job_problem"
    __table_args__ = (
        refers(["job_id"], "job", ondelete="CASCADE"),
        CheckConstraint("position >= 1", name="position"),
    )

    job_id: UUID = Field(primary_key=True)
    position: int = Field(primary_key=True)
    pointer: str = text_field()
    code: str = text_field()
    severity: str = text_field()
    detail: str = text_field()


class WorkerRow(SQLModel, table=True):
    """A worker that was seen in the last day. Personal data: none. Goes by age."""

    __tablename__ = "worker"
    __table_args__ = ({"schema": "queue"},)

    id: UUID = Field(primary_key=True)
    started_at: datetime = instant_field()
    seen_at: datetime = instant_field()
