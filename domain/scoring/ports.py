"""Storage of tallies, evidence and configurations for scoring (METHOD 4)."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import NamedTuple, Protocol

from domain.directory.ports import LeaderReader
from domain.framework.configuration import Configuration
from domain.framework.evidence_sources import Source
from domain.framework.responsibilities import Responsibility
from domain.scoring.evidence_units import EvidenceUnit
from domain.scoring.tally import Sums, Tally
from domain.shared.context import UnitOfWork
from domain.shared.ids import PersonId


@dataclass(frozen=True, kw_only=True)
class TallyBasis:
    """The constants of the tallies in force. `number` increases with every rebuild."""

    number: int
    configuration_version: int
    half_life_days: float
    landmark: datetime


class TallyDelta(NamedTuple):
    """The change of one tally; negative sums subtract.

    `newest_at` is the newest time of added evidence, None if nothing was added; `has_removals`: evidence was removed.
    """

    leader_id: PersonId
    responsibility: Responsibility
    source: Source
    sums: Sums
    newest_at: datetime | None
    has_removals: bool


class TallyKey(NamedTuple):
    """The key of a tally."""

    leader_id: PersonId
    responsibility: Responsibility
    source: Source


class TallyStore(Protocol):
    """The tallies of one district."""

    async def basis(self) -> TallyBasis:
        """Return the basis of the tallies with a shared lock: rebuilds wait until this transaction ends."""
        ...

    async def lock_basis(self) -> TallyBasis:
        """Return the basis with an exclusive lock: wait for transactions with a shared lock, and block new ones."""
        ...

    async def apply(self, basis: TallyBasis, changes: Sequence[TallyDelta]) -> Mapping[TallyKey, datetime]:
        """Add `changes`, at most one per key, in the order of keys. A tally without units is deleted.

        Returns `newest_at` afterwards of the tallies from which evidence was removed.
        """
        ...

    async def set_newest(self, basis: TallyBasis, newest: Sequence[tuple[TallyKey, datetime]]) -> None:
        """Set `newest_at` where the newest unit was removed."""
        ...

    async def drop(self, basis: TallyBasis, sources: Sequence[Source]) -> None:
        """Delete the tallies of `sources` of the whole district."""
        ...

    async def has_any(self, basis: TallyBasis, sources: Iterable[Source]) -> bool:
        """Return whether there are tallies of `sources`."""
        ...

    async def carry_over(self, before: TallyBasis, after: TallyBasis) -> None:
        """Copy the remaining tallies of `before` to `after`."""
        ...

    async def switch(self, basis: TallyBasis) -> None:
        """Make `basis` the one in force."""
        ...


class ProfileInputs(NamedTuple):
    """The tallies in force and the configuration version for a profile; `is_leader` is False for unknown people too."""

    is_leader: bool
    configuration_version: int
    tallies: tuple[Tally, ...]


class ScoreReader(Protocol):
    """Reads the inputs of profiles within the access scope; anyone outside counts as no leader."""

    async def profile_inputs(self, leader_id: PersonId) -> ProfileInputs:
        """Return the inputs for one leader, in one query."""
        ...

    async def profile_inputs_many(self, leader_ids: Sequence[PersonId]) -> Sequence[ProfileInputs]:
        """Return the inputs for several leaders in their order, in one query."""
        ...

    async def units_until(self, leader_id: PersonId, at: datetime | None) -> Sequence[EvidenceUnit]:
        """Return every current unit of evidence with a time up to `at` (None: all), from the evidence rows."""
        ...


class EvidenceReader(Protocol):
    """Reads the evidence behind the tallies, regardless of the access scope: to maintain tallies, never for a response."""

    async def units_of(self, leader_id: PersonId) -> Sequence[EvidenceUnit]:
        """Return every current unit of evidence about the leader, from the evidence rows."""
        ...

    async def all_units(self, sources: Sequence[Source]) -> Sequence[tuple[PersonId, tuple[EvidenceUnit, ...]]]:
        """Return every current unit of `sources` in the district, by leader."""
        ...

    async def evidence_rows(self) -> int:
        """Return the number of ratings in the district that count now."""
        ...


class ConfigurationStore(Protocol):
    """The versions of a district's configuration; version 1 is the product's and is never stored."""

    async def get(self, version: int) -> Configuration | None:
        """Return that version, or None."""
        ...

    async def current_version(self) -> int:
        """Return the version in force."""
        ...

    async def add(self, configuration: Configuration, at: datetime) -> None:
        """Save a new version."""
        ...


class ScoringUnit(UnitOfWork, Protocol):
    """The unit of work for reading scores."""

    @property
    def scores(self) -> ScoreReader: ...

    @property
    def configurations(self) -> ConfigurationStore: ...


class ConfigurationUnit(UnitOfWork, Protocol):
    """The unit of work for configurations."""

    @property
    def configurations(self) -> ConfigurationStore: ...

    @property
    def evidence(self) -> EvidenceReader: ...

    @property
    def tallies(self) -> TallyStore: ...


class ProfileUnit(ScoringUnit, Protocol):
    """The unit of work for reading one profile; `people` tells whether the actor may list the leader at all."""

    @property
    def people(self) -> LeaderReader: ...


class RebuildUnit(Protocol):
    """The stores that a rebuild needs."""

    @property
    def evidence(self) -> EvidenceReader: ...

    @property
    def tallies(self) -> TallyStore: ...


class StandaloneRebuildUnit(RebuildUnit, UnitOfWork, Protocol):
    """The unit of work of a rebuild in its own transaction."""


class EstimatesUnit(Protocol):
    """The stores that computing estimates needs."""

    @property
    def scores(self) -> ScoreReader: ...

    @property
    def configurations(self) -> ConfigurationStore: ...
