"""A queue worker: runs queued jobs, renews their heartbeat, returns what it cannot finish, and runs scheduled tasks.

Pgqueuer dequeues and renews. This module adds that two workers never run one job at once, even after a late heartbeat, and
that a stopping worker returns unfinished jobs to the queue.
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
"""Workers are woken by notifications; polling finds entries without one: returned, or left by a worker that died."""
HEARTBEAT_INTERVAL = timedelta(seconds=30)
BUSY_RETRY = timedelta(seconds=5)
MAX_PAUSE = 30.0

TRY_LOCK = "select pg_try_advisory_lock(hashtextextended($1, 6)) as taken"
UNLOCK = "select pg_advisory_unlock(hashtextextended($1, 6))"

WAKE = f"""
select pg_notify('{CHANNEL}', json_build_object('channel', '{CHANNEL}', 'operation', 'update', 'sent_at', now(),
  'table', 'pgqueuer', 'type', 'table_changed_event')::text)
"""
"""Pgqueuer's own notification, for an entry whose pause is over: its trigger announces new entries only."""

RunJob = Callable[[QueueEntry], Awaitable[timedelta | None]]
"""Runs one job and saves its result; returns a pause when the job is to be retried after it, else None."""


@dataclass(frozen=True, kw_only=True)
class ScheduledTask:
    """A task by the clock; `cron` is an expression of five fields, in UTC."""

    name: str
    cron: str
    run: Callable[[], Awaitable[None]]


@dataclass(kw_only=True)
class QueueWorker:
    """A worker with its own listening connection; `run` executes jobs of `kinds`."""

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
        """Work until `stop` is set; reconnect when the database was unreachable."""
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
        for task in self.scheduled_tasks:
            scheduler.schedule(task.name, task.cron, accepts_context=False)(_scheduled(task))
        work = manager.run(
            dequeue_timeout=min(POLL_INTERVAL, self.heartbeat),
            batch_size=1,
            max_concurrent_tasks=self.concurrency,
            heartbeat_timeout=self.heartbeat,
            log_aggregation_interval=timedelta(0),  # no statistics: one table less to maintain
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
        """Wait for `stop` or the loss of the queue; then give running jobs `grace` to end, and return the rest to the queue."""
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
        """Run one entry. Raises nothing but `RetryRequested`: pgqueuer would store the text of any other error."""
        payload = msgspec.json.decode(entry.payload or b"", type=QueueEntry)
        # A heartbeat may be late although its worker lives; the lock ends with the connection only.
        [row] = await driver.fetch(TRY_LOCK, str(payload.job_id))
        if not row["taken"]:
            raise self._retry_after(driver, BUSY_RETRY)
        try:
            pause = await self._run_job(payload, context)
        finally:
            with suppress(Exception):
                await driver.fetch(UNLOCK, str(payload.job_id))
        if pause is not None:
            raise self._retry_after(driver, pause)

    def _retry_after(self, driver: Any, pause: timedelta) -> RetryRequested:
        async def wake() -> None:
            await asyncio.sleep(pause.total_seconds() + 0.05)
            with suppress(Exception):
                await driver.fetch(WAKE)

        alarm = asyncio.create_task(wake())
        self._alarms.add(alarm)
        alarm.add_done_callback(self._alarms.discard)
        return RetryRequested(pause, "again")

    async def _run_job(self, payload: QueueEntry, context: EntryContext) -> timedelta | None:
        running = asyncio.ensure_future(self.run(payload))
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


def _scheduled(task: ScheduledTask) -> Callable[[Any], Awaitable[None]]:
    async def do(_schedule: Any) -> None:
        try:
            await task.run()
        except Exception:  # pgqueuer would log the error's text
            log.exception("scheduled_task_failed", extra={"task": task.name})

    return do
