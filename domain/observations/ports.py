"""Storage of observations, instruments and crosswalks."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import NamedTuple, Protocol

from domain.directory.ports import References
from domain.observations.commands import CreateCrosswalk, CreateInstrument, ListObservations, PushedFeedback, PushedRating
from domain.observations.model import Rubric
from domain.observations.views import CrosswalkView, InstrumentView, ObservationView
from domain.scoring.ports import ConfigurationStore, EvidenceReader, ScoreReader, TallyStore
from domain.shared.context import UnitOfWork
from domain.shared.fast_dataclass import fast_init
from domain.shared.idempotent_push import PushStore
from domain.shared.ids import CrosswalkId, InstrumentId, ObservationId, PersonId, SchoolId
from domain.shared.paging import Key


@fast_init
@dataclass(frozen=True, kw_only=True)
class NewObservation:
    """A version of an observation to save, with its references resolved."""

    id: ObservationId
    version: int
    origin: str
    client_id: str
    external_id: str | None
    purpose: str
    leader_id: PersonId
    observer_id: PersonId | None
    observer_name: str | None
    school_id: SchoolId
    observed_at: datetime
    setting: str
    announced: bool | None
    duration_minutes: int | None
    instrument_id: InstrumentId | None
    received_at: datetime
    ratings: tuple[PushedRating, ...]
    feedback: tuple[PushedFeedback, ...]


class Superseded(NamedTuple):
    """A version that no longer counts, with the fields needed to subtract it from the tallies."""

    id: ObservationId
    leader_id: PersonId
    observed_at: datetime
    instrument_id: InstrumentId | None
    ratings: tuple[PushedRating, ...]


class StoredObservation(NamedTuple):
    """The identity of a stored observation."""

    origin: str
    external_id: str | None
    version: int
    live: bool


class ObservationStore(Protocol):
    """The observations of one district."""

    async def add(self, observations: Sequence[NewObservation]) -> None:
        """Save `observations` with their ratings and feedback, one statement per table."""
        ...

    async def supersede(self, ids: Sequence[ObservationId], at: datetime) -> Sequence[Superseded]:
        """Mark the live versions of `ids` as superseded and return them."""
        ...

    async def find(self, observation_id: ObservationId) -> StoredObservation | None:
        """Return the newest version of an observation that the actor's own origin pushed, or null."""
        ...

    async def lock(self, observation_id: ObservationId) -> None:
        """Lock an observation without external_id until the transaction ends; others are locked by their external_id."""
        ...

    async def read(self, observation_id: ObservationId) -> ObservationView | None:
        """Return the newest version of an observation, or null if it is outside the access scope."""
        ...

    async def page(self, cmd: ListObservations, after: Key | None) -> Sequence[ObservationView]:
        """Return up to `cmd.limit + 1` observations within the access scope, newest first, after the key `after`."""
        ...


class InstrumentStore(Protocol):
    """The instruments and crosswalks of one district."""

    async def rubrics(self, refs: Sequence[tuple[str, str]], ids: Sequence[InstrumentId]) -> Sequence[Rubric]:
        """Return the versions with these (code, version) pairs or ids, each with the weights of its newest crosswalk."""
        ...

    async def add_instrument(self, instrument_id: InstrumentId, cmd: CreateInstrument, origin: str, at: datetime) -> bool:
        """Save a new version, created by `origin`; return false if it exists already."""
        ...

    async def add_crosswalk(
        self, crosswalk_id: CrosswalkId, cmd: CreateCrosswalk, instrument_id: InstrumentId, at: datetime
    ) -> bool:
        """Save a new version as the newest of its instrument; return false if it exists already."""
        ...

    async def crosswalk_code(self, instrument_id: InstrumentId) -> str | None:
        """Return the code of the instrument's crosswalks, or null if it has none."""
        ...

    async def instrument_of(self, code: str) -> InstrumentId | None:
        """Return the instrument that the crosswalk `code` maps, or null."""
        ...

    async def instrument(self, code: str, version: str) -> InstrumentView | None:
        """Return one version, or null."""
        ...

    async def crosswalk(self, code: str, version: str) -> CrosswalkView | None:
        """Return one version, or null."""
        ...

    async def instruments(self, limit: int, after: Key | None) -> Sequence[InstrumentView]:
        """Return up to `limit + 1` of them by code, version and id, after the key `after`."""
        ...

    async def crosswalks(self, limit: int, after: Key | None) -> Sequence[CrosswalkView]:
        """Return up to `limit + 1` of them by code, version and id, after the key `after`."""
        ...

    async def lock_code(self, code: str) -> None:
        """Lock the instrument code `code` against new versions until the transaction ends."""
        ...

    async def first_version(self, code: str) -> InstrumentView | None:
        """Return the first version of the instrument code `code`, or null."""
        ...

    async def leaders_rated(self, instrument_id: InstrumentId) -> Sequence[PersonId]:
        """Return the leaders with live observations made with this instrument."""
        ...

    async def savepoint(self) -> None:
        """Set a savepoint for `roll_back`."""
        ...

    async def roll_back(self) -> None:
        """Undo everything since `savepoint`; the transaction continues."""
        ...

    async def live_ratings(self, instrument_id: InstrumentId) -> int:
        """Return the number of ratings in live observations made with this instrument."""
        ...


class ObservationsUnit(UnitOfWork, Protocol):
    """The unit of work for observations."""

    @property
    def pushes(self) -> PushStore: ...

    @property
    def references(self) -> References: ...

    @property
    def instruments(self) -> InstrumentStore: ...

    @property
    def observations(self) -> ObservationStore: ...

    @property
    def tallies(self) -> TallyStore: ...

    @property
    def scores(self) -> ScoreReader: ...

    @property
    def evidence(self) -> EvidenceReader: ...

    @property
    def configurations(self) -> ConfigurationStore: ...
