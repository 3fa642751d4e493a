"""Periodic tasks, as data: each runs its use case once for every district, inside that district's tenant isolation."""

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
    """A use case with its command, and when it runs (cron, in UTC). It must be idempotent."""

    name: str
    cron: str
    use_case: Callable[..., Awaitable[Any]]
    command: Any


@dataclass(frozen=True, kw_only=True)
class ForgetAnswers:
    """Delete the responses stored under an Idempotency-Key for longer than a day."""


async def forget_answers(cmd: ForgetAnswers, ctx: Context[Any]) -> None:  # noqa: ARG001 - the command has no fields
    """Delete them, also in a district where no client sends keys any more."""
    async with ctx.open(authorize(ctx.actor, "forget_answers")) as unit:
        await unit.idempotency.forget(ctx.now())
        await unit.commit()


PERIODIC_TASKS: tuple[PeriodicTask, ...] = (
    PeriodicTask(name="forget_answers", cron="7 * * * *", use_case=forget_answers, command=ForgetAnswers()),
    # Every hour, since the night of each district is in its own time zone.
    PeriodicTask(
        name="retention_by_the_clock",
        cron="23 * * * *",
        use_case=apply_retention_by_the_clock,
        command=ApplyRetentionByTheClock(),
    ),
    PeriodicTask(name="forget_jobs", cron="40 3 * * *", use_case=forget_jobs, command=ForgetJobs()),
)


def scheduled_tasks(tasks: Iterable[PeriodicTask], environment: Environment, pool: ConnectionPool) -> tuple[ScheduledTask, ...]:
    """Return `tasks` in the form that the queue's worker runs."""
    return tuple(
        ScheduledTask(name=task.name, cron=task.cron, run=_for_every_district(task, environment, pool)) for task in tasks
    )


def _for_every_district(task: PeriodicTask, environment: Environment, pool: ConnectionPool) -> Callable[[], Awaitable[None]]:
    async def run_task() -> None:
        for district_id in await district_ids(pool):
            runner = UseCaseRunner(actor=operator_actor("worker", district_id), environment=environment, request_id=task.name)
            try:
                await runner.run(task.use_case, task.command)
            except Exception:
                # A failure in one district must not stop the others.
                log.exception("scheduled_task_failed", extra={"task": task.name, "district": str(district_id)})

    return run_task
