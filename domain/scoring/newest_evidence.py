"""When the newest piece of evidence is taken away, the moment of the next newest is looked up (METHOD 4.2)."""

from datetime import datetime
from typing import Protocol

from domain.framework.evidence_sources import Source
from domain.scoring.ports import EvidenceReader, TallyBasis, TallyKey, TallyStore
from domain.scoring.tally_changes import TallyDeltas
from domain.shared.ids import PersonId


class NewestUnit(Protocol):
    """What looking it up needs."""

    @property
    def evidence(self) -> EvidenceReader: ...

    @property
    def tallies(self) -> TallyStore: ...


async def apply_deltas(changes: TallyDeltas, basis: TallyBasis, unit: NewestUnit) -> None:
    """Bring the tallies up to ``changes``; where the newest evidence went, look up which is the newest now."""
    after = await unit.tallies.apply(basis, changes.all)
    keys = changes.needs_newest_lookup(after)
    newest: list[tuple[TallyKey, datetime]] = []
    for leader_id in sorted({k.leader_id for k in keys}):
        found = await _newest_of(leader_id, unit)
        newest += [(k, found[k]) for k in keys if k.leader_id == leader_id and k in found]
    if newest:
        await unit.tallies.set_newest(basis, newest)


async def _newest_of(leader_id: PersonId, unit: NewestUnit) -> dict[TallyKey, datetime]:
    found: dict[TallyKey, datetime] = {}
    for u in await unit.evidence.units_of(leader_id):
        key = TallyKey(leader_id, u.responsibility, Source(u.source))
        found[key] = max(found.get(key, u.t), u.t)
    return found
