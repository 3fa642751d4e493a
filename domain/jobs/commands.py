"""What people and clients say about their jobs."""

from dataclasses import dataclass
from typing import Annotated

from annotated_types import Interval

from domain.jobs.model import JobState
from domain.shared.fields import Examples
from domain.shared.ids import JobId
from domain.shared.paging import DEFAULT_LIMIT, check_limit


@dataclass(frozen=True, kw_only=True)
class ReadJob:
    """One of one's own jobs."""

    job_id: JobId
    """The job."""


@dataclass(frozen=True, kw_only=True)
class CancelJob:
    """Let a job of one's own go no further."""

    job_id: JobId
    """The job."""


@dataclass(frozen=True, kw_only=True)
class ListJobProblems:
    """Everything that was wrong with what one of one's own jobs was asked to do, in document order."""

    job_id: JobId
    """The job."""
    limit: Annotated[int, Interval(ge=1, le=100), Examples(50)] = DEFAULT_LIMIT
    """How many, 1 to 100."""
    cursor: str | None = None
    """Where to go on: next_cursor of the page before."""

    def __post_init__(self) -> None:
        check_limit(self.limit)


@dataclass(frozen=True, kw_only=True)
class ListJobs:
    """One's own jobs, newest first."""

    state: JobState | None = None
    """Only jobs that stand so. Absent: all."""
    limit: Annotated[int, Interval(ge=1, le=100), Examples(50)] = DEFAULT_LIMIT
    """How many, 1 to 100."""
    cursor: str | None = None
    """Where to go on: next_cursor of the page before."""

    def __post_init__(self) -> None:
        check_limit(self.limit)


@dataclass(frozen=True, kw_only=True)
class ForgetJobs:
    """Forget the jobs that ended long ago."""


@dataclass(frozen=True, kw_only=True)
class ImportOptions:
    """What of an import may be kept beside its job: all but the package."""

    dry_run: bool
    force: bool
