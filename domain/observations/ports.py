"""What collecting observations needs of the outside."""

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
    """A version of an observation, its references resolved, ready to be kept."""

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
    """A version that counted until now, with what is needed to take it away from the tallies."""

    id: ObservationId
    leader_id: PersonId
    observed_at: datetime
    instrument_id: InstrumentId | None
    ratings: tuple[PushedRating, ...]


class StoredObservation(NamedTuple):
    """The identity of an observation that was found by its id."""

    origin: str
    external_id: str | None
    version: int
    live: bool


class ObservationStore(Protocol):
    """The observations of one district."""

    async def add(self, observations: Sequence[NewObservation]) -> None:
        """Keep them with their ratings and feedback, one statement a table."""
        ...

    async def supersede(self, ids: Sequence[ObservationId], at: datetime) -> Sequence[Superseded]:
        """Mark the live versions of ``ids`` superseded and return them."""
        ...

    async def find(self, observation_id: ObservationId) -> StoredObservation | None:
        """The newest version of one that the actor's own origin pushed."""
        ...

    async def lock(self, observation_id: ObservationId) -> None:
        """Let nobody else retract it until the unit ends; what has an external_id is locked by that instead."""
        ...

    async def read(self, observation_id: ObservationId) -> ObservationView | None:
        """The newest version of one, if it is within the access scope."""
        ...

    async def page(self, cmd: ListObservations, after: Key | None) -> Sequence[ObservationView]:
        """``cmd.limit + 1`` of those within the access scope, newest first, after ``after``."""
        ...


class InstrumentStore(Protocol):
    """The instruments and crosswalks of one district."""

    async def rubrics(self, refs: Sequence[tuple[str, str]], ids: Sequence[InstrumentId]) -> Sequence[Rubric]:
        """The versions named by (code, version) or by id, each with the weights of its newest crosswalk."""
        ...

    async def add_instrument(self, instrument_id: InstrumentId, cmd: CreateInstrument, origin: str, at: datetime) -> bool:
        """Keep a new version, created by ``origin``; False when that version is held already."""
        ...

    async def add_crosswalk(
        self, crosswalk_id: CrosswalkId, cmd: CreateCrosswalk, instrument_id: InstrumentId, at: datetime
    ) -> bool:
        """Keep a new version as the newest of its instrument; False when that version is held already."""
        ...

    async def crosswalk_code(self, instrument_id: InstrumentId) -> str | None:
        """The code of the instrument's crosswalks, if it has any."""
        ...

    async def instrument_of(self, code: str) -> InstrumentId | None:
        """The instrument that the crosswalk ``code`` maps, if there is one."""
        ...

    async def instrument(self, code: str, version: str) -> InstrumentView | None:
        """One version."""
        ...

    async def crosswalk(self, code: str, version: str) -> CrosswalkView | None:
        """One version."""
        ...

    async def instruments(self, limit: int, after: Key | None) -> Sequence[InstrumentView]:
        """``limit + 1`` of them by code, version, id."""
        ...

    async def crosswalks(self, limit: int, after: Key | None) -> Sequence[CrosswalkView]:
        """``limit + 1`` of them by code, version, id."""
        ...

    async def lock_code(self, code: str) -> None:
        """Let nobody else add a version under the instrument code ``code`` until the unit ends."""
        ...

    async def first_version(self, code: str) -> InstrumentView | None:
        """The version that was created first under the instrument code ``code``."""
        ...

    async def leaders_rated(self, instrument_id: InstrumentId) -> Sequence[PersonId]:
        """The leaders about whom there are live observations made with this instrument."""
        ...

    async def savepoint(self) -> None:
        """Begin what ``roll_back`` undoes."""
        ...

    async def roll_back(self) -> None:
        """Undo everything since ``savepoint``; the unit goes on."""
        ...

    async def live_ratings(self, instrument_id: InstrumentId) -> int:
        """How many ratings of live observations are of this instrument."""
        ...


class ObservationsUnit(UnitOfWork, Protocol):
    """What pushing and reading observations needs."""

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
