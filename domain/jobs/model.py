"""Work that continues after the response: the job and its requester."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta
from enum import StrEnum
from uuid import UUID

from domain.shared.context import Actor, ActorKind
from domain.shared.ids import JobId


class JobState(StrEnum):
    """The state of a job; the last three are final."""

    QUEUED = "queued"
    RUNNING = "running"
    SUCCEEDED = "succeeded"
    FAILED = "failed"
    CANCELLED = "cancelled"


ENDS: frozenset[JobState] = frozenset({JobState.SUCCEEDED, JobState.FAILED, JobState.CANCELLED})

INPUT_RETENTION = timedelta(days=7)
"""How long the staged content of a job waits for a worker. It may hold personal data; the end of the job deletes it."""

MAX_WAITING, MAX_WAITING_PER_REQUESTER = 20, 10
"""How many jobs of a district, and of one requester in it, may be queued or running, as workers serve every district."""

MAX_PROBLEMS = 1_000
"""How many lines of errors are stored for one job."""

MAX_ATTEMPTS = 5
"""How often a job is started before it fails: a job that kills its worker must not be retried for ever."""


@dataclass(frozen=True, kw_only=True)
class Requester:
    """The requester at the time of the request; a job runs with the rights that still hold when it is started."""

    kind: ActorKind
    id: str
    client_id: str
    session_id: UUID | None
    scopes: tuple[str, ...]

    @classmethod
    def of(cls, actor: Actor) -> "Requester":
        """Return the requester to store with a job of `actor`."""
        return cls(
            kind=actor.kind,
            id=actor.id,
            client_id=actor.client_id,
            session_id=actor.session_id,
            scopes=tuple(sorted(actor.scopes)),
        )


@dataclass(frozen=True, kw_only=True)
class RunningJob:
    """A job that a worker has claimed. `attempt` counts from 1; only the worker of the current attempt may end the job.

    `payload` names objects by their ids; `command` is the command as JSON, None if the job has none.
    """

    id: JobId
    kind: str
    attempt: int
    requester: Requester
    payload: Mapping[str, object]
    command: bytes | None
