"""The queue: pgqueuer's tables in schema ``queue``, spoken to by its own queries. What is in it is a district and a job's id.

Imported where nothing is queued as well, so pgqueuer itself is loaded late.
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
    """How the queue stands: the last sign of any worker, and what waits though its time has come."""

    seen_at: datetime | None
    waiting_since: datetime | None
    waiting: int


class QueueEntry(msgspec.Struct, frozen=True):
    """What an entry of the queue says: whose, and which."""

    district_id: UUID
    job_id: UUID


@cache
def db_settings() -> "DBSettings":
    """The names that our migration made, whatever the environment says: pgqueuer also reads CHANNEL, TRIGGER and the like."""
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
    """Pgqueuer's queries on ``driver``, by our names."""
    from pgqueuer.adapters.persistence import qb  # noqa: PLC0415 - see above
    from pgqueuer.adapters.persistence.queries import Queries  # noqa: PLC0415 - see above

    said = db_settings()
    return Queries(
        driver,
        qbe=qb.QueryBuilderEnvironment(said),
        qbq=qb.QueryQueueBuilder(said),
        qbs=qb.QuerySchedulerBuilder(said),
    )


def queries_on(connection: Any) -> "Queries":
    """Pgqueuer's queries on one connection of the driver's, inside whatever transaction stands there."""
    from pgqueuer.adapters.drivers.asyncpg import AsyncpgDriver  # noqa: PLC0415 - see above

    return queries(AsyncpgDriver(connection))


async def enqueue(connection: Connection, kind: str, district_id: DistrictId, job_id: JobId) -> int:
    """Put a job into the queue, in the transaction of ``connection``; the number of its entry."""
    ticket = msgspec.json.encode(QueueEntry(district_id=district_id, job_id=job_id))
    [entry] = await queries_on(connection).enqueue(kind, ticket)
    return int(entry)


async def cancel_entry(connection: Connection, entry: int) -> None:
    """Tell the worker that has this entry to stop, by the commit of ``connection``'s transaction."""
    from pgqueuer.domain.types import JobId as EntryId  # noqa: PLC0415 - see above

    await queries_on(connection).notify_job_cancellation([EntryId(entry)])


async def read_queue_state(pool: ConnectionPool) -> QueueState:
    """How the queue stands."""
    async with pool.connection() as connection:
        [row] = await connection.fetch(QUEUE_STATE)
    return QueueState(**row)
