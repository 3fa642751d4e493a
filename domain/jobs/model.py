"""Long work that is done after the answer: what a job is, and who asked for it."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta
from enum import StrEnum
from uuid import UUID

from domain.shared.context import Actor, ActorKind
from domain.shared.ids import JobId


class JobState(StrEnum):
    """Where a job stands; the last three are ends."""

    QUEUED = "queued"
    RUNNING = "running"
    SUCCEEDED = "succeeded"
    FAILED = "failed"
    CANCELLED = "cancelled"


ENDS: frozenset[JobState] = frozenset({JobState.SUCCEEDED, JobState.FAILED, JobState.CANCELLED})

INPUT_RETENTION = timedelta(days=7)
"""How long what was handed over for a job waits for a worker: it may hold personal data, and goes with the job's end at the
latest."""

MAX_WAITING, MAX_WAITING_PER_REQUESTER = 20, 10
"""How many jobs of a district, and of one requester there, may be queued or running: one asks a hundred in a second, and the
workers serve every district."""

MAX_PROBLEMS = 1_000
"""How many lines of what was wrong are kept of one job."""

MAX_ATTEMPTS = 5
"""How often a job is begun that ends neither way: one that kills its worker must not do so for ever."""


@dataclass(frozen=True, kw_only=True)
class Requester:
    """Who asked, as they were then: a job runs with what of this still holds when it is begun."""

    kind: ActorKind
    id: str
    client_id: str
    session_id: UUID | None
    scopes: tuple[str, ...]

    @classmethod
    def of(cls, actor: Actor) -> "Requester":
        """`actor`, as it is kept with a job."""
        return cls(
            kind=actor.kind,
            id=actor.id,
            client_id=actor.client_id,
            session_id=actor.session_id,
            scopes=tuple(sorted(actor.scopes)),
        )


@dataclass(frozen=True, kw_only=True)
class RunningJob:
    """A job in the hands of a worker. `attempt` counts from 1, and is the worker's right to end it.

    `payload` names things by their ids; `said` is the command as JSON where the job was asked for with one.
    """

    id: JobId
    kind: str
    attempt: int
    requester: Requester
    payload: Mapping[str, object]
    command: bytes | None
