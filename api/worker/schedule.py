"""What is done by the clock, as data: each use case once per district, as the worker, behind that district's fence."""

import logging
from collections.abc import Awaitable, Callable, Iterable
from dataclasses import dataclass
from typing import Any

from api.execution.runner import Environment, UseCaseRunner
from domain.directory.usecases.districts_and_clients import operator_actor
from domain.jobs.commands import ForgetJobs
from domain.jobs.usecases.manage import forget_jobs
from domain.permissions.rules import authorize
from domain.privacy.commands import ApplyRetentionByTheClock
from domain.privacy.usecases.retention import apply_retention_by_the_clock
from domain.shared.context import Context
from persistence.database.pool import ConnectionPool
from persistence.queue.worker import ScheduledTask
from persistence.repositories.districts import district_ids

log = logging.getLogger("evenkeel.worker")


@dataclass(frozen=True, kw_only=True)
class PeriodicTask:
    """One row: its name, when (cron, in UTC), and what is said to which use case. Doing it twice must be harmless."""

    name: str
    cron: str
    use_case: Callable[..., Awaitable[Any]]
    command: Any


@dataclass(frozen=True, kw_only=True)
class ForgetAnswers:
    """Forget the answers kept under an Idempotency-Key for longer than a day."""


async def forget_answers(cmd: ForgetAnswers, ctx: Context[Any]) -> None:  # noqa: ARG001 - nothing to say
    """Forget them; where nobody sends keys any more, nothing else does."""
    async with ctx.open(authorize(ctx.actor, "forget_answers")) as unit:
        await unit.idempotency.forget(ctx.now())
        await unit.commit()


PERIODIC_TASKS: tuple[PeriodicTask, ...] = (
    PeriodicTask(name="forget_answers", cron="7 * * * *", use_case=forget_answers, command=ForgetAnswers()),
    # Every hour: each district's own night decides.
    PeriodicTask(
        name="retention_by_the_clock",
        cron="23 * * * *",
        use_case=apply_retention_by_the_clock,
        command=ApplyRetentionByTheClock(),
    ),
    PeriodicTask(name="forget_jobs", cron="40 3 * * *", use_case=forget_jobs, command=ForgetJobs()),
)


def scheduled_tasks(tasks: Iterable[PeriodicTask], environment: Environment, pool: ConnectionPool) -> tuple[ScheduledTask, ...]:
    """``rows``, as the queue's worker starts them."""
    return tuple(ScheduledTask(name=row.name, cron=row.cron, run=_for_every_district(row, environment, pool)) for row in tasks)


def _for_every_district(task: PeriodicTask, environment: Environment, pool: ConnectionPool) -> Callable[[], Awaitable[None]]:
    async def run_task() -> None:
        for district_id in await district_ids(pool):
            call = UseCaseRunner(actor=operator_actor("worker", district_id), environment=environment, request_id=task.name)
            try:
                await call.run(task.use_case, task.command)
            except Exception:
                # One district's trouble is not the next one's.
                log.exception("duty failed", extra={"duty": task.name, "district": str(district_id)})

    return run_task
