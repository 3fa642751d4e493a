"""The process of a worker: start-up checks, jobs and scheduled tasks, orderly shutdown."""

import asyncio
import logging
import os
import signal
import threading
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import timedelta

from api.outbound.mail import Mail, mailer_from_settings
from api.runtime.environment import build_environment
from api.security.encryption import Keys
from api.settings import Misconfigured, Settings, secret_keys
from api.worker.handlers import HANDLERS, JobHandler, RetryingMailer, mail_handlers
from api.worker.job_actors import JobActors
from api.worker.job_runner import JobRunner
from api.worker.schedule import PERIODIC_TASKS, PeriodicTask, scheduled_tasks
from persistence.database.pool import ConnectionPool
from persistence.database.schema_revision import head
from persistence.database.startup_checks import role_errors, schema_version
from persistence.queue.entries import QueueEntry
from persistence.queue.worker import QueueWorker
from persistence.repositories.oauth.store import PgOAuth
from persistence.unit_of_work import begin_unit_of_work

log = logging.getLogger("evenkeel.worker")


@dataclass(frozen=True, kw_only=True)
class WorkerConfig:
    """What a worker is made of. Modules below this one take values and never read the settings."""

    database_url: str
    secret: Keys
    concurrency: int = 2
    heartbeat: timedelta = timedelta(seconds=60)
    grace: timedelta = timedelta(seconds=20)
    handlers: Mapping[str, JobHandler] = field(default_factory=lambda: HANDLERS)
    periodic_tasks: tuple[PeriodicTask, ...] = PERIODIC_TASKS
    mail: Mail | None = None
    """Sends notifications; None: such jobs wait for another worker."""
    public_url: str = ""

    @classmethod
    def from_settings(cls, settings: Settings) -> "WorkerConfig":
        """Return the configuration for `settings`. Raises `Misconfigured` without DATABASE_URL."""
        if settings.database_url is None:
            raise Misconfigured("DATABASE_URL is missing: start with `evenkeel worker`, which also finds the embedded server")
        return cls(
            database_url=settings.database_url.get_secret_value(),
            secret=secret_keys(settings),
            concurrency=settings.worker_concurrency,
            heartbeat=timedelta(seconds=settings.worker_heartbeat_seconds),
            grace=timedelta(seconds=settings.worker_grace_seconds),
            mail=mailer_from_settings(settings),
            public_url=settings.base_url,
        )


async def work(config: WorkerConfig, stop: asyncio.Event) -> None:
    """Run jobs and scheduled tasks until `stop` is set.

    Raises `Misconfigured` for a database role that bypasses row-level security, or for a schema of another release.
    """
    # For each job its own transaction and one that reports progress; a further connection for bookkeeping.
    async with ConnectionPool(config.database_url, size=2 * config.concurrency + 1) as pool:
        errors = await role_errors(pool)
        current, required = await schema_version(pool), head()
        if current != required:
            errors.append(
                f"the database is at {current or 'no migration'}, this release needs {required}: run evenkeel migrate"
            )
        if errors:
            raise Misconfigured(*errors)
        environment = build_environment(pool, config.secret)
        actors = JobActors(
            find_client=PgOAuth(pool).client,
            open_unit=lambda actor: begin_unit_of_work(pool, actor, read_only=True),
        )
        handlers = dict(config.handlers)
        if config.mail is not None:
            handlers |= mail_handlers(RetryingMailer(config.mail), config.public_url)
        runner = JobRunner(environment=environment, actors=actors, handlers=handlers)

        async def run_entry(entry: QueueEntry) -> timedelta | None:
            return await runner.run(entry.district_id, entry.job_id)

        worker = QueueWorker(
            url=config.database_url,
            kinds=tuple(handlers),
            run=run_entry,
            scheduled_tasks=scheduled_tasks(config.periodic_tasks, environment, pool),
            concurrency=config.concurrency,
            heartbeat=config.heartbeat,
            grace=config.grace,
        )
        log.info("worker_started", extra={"worker": str(worker.id)})
        await worker.work(stop)
        log.info("worker_stopped", extra={"worker": str(worker.id)})


def run_worker(config: WorkerConfig, *, child: bool = False) -> None:
    """Run a worker until SIGTERM or SIGINT; `child`: also until standard input, a pipe from the parent, closes."""

    async def main() -> None:
        stop = asyncio.Event()
        loop = asyncio.get_running_loop()
        for number in (signal.SIGTERM, signal.SIGINT):
            loop.add_signal_handler(number, stop.set)
        if child:
            threading.Thread(target=_end_with_parent, name="parent-watch", daemon=True).start()
        await work(config, stop)

    asyncio.run(main())


def _end_with_parent() -> None:
    """End this process when the pipe closes: it does when the parent ends, for whatever reason."""
    while os.read(0, 1):
        pass
    os.kill(os.getpid(), signal.SIGTERM)
