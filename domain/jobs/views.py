"""How a job is shown to whom it belongs."""

from dataclasses import dataclass
from datetime import datetime

from domain.jobs.model import JobState
from domain.shared.errors import FaultView
from domain.shared.ids import JobId


@dataclass(frozen=True, kw_only=True)
class JobFindingView:
    """One line of the list of everything wrong: names no person and quotes no cell."""

    position: int
    """Its place in the list, from 1."""
    pointer: str
    """JSON Pointer from the root of what was sent; in a package of files: file, line and column."""
    code: str
    """What is wrong: a code of problems, of a roster's package one of its findings."""
    severity: str
    """error: it is refused for this; warning: told beside it. Open."""
    detail: str
    """What to do."""


@dataclass(frozen=True, kw_only=True)
class JobProblemView:
    """Why a job failed: the problem that the request would have been answered with."""

    type: str
    """Names the kind of problem; one for each code."""
    title: str
    """The kind of refusal, in words."""
    status: int
    """The HTTP status that the request would have had."""
    detail: str
    """What to do."""
    code: str
    """What is wrong; one of the codes of problems."""
    retry: str
    """Whether the same can succeed when asked again: never, same (at once), later."""
    errors: tuple[FaultView, ...]
    """The faults found, of a roster the first 100; problems_url has all."""


@dataclass(frozen=True, kw_only=True)
class JobView:
    """Work that goes on after the answer."""

    id: JobId
    """The job."""
    kind: str
    """What is done. Open: there will be more kinds."""
    state: JobState
    """Where it stands."""
    progress: float
    """How much of it is done, 0 to 1."""
    created_at: datetime
    """When it was asked for."""
    started_at: datetime | None
    """When it was first begun; null before."""
    finished_at: datetime | None
    """When it ended; null before."""
    result_url: str | None
    """Where its result is found, once it has succeeded; null before, and where there is nothing to be found, as after
    retention was applied."""
    problems_url: str | None
    """Where a list of everything wrong is paged through, if it failed for faults; null otherwise."""
    problem: JobProblemView | None
    """Why it failed; null otherwise."""
