"""What jobs need of the outside."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Protocol

from domain.jobs.model import JobState
from domain.jobs.views import JobFindingView, JobView
from domain.shared.context import UnitOfWork
from domain.shared.ids import JobId
from domain.shared.paging import Key


class JobStore(Protocol):
    """The jobs of one district that belong to whoever opened the unit."""

    async def enqueue(
        self,
        kind: str,
        payload: Mapping[str, object],
        *,
        job_id: JobId,
        at: datetime,
        command: object = None,
        staged: bytes | None = None,
    ) -> None:
        """Have `kind` done once this unit is committed, as its actor; undone with the unit.

        `payload` names things by their ids. `said` is a command to keep until the job ends: none that holds personal data.
        What does is `staged`, beside the job, and gone by the commit of whatever ends it.
        """
        ...

    async def waiting(self) -> tuple[int, int]:
        """How many jobs have not ended: of the actor, of the whole district. Nobody adds one until this unit ends."""
        ...

    async def find(self, job_id: JobId) -> JobView | None:
        """One job of the actor's; None for anybody else's."""
        ...

    async def page(self, state: JobState | None, limit: int, after: Key | None) -> Sequence[JobView]:
        """Up to `limit` jobs of the actor's by falling id, after the key `(id,)`."""
        ...

    async def problems(self, job_id: JobId, limit: int, after: Key | None) -> Sequence[JobFindingView]:
        """Up to `limit` lines of what was wrong with a job of the actor's, after the key `(position,)`."""
        ...

    async def cancel(self, job_id: JobId, at: datetime) -> bool:
        """Cancel a job of the actor's that has not ended; whether there was one. A worker that has it is told."""
        ...


class JobsUnit(UnitOfWork, Protocol):
    """What the use cases of jobs need."""

    @property
    def jobs(self) -> JobStore: ...


class JobRetentionStore(Protocol):
    """What keeps the list of ended jobs short."""

    async def forget_ended(self, before: datetime) -> None:
        """Delete every job of the district that ended before then."""
        ...

    async def forget_inputs(self, before: datetime) -> None:
        """Delete what was handed over before then, and whatever is left of jobs that have ended."""
        ...


class JobRetentionUnit(UnitOfWork, Protocol):
    """What forgetting jobs needs."""

    @property
    def running_jobs(self) -> JobRetentionStore: ...
