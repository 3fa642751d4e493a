"""What is said about people's roles, supervision, sharing, notes and consent to support."""

from dataclasses import dataclass
from datetime import date
from typing import Annotated, Any, Literal, get_args

from annotated_types import Ge, Interval, MaxLen, MinLen

from domain.directory.model import PersonRef, SchoolRef
from domain.shared.errors import Code, Invalid
from domain.shared.fields import Examples
from domain.shared.ids import NoteId, PersonId
from domain.shared.paging import DEFAULT_LIMIT, check_limit
from domain.shared.roles import Role

MOST_EDGES = 10_000
"""Edges of supervision in one district: hundreds of leaders with a handful of supervisors each stay far below."""
MOST_MINUTES = 240
MOST_NOTE = 10_000
Grantable = Literal[Role.DISTRICT_ADMIN, Role.SUPERVISOR, Role.COACH, Role.RESEARCHER]
GRANTABLE: tuple[Role, ...] = get_args(Grantable)
"""Roles that can be given by hand; the others come from the roster or an invitation, with a school."""


@dataclass(frozen=True, kw_only=True)
class Paged:
    """A list, page by page."""

    limit: Annotated[int, Interval(ge=1, le=100), Examples(50)] = DEFAULT_LIMIT
    """How many, 1 to 100."""
    cursor: str | None = None
    """Where to go on: next_cursor of the page before."""

    def __post_init__(self) -> None:
        check_limit(self.limit)


@dataclass(frozen=True, kw_only=True)
class ReadMe:
    """Ask who one is here."""


@dataclass(frozen=True, kw_only=True)
class ListRoleGrants(Paged):
    """The roles given by hand, by person and role."""


@dataclass(frozen=True, kw_only=True)
class GrantRole:
    """Give a person a role."""

    person_id: PersonId
    """The person."""
    role: Annotated[Grantable, Examples("supervisor")]
    """One that is given by hand."""

    def __post_init__(self) -> None:
        if self.role not in GRANTABLE:
            told = ", ".join(GRANTABLE)
            raise Invalid.at("/role", Code.NOT_ALLOWED, f"one of {told}; the others come with a school, from the roster")


@dataclass(frozen=True, kw_only=True)
class WithdrawRole(GrantRole):
    """Take a role given by hand away."""


@dataclass(frozen=True, kw_only=True)
class Edge:
    """Who supervises whom."""

    supervisor: Annotated[PersonRef, Examples({"sourced_id": "207247"})]
    """Who supervises."""
    leader: Annotated[PersonRef, Examples({"sourced_id": "207267"})]
    """Which leader."""


@dataclass(frozen=True, kw_only=True)
class ListSupervision(Paged):
    """Who supervises whom, by supervisor and leader."""

    supervisor_id: PersonId | None = None
    """Only what this person supervises."""
    leader_id: PersonId | None = None
    """Only who supervises this leader."""


@dataclass(frozen=True, kw_only=True)
class AddSupervision(Edge):
    """Say that a person supervises a leader. Twice is once."""


@dataclass(frozen=True, kw_only=True)
class RemoveSupervision(Edge):
    """Say that a person supervises a leader no more. Twice is once."""


@dataclass(frozen=True, kw_only=True)
class PutSupervision:
    """Say who supervises whom, all of it: what is not named ends."""

    edges: Annotated[
        tuple[Edge, ...],
        MaxLen(10000),
        Examples([{"supervisor": {"sourced_id": "207247"}, "leader": {"sourced_id": "207267"}}]),
    ]
    """All edges of the district."""
    dry_run: bool = False
    """Only say what would change. Absent: change it."""
    expected_version: Annotated[int, Examples(1)] | None = None
    """The version of the set this replaces, from reading it or a dry run; absent only where there is none yet."""

    def __post_init__(self) -> None:
        object.__setattr__(self, "edges", tuple(self.edges))


@dataclass(frozen=True, kw_only=True)
class ImportSupervision:
    """All edges as CSV with the columns ``supervisorSourcedId`` and ``leaderSourcedId``: what is not named ends."""

    csv: bytes
    """The file, in UTF-8; base64 in GraphQL."""
    dry_run: bool = False
    """Only say what would change. Absent: change it."""
    expected_version: Annotated[int, Examples(1)] | None = None
    """The version of the set this replaces, from reading it or a dry run; absent only where there is none yet."""


@dataclass(frozen=True, kw_only=True)
class ListShares:
    """With whom one shares, and who shares with one."""


@dataclass(frozen=True, kw_only=True)
class Share:
    """Show somebody what is about oneself: scores, observations, initiatives, advice."""

    coach: Annotated[PersonRef, Examples({"sourced_id": "207246"})]
    """With whom: somebody of one's own schools, or a coach, leader, supervisor or administrator."""
    until: Annotated[date, Examples("2027-05-28")] | None = None
    """Last day, in the district's zone; absent: until it is taken back."""


@dataclass(frozen=True, kw_only=True)
class Unshare:
    """Take it back, at once."""

    coach_id: PersonId
    """With whom one shares no more."""


@dataclass(frozen=True, kw_only=True)
class ListSupportConsents:
    """Who may act in one's place at this moment."""


@dataclass(frozen=True, kw_only=True)
class GiveSupportConsent:
    """Let an administrator act in one's place, to help, for some minutes."""

    supporter: Annotated[PersonRef, Examples({"sourced_id": "207247"})]
    """Who: somebody with district_admin."""
    minutes: Annotated[int, Interval(ge=1, le=240), Examples(30)]
    """For how long, 1 to 240."""


@dataclass(frozen=True, kw_only=True)
class WithdrawSupportConsent:
    """Take it back, at once."""

    supporter_id: PersonId
    """Who may no more."""


@dataclass(frozen=True, kw_only=True)
class ListNotes(Paged):
    """One's own notes, newest first."""

    leader_id: PersonId | None = None
    """Only those about this leader."""


@dataclass(frozen=True, kw_only=True)
class WriteNote:
    """Keep a note that nobody else will see."""

    text: Annotated[str, MinLen(1), MaxLen(10000), Examples("Ask about the reading block.")]
    """The note."""
    leader_id: PersonId | None = None
    """The leader it is about; absent: nobody."""


@dataclass(frozen=True, kw_only=True)
class EditNote:
    """Write a note anew."""

    note_id: NoteId
    """The note."""
    text: Annotated[str, MinLen(1), MaxLen(10000), Examples("Ask about the reading block.")]
    """The note."""
    expected_version: Annotated[int, Ge(1)]
    """The version that this changes, as it was read."""


@dataclass(frozen=True, kw_only=True)
class DeleteNote:
    """Throw a note away."""

    note_id: NoteId
    """The note."""


NAME: dict[str, Any] = {"min_length": 1, "max_length": 200}


@dataclass(frozen=True, kw_only=True)
class InvitePerson:
    """Take in somebody whom the roster does not have: at a school with a role there, or for the district with a granted one."""

    given_name: Annotated[str, MinLen(1), MaxLen(200), Examples("Rosa")]
    """Given name."""
    family_name: Annotated[str, MinLen(1), MaxLen(200), Examples("Marín")]
    """Family name."""
    email: Annotated[str, MinLen(3), MaxLen(320), Examples("rosa@example.org")] | None = None
    """E-mail address; absent: none."""
    role: Annotated[Role, Examples("coach")]
    """What they are here."""
    school: Annotated[SchoolRef, Examples({"sourced_id": "255901001"})] | None = None
    """Where; absent for district_admin, supervisor, coach and researcher."""

    def __post_init__(self) -> None:
        if self.school is None and self.role not in GRANTABLE:
            raise Invalid.at("/school", Code.MISSING, f"say at which school somebody is {self.role.value}")
        if self.school is not None and self.role in GRANTABLE:
            raise Invalid.at("/school", Code.NOT_ALLOWED, f"{self.role.value} is of the whole district; leave the school out")
        for name in ("given_name", "family_name"):
            if not getattr(self, name).strip() or not getattr(self, name).isprintable():
                raise Invalid.at(f"/{name}", Code.MALFORMED, "give a name that people can read")


@dataclass(frozen=True, kw_only=True)
class MergePeople:
    """Say that two records are of one person."""

    person_id: PersonId
    """The record that stays."""
    duplicate_id: PersonId
    """The record that is taken into it, and then gone."""
    dry_run: bool = False
    """Only say what would change. Absent: change it."""
