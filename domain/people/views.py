"""What is shown of roles, supervision, sharing, notes and consent."""

from dataclasses import dataclass, field
from datetime import date, datetime
from uuid import UUID

from domain.shared.ids import DistrictId, NoteId, PersonId, SchoolId
from domain.shared.roles import Role


@dataclass(frozen=True, kw_only=True)
class MeView:
    """Who one is here, and what one may."""

    id: PersonId = field(metadata={"description": "One's own id."})
    given_name: str = field(metadata={"description": "Given name, the preferred one where there is one."})
    family_name: str = field(metadata={"description": "Family name, the preferred one where there is one."})
    district_id: DistrictId = field(metadata={"description": "The district."})
    district_name: str = field(metadata={"description": "What people call it."})
    roles: tuple[Role, ...] = field(metadata={"description": "The roles that count, in alphabetical order."})
    withheld_roles: tuple[Role, ...] = field(
        metadata={
            "description": "Roles that are held and do not count here: they need a sign-in with a second factor. Sign in again."
        }
    )
    leads: bool = field(metadata={"description": "Whether there is a profile of one's own."})
    school_ids: tuple[SchoolId, ...] = field(metadata={"description": "Schools where one works."})
    supervises: tuple[PersonId, ...] = field(metadata={"description": "The leaders whom one supervises."})
    shared_by: tuple[PersonId, ...] = field(metadata={"description": "The leaders who share with one."})
    scopes: tuple[str, ...] = field(metadata={"description": "What this token is good for."})
    client_id: str = field(metadata={"description": "The application that carries it."})
    session_id: UUID | None = field(metadata={"description": "The sign-in it is of, one per device."})
    supporter_id: PersonId | None = field(metadata={"description": "Who acts in one's place; null: oneself."})


@dataclass(frozen=True, kw_only=True)
class RoleGrantView:
    """A role given by hand."""

    person_id: PersonId = field(metadata={"description": "Who holds it."})
    role: Role = field(metadata={"description": "The role."})
    granted_at: datetime = field(metadata={"description": "Since when."})
    granted_by: str = field(metadata={"description": "Kind and id of who gave it.", "examples": ["person:0190…"]})


@dataclass(frozen=True, kw_only=True)
class SupervisionView:
    """An edge: who supervises whom."""

    supervisor_id: PersonId = field(metadata={"description": "Who supervises."})
    leader_id: PersonId = field(metadata={"description": "Which leader."})
    since: datetime = field(metadata={"description": "Since when."})


@dataclass(frozen=True, kw_only=True)
class EdgeView:
    """An edge that comes or goes."""

    supervisor_id: PersonId = field(metadata={"description": "Who supervises."})
    leader_id: PersonId = field(metadata={"description": "Which leader."})


@dataclass(frozen=True, kw_only=True)
class SupervisionChangesView:
    """What putting all edges changed, or would change."""

    dry_run: bool = field(metadata={"description": "Whether nothing was changed."})
    added: tuple[EdgeView, ...] = field(metadata={"description": "Edges that come."})
    removed: tuple[EdgeView, ...] = field(metadata={"description": "Edges that go."})
    unchanged: int = field(metadata={"description": "How many stay."})
    version: int = field(
        metadata={"description": "The version of the set as it is held now: name it to replace the whole. No count; 0: empty."}
    )


@dataclass(frozen=True, kw_only=True)
class ShareView:
    """A leader shows somebody what is about them."""

    leader_id: PersonId = field(metadata={"description": "Who shares."})
    coach_id: PersonId = field(metadata={"description": "With whom."})
    shared_at: datetime = field(metadata={"description": "Since when."})
    until: date | None = field(metadata={"description": "Last day; null: until it is taken back."})


@dataclass(frozen=True, kw_only=True)
class SharesView:
    """With whom one shares, and who shares with one."""

    given: tuple[ShareView, ...] = field(metadata={"description": "What one shows to others."})
    received: tuple[ShareView, ...] = field(metadata={"description": "What others show to one."})


@dataclass(frozen=True, kw_only=True)
class SupportConsentView:
    """Somebody may act in one's place."""

    person_id: PersonId = field(metadata={"description": "In whose place."})
    supporter_id: PersonId = field(metadata={"description": "Who may act."})
    given_at: datetime = field(metadata={"description": "Since when."})
    until: datetime = field(metadata={"description": "Until when."})


@dataclass(frozen=True, kw_only=True)
class SupportConsentsView:
    """Who may act in one's place, and in whose place one may act, at this moment."""

    given: tuple[SupportConsentView, ...] = field(metadata={"description": "What one gave."})
    received: tuple[SupportConsentView, ...] = field(metadata={"description": "What others gave to one."})


@dataclass(frozen=True, kw_only=True)
class NoteView:
    """A note that its author alone sees."""

    id: NoteId = field(metadata={"description": "Its id."})
    leader_id: PersonId | None = field(metadata={"description": "The leader it is about; null: nobody."})
    text: str = field(metadata={"description": "The note."})
    created_at: datetime = field(metadata={"description": "When it was written."})
    changed_at: datetime = field(metadata={"description": "When it was written last."})
    version: int = field(metadata={"description": "Counts edits; name it in the next one."})


@dataclass(frozen=True, kw_only=True)
class DoneView:
    """It is done; twice is once."""

    done: bool = field(metadata={"description": "Whether this request changed anything."})


@dataclass(frozen=True, kw_only=True)
class MovedView:
    """How much of one kind moves from the one record to the other."""

    table: str = field(metadata={"description": "The kind, by its name in the data map.", "examples": ["observation"]})
    rows: int = field(metadata={"description": "How many."})


@dataclass(frozen=True, kw_only=True)
class DeletedView:
    """How much of one kind is deleted with the record that is taken in."""

    table: str = field(metadata={"description": "The kind, by its name in the data map.", "examples": ["private_note"]})
    rows: int = field(metadata={"description": "How many."})


@dataclass(frozen=True, kw_only=True)
class MergeView:
    """Two records made one."""

    kept_id: PersonId = field(metadata={"description": "The record that stays."})
    merged_id: PersonId = field(metadata={"description": "The record taken in; gone, unless this was a dry run."})
    dry_run: bool = field(metadata={"description": "Whether nothing was changed."})
    moved: tuple[MovedView, ...] = field(metadata={"description": "What moves, by kind."})
    deleted: tuple[DeletedView, ...] = field(
        metadata={
            "description": "What is deleted instead of moving, by kind: sign-ins, roles given by hand, shares, consents, and "
            "the private notes that were written as the record taken in."
        }
    )
