"""The job queue: pgqueuer's tables in schema `queue`, used through its own queries. An entry is a district and a job id.

Processes that queue nothing import this module too, so pgqueuer itself is imported inside the functions.
"""

from dataclasses import dataclass
from datetime import datetime
from functools import cache
from typing import TYPE_CHECKING, Any
from uuid import UUID

import msgspec

from domain.shared.ids import DistrictId, JobId
from persistence.database.connection import Connection
from persistence.database.pool import ConnectionPool

if TYPE_CHECKING:
    from pgqueuer.adapters.persistence.queries import Queries
    from pgqueuer.domain.settings import DBSettings
    from pgqueuer.ports.driver import Driver

CHANNEL: Any = "ch_pgqueuer"

HEARTBEAT = """
with gone as (delete from queue.worker where seen_at < $3::timestamptz - interval '1 day'),
  old as (delete from queue.pgqueuer_log where created < $3::timestamptz - interval '7 days')
insert into queue.worker (id, started_at, seen_at) values ($1, $2, $3) on conflict (id) do update set seen_at = $3
"""

REMOVE_WORKER = "delete from queue.worker where id = $1"

QUEUE_STATE = """
select (select max(seen_at) from queue.worker) as seen_at,
  (select min(execute_after) from queue.pgqueuer where status = 'queued' and execute_after < now()) as waiting_since,
  (select count(*) from queue.pgqueuer where status = 'queued' and execute_after < now()) as waiting
"""


@dataclass(frozen=True, kw_only=True)
class QueueState:
    """State of the queue: the last heartbeat of any worker, and the entries that are due and not yet taken."""

    seen_at: datetime | None
    waiting_since: datetime | None
    waiting: int


class QueueEntry(msgspec.Struct, frozen=True):
    """The payload of an entry: the district and the job."""

    district_id: UUID
    job_id: UUID


@cache
def db_settings() -> "DBSettings":
    """Return the names that our migration uses, whatever the environment: pgqueuer also reads CHANNEL, TRIGGER and others."""
    from pgqueuer.domain.settings import DBSettings, Durability  # noqa: PLC0415 - see above

    return DBSettings(
        prefix="",
        db_schema="queue",
        channel=CHANNEL,
        function="fn_pgqueuer_changed",
        statistics_table="pgqueuer_statistics",
        queue_status_type="pgqueuer_status",
        queue_table="pgqueuer",
        queue_table_log="pgqueuer_log",
        trigger="tg_pgqueuer_changed",
        schedules_table="pgqueuer_schedules",
        durability=Durability.durable,
        widen_id=False,
    )


def queries(driver: "Driver") -> "Queries":
    """Return pgqueuer's queries on `driver`, with our names of tables."""
    from pgqueuer.adapters.persistence import qb  # noqa: PLC0415 - see above
    from pgqueuer.adapters.persistence.queries import Queries  # noqa: PLC0415 - see above

    settings = db_settings()
    return Queries(
        driver,
        qbe=qb.QueryBuilderEnvironment(settings),
        qbq=qb.QueryQueueBuilder(settings),
        qbs=qb.QuerySchedulerBuilder(settings),
    )


def queries_on(connection: Any) -> "Queries":
    """Return pgqueuer's queries on an asyncpg connection, inside its current transaction."""
    from pgqueuer.adapters.drivers.asyncpg import AsyncpgDriver  # noqa: PLC0415 - see above

    return queries(AsyncpgDriver(connection))


async def enqueue(connection: Connection, kind: str, district_id: DistrictId, job_id: JobId) -> int:
    """Queue a job in the transaction of `connection`; return the number of its entry."""
    payload = msgspec.json.encode(QueueEntry(district_id=district_id, job_id=job_id))
    [entry] = await queries_on(connection).enqueue(kind, payload)
    return int(entry)


async def cancel_entry(connection: Connection, entry: int) -> None:
    """Notify the worker that runs this entry to stop, when `connection`'s transaction commits."""
    from pgqueuer.domain.types import JobId as EntryId  # noqa: PLC0415 - see above

    await queries_on(connection).notify_job_cancellation([EntryId(entry)])


async def read_queue_state(pool: ConnectionPool) -> QueueState:
    """Return the state of the queue."""
    async with pool.connection() as connection:
        [row] = await connection.fetch(QUEUE_STATE)
    return QueueState(**row)
