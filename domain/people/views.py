"""What is shown of roles, supervision, sharing, notes and consent."""

from dataclasses import dataclass
from datetime import date, datetime
from typing import Annotated
from uuid import UUID

from domain.shared.fields import Examples
from domain.shared.ids import DistrictId, NoteId, PersonId, SchoolId
from domain.shared.roles import Role


@dataclass(frozen=True, kw_only=True)
class MeView:
    """Who one is here, and what one may."""

    id: PersonId
    """One's own id."""
    given_name: str
    """Given name, the preferred one where there is one."""
    family_name: str
    """Family name, the preferred one where there is one."""
    district_id: DistrictId
    """The district."""
    district_name: str
    """What people call it."""
    roles: tuple[Role, ...]
    """The roles that count, in alphabetical order."""
    withheld_roles: tuple[Role, ...]
    """Roles that are held and do not count here: they need a sign-in with a second factor. Sign in again."""
    leads: bool
    """Whether there is a profile of one's own."""
    school_ids: tuple[SchoolId, ...]
    """Schools where one works."""
    supervises: tuple[PersonId, ...]
    """The leaders whom one supervises."""
    shared_by: tuple[PersonId, ...]
    """The leaders who share with one."""
    scopes: tuple[str, ...]
    """What this token is good for."""
    client_id: str
    """The application that carries it."""
    session_id: UUID | None
    """The sign-in it is of, one per device."""
    supporter_id: PersonId | None
    """Who acts in one's place; null: oneself."""


@dataclass(frozen=True, kw_only=True)
class RoleGrantView:
    """A role given by hand."""

    person_id: PersonId
    """Who holds it."""
    role: Role
    """The role."""
    granted_at: datetime
    """Since when."""
    granted_by: Annotated[str, Examples("person:0190…")]
    """Kind and id of who gave it."""


@dataclass(frozen=True, kw_only=True)
class SupervisionView:
    """An edge: who supervises whom."""

    supervisor_id: PersonId
    """Who supervises."""
    leader_id: PersonId
    """Which leader."""
    since: datetime
    """Since when."""


@dataclass(frozen=True, kw_only=True)
class EdgeView:
    """An edge that comes or goes."""

    supervisor_id: PersonId
    """Who supervises."""
    leader_id: PersonId
    """Which leader."""


@dataclass(frozen=True, kw_only=True)
class SupervisionChangesView:
    """What putting all edges changed, or would change."""

    dry_run: bool
    """Whether nothing was changed."""
    added: tuple[EdgeView, ...]
    """Edges that come."""
    removed: tuple[EdgeView, ...]
    """Edges that go."""
    unchanged: int
    """How many stay."""
    version: int
    """The version of the set as it is held now: name it to replace the whole. No count; 0: empty."""


@dataclass(frozen=True, kw_only=True)
class ShareView:
    """A leader shows somebody what is about them."""

    leader_id: PersonId
    """Who shares."""
    coach_id: PersonId
    """With whom."""
    shared_at: datetime
    """Since when."""
    until: date | None
    """Last day; null: until it is taken back."""


@dataclass(frozen=True, kw_only=True)
class SharesView:
    """With whom one shares, and who shares with one."""

    given: tuple[ShareView, ...]
    """What one shows to others."""
    received: tuple[ShareView, ...]
    """What others show to one."""


@dataclass(frozen=True, kw_only=True)
class SupportConsentView:
    """Somebody may act in one's place."""

    person_id: PersonId
    """In whose place."""
    supporter_id: PersonId
    """Who may act."""
    given_at: datetime
    """Since when."""
    until: datetime
    """Until when."""


@dataclass(frozen=True, kw_only=True)
class SupportConsentsView:
    """Who may act in one's place, and in whose place one may act, at this moment."""

    given: tuple[SupportConsentView, ...]
    """What one gave."""
    received: tuple[SupportConsentView, ...]
    """What others gave to one."""


@dataclass(frozen=True, kw_only=True)
class NoteView:
    """A note that its author alone sees."""

    id: NoteId
    """Its id."""
    leader_id: PersonId | None
    """The leader it is about; null: nobody."""
    text: str
    """The note."""
    created_at: datetime
    """When it was written."""
    changed_at: datetime
    """When it was written last."""
    version: int
    """Counts edits; name it in the next one."""


@dataclass(frozen=True, kw_only=True)
class DoneView:
    """It is done; twice is once."""

    done: bool
    """Whether this request changed anything."""


@dataclass(frozen=True, kw_only=True)
class MovedView:
    """How much of one kind moves from the one record to the other."""

    table: Annotated[str, Examples("observation")]
    """The kind, by its name in the data map."""
    rows: int
    """How many."""


@dataclass(frozen=True, kw_only=True)
class DeletedView:
    """How much of one kind is deleted with the record that is taken in."""

    table: Annotated[str, Examples("private_note")]
    """The kind, by its name in the data map."""
    rows: int
    """How many."""


@dataclass(frozen=True, kw_only=True)
class MergeView:
    """Two records made one."""

    kept_id: PersonId
    """The record that stays."""
    merged_id: PersonId
    """The record taken in; gone, unless this was a dry run."""
    dry_run: bool
    """Whether nothing was changed."""
    moved: tuple[MovedView, ...]
    """What moves, by kind."""
    deleted: tuple[DeletedView, ...]
    """What is deleted instead of moving, by kind: sign-ins, roles given by hand, shares, consents, and the private notes
    that were written as the record taken in."""
