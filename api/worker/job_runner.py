"""Run one job from the queue: begin it, run its use case as the requester, and end it by the commit of its effect."""

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
"""Delay before the second attempt; five times as long before each further one."""


class JobLost(Exception):
    """The job was cancelled, or taken over by another worker, while it ran: nothing of this run may be committed."""


class JobFailed(Unavailable):
    """The job failed because of an error on the server's side."""

    code = Code.INTERNAL


@dataclass(frozen=True, kw_only=True)
class JobRunner:
    """Runs jobs of any district, each inside that district's tenant isolation."""

    environment: Environment
    actors: JobActors
    handlers: Mapping[str, JobHandler]

    async def run(self, district: UUID, job: UUID) -> timedelta | None:
        """Run one job. Return the delay after which it must be retried, or None when it has ended."""
        district_id = DistrictId(district)
        logged_district.set(str(district_id))
        logged_request.set(f"job-{job}")
        running_job = await self._begin(district_id, JobId(job))
        if running_job is None:  # it has ended: the queue may deliver an entry twice
            return None
        try:
            return await self._attempt(district_id, running_job)
        except asyncio.CancelledError:
            await asyncio.shield(self._requeue(district_id, running_job, uncounted=True))
            raise

    async def _begin(self, district_id: DistrictId, job_id: JobId) -> RunningJob | None:
        async with self._open_unit(district_id) as unit:
            running_job: RunningJob | None = await unit.running_jobs.begin(job_id, self.environment.now())
            await unit.commit()
        return running_job

    async def _attempt(self, district_id: DistrictId, job: RunningJob) -> timedelta | None:
        try:
            await self._execute(district_id, job)
        except JobLost:
            log.info("job_lost", extra={"job": str(job.id), "kind": job.kind})
        except (Contended, Unavailable) as error:
            if job.attempt < MAX_ATTEMPTS:
                await self._requeue(district_id, job, uncounted=False)
                return FIRST_PAUSE * int(5 ** (job.attempt - 1))
            await self._fail(district_id, job, error)
        except DomainError as error:
            await self._fail(district_id, job, error)
        except Exception:
            log.exception("job_crashed", extra={"job": str(job.id), "kind": job.kind})
            await self._fail(district_id, job, JobFailed("the server failed unexpectedly; request the job again later"))
        return None

    async def _execute(self, district_id: DistrictId, job: RunningJob) -> None:
        if job.attempt > MAX_ATTEMPTS:
            raise JobFailed(f"the job was begun {MAX_ATTEMPTS} times and did not end; request it again later")
        actor = await self.actors.actor_for(job.requester, district_id)
        handler = self.handlers[job.kind]
        runner = UseCaseRunner(actor=actor, environment=self.environment, request_id=f"job-{job.id}")
        staged = None if handler.staged_member is None else await self._load_staged(district_id, job)
        await runner.run(self._completing(handler, job, actor), handler.parse_command(job, staged))

    async def _load_staged(self, district_id: DistrictId, job: RunningJob) -> bytes | None:
        async with self._open_unit(district_id) as unit:
            content: bytes | None = await unit.running_jobs.staged_content(job)
        return content

    def _completing(self, handler: JobHandler, job: RunningJob, actor: Actor) -> Any:
        """Wrap the handler's use case so that one commit saves its effect and ends the job: it takes effect once."""

        async def report_progress(progress: float) -> None:
            async with self._open_unit(actor.district_id) as unit:
                await unit.running_jobs.report_progress(job, progress)
                await unit.commit()

        @wraps(handler.use_case)  # the audit log names the use case, not this wrapper
        async def run_and_complete(command: Any, ctx: Context[Any]) -> None:
            async with ctx.open(NO_PERMISSION) as unit:
                inner = replace(ctx, open=partial(nested_unit, unit), in_job=True, progress=report_progress)
                answer = await handler.use_case(command, inner)
                at, result_url = self.environment.now(), handler.result_url(answer)
                if not await unit.running_jobs.end(job, JobState.SUCCEEDED, at, result_url=result_url):
                    raise JobLost
                await self._notify_requester(unit, job)
                await unit.commit()

        return run_and_complete

    async def _fail(self, district_id: DistrictId, job: RunningJob, error: DomainError) -> None:
        async with self._open_unit(district_id) as unit:
            problem = to_problem(error, None, None)
            if await unit.running_jobs.end(
                job, JobState.FAILED, self.environment.now(), problem=problem, all_errors=error.all_errors
            ):
                await self._notify_requester(unit, job)
            await unit.commit()
        log.info("job_failed", extra={"job": str(job.id), "kind": job.kind, "code": error.code})

    async def _notify_requester(self, unit: Any, job: RunningJob) -> None:
        """Notify the requester, if it is a person, that the job has ended."""
        if job.requester.kind is ActorKind.PERSON:
            person_id, target = PersonId(UUID(job.requester.id)), NotificationObject(kind="job", id=str(job.id))
            at, new_id = self.environment.now(), self.environment.new_id
            await unit.notifications.notify([person_id], NotificationKind.JOB_ENDED, target, at=at, new_id=new_id)

    async def _requeue(self, district_id: DistrictId, job: RunningJob, *, uncounted: bool) -> None:
        async with self._open_unit(district_id) as unit:
            await unit.running_jobs.return_to_queue(job, without_attempt=uncounted)
            await unit.commit()

    def _open_unit(self, district_id: DistrictId) -> Any:
        # The worker's own bookkeeping is not audited.
        return self.environment.open_unit(operator_actor("worker", district_id), NO_PERMISSION, False, no_audit())  # noqa: FBT003 - it writes
