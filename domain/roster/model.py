"""The roster as values: the incoming one, the stored one, and the changes between them."""

from dataclasses import dataclass
from datetime import date
from typing import Generic, Protocol, TypeVar
from uuid import UUID

from domain.directory.model import UserId
from domain.shared.roles import Role

SCHOOL = "school"
SCHOOL_YEAR = "schoolYear"

Identity = tuple[str, ...]


class RosterRecord(Protocol):
    """A row of a roster; rows with the same `identity` are the same across imports."""

    @property
    def sourced_id(self) -> str:
        """The provider's id, exactly as sent."""
        ...

    @property
    def identity(self) -> Identity:
        """The key by which stored and incoming rows are matched."""
        ...


@dataclass(frozen=True, kw_only=True)
class Org:
    """A district, school or department; `type` as sent (`school` is a school in Evenkeel)."""

    sourced_id: str
    name: str
    type: str
    identifier: str | None
    parent_sourced_id: str | None

    @property
    def identity(self) -> Identity:
        """The sourcedId alone."""
        return (self.sourced_id,)


@dataclass(frozen=True, kw_only=True)
class Person:
    """All that is stored about a member of staff (openapi/README.md 7.1).

    `enabled` is the provider's `enabledUser`; whether the person is still in the roster is `StoredRecord.active`.
    """

    sourced_id: str
    given_name: str
    middle_name: str | None
    family_name: str
    preferred_given_name: str | None
    preferred_middle_name: str | None
    preferred_family_name: str | None
    email: str | None
    username: str | None
    enabled: bool
    user_ids: tuple[UserId, ...]
    identifier: str | None

    @property
    def identity(self) -> Identity:
        """The sourcedId alone, so that a person who returns keeps the row."""
        return (self.sourced_id,)


@dataclass(frozen=True, kw_only=True)
class Assignment:
    """One role row as sent; `role` is the Evenkeel role, null until mapped.

    `role_type` is `primary` or `secondary`. The dates are the provider's and may be absent.
    """

    sourced_id: str
    person_sourced_id: str
    org_sourced_id: str
    role_type: str
    role_sent: str
    role: Role | None
    begins: date | None
    ends: date | None

    @property
    def identity(self) -> Identity:
        """Row id, person, organisation and role, so that a row id reused for another person ends the old assignment.

        Otherwise a principal whose row is reused for the successor would never have been a principal.
        """
        return (self.sourced_id, self.person_sourced_id, self.org_sourced_id, self.role_sent)


@dataclass(frozen=True, kw_only=True)
class AcademicSession:
    """A school year of the provider's calendar, both dates inclusive; `school_year` is the year it ends in."""

    sourced_id: str
    title: str
    begins: date
    ends: date
    school_year: int

    @property
    def identity(self) -> Identity:
        """The sourcedId alone."""
        return (self.sourced_id,)


@dataclass(frozen=True, kw_only=True)
class LeftOut:
    """The numbers of rows of a package that are not imported."""

    students_and_family: int
    without_role: int
    other_sessions: int
    erased: int = 0


@dataclass(frozen=True, kw_only=True)
class IncomingRoster:
    """A whole package, sorted by identity. `sessions` is null when the package has no academicSessions file."""

    orgs: tuple[Org, ...]
    people: tuple[Person, ...]
    assignments: tuple[Assignment, ...]
    sessions: tuple[AcademicSession, ...] | None
    left_out: LeftOut


T_co = TypeVar("T_co", bound=RosterRecord, covariant=True)


@dataclass(frozen=True, kw_only=True)
class StoredRecord(Generic[T_co]):
    """A stored row: Evenkeel's id, its last content in a roster, and whether the roster still lists it."""

    id: UUID
    record: T_co
    active: bool


@dataclass(frozen=True, kw_only=True)
class CurrentRoster:
    """The rows of earlier imports, ended ones included; without rows made by hand, which have no sourcedId."""

    orgs: tuple[StoredRecord[Org], ...]
    people: tuple[StoredRecord[Person], ...]
    assignments: tuple[StoredRecord[Assignment], ...]
    sessions: tuple[StoredRecord[AcademicSession], ...]


@dataclass(frozen=True, kw_only=True)
class RecordUpdate(Generic[T_co]):
    """A stored row that takes the content of `after`."""

    id: UUID
    before: T_co
    after: T_co


@dataclass(frozen=True, kw_only=True)
class RecordChanges(Generic[T_co]):
    """The changes of one kind of row. Each part is sorted by identity; a row is in one part at most."""

    added: tuple[T_co, ...]
    changed: tuple[RecordUpdate[T_co], ...]
    ended: tuple[StoredRecord[T_co], ...]
    returned: tuple[RecordUpdate[T_co], ...]

    @property
    def is_empty(self) -> bool:
        """Whether there are no changes."""
        return not (self.added or self.changed or self.ended or self.returned)


@dataclass(frozen=True, kw_only=True)
class RosterChanges:
    """All changes of an import. Nothing is deleted: ended rows stay, inactive."""

    orgs: RecordChanges[Org]
    people: RecordChanges[Person]
    assignments: RecordChanges[Assignment]
    sessions: RecordChanges[AcademicSession]

    @property
    def is_empty(self) -> bool:
        """Whether the stored roster already equals the package."""
        return self.orgs.is_empty and self.people.is_empty and self.assignments.is_empty and self.sessions.is_empty
