"""What these use cases need of the outside; every method is one query."""

from collections.abc import Collection, Mapping, Sequence
from datetime import datetime
from typing import Protocol

from domain.directory.ports import DistrictRegistry, PeopleReader, References
from domain.people.commands import InvitePerson, ListNotes, ListRoleGrants, ListSupervision
from domain.people.rules import SupervisionPair
from domain.people.views import NoteView, RoleGrantView, ShareView, SupervisionView, SupportConsentView
from domain.scoring.ports import EvidenceReader, ScoreReader, TallyStore
from domain.shared.context import UnitOfWork
from domain.shared.ids import AssignmentId, NoteId, PersonId, SchoolId
from domain.shared.last_administrator import RoleHolders
from domain.shared.legal_holds import LegalHold
from domain.shared.paging import Key
from domain.shared.revoke_access import AccessUnit
from domain.shared.roles import Role


class GrantStore(RoleHolders, Protocol):
    """Roles given by hand."""

    async def page(self, cmd: ListRoleGrants, after: Key | None) -> Sequence[RoleGrantView]:
        """``cmd.limit + 1`` of them, by person and role."""
        ...

    async def add(self, grant: RoleGrantView) -> bool:
        """Keep it; False when the person holds it already."""
        ...

    async def remove(self, person_id: PersonId, role: Role) -> bool:
        """Let it go; False when it was not held."""
        ...


class SupervisionStore(Protocol):
    """Who supervises whom."""

    async def of(self, leader_id: PersonId) -> Collection[PersonId]:
        """Who supervises that leader."""
        ...

    async def all(self) -> Collection[SupervisionPair]:
        """All edges, locked until the unit ends, also against others who replace them."""
        ...

    async def version(self) -> int:
        """A digest of all edges in their order, 1 to 2**28, whatever has changed them; 0 where there is none."""
        ...

    async def page(self, cmd: ListSupervision, after: Key | None) -> Sequence[SupervisionView]:
        """``cmd.limit + 1`` of them, by supervisor and leader."""
        ...

    async def add(self, edges: Collection[SupervisionPair], at: datetime) -> int:
        """Keep those that are not held; how many those were."""
        ...

    async def remove(self, edges: Collection[SupervisionPair]) -> int:
        """Let them go; how many were held."""
        ...


class SharingStore(Protocol):
    """Who shares with whom."""

    async def of(self, person_id: PersonId) -> Sequence[ShareView]:
        """What the person gives and receives, over or not, by leader and coach."""
        ...

    async def put(self, share: ShareView) -> None:
        """Keep it in the place of an earlier one of the same two."""
        ...

    async def remove(self, leader_id: PersonId, coach_id: PersonId) -> bool:
        """Let it go; False when there was none."""
        ...


class ConsentStore(Protocol):
    """Who may act in whose place."""

    async def of(self, person_id: PersonId, now: datetime) -> Sequence[SupportConsentView]:
        """What holds at ``now`` of what the person gave and was given."""
        ...

    async def put(self, consent: SupportConsentView) -> None:
        """Keep it in the place of an earlier one of the same two."""
        ...

    async def remove(self, person_id: PersonId, supporter_id: PersonId) -> bool:
        """Let it go; False when there was none."""
        ...


class NoteStore(Protocol):
    """Private notes. Every method says whose: nobody else's can be reached."""

    async def page(self, author_id: PersonId, cmd: ListNotes, after: Key | None) -> Sequence[NoteView]:
        """``cmd.limit + 1`` of the author's, by falling id."""
        ...

    async def add(self, author_id: PersonId, note: NoteView) -> None:
        """Keep a new one."""
        ...

    async def lock(self, author_id: PersonId, note_id: NoteId) -> NoteView | None:
        """The author's note, locked until the unit ends."""
        ...

    async def replace(self, author_id: PersonId, note: NoteView) -> None:
        """Put text, version and moment of a locked note."""
        ...

    async def remove(self, author_id: PersonId, note_id: NoteId) -> bool:
        """Throw it away; False when it was not there."""
        ...


class ManualPeopleStore(Protocol):
    """People made by hand."""

    async def has_email(self, email: str) -> bool:
        """Whether a person of the district has this e-mail address, letter case ignored."""
        ...

    async def add(self, person_id: PersonId, cmd: InvitePerson) -> None:
        """Keep a new person."""
        ...

    async def assign(self, assignment_id: AssignmentId, person_id: PersonId, school_id: SchoolId, role: Role) -> None:
        """Give the person a role at a school, by hand."""
        ...


class PeopleUnit(UnitOfWork, Protocol):
    """One transaction over people and what they hold."""

    @property
    def people(self) -> PeopleReader: ...

    @property
    def references(self) -> References: ...

    @property
    def registry(self) -> DistrictRegistry: ...

    @property
    def grants(self) -> GrantStore: ...

    @property
    def administrators(self) -> RoleHolders: ...

    @property
    def supervision(self) -> SupervisionStore: ...

    @property
    def sharing(self) -> SharingStore: ...

    @property
    def consents(self) -> ConsentStore: ...

    @property
    def notes(self) -> NoteStore: ...

    @property
    def manual_people(self) -> ManualPeopleStore: ...


class PersonMergeStore(Protocol):
    """Two records of one person."""

    async def begin(self) -> None:
        """Let no import, merge, erasure or retention run change the directory until the unit ends; before any other lock."""
        ...

    async def lock(self, *people: PersonId) -> None:
        """Let nothing new refer to ``people`` until the unit ends."""
        ...

    async def count_to_move(self, merged_id: PersonId) -> Mapping[str, int]:
        """How many rows of each table would name the kept person instead of ``merged_id``."""
        ...

    async def count_to_delete(self, merged_id: PersonId) -> Mapping[str, int]:
        """How many rows of each table would be deleted with the record ``merged_id``."""
        ...

    async def scored_by(self, *people: PersonId) -> Collection[PersonId]:
        """The leaders whose scores rest on evidence about or by one of ``people``, and these themselves."""
        ...

    async def move(self, merged_id: PersonId, surviving_id: PersonId, at: datetime) -> None:
        """Let what moves by the data map refer to the other, and delete what does not; what the other has already goes."""
        ...

    async def delete_merged(self, merged_id: PersonId, surviving_id: PersonId) -> None:
        """Delete the record to which nothing refers any more; its sourcedId goes to the other, if that has none."""
        ...


class LegalHoldReader(Protocol):
    """Legal holds, as far as a merge must respect them."""

    async def all(self) -> Sequence[LegalHold]:
        """Every hold, locked against others being put until the unit ends."""
        ...


class PersonMergeUnit(PeopleUnit, AccessUnit, Protocol):
    """One transaction over two records and all that hangs on them."""

    @property
    def holds(self) -> LegalHoldReader: ...

    @property
    def person_merge(self) -> PersonMergeStore: ...

    @property
    def tallies(self) -> TallyStore: ...

    @property
    def scores(self) -> ScoreReader: ...

    @property
    def evidence(self) -> EvidenceReader: ...
