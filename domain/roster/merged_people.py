"""Apply earlier merges of people to an incoming roster that still has both records."""

from collections.abc import Mapping
from dataclasses import replace

from domain.roster.model import IncomingRoster


def apply_merges(incoming: IncomingRoster, aliases: Mapping[str, str]) -> IncomingRoster:
    """Return `incoming` with people and assignments under the sourcedId that was kept in a merge.

    `aliases` maps the merged sourcedId to the kept one. If the package has both records, that of the kept id is used;
    otherwise the merged record takes the kept id.
    """
    present = {person.sourced_id for person in incoming.people}
    kept_by_merged = {merged: kept_id for merged, kept_id in aliases.items() if merged in present}
    if not kept_by_merged:
        return incoming
    people = {p.sourced_id: p for p in incoming.people if p.sourced_id not in kept_by_merged}
    for person in incoming.people:
        kept_id = kept_by_merged.get(person.sourced_id)
        if kept_id is not None:
            people.setdefault(kept_id, replace(person, sourced_id=kept_id))
    assignments = (
        replace(a, person_sourced_id=kept_by_merged.get(a.person_sourced_id, a.person_sourced_id)) for a in incoming.assignments
    )
    return replace(
        incoming,
        people=tuple(sorted(people.values(), key=lambda p: p.identity)),
        assignments=tuple(sorted({a.identity: a for a in assignments}.values(), key=lambda a: a.identity)),
    )
