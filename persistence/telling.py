"""How a row of the trail is written: by the same simple query as COMMIT, so that it costs no round trip of its own.

A simple query takes no parameters. What stands in it as text is therefore a uuid, a moment, a number, a digest in hex, or a
word of harmless letters; whatever is anything else goes by a prepared statement, one round trip more.
"""

import re
from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from typing import Any
from uuid import UUID

from domain.shared.context import Actor
from domain.shared.trail import Entry, Trail
from persistence.raw import Raw

HARMLESS = re.compile(r"[A-Za-z0-9_.@:-]{0,200}").fullmatch
"""No quote, no backslash, nothing that ends a text."""

FENCED = "nullif(current_setting('app.district_id', true), '')::uuid"
"""The district of the unit: that of the fence, which a registration moves to the district it makes."""

COLUMNS = (
    "district_id, id, at, actor_kind, actor_id, client_id, session_id, supporter_id, action, object_kind, object_id, "
    "further_ids, count, before, after, outcome, code, request_id"
)
INTO = f"insert into audit_event ({COLUMNS}) values "
ADD = f"{INTO}({FENCED}, {', '.join(f'${i}' for i in range(1, len(COLUMNS.split(', '))))})"


async def tell_and_commit(raw: Raw, actor: Actor, trail: Trail) -> None:
    """Write the rows of ``trail`` and commit; nothing else can be done in the transaction afterwards."""
    rows = [_row(actor, trail, entry) for entry in trail.entries]
    if all(HARMLESS(value) for row in rows for value in row if type(value) is str):
        await raw.execute(f"{INTO}{', '.join(_literals(row) for row in rows)}; COMMIT")
        return
    await raw.executemany(ADD, rows)
    await raw.execute("COMMIT")


def _row(actor: Actor, trail: Trail, entry: Entry) -> tuple[Any, ...]:
    """The values after the district, texts as plain ``str``."""
    return (
        trail.new_id(),
        trail.at,
        str(actor.kind.value),
        actor.id,
        actor.client_id or None,
        actor.session_id,
        actor.supporter,
        trail.action,
        None if entry.subject is None else str(entry.subject.value),
        entry.object_id,
        entry.further_ids,
        entry.count,
        entry.before,
        entry.after,
        str(trail.ending.value),
        trail.code,
        trail.request_id,
    )


def _literals(row: tuple[Any, ...]) -> str:
    return f"({FENCED}, {', '.join(_literal(value) for value in row)})"


def _literal(value: Any) -> str:
    """``value`` as SQL says it. Each kind lets nothing through but itself."""
    if value is None:
        return "null"
    # The driver's own UUIDs are a class below Python's.
    return LITERALS[UUID if isinstance(value, UUID) else type(value)](value)


def _word(value: str) -> str:
    if HARMLESS(value) is None:
        raise AssertionError("only harmless letters stand in a statement")
    return f"'{value}'"


LITERALS: Mapping[type, Callable[[Any], str]] = {
    str: _word,
    UUID: lambda value: f"'{UUID(int=value.int)}'",
    datetime: lambda value: f"'{value.astimezone(UTC).isoformat()}'",
    bytes: lambda value: f"'\\x{value.hex()}'",
    tuple: lambda value: f"'{{{','.join(str(UUID(int=i.int)) for i in value)}}}'",
    int: lambda value: str(int(value)),
}
