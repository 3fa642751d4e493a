"""How a job is shown to whom it belongs."""

from dataclasses import dataclass, field
from datetime import datetime

from domain.jobs.model import JobState
from domain.shared.errors import FaultView
from domain.shared.ids import JobId


@dataclass(frozen=True, kw_only=True)
class JobFindingView:
    """One line of the list of everything wrong: names no person and quotes no cell."""

    position: int = field(metadata={"description": "Its place in the list, from 1."})
    pointer: str = field(
        metadata={"description": "JSON Pointer from the root of what was sent; in a package of files: file, line and column."}
    )
    code: str = field(metadata={"description": "What is wrong: a code of problems, of a roster's package one of its findings."})
    severity: str = field(metadata={"description": "error: it is refused for this; warning: told beside it. Open."})
    detail: str = field(metadata={"description": "What to do."})


@dataclass(frozen=True, kw_only=True)
class JobProblemView:
    """Why a job failed: the problem that the request would have been answered with."""

    type: str = field(metadata={"description": "Names the kind of problem; one for each code."})
    title: str = field(metadata={"description": "The kind of refusal, in words."})
    status: int = field(metadata={"description": "The HTTP status that the request would have had."})
    detail: str = field(metadata={"description": "What to do."})
    code: str = field(metadata={"description": "What is wrong; one of the codes of problems."})
    retry: str = field(metadata={"description": "Whether the same can succeed when asked again: never, same (at once), later."})
    errors: tuple[FaultView, ...] = field(
        metadata={"description": "The faults found, of a roster the first 100; problems_url has all."}
    )


@dataclass(frozen=True, kw_only=True)
class JobView:
    """Work that goes on after the answer."""

    id: JobId = field(metadata={"description": "The job."})
    kind: str = field(metadata={"description": "What is done. Open: there will be more kinds."})
    state: JobState = field(metadata={"description": "Where it stands."})
    progress: float = field(metadata={"description": "How much of it is done, 0 to 1."})
    created_at: datetime = field(metadata={"description": "When it was asked for."})
    started_at: datetime | None = field(metadata={"description": "When it was first begun; null before."})
    finished_at: datetime | None = field(metadata={"description": "When it ended; null before."})
    result_url: str | None = field(
        metadata={
            "description": "Where its result is found, once it has succeeded; null before, and where there is nothing to be "
            "found, as after retention was applied."
        }
    )
    problems_url: str | None = field(
        metadata={"description": "Where a list of everything wrong is paged through, if it failed for faults; null otherwise."}
    )
    problem: JobProblemView | None = field(metadata={"description": "Why it failed; null otherwise."})
