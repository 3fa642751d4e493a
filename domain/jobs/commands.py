"""What people and clients say about their jobs."""

from dataclasses import dataclass, field

from domain.jobs.model import JobState
from domain.shared.ids import JobId
from domain.shared.paging import CURSOR, DEFAULT_LIMIT, LIMIT, check_limit


@dataclass(frozen=True, kw_only=True)
class ReadJob:
    """One of one's own jobs."""

    job_id: JobId = field(metadata={"description": "The job."})


@dataclass(frozen=True, kw_only=True)
class CancelJob:
    """Let a job of one's own go no further."""

    job_id: JobId = field(metadata={"description": "The job."})


@dataclass(frozen=True, kw_only=True)
class ListJobProblems:
    """Everything that was wrong with what one of one's own jobs was asked to do, in document order."""

    job_id: JobId = field(metadata={"description": "The job."})
    limit: int = field(default=DEFAULT_LIMIT, metadata=LIMIT)
    cursor: str | None = field(default=None, metadata=CURSOR)

    def __post_init__(self) -> None:
        check_limit(self.limit)


@dataclass(frozen=True, kw_only=True)
class ListJobs:
    """One's own jobs, newest first."""

    state: JobState | None = field(default=None, metadata={"description": "Only jobs that stand so. Absent: all."})
    limit: int = field(default=DEFAULT_LIMIT, metadata=LIMIT)
    cursor: str | None = field(default=None, metadata=CURSOR)

    def __post_init__(self) -> None:
        check_limit(self.limit)
