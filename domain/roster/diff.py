"""What an import would do: a pure comparison of what is held with what came (openapi/README.md 7.2)."""

from collections.abc import Iterable
from operator import attrgetter
from typing import TypeVar

from domain.roster.model import Changes, CurrentRoster, Difference, Held, IncomingRoster, Rostered, Update

T = TypeVar("T", bound=Rostered)


def plan(current: CurrentRoster, incoming: IncomingRoster) -> Changes:
    """The changes that make ``current`` what ``incoming`` says; empty when it already is.

    A row is the same when its identity is. Absent means ended (an org inactive, a person deactivated, an assignment over),
    never deleted; what comes back takes up its old row and id. Sessions stay as they are when the package is silent on them.
    """
    return Changes(
        orgs=difference(current.orgs, incoming.orgs),
        people=difference(current.people, incoming.people),
        assignments=difference(current.assignments, incoming.assignments),
        sessions=Difference(added=(), changed=(), ended=(), returned=())
        if incoming.sessions is None
        else difference(current.sessions, incoming.sessions),
    )


def difference(held: Iterable[Held[T]], incoming: Iterable[T]) -> Difference[T]:
    """The difference of one kind of row; ``incoming`` names each identity once."""
    known = {row.record.identity: row for row in held}
    came = {record.identity: record for record in sorted(incoming, key=attrgetter("identity"))}
    both = [(known[identity], record) for identity, record in came.items() if identity in known]
    return Difference(
        added=tuple(record for identity, record in came.items() if identity not in known),
        changed=tuple(_update(row, record) for row, record in both if row.active and row.record != record),
        ended=tuple(known[identity] for identity in sorted(known.keys() - came.keys()) if known[identity].active),
        returned=tuple(_update(row, record) for row, record in both if not row.active),
    )


def _update(row: Held[T], record: T) -> Update[T]:
    return Update(id=row.id, before=row.record, after=record)
