"""Collect the changes of tallies by added and removed evidence."""

from collections.abc import Iterable, Mapping
from datetime import datetime

from domain.framework.evidence_sources import Source
from domain.framework.responsibilities import Responsibility
from domain.scoring.evidence_units import EvidenceUnit
from domain.scoring.ports import TallyBasis, TallyDelta, TallyKey
from domain.scoring.tally import Sums, decay, weighted_sums
from domain.shared.ids import PersonId


class _PendingSums:
    """The pending change of one tally; mutable, as a batch has a thousand units."""

    __slots__ = ("fw", "fwx", "n", "newest_at", "removed_at", "sum_x", "sum_xx")

    def __init__(self) -> None:
        self.fw = self.fwx = self.n = self.sum_x = self.sum_xx = 0
        self.newest_at: datetime | None = None
        self.removed_at: datetime | None = None

    def add(self, sums: Sums, sign: int) -> None:
        """Add `sums` (`sign` 1) or subtract them (-1)."""
        fw, fwx, n, sum_x, sum_xx = sums
        self.fw += sign * fw
        self.fwx += sign * fwx
        self.n += sign * n
        self.sum_x += sign * sum_x
        self.sum_xx += sign * sum_xx

    @property
    def sums(self) -> Sums:
        """The sums so far."""
        return Sums(self.fw, self.fwx, self.n, self.sum_x, self.sum_xx)


class TallyDeltas:
    """Collects changes, one per tally; sums are exact, so the order does not matter."""

    def __init__(self, basis: TallyBasis) -> None:
        self._basis = basis
        self._by_key: dict[tuple[PersonId, Responsibility, Source], _PendingSums] = {}
        self._decays: dict[datetime, float] = {}
        self._sorted: list[TallyDelta] = []

    def add_evidence(self, leader_id: PersonId, units: Iterable[EvidenceUnit]) -> None:
        """Add evidence about `leader_id`."""
        for unit in units:
            change = self._delta_for(leader_id, unit, 1)
            if change.newest_at is None or change.newest_at < unit.t:
                change.newest_at = unit.t

    def remove_evidence(self, leader_id: PersonId, units: Iterable[EvidenceUnit]) -> None:
        """Remove evidence about `leader_id`."""
        for unit in units:
            change = self._delta_for(leader_id, unit, -1)
            if change.removed_at is None or change.removed_at < unit.t:
                change.removed_at = unit.t

    @property
    def all(self) -> list[TallyDelta]:
        """All changes in the order of their keys."""
        return self._sorted or self.sort()

    def sort(self) -> list[TallyDelta]:
        """Sort the changes by key for `all`; may be called early, while the database works."""
        self._sorted = [
            TallyDelta(*key, change.sums, change.newest_at, has_removals=change.removed_at is not None)
            for key, change in sorted(self._by_key.items(), key=lambda item: item[0])
        ]
        return self._sorted

    def needs_newest_lookup(self, after: Mapping[TallyKey, datetime]) -> list[TallyKey]:
        """Return the tallies whose `newest_at` after the changes (`after`) is that of a removed unit, so may be wrong."""
        return sorted(
            TallyKey(*key)
            for key, change in self._by_key.items()
            if change.removed_at is not None
            and after.get(TallyKey(*key)) == change.removed_at
            and change.newest_at != change.removed_at
        )

    def _delta_for(self, leader_id: PersonId, unit: EvidenceUnit, sign: int) -> _PendingSums:
        self._sorted = []
        key = (leader_id, unit.responsibility, unit.source)
        change = self._by_key.get(key)
        if change is None:
            change = self._by_key[key] = _PendingSums()
        decayed = self._decays.get(unit.t)
        if decayed is None:
            decayed = self._decays[unit.t] = decay(unit.t, self._basis.half_life_days, self._basis.landmark)
        change.add(weighted_sums(unit, decayed), sign)
        return change
