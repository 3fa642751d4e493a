"""Jobs as responses."""

from dataclasses import dataclass
from datetime import datetime

from domain.jobs.model import JobState
from domain.shared.errors import FaultView
from domain.shared.ids import JobId


@dataclass(frozen=True, kw_only=True)
class JobFindingView:
    """One line of the full error list; it names no person and quotes no cell."""

    position: int
    """Its place in the list, from 1."""
    pointer: str
    """JSON Pointer from the root of the request; in a package of files: file, line and column."""
    code: str
    """The error: a code of problems, or a finding of a roster's package."""
    severity: str
    """error: the reason why the job failed; warning: reported in addition. Open."""
    detail: str
    """What is wrong, and what to do."""


@dataclass(frozen=True, kw_only=True)
class JobProblemView:
    """Why a job failed: the problem that a direct request would have returned."""

    type: str
    """A URI of the kind of problem; one for each code."""
    title: str
    """The kind of problem, in words."""
    status: int
    """The HTTP status that a direct request would have had."""
    detail: str
    """What is wrong, and what to do."""
    code: str
    """One of the codes of problems."""
    retry: str
    """Whether a retry of the same request can succeed: never, same (at once), later."""
    errors: tuple[FaultView, ...]
    """The errors, of a roster the first 100; problems_url has all."""


@dataclass(frozen=True, kw_only=True)
class JobView:
    """Work that continues after the response."""

    id: JobId
    """The job."""
    kind: str
    """The kind of work. Open: there will be more kinds."""
    state: JobState
    """The state of the job."""
    progress: float
    """The part that is done, 0 to 1."""
    created_at: datetime
    """When it was requested."""
    started_at: datetime | None
    """When it was first started; null before."""
    finished_at: datetime | None
    """When it ended; null before."""
    result_url: str | None
    """The path of its result once it has succeeded; null before, and for kinds without a result, such as retention."""
    problems_url: str | None
    """The path of the full error list, if it failed because of errors in the request; null otherwise."""
    problem: JobProblemView | None
    """Why it failed; null otherwise."""
