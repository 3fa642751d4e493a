"""One job, from the queue to its end: begun, run as its requester, and ended by the commit of its effect."""

import asyncio
import logging
from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import timedelta
from functools import partial, wraps
from typing import Any
from uuid import UUID

from api.execution.runner import Environment, UseCaseRunner, nested_unit
from api.logging import district_id as logged_district
from api.logging import request_id as logged_request
from api.wire.problem_details import to_problem
from api.worker.handlers import JobHandler
from api.worker.job_actors import JobActors
from domain.directory.usecases.districts_and_clients import operator_actor
from domain.jobs.model import MAX_ATTEMPTS, JobState, RunningJob
from domain.notifications.model import NotificationKind, NotificationObject
from domain.shared.access_scope import NO_PERMISSION
from domain.shared.audit import no_audit
from domain.shared.context import Actor, ActorKind, Context
from domain.shared.errors import Code, Contended, DomainError, Unavailable
from domain.shared.ids import DistrictId, JobId, PersonId

log = logging.getLogger("evenkeel.worker")

FIRST_PAUSE = timedelta(seconds=1)
"""Before the second attempt; five times as long before each further one."""


class JobLost(Exception):
    """The job was cancelled, or taken up by another worker, while it ran: nothing of it may be kept."""


class JobFailed(Unavailable):
    """It went wrong by no fault of who asked."""

    code = Code.INTERNAL


@dataclass(frozen=True, kw_only=True)
class JobRunner:
    """Runs jobs of any district, each behind that district's fence."""

    environment: Environment
    actors: JobActors
    handlers: Mapping[str, JobHandler]

    async def run(self, district: UUID, job: UUID) -> timedelta | None:
        """Run one job to its end. A pause when it is to be begun again after that."""
        district_id = DistrictId(district)
        logged_district.set(str(district_id))
        logged_request.set(f"job-{job}")
        begun = await self._begin(district_id, JobId(job))
        if begun is None:  # ended before: an entry may come twice
            return None
        try:
            return await self._attempt(district_id, begun)
        except asyncio.CancelledError:
            await asyncio.shield(self._requeue(district_id, begun, uncounted=True))
            raise

    async def _begin(self, district_id: DistrictId, job_id: JobId) -> RunningJob | None:
        async with self._open_unit(district_id) as unit:
            begun: RunningJob | None = await unit.running_jobs.begin(job_id, self.environment.now())
            await unit.commit()
        return begun

    async def _attempt(self, district_id: DistrictId, job: RunningJob) -> timedelta | None:
        try:
            await self._execute(district_id, job)
        except JobLost:
            log.info("job lost", extra={"job": str(job.id), "kind": job.kind})
        except (Contended, Unavailable) as error:
            if job.attempt < MAX_ATTEMPTS:
                await self._requeue(district_id, job, uncounted=False)
                return FIRST_PAUSE * int(5 ** (job.attempt - 1))
            await self._fail(district_id, job, error)
        except DomainError as error:
            await self._fail(district_id, job, error)
        except Exception:
            log.exception("job broke", extra={"job": str(job.id), "kind": job.kind})
            await self._fail(district_id, job, JobFailed("something went wrong on our side; ask for it again later"))
        return None

    async def _execute(self, district_id: DistrictId, job: RunningJob) -> None:
        if job.attempt > MAX_ATTEMPTS:
            raise JobFailed(f"this was begun {MAX_ATTEMPTS} times and never came to an end; ask for it again later")
        actor = await self.actors.actor_for(job.requester, district_id)
        handler = self.handlers[job.kind]
        call = UseCaseRunner(actor=actor, environment=self.environment, request_id=f"job-{job.id}")
        staged = None if handler.staged_member is None else await self._load_staged(district_id, job)
        await call.run(self._completing(handler, job, actor), handler.parse_command(job, staged))

    async def _load_staged(self, district_id: DistrictId, job: RunningJob) -> bytes | None:
        async with self._open_unit(district_id) as unit:
            content: bytes | None = await unit.running_jobs.staged_content(job)
        return content

    def _completing(self, handler: JobHandler, job: RunningJob, actor: Actor) -> Any:
        """The handler's use case, with the job's end kept by the same commit as its effect: done once, however often begun."""

        async def report_progress(progress: float) -> None:
            async with self._open_unit(actor.district_id) as unit:
                await unit.running_jobs.report_progress(job, progress)
                await unit.commit()

        @wraps(handler.use_case)  # the trail tells of the use case, not of this wrapping
        async def run_and_complete(command: Any, ctx: Context[Any]) -> None:
            async with ctx.open(NO_PERMISSION) as unit:
                inner = replace(ctx, open=partial(nested_unit, unit), in_job=True, progress=report_progress)
                answer = await handler.use_case(command, inner)
                at, found = self.environment.now(), handler.result_url(answer)
                if not await unit.running_jobs.end(job, JobState.SUCCEEDED, at, result_url=found):
                    raise JobLost
                await self._notify_requester(unit, job)
                await unit.commit()

        return run_and_complete

    async def _fail(self, district_id: DistrictId, job: RunningJob, error: DomainError) -> None:
        async with self._open_unit(district_id) as unit:
            told = to_problem(error, None, None)
            if await unit.running_jobs.end(
                job, JobState.FAILED, self.environment.now(), problem=told, all_errors=error.all_errors
            ):
                await self._notify_requester(unit, job)
            await unit.commit()
        log.info("job failed", extra={"job": str(job.id), "kind": job.kind, "code": error.code})

    async def _notify_requester(self, unit: Any, job: RunningJob) -> None:
        """A person who asked need not keep looking."""
        if job.requester.kind is ActorKind.PERSON:
            who, about = PersonId(UUID(job.requester.id)), NotificationObject(kind="job", id=str(job.id))
            at, new_id = self.environment.now(), self.environment.new_id
            await unit.notifications.notify([who], NotificationKind.JOB_ENDED, about, at=at, new_id=new_id)

    async def _requeue(self, district_id: DistrictId, job: RunningJob, *, uncounted: bool) -> None:
        async with self._open_unit(district_id) as unit:
            await unit.running_jobs.return_to_queue(job, without_attempt=uncounted)
            await unit.commit()

    def _open_unit(self, district_id: DistrictId) -> Any:
        # What the worker notes about a job is no act of anybody's.
        return self.environment.open_unit(operator_actor("worker", district_id), NO_PERMISSION, False, no_audit())  # noqa: FBT003 - it writes
