"""What portability, erasure and retention need of the outside."""

from collections.abc import AsyncIterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, Protocol
from uuid import UUID

from domain.notifications.ports import NotificationStore
from domain.people.ports import GrantStore
from domain.privacy.data_map import DataMap
from domain.privacy.erasure_certificate import Certificate
from domain.privacy.retention_policy import RetentionKind, RetentionPolicy
from domain.scoring.ports import ConfigurationStore, EvidenceReader, ScoreReader, TallyStore
from domain.shared.context import UnitOfWork
from domain.shared.ids import DistrictId, PersonId
from domain.shared.legal_holds import HoldId, LegalHold
from domain.shared.paging import Key


@dataclass(frozen=True, kw_only=True)
class NewDistrict:
    """A district as a package names it."""

    id: DistrictId
    name: str
    time_zone: str


@dataclass(frozen=True, kw_only=True)
class ExportedClient:
    """A client's registration without its secret. ``evaluates``: evaluating staff use it, so evidence never reaches it."""

    client_id: str
    name: str
    origin: str
    scopes: tuple[str, ...]
    created_at: datetime
    revoked_at: datetime | None
    evaluates: bool


class PortabilityStore(Protocol):
    """All rows of one district."""

    async def snapshot(self) -> None:
        """Let everything that follows in this unit see one and the same moment; nothing may have been read before."""
        ...

    async def schema_revision(self) -> str:
        """The revision that the tables are at."""
        ...

    async def district(self) -> NewDistrict | None:
        """The district itself."""
        ...

    async def clients(self) -> Sequence[ExportedClient]:
        """Its clients, without secrets."""
        ...

    @property
    def tables(self) -> Mapping[str, Sequence[str]]:
        """The tables that travel, what is referred to before what refers, each with its columns."""
        ...

    @property
    def data_map(self) -> DataMap:
        """What every table and column holds."""
        ...

    def rows(self, table: str) -> AsyncIterator[Sequence[str]]:
        """The rows of ``table`` in key order, as JSON, some hundreds at a time."""
        ...

    def sheet_columns(self, name: str) -> Sequence[str]:
        """The columns of a sheet for people."""
        ...

    def sheet(self, name: str) -> AsyncIterator[Sequence[tuple[Any, ...]]]:
        """The rows of a sheet for people, some hundreds at a time."""
        ...

    async def add_district(self, district: NewDistrict, at: datetime) -> bool:
        """Register the district; False when there is one of that id."""
        ...

    async def add_client(self, client: ExportedClient, digest: bytes) -> bool:
        """Register a client of the district with the digest of a secret; False when its id is taken."""
        ...

    async def insert(self, table: str, rows: Sequence[str]) -> None:
        """Keep rows as they were exported, in this district whatever they say; references to the own table stay empty."""
        ...

    def refers_to_itself(self, table: str) -> bool:
        """Whether rows of ``table`` refer to others of it."""
        ...

    async def link(self, table: str, rows: Sequence[str]) -> None:
        """Fill in the references of rows to the own table."""
        ...

    async def wrong_tallies(self) -> int:
        """How many tallies are not what the evidence makes, by a path that shares nothing with them."""
        ...

    async def counts(self) -> Mapping[str, int]:
        """How many rows each table has."""
        ...

    async def delete_all(self) -> Mapping[str, int]:
        """Delete every row of the district, its clients that are enabled nowhere else, and itself; how many, by table."""
        ...

    async def is_erased(self) -> bool:
        """Whether the district was erased and not brought back since."""
        ...

    async def save_certificate(self, certificate: Certificate, at: datetime) -> None:
        """Keep the certificate outside the district."""
        ...


class LegalHoldStore(Protocol):
    """The legal holds of one district."""

    async def add(self, hold: LegalHold) -> bool:
        """Keep a new hold; False when there is no such person."""
        ...

    async def all(self) -> Sequence[LegalHold]:
        """Every hold, locked against others being put until the unit ends."""
        ...

    async def page(self, limit: int, after: Key | None) -> Sequence[LegalHold]:
        """Up to ``limit`` holds by falling id, after the key ``(id,)``."""
        ...

    async def find(self, hold_id: HoldId) -> LegalHold | None:
        """One hold."""
        ...

    async def lock(self, hold_id: HoldId) -> LegalHold | None:
        """One hold, locked until the unit ends."""
        ...

    async def release(self, hold_id: HoldId, by: str, at: datetime) -> None:
        """Let it hold no more."""
        ...


@dataclass(frozen=True, kw_only=True)
class PersonRecord:
    """What others know one record of a person by, as far as the erasure list is concerned."""

    id: PersonId
    sourced_id: str | None
    identifier: str | None


@dataclass(frozen=True, kw_only=True)
class ErasablePerson(PersonRecord):
    """A person; ``earlier`` are the records that were merged into theirs, and those that were merged into these."""

    merged_records: tuple[PersonRecord, ...] = ()


class ErasureStore(Protocol):
    """Deleting and forgetting people, and the list of who was erased."""

    async def lock_directory(self) -> None:
        """Let no import, merge, erasure or retention run change the directory until the unit ends; before any other lock."""
        ...

    async def find(self, person_id: PersonId) -> ErasablePerson | None:
        """The person, locked until the unit ends."""
        ...

    def people(self) -> AsyncIterator[Sequence[ErasablePerson]]:
        """Everybody, some hundreds at a time."""
        ...

    async def rated_by(self, people: Sequence[PersonId]) -> frozenset[PersonId]:
        """About whom else ``people`` gave evidence."""
        ...

    async def raters_of(self, people: Sequence[PersonId]) -> frozenset[PersonId]:
        """Who else gave evidence about ``people``."""
        ...

    async def erase(
        self, people: Sequence[PersonId], placeholder_id: UUID, *, evidence_too: bool
    ) -> tuple[dict[str, int], dict[str, int]]:
        """Delete ``people`` with what goes with them; rows deleted by table, and rows forgotten by table and column.

        ``stand_in`` takes their place where somebody must have; ``evidence_too``: what they said of others goes as well.
        """
        ...

    async def end_all_access(self, at: datetime) -> None:
        """End every browser, token family and one-time code of the district; passwords and second factors stay."""
        ...

    async def erased_digests(self) -> frozenset[bytes]:
        """The digests of everybody who was erased."""
        ...

    async def certificate_of(self, digests: Sequence[bytes]) -> Certificate | None:
        """The certificate under which one of ``digests`` was listed."""
        ...

    async def save(self, number: UUID, certificate: Certificate, digests: Sequence[bytes], at: datetime) -> None:
        """Keep the certificate, and whom it lists."""
        ...

    async def forget_tallies(self, leaders: Sequence[PersonId], sources: Sequence[str]) -> None:
        """Drop the tallies of ``leaders`` that are of ``sources``, whatever basis."""
        ...

    async def savepoint(self) -> None:
        """Let ``undo`` come back to here."""
        ...

    async def roll_back(self) -> None:
        """Undo everything since ``try_out``, whoever commits afterwards."""
        ...


class RetentionStore(Protocol):
    """How long a district keeps things, and what has had its time."""

    async def policy(self, *, lock: bool = False) -> RetentionPolicy:
        """The district's own periods."""
        ...

    async def put(self, policy: RetentionPolicy, at: datetime) -> None:
        """Replace them."""
        ...

    async def mark_applied(self, on: date) -> None:
        """Note the day on which they were applied by the clock."""
        ...

    async def affected_people(
        self, kind: RetentionKind, before: datetime, under_hold: Sequence[PersonId]
    ) -> frozenset[PersonId]:
        """Whose scores change when what is of before ``before`` goes."""
        ...

    async def expire(self, kind: RetentionKind, before: datetime, under_hold: Sequence[PersonId]) -> dict[str, int]:
        """Delete or forget what is of before ``before``, but of nobody in ``held``; how many rows, by table."""
        ...

    async def leavers(self, before: datetime, under_hold: Sequence[PersonId]) -> Sequence[PersonId]:
        """People who left before ``before``, but nobody in ``held`` and nobody who gave evidence about them."""
        ...


class PrivacyUnit(UnitOfWork, Protocol):
    """One transaction over everything of a district."""

    @property
    def portability(self) -> PortabilityStore: ...

    @property
    def holds(self) -> LegalHoldStore: ...

    @property
    def erasures(self) -> ErasureStore: ...

    @property
    def retention(self) -> RetentionStore: ...

    @property
    def scores(self) -> ScoreReader: ...

    @property
    def evidence(self) -> EvidenceReader: ...

    @property
    def configurations(self) -> ConfigurationStore: ...

    @property
    def tallies(self) -> TallyStore: ...

    @property
    def notifications(self) -> NotificationStore: ...

    @property
    def grants(self) -> GrantStore: ...
