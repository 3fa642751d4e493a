"""Jobs, inside tenant isolation, and the workers' heartbeats. The queue's tables are pgqueuer's: `queue/entries.py`."""

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import ARRAY, BigInteger, CheckConstraint, Index, LargeBinary, Text
from sqlalchemy.dialects.postgresql import JSONB
from sqlmodel import SQLModel

from domain.jobs.model import JobState
from domain.privacy.retention_policy import RetentionKind
from domain.shared.context import ActorKind
from persistence.tables import holds
from persistence.tables.columns import TenantEntity, TenantRow, column, instant_column, one_of, refers, text_column


class JobRow(TenantEntity, table=True):
    """Background work. The worker that begins a job raises `attempts`, and may end it only while that number is unchanged.

    `payload` holds ids only; `said` a command without personal data, until the job ends.
    """

    __tablename__ = "job"
    __table_args__ = (
        one_of("state", JobState),
        one_of("requester_kind", ActorKind),
        CheckConstraint("progress between 0 and 1", name="progress"),
        Index("ix_job_requester", "district_id", "requester_kind", "requester_id", "id"),
        Index("ix_job_finished_at", "district_id", "finished_at"),
        holds.table(
            purpose="Work that outlives a request.",
            read_by="who asked for it",
            erased="30 days after its end; with the district",
            not_exported="tells of this installation",
        ),
    )

    kind: str = text_column(holds.plain("What."))
    state: str = text_column(holds.plain("How far."))
    progress: float = column(holds.plain("The same as a number."))
    attempts: int = column(holds.plain("How often it was begun."))
    requester_kind: str = text_column(holds.plain("Who asked."))
    requester_id: str = text_column(holds.plain("Their id."))
    client_id: str = text_column(holds.plain("With which app."))
    session_id: UUID | None = column(holds.plain("Of which session."), default=None)
    scopes: list[str] = column(holds.plain("What they might then."), sa_type=ARRAY(Text))
    payload: dict[str, Any] = column(holds.plain("Ids it is about."), sa_type=JSONB)
    said: bytes | None = column(
        holds.plain("The command, until it is done: instruments, constants and options, nobody's data."),
        default=None,
        sa_type=LargeBinary,
    )
    entry: int = column(holds.plain("Its place in the queue."), sa_type=BigInteger)
    result_url: str | None = text_column(holds.plain("What came of it."), default=None)
    problems_url: str | None = text_column(holds.plain("What was wrong."), default=None)
    problem: dict[str, Any] | None = column(holds.plain("Why it failed."), default=None, sa_type=JSONB)
    created_at: datetime = instant_column(holds.plain("When it was asked."))
    started_at: datetime | None = instant_column(holds.plain("When begun."), default=None)
    finished_at: datetime | None = instant_column(holds.plain("When ended."), default=None)


class JobInputRow(TenantRow, table=True):
    """The input of a job that has not ended: a roster package, compressed as received."""

    __tablename__ = "job_input"
    __table_args__ = (
        refers(["job_id"], "job", ondelete="CASCADE"),
        CheckConstraint("octet_length(content) <= 33554432", name="content"),
        holds.table(
            purpose="Packages of rosters that wait for their import.",
            read_by="the service",
            erased="when its job ends in any way, a week after it came at the latest; with the district",
            retention=RetentionKind.JOB_INPUTS,
            not_exported="tells of this installation",
        ),
    )

    job_id: UUID = column(holds.plain("Of which job."), primary_key=True)
    content: bytes = column(holds.identifies("The package, packed as it came."), sa_type=LargeBinary)
    created_at: datetime = instant_column(holds.plain("When it came."))


class JobProblemRow(TenantRow, table=True):
    """One error of a job's full error list."""

    __tablename__ = "job_problem"
    __table_args__ = (
        refers(["job_id"], "job", ondelete="CASCADE"),
        CheckConstraint("position >= 1", name="position"),
        holds.table(
            purpose="What was wrong with what a job was asked to do.",
            read_by="who asked for it",
            erased="with the job",
            not_exported="tells of this installation",
        ),
    )

    job_id: UUID = column(holds.plain("Of which job."), primary_key=True)
    position: int = column(holds.plain("Its place in the list."), primary_key=True)
    pointer: str = text_column(holds.plain("Where: file, line and column."))
    code: str = text_column(holds.plain("What."))
    severity: str = text_column(holds.plain("Error or warning."))
    detail: str = text_column(holds.plain("What to do; quotes no cell, names nobody."))


class WorkerRow(SQLModel, table=True):
    """A worker that sent a heartbeat in the last day."""

    __tablename__ = "worker"
    __table_args__ = (
        holds.table(
            schema="queue",
            purpose="Workers that are alive.",
            read_by="the service",
            erased="when they have been silent for long",
            not_exported="belongs to the installation",
        ),
    )

    id: UUID = column(holds.plain("Which."), primary_key=True)
    started_at: datetime = instant_column(holds.plain("Since when."))
    seen_at: datetime = instant_column(holds.plain("When last seen."))
