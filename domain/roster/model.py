"""The roster as values: what a package says, what is held, and what differs between the two."""

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
    """Anything a roster names: ``identity`` says what counts as the same thing when it comes again."""

    @property
    def sourced_id(self) -> str:
        """The provider's id, kept exactly as sent."""
        ...

    @property
    def identity(self) -> Identity:
        """Equal for two rows that speak of the same thing."""
        ...


@dataclass(frozen=True, kw_only=True)
class Org:
    """A district, school or department; ``type`` as sent (``school`` is what Evenkeel calls a school)."""

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
    """Everything that is kept of a member of staff (openapi/README.md 7.1), and nothing else.

    ``enabled`` is the provider's word on the account; whether the person is still in the roster is ``Held.active``.
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
        """The sourcedId alone, so that who comes back is who left."""
        return (self.sourced_id,)


@dataclass(frozen=True, kw_only=True)
class Assignment:
    """One role row as sent; ``role`` is what Evenkeel takes it for, null until mapped.

    ``role_type`` is ``primary`` or ``secondary``. Dates are the provider's own and may be absent.
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
        """Row, person, place and role: a row id that is handed on to somebody else ends the old assignment.

        Otherwise a principal whose row is reused for the successor would never have been a principal.
        """
        return (self.sourced_id, self.person_sourced_id, self.org_sourced_id, self.role_sent)


@dataclass(frozen=True, kw_only=True)
class AcademicSession:
    """A school year of the provider's calendar; ``school_year`` is the year it ends in, both dates belong to it."""

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
    """How many rows a package had that are never taken in."""

    students_and_family: int
    without_role: int
    other_sessions: int
    erased: int = 0


@dataclass(frozen=True, kw_only=True)
class IncomingRoster:
    """A whole package, sorted by identity. ``sessions`` is null when the package does not speak of them."""

    orgs: tuple[Org, ...]
    people: tuple[Person, ...]
    assignments: tuple[Assignment, ...]
    sessions: tuple[AcademicSession, ...] | None
    left_out: LeftOut


T_co = TypeVar("T_co", bound=RosterRecord, covariant=True)


@dataclass(frozen=True, kw_only=True)
class StoredRecord(Generic[T_co]):
    """A row we keep: our id, what the roster last said of it, and whether the roster still lists it."""

    id: UUID
    record: T_co
    active: bool


@dataclass(frozen=True, kw_only=True)
class CurrentRoster:
    """What is held of earlier rosters, ended rows included. What was made by hand (no sourcedId) is not part of it."""

    orgs: tuple[StoredRecord[Org], ...]
    people: tuple[StoredRecord[Person], ...]
    assignments: tuple[StoredRecord[Assignment], ...]
    sessions: tuple[StoredRecord[AcademicSession], ...]


@dataclass(frozen=True, kw_only=True)
class RecordUpdate(Generic[T_co]):
    """A held row that takes the content of ``after``."""

    id: UUID
    before: T_co
    after: T_co


@dataclass(frozen=True, kw_only=True)
class RecordChanges(Generic[T_co]):
    """What happens to one kind of row. Each part is sorted by identity; a row is in one part at most."""

    added: tuple[T_co, ...]
    changed: tuple[RecordUpdate[T_co], ...]
    ended: tuple[StoredRecord[T_co], ...]
    returned: tuple[RecordUpdate[T_co], ...]

    @property
    def is_empty(self) -> bool:
        """Whether nothing happens."""
        return not (self.added or self.changed or self.ended or self.returned)


@dataclass(frozen=True, kw_only=True)
class RosterChanges:
    """Everything an import does. Nothing is ever deleted: what ended stays, inactive."""

    orgs: RecordChanges[Org]
    people: RecordChanges[Person]
    assignments: RecordChanges[Assignment]
    sessions: RecordChanges[AcademicSession]

    @property
    def is_empty(self) -> bool:
        """Whether the roster already is as the package says."""
        return self.orgs.is_empty and self.people.is_empty and self.assignments.is_empty and self.sessions.is_empty
