"""One job, from the queue to its end: begun, run as its requester, and ended by the commit of its effect."""

import asyncio
import logging
from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import timedelta
from functools import partial, wraps
from typing import Any
from uuid import UUID

from api.execution.runner import Call, World, lent
from api.logging import district_id as logged_district
from api.logging import request_id as logged_request
from api.wire.problem_details import problem
from api.worker.handlers import Handler
from api.worker.job_actors import Requesters
from domain.directory.usecases.districts_and_clients import operator
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


class Lost(Exception):
    """The job was cancelled, or taken up by another worker, while it ran: nothing of it may be kept."""


class Broken(Unavailable):
    """It went wrong by no fault of who asked."""

    code = Code.INTERNAL


@dataclass(frozen=True, kw_only=True)
class Runner:
    """Runs jobs of any district, each behind that district's fence."""

    world: World
    requesters: Requesters
    handlers: Mapping[str, Handler]

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
            await asyncio.shield(self._hand_back(district_id, begun, uncounted=True))
            raise

    async def _begin(self, district_id: DistrictId, job_id: JobId) -> RunningJob | None:
        async with self._unit(district_id) as unit:
            begun: RunningJob | None = await unit.running_jobs.begin(job_id, self.world.now())
            await unit.commit()
        return begun

    async def _attempt(self, district_id: DistrictId, job: RunningJob) -> timedelta | None:
        try:
            await self._do(district_id, job)
        except Lost:
            log.info("job lost", extra={"job": str(job.id), "kind": job.kind})
        except (Contended, Unavailable) as error:
            if job.attempt < MAX_ATTEMPTS:
                await self._hand_back(district_id, job, uncounted=False)
                return FIRST_PAUSE * int(5 ** (job.attempt - 1))
            await self._fail(district_id, job, error)
        except DomainError as error:
            await self._fail(district_id, job, error)
        except Exception:
            log.exception("job broke", extra={"job": str(job.id), "kind": job.kind})
            await self._fail(district_id, job, Broken("something went wrong on our side; ask for it again later"))
        return None

    async def _do(self, district_id: DistrictId, job: RunningJob) -> None:
        if job.attempt > MAX_ATTEMPTS:
            raise Broken(f"this was begun {MAX_ATTEMPTS} times and never came to an end; ask for it again later")
        actor = await self.requesters.actor_of(job.requester, district_id)
        handler = self.handlers[job.kind]
        call = Call(actor=actor, world=self.world, request_id=f"job-{job.id}")
        staged = None if handler.staged is None else await self._staged(district_id, job)
        await call.run(self._ending(handler, job, actor), handler.hear(job, staged))

    async def _staged(self, district_id: DistrictId, job: RunningJob) -> bytes | None:
        async with self._unit(district_id) as unit:
            content: bytes | None = await unit.running_jobs.staged(job)
        return content

    def _ending(self, handler: Handler, job: RunningJob, actor: Actor) -> Any:
        """The handler's use case, with the job's end kept by the same commit as its effect: done once, however often begun."""

        async def tell(progress: float) -> None:
            async with self._unit(actor.district_id) as unit:
                await unit.running_jobs.tell(job, progress)
                await unit.commit()

        @wraps(handler.use_case)  # the trail tells of the use case, not of this wrapping
        async def ended(command: Any, ctx: Context[Any]) -> None:
            async with ctx.open(NO_PERMISSION) as unit:
                inner = replace(ctx, open=partial(lent, unit), in_job=True, progress=tell)
                answer = await handler.use_case(command, inner)
                at, found = self.world.now(), handler.found_at(answer)
                if not await unit.running_jobs.end(job, JobState.SUCCEEDED, at, result_url=found):
                    raise Lost
                await self._tell_end(unit, job)
                await unit.commit()

        return ended

    async def _fail(self, district_id: DistrictId, job: RunningJob, error: DomainError) -> None:
        async with self._unit(district_id) as unit:
            told = problem(error, None, None)
            if await unit.running_jobs.end(job, JobState.FAILED, self.world.now(), problem=told, listed=error.all_errors):
                await self._tell_end(unit, job)
            await unit.commit()
        log.info("job failed", extra={"job": str(job.id), "kind": job.kind, "code": error.code})

    async def _tell_end(self, unit: Any, job: RunningJob) -> None:
        """A person who asked need not keep looking."""
        if job.requester.kind is ActorKind.PERSON:
            who, about = PersonId(UUID(job.requester.id)), NotificationObject(kind="job", id=str(job.id))
            at, new_id = self.world.now(), self.world.new_id
            await unit.notifications.notify([who], NotificationKind.JOB_ENDED, about, at=at, new_id=new_id)

    async def _hand_back(self, district_id: DistrictId, job: RunningJob, *, uncounted: bool) -> None:
        async with self._unit(district_id) as unit:
            await unit.running_jobs.hand_back(job, uncounted=uncounted)
            await unit.commit()

    def _unit(self, district_id: DistrictId) -> Any:
        # What the worker notes about a job is no act of anybody's.
        return self.world.open_unit(operator("worker", district_id), NO_PERMISSION, False, no_audit())  # noqa: FBT003 - it writes
