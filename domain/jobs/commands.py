"""Requests about jobs."""

from dataclasses import dataclass
from typing import Annotated

from annotated_types import Interval

from domain.jobs.model import JobState
from domain.shared.fields import Examples
from domain.shared.ids import JobId
from domain.shared.paging import DEFAULT_LIMIT, check_limit


@dataclass(frozen=True, kw_only=True)
class ReadJob:
    """Read one of the requester's own jobs."""

    job_id: JobId
    """The job."""


@dataclass(frozen=True, kw_only=True)
class CancelJob:
    """Cancel one of the requester's own jobs."""

    job_id: JobId
    """The job."""


@dataclass(frozen=True, kw_only=True)
class ListJobProblems:
    """List all errors of the request of one of the requester's own jobs, in document order."""

    job_id: JobId
    """The job."""
    limit: Annotated[int, Interval(ge=1, le=100), Examples(50)] = DEFAULT_LIMIT
    """Page size, 1 to 100."""
    cursor: str | None = None
    """The next_cursor of the previous page."""

    def __post_init__(self) -> None:
        check_limit(self.limit)


@dataclass(frozen=True, kw_only=True)
class ListJobs:
    """List the requester's own jobs, newest first."""

    state: JobState | None = None
    """Only jobs in this state. Absent: all."""
    limit: Annotated[int, Interval(ge=1, le=100), Examples(50)] = DEFAULT_LIMIT
    """Page size, 1 to 100."""
    cursor: str | None = None
    """The next_cursor of the previous page."""

    def __post_init__(self) -> None:
        check_limit(self.limit)


@dataclass(frozen=True, kw_only=True)
class ForgetJobs:
    """Delete the jobs that ended long ago."""


@dataclass(frozen=True, kw_only=True)
class ImportOptions:
    """The part of an import command that may be stored with its job: all but the package."""

    dry_run: bool
    force: bool
