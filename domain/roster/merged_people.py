"""Two records that were found to be of one person stay one, however often the roster names both."""

from collections.abc import Mapping
from dataclasses import replace

from domain.roster.model import IncomingRoster


def apply_merges(incoming: IncomingRoster, aliases: Mapping[str, str]) -> IncomingRoster:
    """``incoming`` with every record and role of ``aliases`` {sourcedId merged: sourcedId kept} under the one kept.

    Where the package has the kept record too, that one speaks; where it does not, the merged record stands in for it.
    """
    present = {person.sourced_id for person in incoming.people}
    told = {merged: kept for merged, kept in aliases.items() if merged in present}
    if not told:
        return incoming
    people = {p.sourced_id: p for p in incoming.people if p.sourced_id not in told}
    for person in incoming.people:
        kept = told.get(person.sourced_id)
        if kept is not None:
            people.setdefault(kept, replace(person, sourced_id=kept))
    assignments = (
        replace(a, person_sourced_id=told.get(a.person_sourced_id, a.person_sourced_id)) for a in incoming.assignments
    )
    return replace(
        incoming,
        people=tuple(sorted(people.values(), key=lambda p: p.identity)),
        assignments=tuple(sorted({a.identity: a for a in assignments}.values(), key=lambda a: a.identity)),
    )
