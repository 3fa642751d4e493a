"""What an import would do: a pure comparison of what is held with what came (openapi/README.md 7.2)."""

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
    """The changes that make ``current`` what ``incoming`` says; empty when it already is.

    A row is the same when its identity is. Absent means ended (an org inactive, a person deactivated, an assignment over),
    never deleted; what comes back takes up its old row and id. Sessions stay as they are when the package is silent on them.
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
    """The difference of one kind of row; ``incoming`` names each identity once."""
    known = {row.record.identity: row for row in stored}
    came = {record.identity: record for record in sorted(incoming, key=attrgetter("identity"))}
    both = [(known[identity], record) for identity, record in came.items() if identity in known]
    return RecordChanges(
        added=tuple(record for identity, record in came.items() if identity not in known),
        changed=tuple(_update(row, record) for row, record in both if row.active and row.record != record),
        ended=tuple(known[identity] for identity in sorted(known.keys() - came.keys()) if known[identity].active),
        returned=tuple(_update(row, record) for row, record in both if not row.active),
    )


def _update(row: StoredRecord[T], record: T) -> RecordUpdate[T]:
    return RecordUpdate(id=row.id, before=row.record, after=record)
