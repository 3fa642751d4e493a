"""What evidence that comes and goes changes in the tallies."""

from collections.abc import Iterable, Mapping
from datetime import datetime

from domain.framework.sources import Source
from domain.scoring.ports import Basis, TallyChange, TallyKey
from domain.scoring.tally import NOTHING, Sums, contribution, minus, plus
from domain.scoring.units import Unit
from domain.shared.ids import PersonId


class Changes:
    """Collects what comes and goes, one change a tally; sums are exact, so the order does not matter."""

    def __init__(self, basis: Basis) -> None:
        self._basis = basis
        self._sums: dict[TallyKey, TallyChange] = {}
        self._gone: dict[TallyKey, datetime] = {}

    def come(self, leader_id: PersonId, units: Iterable[Unit]) -> None:
        """Evidence about ``leader_id`` that now counts."""
        for unit in units:
            change = self._of(leader_id, unit)
            newest = unit.t if change.newest_at is None else max(change.newest_at, unit.t)
            self._sums[TallyKey(*change[:3])] = change._replace(sums=plus(change.sums, self._sums_of(unit)), newest_at=newest)

    def go(self, leader_id: PersonId, units: Iterable[Unit]) -> None:
        """Evidence about ``leader_id`` that no longer counts."""
        for unit in units:
            change = self._of(leader_id, unit)
            key = TallyKey(*change[:3])
            self._sums[key] = change._replace(sums=minus(change.sums, self._sums_of(unit)), taken=True)
            self._gone[key] = max(self._gone.get(key, unit.t), unit.t)

    @property
    def all(self) -> list[TallyChange]:
        """Every change, in key order."""
        return sorted(self._sums.values(), key=lambda c: c[:3])

    def doubtful(self, after: Mapping[TallyKey, datetime]) -> list[TallyKey]:
        """Tallies whose newest moment, ``after`` the changes, is that of a unit that went and may be no other's."""
        return sorted(key for key, went in self._gone.items() if after.get(key) == went and self._sums[key].newest_at != went)

    def _of(self, leader_id: PersonId, unit: Unit) -> TallyChange:
        key = TallyKey(leader_id, unit.responsibility, Source(unit.source))
        return self._sums.get(key) or TallyChange(*key, NOTHING, None, taken=False)

    def _sums_of(self, unit: Unit) -> Sums:
        return contribution(unit, self._basis.half_life_days, self._basis.landmark)
