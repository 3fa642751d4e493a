"""One worker at the queue: takes entries, keeps them alive, hands them back; and starts what is due by the clock.

Pgqueuer takes and renews; what is ours is that two workers never run one job at once, whatever became of a heartbeat, and that
a worker told to stop gives back what it can't finish.
"""

import asyncio
import logging
from collections.abc import Awaitable, Callable, Iterable
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from functools import partial
from typing import Any
from uuid import UUID, uuid4

import msgspec
from pgqueuer.core.qm import QueueManager
from pgqueuer.core.sm import SchedulerManager
from pgqueuer.domain.errors import RetryRequested
from pgqueuer.domain.models import Context as EntryContext
from pgqueuer.domain.models import Job as Entry
from pgqueuer.domain.types import Channel

from persistence.database.connection import connect
from persistence.queue.entries import CHANNEL, HEARTBEAT, REMOVE_WORKER, QueueEntry, queries_on

log = logging.getLogger("evenkeel.worker")

POLL_INTERVAL = timedelta(seconds=10)
"""A notice wakes a worker; this is for what comes without one: an entry handed back, or left behind by a death."""
HEARTBEAT_INTERVAL = timedelta(seconds=30)
BUSY_RETRY = timedelta(seconds=5)
MAX_PAUSE = 30.0

TRY_LOCK = "select pg_try_advisory_lock(hashtextextended($1, 6)) as taken"
UNLOCK = "select pg_advisory_unlock(hashtextextended($1, 6))"

WAKE = f"""
select pg_notify('{CHANNEL}', json_build_object('channel', '{CHANNEL}', 'operation', 'update', 'sent_at', now(),
  'table', 'pgqueuer', 'type', 'table_changed_event')::text)
"""
"""Pgqueuer's own notice, for an entry whose pause is over: its trigger tells of new entries only."""

RunJob = Callable[[QueueEntry], Awaitable[timedelta | None]]
"""Runs one job and keeps what came of it; a pause when it is to be tried again after that."""


@dataclass(frozen=True, kw_only=True)
class ScheduledTask:
    """What is done by the clock: ``when`` is a cron expression of five parts, in UTC."""

    name: str
    cron: str
    run: Callable[[], Awaitable[None]]


@dataclass(kw_only=True)
class QueueWorker:
    """A worker on a connection of its own, which listens; ``run`` does the jobs of ``kinds``."""

    url: str
    kinds: Iterable[str]
    run: RunJob
    scheduled_tasks: Iterable[ScheduledTask] = ()
    concurrency: int = 2
    heartbeat: timedelta = timedelta(seconds=60)
    grace: timedelta = timedelta(seconds=20)
    id: UUID = field(default_factory=uuid4)
    started_at: datetime = field(default_factory=lambda: datetime.now(UTC))

    def __post_init__(self) -> None:
        self._running: set[asyncio.Task[timedelta | None]] = set()
        self._alarms: set[asyncio.Task[None]] = set()

    async def work(self, stop: asyncio.Event) -> None:
        """Work until told to stop; a database that goes away is waited for."""
        pause = 1.0
        while not stop.is_set():
            begun = asyncio.get_running_loop().time()
            try:
                await self._session(stop)
            except Exception:
                log.warning("queue_lost", exc_info=True)
            if asyncio.get_running_loop().time() - begun > MAX_PAUSE:
                pause = 1.0
            with suppress(TimeoutError):
                await asyncio.wait_for(stop.wait(), pause)
            pause = min(pause * 2, MAX_PAUSE)

    async def _session(self, stop: asyncio.Event) -> None:
        connection = await connect(self.url)
        try:
            await self._run_on(connection, stop)
        finally:
            connection.terminate()

    async def _run_on(self, connection: Any, stop: asyncio.Event) -> None:
        queue, shutdown = queries_on(connection), asyncio.Event()
        manager = QueueManager(queue, Channel(CHANNEL))
        scheduler = SchedulerManager(queue)
        manager.shutdown = scheduler.shutdown = shutdown
        for kind in self.kinds:
            manager.entrypoint(kind, accepts_context=True)(partial(self._process_entry, queue.driver))
        for duty in self.scheduled_tasks:
            scheduler.schedule(duty.name, duty.cron, accepts_context=False)(_scheduled(duty))
        work = manager.run(
            dequeue_timeout=min(POLL_INTERVAL, self.heartbeat),
            batch_size=1,
            max_concurrent_tasks=self.concurrency,
            heartbeat_timeout=self.heartbeat,
            log_aggregation_interval=timedelta(0),  # its statistics would be one more table that somebody has to look after
        )
        tasks = [asyncio.create_task(work), asyncio.create_task(self._report_alive(queue.driver, shutdown))]
        if self.scheduled_tasks:
            tasks.append(asyncio.create_task(scheduler.run()))
        await self._run_until(stop, tasks, shutdown)
        for alarm in tuple(self._alarms):
            alarm.cancel()
        with suppress(Exception):
            await connection.execute(REMOVE_WORKER, self.id)

    async def _run_until(self, stop: asyncio.Event, tasks: list[asyncio.Task[None]], shutdown: asyncio.Event) -> None:
        """Until told to stop, or the queue is lost; then what runs may end within the grace, and is handed back."""
        stopping = asyncio.create_task(stop.wait())
        try:
            await asyncio.wait({*tasks, stopping}, return_when=asyncio.FIRST_COMPLETED)
        finally:
            stopping.cancel()
            shutdown.set()
            await asyncio.wait(tasks, timeout=self.grace.total_seconds())
            for running in tuple(self._running):
                running.cancel("handed back")
            ended = await asyncio.gather(*tasks, return_exceptions=True)
        for outcome in ended:
            if isinstance(outcome, Exception):
                raise outcome

    async def _report_alive(self, driver: Any, shutdown: asyncio.Event) -> None:
        while not shutdown.is_set():
            await driver.execute(HEARTBEAT, self.id, self.started_at, datetime.now(UTC))
            with suppress(TimeoutError):
                await asyncio.wait_for(shutdown.wait(), HEARTBEAT_INTERVAL.total_seconds())

    async def _process_entry(self, driver: Any, entry: Entry, context: EntryContext) -> None:
        """One entry. Nothing but a wish to have it again leaves this: pgqueuer would keep what an error says."""
        ticket = msgspec.json.decode(entry.payload or b"", type=QueueEntry)
        # The heartbeat tells that a worker lives; it may be late though it does. The lock goes with the connection alone.
        [row] = await driver.fetch(TRY_LOCK, str(ticket.job_id))
        if not row["taken"]:
            raise self._retry_after(driver, BUSY_RETRY)
        try:
            again = await self._run_job(ticket, context)
        finally:
            with suppress(Exception):
                await driver.fetch(UNLOCK, str(ticket.job_id))
        if again is not None:
            raise self._retry_after(driver, again)

    def _retry_after(self, driver: Any, pause: timedelta) -> RetryRequested:
        async def wake() -> None:
            await asyncio.sleep(pause.total_seconds() + 0.05)
            with suppress(Exception):
                await driver.fetch(WAKE)

        alarm = asyncio.create_task(wake())
        self._alarms.add(alarm)
        alarm.add_done_callback(self._alarms.discard)
        return RetryRequested(pause, "again")

    async def _run_job(self, ticket: QueueEntry, context: EntryContext) -> timedelta | None:
        running = asyncio.ensure_future(self.run(ticket))
        self._running.add(running)
        try:
            with context.cancellation:
                await asyncio.wait({running})
            if not running.done():
                running.cancel("cancelled")
                await asyncio.wait({running})
                return None
        finally:
            self._running.discard(running)
        if running.cancelled():
            return timedelta(0)
        failure = running.exception()
        if failure is None:
            return running.result()
        log.error("job_result_not_saved", extra={"kind": type(failure).__name__})
        return BUSY_RETRY


def _scheduled(duty: ScheduledTask) -> Callable[[Any], Awaitable[None]]:
    async def do(_schedule: Any) -> None:
        try:
            await duty.run()
        except Exception:  # pgqueuer would log what it says
            log.exception("scheduled_task_failed", extra={"task": duty.name})

    return do
