"""How a row of the trail is written: by the same simple query as COMMIT, so that it costs no round trip of its own.

A simple query takes no parameters. What stands in it as text is therefore a uuid, a moment, a number, a digest in hex, or a
word of harmless letters; whatever is anything else goes by a prepared statement, one round trip more.
"""

import re
from typing import Any
from uuid import UUID

from domain.shared.audit import Entry, Trail
from domain.shared.context import Actor
from persistence.database.connection import Connection
from persistence.database.sync_bridge import execute
from persistence.repositories.sql_fragments import CURRENT_DISTRICT

HARMLESS = re.compile(r"[A-Za-z0-9_.@:-]{0,1000}").fullmatch
"""No quote, no backslash, nothing that ends a text."""

COLUMNS = (
    "district_id, id, at, actor_kind, actor_id, client_id, session_id, supporter_id, action, object_kind, object_id, "
    "further_ids, count, before, after, outcome, code, request_id"
)
"""The district is that of the transaction, which a registration moves to the district it makes."""
INTO = f"insert into audit_event ({COLUMNS}) values "
ADD = f"{INTO}({CURRENT_DISTRICT}, {', '.join(f'${i}' for i in range(1, len(COLUMNS.split(', '))))})"


async def tell_and_commit(connection: Connection, actor: Actor, trail: Trail) -> None:
    """Write the rows of ``trail`` and commit; nothing else can be done in the transaction afterwards."""
    statement = _statement(actor, trail)
    if statement is not None:
        await connection.execute(f"{statement}; COMMIT")
        return
    await connection.executemany(ADD, [_row(actor, trail, entry) for entry in trail.entries])
    await connection.execute("COMMIT")


def tell(actor: Actor, trail: Trail) -> None:
    """Write the rows of ``trail`` into the transaction of the bridge, which goes on."""
    for entry in trail.entries:
        execute(ADD, *_row(actor, trail, entry))


def _statement(actor: Actor, trail: Trail) -> str | None:
    """The rows as SQL; None where one of the words is not harmless. Written out, as every read of a profile pays for it."""
    code = trail.code or ""
    if HARMLESS(f"{actor.id}{actor.client_id}{trail.action}{code}{trail.request_id}") is None:
        return None
    before = (
        f", '{trail.at.isoformat()}', '{actor.kind.value}', '{actor.id}', {_word(actor.client_id)}, {_uuid(actor.session_id)}, "
        f"{_uuid(actor.supporter)}, '{trail.action}', "
    )
    after = f", '{trail.ending.value}', {_word(code)}, '{trail.request_id}')"
    rows = [f"({CURRENT_DISTRICT}, {_uuid(trail.new_id())}{before}{_thing(entry)}{after}" for entry in trail.entries]
    return INTO + ", ".join(rows)


def _thing(entry: Entry) -> str:
    kind = "null" if entry.subject is None else f"'{entry.subject.value}'"
    further = ",".join(_uuid(i)[1:-1] for i in entry.further_ids)
    return f"{kind}, {_uuid(entry.object_id)}, '{{{further}}}', {entry.count:d}, {_hex(entry.before)}, {_hex(entry.after)}"


def _uuid(value: UUID | None) -> str:
    if value is None:
        return "null"
    if not isinstance(value, UUID):
        raise TypeError("only a uuid stands in a statement")
    return f"'{value}'"


def _word(harmless: str) -> str:
    return f"'{harmless}'" if harmless else "null"


def _hex(value: bytes | None) -> str:
    return "null" if value is None else f"'\\x{value.hex()}'"


def _row(actor: Actor, trail: Trail, entry: Entry) -> tuple[Any, ...]:
    """The values after the district, for the prepared statement."""
    return (
        trail.new_id(),
        trail.at,
        actor.kind.value,
        actor.id,
        actor.client_id or None,
        actor.session_id,
        actor.supporter,
        trail.action,
        None if entry.subject is None else entry.subject.value,
        entry.object_id,
        list(entry.further_ids),
        entry.count,
        entry.before,
        entry.after,
        trail.ending.value,
        trail.code or None,
        trail.request_id,
    )
