"""Apply deltas to tallies, and look up `newest_at` where the newest evidence was removed (METHOD 4.2)."""

from datetime import datetime
from typing import Protocol

from domain.framework.evidence_sources import Source
from domain.scoring.ports import EvidenceReader, TallyBasis, TallyKey, TallyStore
from domain.scoring.tally_changes import TallyDeltas
from domain.shared.ids import PersonId


class NewestUnit(Protocol):
    """The stores that `apply_deltas` needs."""

    @property
    def evidence(self) -> EvidenceReader: ...

    @property
    def tallies(self) -> TallyStore: ...


async def apply_deltas(changes: TallyDeltas, basis: TallyBasis, unit: NewestUnit) -> None:
    """Apply `changes` to the tallies; where the newest evidence was removed, look up the next newest."""
    after = await unit.tallies.apply(basis, changes.all)
    keys = changes.needs_newest_lookup(after)
    newest: list[tuple[TallyKey, datetime]] = []
    for leader_id in sorted({k.leader_id for k in keys}):
        newest_times = await _newest_of(leader_id, unit)
        newest += [(k, newest_times[k]) for k in keys if k.leader_id == leader_id and k in newest_times]
    if newest:
        await unit.tallies.set_newest(basis, newest)


async def _newest_of(leader_id: PersonId, unit: NewestUnit) -> dict[TallyKey, datetime]:
    newest: dict[TallyKey, datetime] = {}
    for u in await unit.evidence.units_of(leader_id):
        key = TallyKey(leader_id, u.responsibility, Source(u.source))
        newest[key] = max(newest.get(key, u.t), u.t)
    return newest
