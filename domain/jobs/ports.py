"""Interfaces that the use cases of jobs need."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Protocol

from domain.jobs.model import JobState
from domain.jobs.views import JobFindingView, JobView
from domain.shared.context import UnitOfWork
from domain.shared.ids import JobId
from domain.shared.paging import Key


class JobStore(Protocol):
    """Stores the jobs of one district that belong to the actor of the unit of work."""

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
        """Queue a job of `kind` for the actor; a worker may start it once this unit of work is committed.

        `payload` names objects by their ids. `command` is stored until the job ends and must not hold personal data. Personal
        data is passed as `staged`, is stored beside the job and is deleted by the commit that ends the job.
        """
        ...

    async def waiting(self) -> tuple[int, int]:
        """Return how many jobs have not ended: of the actor, of the district. Locks out new jobs until this unit ends."""
        ...

    async def find(self, job_id: JobId) -> JobView | None:
        """Return a job of the actor; None for another requester's."""
        ...

    async def page(self, state: JobState | None, limit: int, after: Key | None) -> Sequence[JobView]:
        """Return up to `limit` jobs of the actor by descending id, after the key `(id,)`."""
        ...

    async def problems(self, job_id: JobId, limit: int, after: Key | None) -> Sequence[JobFindingView]:
        """Return up to `limit` lines of errors of a job of the actor, after the key `(position,)`."""
        ...

    async def cancel(self, job_id: JobId, at: datetime) -> bool:
        """Cancel a job of the actor that has not ended, and notify its worker. Return whether there was one."""
        ...


class JobsUnit(UnitOfWork, Protocol):
    """The unit of work of jobs."""

    @property
    def jobs(self) -> JobStore: ...


class JobRetentionStore(Protocol):
    """Deletes ended jobs and staged content."""

    async def forget_ended(self, before: datetime) -> None:
        """Delete every job of the district that ended before `before`."""
        ...

    async def forget_inputs(self, before: datetime) -> None:
        """Delete content that was staged before `before`, and any that is left of jobs that have ended."""
        ...


class JobRetentionUnit(UnitOfWork, Protocol):
    """The unit of work that deletes old jobs."""

    @property
    def running_jobs(self) -> JobRetentionStore: ...
