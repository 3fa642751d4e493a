"""What scoring keeps, and what those who collect evidence tell it (METHOD 4)."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import NamedTuple, Protocol

from domain.directory.ports import LeaderReader
from domain.framework.configuration import (
    Configuration,
)
from domain.framework.evidence_sources import Source
from domain.framework.responsibilities import Responsibility
from domain.scoring.evidence_units import EvidenceUnit
from domain.scoring.tally import Sums, Tally
from domain.shared.context import UnitOfWork
from domain.shared.ids import PersonId


@dataclass(frozen=True, kw_only=True)
class TallyBasis:
    """What the tallies in force are built with. ``number`` grows with every rebuild."""

    number: int
    configuration_version: int
    half_life_days: float
    landmark: datetime


class TallyDelta(NamedTuple):
    """What evidence adds to one tally; negative sums take away.

    ``newest_at`` is that of what came, None when nothing did; ``taken`` says whether something was taken away.
    """

    leader_id: PersonId
    responsibility: Responsibility
    source: Source
    sums: Sums
    newest_at: datetime | None
    has_removals: bool


class TallyKey(NamedTuple):
    """One tally of the district."""

    leader_id: PersonId
    responsibility: Responsibility
    source: Source


class TallyStore(Protocol):
    """The tallies of one district."""

    async def basis(self) -> TallyBasis:
        """What the tallies are built with; a rebuild waits until this unit has ended."""
        ...

    async def lock_basis(self) -> TallyBasis:
        """The same, once every unit that shares it has ended; none begins until this one has."""
        ...

    async def apply(self, basis: TallyBasis, changes: Sequence[TallyDelta]) -> Mapping[TallyKey, datetime]:
        """Add ``changes``, at most one a key, in key order. A tally with no units left goes.

        Returns ``newest_at`` as it then is, of the tallies from which something was taken.
        """
        ...

    async def set_newest(self, basis: TallyBasis, newest: Sequence[tuple[TallyKey, datetime]]) -> None:
        """Correct ``newest_at`` where the newest unit was taken away."""
        ...

    async def drop(self, basis: TallyBasis, sources: Sequence[Source]) -> None:
        """Forget the tallies of ``sources`` of the whole district."""
        ...

    async def has_any(self, basis: TallyBasis, sources: Iterable[Source]) -> bool:
        """Whether there are tallies of ``sources``."""
        ...

    async def carry_over(self, before: TallyBasis, after: TallyBasis) -> None:
        """Take the tallies of ``before`` over to ``after`` as they are."""
        ...

    async def switch(self, basis: TallyBasis) -> None:
        """Make ``basis`` the one in force."""
        ...


class ProfileInputs(NamedTuple):
    """What a profile is read from: the tallies in force and the configuration version; ``leader`` is False for nobody known."""

    is_leader: bool
    configuration_version: int
    tallies: tuple[Tally, ...]


class ScoreReader(Protocol):
    """Reads for profiles, of leaders within the unit's access scope; anybody else is no leader here."""

    async def profile_inputs(self, leader_id: PersonId) -> ProfileInputs:
        """The tallies of one leader in force, in one query."""
        ...

    async def profile_inputs_many(self, leader_ids: Sequence[PersonId]) -> Sequence[ProfileInputs]:
        """The same for several leaders, in their order, in one query."""
        ...

    async def units_until(self, leader_id: PersonId, at: datetime | None) -> Sequence[EvidenceUnit]:
        """Every current unit of evidence observed up to ``at`` (None: of all times), straight from the evidence rows."""
        ...


class EvidenceReader(Protocol):
    """The evidence that tallies are made from, whoever it is about: for keeping tallies right, never for an answer."""

    async def units_of(self, leader_id: PersonId) -> Sequence[EvidenceUnit]:
        """Every current unit of evidence about the leader, straight from the evidence rows."""
        ...

    async def all_units(self, sources: Sequence[Source]) -> Sequence[tuple[PersonId, tuple[EvidenceUnit, ...]]]:
        """Every current unit of the district that is of ``sources``, by leader: what a rebuild is made of."""
        ...

    async def evidence_rows(self) -> int:
        """How many ratings of the district count now."""
        ...


class ConfigurationStore(Protocol):
    """The versions of a district's configuration; version 1 is the product's and is never stored."""

    async def get(self, version: int) -> Configuration | None:
        """That version, if the district has it."""
        ...

    async def current_version(self) -> int:
        """The version in force."""
        ...

    async def add(self, configuration: Configuration, at: datetime) -> None:
        """Keep a new version."""
        ...


class ScoringUnit(UnitOfWork, Protocol):
    """What reading scores needs."""

    @property
    def scores(self) -> ScoreReader: ...

    @property
    def configurations(self) -> ConfigurationStore: ...


class ConfigurationUnit(UnitOfWork, Protocol):
    """What configuring needs."""

    @property
    def configurations(self) -> ConfigurationStore: ...

    @property
    def evidence(self) -> EvidenceReader: ...

    @property
    def tallies(self) -> TallyStore: ...


class ProfileUnit(ScoringUnit, Protocol):
    """What reading one profile needs: the scores, and who is listed without them."""

    @property
    def people(self) -> LeaderReader: ...


class RebuildUnit(Protocol):
    """What a rebuild needs."""

    @property
    def evidence(self) -> EvidenceReader: ...

    @property
    def tallies(self) -> TallyStore: ...


class StandaloneRebuildUnit(RebuildUnit, UnitOfWork, Protocol):
    """A rebuild that is a transaction of its own."""


class EstimatesUnit(Protocol):
    """What computing estimates needs."""

    @property
    def scores(self) -> ScoreReader: ...

    @property
    def configurations(self) -> ConfigurationStore: ...
