"""Compare the stored roster with an incoming one (openapi/README.md 7.2)."""

from collections.abc import Iterable
from operator import attrgetter
from typing import TypeVar

from domain.roster.model import (
    CurrentRoster,
    IncomingRoster,
    RecordChanges,
    RecordUpdate,
    RosterChanges,
    RosterRecord,
    StoredRecord,
)

T = TypeVar("T", bound=RosterRecord)


def diff_rosters(current: CurrentRoster, incoming: IncomingRoster) -> RosterChanges:
    """Return the changes that turn `current` into `incoming`; empty when they are equal.

    Rows are matched by `identity`. An absent row is ended (an inactive org, a deactivated person, a past assignment), never
    deleted; one that returns keeps its row and id. Sessions are unchanged when `incoming.sessions` is null.
    """
    return RosterChanges(
        orgs=diff_records(current.orgs, incoming.orgs),
        people=diff_records(current.people, incoming.people),
        assignments=diff_records(current.assignments, incoming.assignments),
        sessions=RecordChanges(added=(), changed=(), ended=(), returned=())
        if incoming.sessions is None
        else diff_records(current.sessions, incoming.sessions),
    )


def diff_records(stored: Iterable[StoredRecord[T]], incoming: Iterable[T]) -> RecordChanges[T]:
    """Return the changes of one kind of row; each identity occurs once in `incoming`."""
    existing = {row.record.identity: row for row in stored}
    arriving = {record.identity: record for record in sorted(incoming, key=attrgetter("identity"))}
    both = [(existing[identity], record) for identity, record in arriving.items() if identity in existing]
    return RecordChanges(
        added=tuple(record for identity, record in arriving.items() if identity not in existing),
        changed=tuple(_update(row, record) for row, record in both if row.active and row.record != record),
        ended=tuple(existing[identity] for identity in sorted(existing.keys() - arriving.keys()) if existing[identity].active),
        returned=tuple(_update(row, record) for row, record in both if not row.active),
    )


def _update(row: StoredRecord[T], record: T) -> RecordUpdate[T]:
    return RecordUpdate(id=row.id, before=row.record, after=record)
