"""Storage for portability, erasure, legal holds and retention."""

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
    """A district to register from a package."""

    id: DistrictId
    name: str
    time_zone: str


@dataclass(frozen=True, kw_only=True)
class ExportedClient:
    """A client's registration without its secret. `evaluates`: evaluators of staff use it, so it gets no access to evidence."""

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
        """Read all that follows from one snapshot; must be called before any query of the transaction."""
        ...

    async def schema_revision(self) -> str:
        """Return the schema revision of the database."""
        ...

    async def district(self) -> NewDistrict | None:
        """Return the district, or None."""
        ...

    async def clients(self) -> Sequence[ExportedClient]:
        """Return its clients, without secrets."""
        ...

    @property
    def tables(self) -> Mapping[str, Sequence[str]]:
        """The exported tables with their columns, referenced tables before referring ones."""
        ...

    @property
    def data_map(self) -> DataMap:
        """The data map of all tables."""
        ...

    def rows(self, table: str) -> AsyncIterator[Sequence[str]]:
        """Yield the rows of `table` in key order, as JSON, in batches of some hundreds."""
        ...

    def sheet_columns(self, name: str) -> Sequence[str]:
        """Return the columns of a CSV file for people."""
        ...

    def sheet(self, name: str) -> AsyncIterator[Sequence[tuple[Any, ...]]]:
        """Yield the rows of a CSV file for people, in batches of some hundreds."""
        ...

    async def add_district(self, district: NewDistrict, at: datetime) -> bool:
        """Register the district; return False if its id exists."""
        ...

    async def add_client(self, client: ExportedClient, digest: bytes) -> bool:
        """Register a client of the district with the digest of a secret; return False if its id exists."""
        ...

    async def insert(self, table: str, rows: Sequence[str]) -> None:
        """Insert exported rows into this district, whatever district they name; references within the table stay null."""
        ...

    def refers_to_itself(self, table: str) -> bool:
        """Return whether rows of `table` refer to other rows of it."""
        ...

    async def link(self, table: str, rows: Sequence[str]) -> None:
        """Set the references of `rows` within the table."""
        ...

    async def wrong_tallies(self) -> int:
        """Return the number of tallies that differ from the evidence, by an independent computation."""
        ...

    async def counts(self) -> Mapping[str, int]:
        """Return the number of rows of each table."""
        ...

    async def delete_all(self) -> Mapping[str, int]:
        """Delete the district, all its rows and its clients that are enabled nowhere else; return deleted rows by table."""
        ...

    async def is_erased(self) -> bool:
        """Return whether the district was erased and not imported since."""
        ...

    async def save_certificate(self, certificate: Certificate, at: datetime) -> None:
        """Save the certificate outside the district."""
        ...


class LegalHoldStore(Protocol):
    """The legal holds of one district."""

    async def add(self, hold: LegalHold) -> bool:
        """Save a new hold; return False if its person does not exist."""
        ...

    async def all(self) -> Sequence[LegalHold]:
        """Return all holds, and lock against new ones until the transaction ends."""
        ...

    async def page(self, limit: int, after: Key | None) -> Sequence[LegalHold]:
        """Return up to `limit` holds by descending id, after the key `(id,)`."""
        ...

    async def find(self, hold_id: HoldId) -> LegalHold | None:
        """Return a hold, or None."""
        ...

    async def lock(self, hold_id: HoldId) -> LegalHold | None:
        """Return a hold, locked until the transaction ends, or None."""
        ...

    async def release(self, hold_id: HoldId, by: str, at: datetime) -> None:
        """Release a hold."""
        ...


@dataclass(frozen=True, kw_only=True)
class PersonRecord:
    """The identifiers of one record of a person that the erasure list contains."""

    id: PersonId
    sourced_id: str | None
    identifier: str | None


@dataclass(frozen=True, kw_only=True)
class ErasablePerson(PersonRecord):
    """A person; `merged_records` are the records that were merged into it, directly or indirectly."""

    merged_records: tuple[PersonRecord, ...] = ()


class ErasureStore(Protocol):
    """Erasure of people, and the erasure list."""

    async def lock_directory(self) -> None:
        """Lock the directory against imports, merges, erasures and retention runs until the transaction ends. Lock first."""
        ...

    async def find(self, person_id: PersonId) -> ErasablePerson | None:
        """Return the person, locked until the transaction ends, or None."""
        ...

    def people(self) -> AsyncIterator[Sequence[ErasablePerson]]:
        """Yield all people, in batches of some hundreds."""
        ...

    async def rated_by(self, people: Sequence[PersonId]) -> frozenset[PersonId]:
        """Return the other people about whom `people` gave evidence."""
        ...

    async def raters_of(self, people: Sequence[PersonId]) -> frozenset[PersonId]:
        """Return the other people who gave evidence about `people`."""
        ...

    async def erase(
        self, people: Sequence[PersonId], placeholder_id: UUID, *, evidence_too: bool
    ) -> tuple[dict[str, int], dict[str, int]]:
        """Delete `people` and dependent rows; return rows deleted by table, and rows anonymised by table and column.

        `placeholder_id` replaces them in columns that can't be null; `evidence_too` also deletes their evidence about others.
        """
        ...

    async def end_all_access(self, at: datetime) -> None:
        """Revoke all browser sessions, token families and one-time codes of the district; not passwords and second factors."""
        ...

    async def erased_digests(self) -> frozenset[bytes]:
        """Return the digests of all erased people."""
        ...

    async def certificate_of(self, digests: Sequence[bytes]) -> Certificate | None:
        """Return the certificate of the person with one of `digests`, or None."""
        ...

    async def save(self, number: UUID, certificate: Certificate, digests: Sequence[bytes], at: datetime) -> None:
        """Save the certificate, and its digests in the erasure list."""
        ...

    async def forget_tallies(self, leaders: Sequence[PersonId], sources: Sequence[str]) -> None:
        """Delete the tallies of `leaders` and `sources`, of any basis."""
        ...

    async def savepoint(self) -> None:
        """Set a savepoint for `roll_back`."""
        ...

    async def roll_back(self) -> None:
        """Undo everything since `savepoint`; the transaction continues."""
        ...


class RetentionStore(Protocol):
    """Retention periods of a district, and expired data."""

    async def policy(self, *, lock: bool = False) -> RetentionPolicy:
        """Return the district's periods, with `lock` locked until the transaction ends."""
        ...

    async def put(self, policy: RetentionPolicy, at: datetime) -> None:
        """Replace the periods."""
        ...

    async def mark_applied(self, on: date) -> None:
        """Save the day of the last nightly run."""
        ...

    async def affected_people(
        self, kind: RetentionKind, before: datetime, under_hold: Sequence[PersonId]
    ) -> frozenset[PersonId]:
        """Return the people whose scores change when data of `kind` before `before` is deleted."""
        ...

    async def expire(self, kind: RetentionKind, before: datetime, under_hold: Sequence[PersonId]) -> dict[str, int]:
        """Delete or anonymise data before `before`, except of people `under_hold`; return rows by table."""
        ...

    async def leavers(self, before: datetime, under_hold: Sequence[PersonId]) -> Sequence[PersonId]:
        """Return people who left before `before`, except those `under_hold` and those who gave evidence about them."""
        ...


class PrivacyUnit(UnitOfWork, Protocol):
    """The unit of work for privacy, over all data of a district."""

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
