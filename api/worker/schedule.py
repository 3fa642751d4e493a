"""What is done by the clock, as data: each use case once per district, as the worker, behind that district's fence."""

import logging
from collections.abc import Awaitable, Callable, Iterable
from dataclasses import dataclass
from typing import Any

from api.execution.runner import Call, World
from domain.directory.usecases.districts_and_clients import operator
from domain.jobs.commands import ForgetJobs
from domain.jobs.usecases.manage import forget_jobs
from domain.permissions.rules import authorize
from domain.privacy.commands import ApplyRetentionByTheClock
from domain.privacy.usecases.retention import apply_retention_by_the_clock
from domain.shared.context import Context
from persistence.database.pool import ConnectionPool
from persistence.queue.worker import Duty
from persistence.repositories.districts import district_ids

log = logging.getLogger("evenkeel.worker")


@dataclass(frozen=True, kw_only=True)
class Periodic:
    """One row: its name, when (cron, in UTC), and what is said to which use case. Doing it twice must be harmless."""

    name: str
    when: str
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


PERIODIC: tuple[Periodic, ...] = (
    Periodic(name="forget_answers", when="7 * * * *", use_case=forget_answers, command=ForgetAnswers()),
    # Every hour: each district's own night decides.
    Periodic(
        name="retention_by_the_clock",
        when="23 * * * *",
        use_case=apply_retention_by_the_clock,
        command=ApplyRetentionByTheClock(),
    ),
    Periodic(name="forget_jobs", when="40 3 * * *", use_case=forget_jobs, command=ForgetJobs()),
)


def duties(rows: Iterable[Periodic], world: World, pool: ConnectionPool) -> tuple[Duty, ...]:
    """``rows``, as the queue's worker starts them."""
    return tuple(Duty(name=row.name, when=row.when, do=_everywhere(row, world, pool)) for row in rows)


def _everywhere(row: Periodic, world: World, pool: ConnectionPool) -> Callable[[], Awaitable[None]]:
    async def do() -> None:
        for district_id in await district_ids(pool):
            call = Call(actor=operator("worker", district_id), world=world, request_id=row.name)
            try:
                await call.run(row.use_case, row.command)
            except Exception:
                # One district's trouble is not the next one's.
                log.exception("duty failed", extra={"duty": row.name, "district": str(district_id)})

    return do
