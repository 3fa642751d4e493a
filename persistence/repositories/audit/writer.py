"""Write audit events, in the transaction of the action that they record, before it commits."""

from typing import Any

from domain.shared.audit import AuditEntry, AuditLog
from domain.shared.context import Actor
from persistence.database.connection import Connection
from persistence.database.sync_bridge import execute
from persistence.repositories.sql_fragments import CURRENT_DISTRICT

COLUMNS = (
    "district_id, id, at, actor_kind, actor_id, client_id, session_id, supporter_id, action, object_kind, object_id, "
    "further_ids, count, before, after, outcome, code, request_id"
)
# The district is the transaction's: registering a district switches to the new one.
ADD = f"""
insert into audit_event ({COLUMNS})
values ({CURRENT_DISTRICT}, {", ".join(f"${i}" for i in range(1, len(COLUMNS.split(", "))))})
"""


async def write_events_and_commit(connection: Connection, actor: Actor, audit_log: AuditLog) -> None:
    """Write the events of `audit_log` and commit, in one round trip."""
    await connection.executemany(ADD, [_row(actor, audit_log, entry) for entry in audit_log.entries])
    await connection.execute("COMMIT")


def write_events(actor: Actor, audit_log: AuditLog) -> None:
    """Write the events of `audit_log` in the transaction of the `SyncBridge`, without a commit."""
    for entry in audit_log.entries:
        execute(ADD, *_row(actor, audit_log, entry))


def _row(actor: Actor, audit_log: AuditLog, entry: AuditEntry) -> tuple[Any, ...]:
    """Return the values of the columns after the district."""
    return (
        audit_log.new_id(),
        audit_log.at,
        actor.kind.value,
        actor.id,
        actor.client_id or None,
        actor.session_id,
        actor.supporter,
        audit_log.action,
        None if entry.object_kind is None else entry.object_kind.value,
        entry.object_id,
        list(entry.further_ids),
        entry.count,
        entry.before,
        entry.after,
        audit_log.outcome.value,
        audit_log.code or None,
        audit_log.request_id,
    )
