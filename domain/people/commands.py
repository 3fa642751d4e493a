"""What is said about people's roles, supervision, sharing, notes and consent to support."""

from dataclasses import dataclass, field
from datetime import date
from typing import Any, Literal, get_args

from domain.directory.model import PersonRef, SchoolRef
from domain.shared.errors import Code, Invalid
from domain.shared.ids import NoteId, PersonId
from domain.shared.paging import CURSOR, DEFAULT_LIMIT, LIMIT, check_limit
from domain.shared.roles import Role

PERSON = {"description": "The person."}
DRY_RUN = {"description": "Only say what would change. Absent: change it.", "examples": [True]}
MOST_EDGES = 10_000
"""Edges of supervision in one district: hundreds of leaders with a handful of supervisors each stay far below."""
MOST_MINUTES = 240
MOST_NOTE = 10_000
Grantable = Literal[Role.DISTRICT_ADMIN, Role.SUPERVISOR, Role.COACH, Role.RESEARCHER]
GRANTABLE: tuple[Role, ...] = get_args(Grantable)
"""Roles that can be given by hand; the others come from the roster or an invitation, with a school."""
SET_REPLACED = {
    "description": "The version of the set this replaces, from reading it or a dry run; absent only where there is none yet.",
    "examples": [1],
}


@dataclass(frozen=True, kw_only=True)
class Paged:
    """A list, page by page."""

    limit: int = field(default=DEFAULT_LIMIT, metadata=LIMIT)
    cursor: str | None = field(default=None, metadata=CURSOR)

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

    person_id: PersonId = field(metadata=PERSON)
    role: Grantable = field(metadata={"description": "One that is given by hand.", "examples": ["supervisor"]})

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

    supervisor: PersonRef = field(metadata={"description": "Who supervises.", "examples": [{"sourced_id": "207247"}]})
    leader: PersonRef = field(metadata={"description": "Which leader.", "examples": [{"sourced_id": "207267"}]})


@dataclass(frozen=True, kw_only=True)
class ListSupervision(Paged):
    """Who supervises whom, by supervisor and leader."""

    supervisor_id: PersonId | None = field(default=None, metadata={"description": "Only what this person supervises."})
    leader_id: PersonId | None = field(default=None, metadata={"description": "Only who supervises this leader."})


@dataclass(frozen=True, kw_only=True)
class AddSupervision(Edge):
    """Say that a person supervises a leader. Twice is once."""


@dataclass(frozen=True, kw_only=True)
class RemoveSupervision(Edge):
    """Say that a person supervises a leader no more. Twice is once."""


@dataclass(frozen=True, kw_only=True)
class PutSupervision:
    """Say who supervises whom, all of it: what is not named ends."""

    edges: tuple[Edge, ...] = field(
        metadata={
            "description": "All edges of the district.",
            "examples": [[{"supervisor": {"sourced_id": "207247"}, "leader": {"sourced_id": "207267"}}]],
            "max_length": MOST_EDGES,
        }
    )
    dry_run: bool = field(default=False, metadata=DRY_RUN)
    expected_version: int | None = field(default=None, metadata=SET_REPLACED)

    def __post_init__(self) -> None:
        object.__setattr__(self, "edges", tuple(self.edges))


@dataclass(frozen=True, kw_only=True)
class ImportSupervision:
    """All edges as CSV with the columns ``supervisorSourcedId`` and ``leaderSourcedId``: what is not named ends."""

    csv: bytes = field(metadata={"description": "The file, in UTF-8; base64 in GraphQL."})
    dry_run: bool = field(default=False, metadata=DRY_RUN)
    expected_version: int | None = field(default=None, metadata=SET_REPLACED)


@dataclass(frozen=True, kw_only=True)
class ListShares:
    """With whom one shares, and who shares with one."""


@dataclass(frozen=True, kw_only=True)
class Share:
    """Show somebody what is about oneself: scores, observations, initiatives, advice."""

    coach: PersonRef = field(
        metadata={
            "description": "With whom: somebody of one's own schools, or a coach, leader, supervisor or administrator.",
            "examples": [{"sourced_id": "207246"}],
        }
    )
    until: date | None = field(
        default=None,
        metadata={
            "description": "Last day, in the district's zone; absent: until it is taken back.",
            "examples": ["2027-05-28"],
        },
    )


@dataclass(frozen=True, kw_only=True)
class Unshare:
    """Take it back, at once."""

    coach_id: PersonId = field(metadata={"description": "With whom one shares no more."})


@dataclass(frozen=True, kw_only=True)
class ListSupportConsents:
    """Who may act in one's place at this moment."""


@dataclass(frozen=True, kw_only=True)
class GiveSupportConsent:
    """Let an administrator act in one's place, to help, for some minutes."""

    supporter: PersonRef = field(
        metadata={"description": "Who: somebody with district_admin.", "examples": [{"sourced_id": "207247"}]}
    )
    minutes: int = field(
        metadata={"description": f"For how long, 1 to {MOST_MINUTES}.", "examples": [30], "ge": 1, "le": MOST_MINUTES}
    )


@dataclass(frozen=True, kw_only=True)
class WithdrawSupportConsent:
    """Take it back, at once."""

    supporter_id: PersonId = field(metadata={"description": "Who may no more."})


NOTE = {"description": "The note.", "examples": ["Ask about the reading block."], "min_length": 1, "max_length": MOST_NOTE}


@dataclass(frozen=True, kw_only=True)
class ListNotes(Paged):
    """One's own notes, newest first."""

    leader_id: PersonId | None = field(default=None, metadata={"description": "Only those about this leader."})


@dataclass(frozen=True, kw_only=True)
class WriteNote:
    """Keep a note that nobody else will see."""

    text: str = field(metadata=NOTE)
    leader_id: PersonId | None = field(default=None, metadata={"description": "The leader it is about; absent: nobody."})


@dataclass(frozen=True, kw_only=True)
class EditNote:
    """Write a note anew."""

    note_id: NoteId = field(metadata={"description": "The note."})
    text: str = field(metadata=NOTE)
    expected_version: int = field(metadata={"description": "The version that this changes, as it was read.", "ge": 1})


@dataclass(frozen=True, kw_only=True)
class DeleteNote:
    """Throw a note away."""

    note_id: NoteId = field(metadata={"description": "The note."})


NAME: dict[str, Any] = {"min_length": 1, "max_length": 200}


@dataclass(frozen=True, kw_only=True)
class InvitePerson:
    """Take in somebody whom the roster does not have: at a school with a role there, or for the district with a granted one."""

    given_name: str = field(metadata={"description": "Given name.", "examples": ["Rosa"]} | NAME)
    family_name: str = field(metadata={"description": "Family name.", "examples": ["Marín"]} | NAME)
    email: str | None = field(
        default=None,
        metadata={
            "description": "E-mail address; absent: none.",
            "examples": ["rosa@example.org"],
            "min_length": 3,
            "max_length": 320,
        },
    )
    role: Role = field(metadata={"description": "What they are here.", "examples": ["coach"]})
    school: SchoolRef | None = field(
        default=None,
        metadata={
            "description": "Where; absent for district_admin, supervisor, coach and researcher.",
            "examples": [{"sourced_id": "255901001"}],
        },
    )

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

    person_id: PersonId = field(metadata={"description": "The record that stays."})
    duplicate_id: PersonId = field(metadata={"description": "The record that is taken into it, and then gone."})
    dry_run: bool = field(default=False, metadata=DRY_RUN)
