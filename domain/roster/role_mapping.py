"""Map roster roles to Evenkeel roles: by the district's override, else by name, else unmapped."""

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, replace
from typing import Annotated

from annotated_types import MaxLen

from domain.roster.model import Assignment, IncomingRoster
from domain.shared.fields import Examples
from domain.shared.roles import Role

FAMILY = frozenset({"student", "guardian", "parent", "relative"})
"""People with only these roles are not imported, and rows with these roles are dropped."""

DEFAULTS: dict[str, Role] = {
    "principal": Role.PRINCIPAL,
    "ext:assistantPrincipal": Role.ASSISTANT_PRINCIPAL,
    "teacher": Role.TEACHER,
    "aide": Role.STAFF,
    "counselor": Role.STAFF,
    "proctor": Role.STAFF,
}
"""Mapped by name (openapi/README.md 7.4)."""

SUGGESTIONS: dict[str, Role] = {
    "administrator": Role.PRINCIPAL,  # the only role of OneRoster 1.1 for a principal
    "siteAdministrator": Role.ASSISTANT_PRINCIPAL,
    "districtAdministrator": Role.SUPERVISOR,
    "systemAdministrator": Role.DISTRICT_ADMIN,
    "ext:superintendent": Role.SUPERVISOR,
    "ext:instructionalCoach": Role.COACH,
    "ext:leadershipTeamMember": Role.TEACHER_LEADER,
    "ext:otherStaff": Role.STAFF,
}
"""A likely role, suggested and never applied: an administrator may supervise, or only repair computers."""


@dataclass(frozen=True, kw_only=True)
class RoleMappingEntry:
    """A district's override for one roster role; a null role leaves it unmapped on purpose."""

    roster_role: Annotated[str, MaxLen(200), Examples("districtAdministrator")]
    """The role as written in the roster."""
    role: Annotated[Role, Examples("supervisor")] | None
    """The Evenkeel role; null leaves it unmapped."""


@dataclass(frozen=True, kw_only=True)
class RoleMapping:
    """The district's overrides, one per roster role, and their version (0 before the first)."""

    version: int
    entries: tuple[RoleMappingEntry, ...]

    def role_of(self, roster_role: str) -> Role | None:
        """Return the Evenkeel role: the override if there is one, else the default by name, else null."""
        for entry in self.entries:
            if entry.roster_role == roster_role:
                return entry.role
        return DEFAULTS.get(roster_role)

    def replaced_by(self, entries: Iterable[RoleMappingEntry]) -> "RoleMapping":
        """Return the next version with `entries` (by roster role), or this one if they are equal."""
        ordered = tuple(sorted(entries, key=lambda entry: entry.roster_role))
        return self if ordered == self.entries else RoleMapping(version=self.version + 1, entries=ordered)

    def is_decided(self, roster_role: str) -> bool:
        """Return whether the role is mapped, or left unmapped on purpose."""
        return roster_role in DEFAULTS or any(entry.roster_role == roster_role for entry in self.entries)


NO_OVERRIDES = RoleMapping(version=0, entries=())


@dataclass(frozen=True, kw_only=True)
class RoleCount:
    """A role as sent and the number of active role rows with it."""

    roster_role: str
    rows: int


@dataclass(frozen=True, kw_only=True)
class UnmappedRole:
    """A role without a mapping: its people are imported without an Evenkeel role until the mapping has an entry for it."""

    roster_role: str
    rows: int
    suggestion: Role | None


def with_roles(incoming: IncomingRoster, mapping: RoleMapping) -> IncomingRoster:
    """Return `incoming` with the Evenkeel role of every assignment set."""
    roles = {count.roster_role: mapping.role_of(count.roster_role) for count in roles_in(incoming.assignments)}
    return replace(incoming, assignments=tuple(replace(a, role=roles[a.role_sent]) for a in incoming.assignments))


def roles_in(assignments: Iterable[Assignment]) -> tuple[RoleCount, ...]:
    """Return the roles of `assignments` as sent, alphabetical."""
    counts = Counter(a.role_sent for a in assignments)
    return tuple(RoleCount(roster_role=role, rows=n) for role, n in sorted(counts.items()))


def unmapped_roles(roles: Iterable[RoleCount], mapping: RoleMapping) -> tuple[UnmappedRole, ...]:
    """Return those of `roles` that are in use and undecided, with a suggestion if there is one."""
    return tuple(
        UnmappedRole(roster_role=r.roster_role, rows=r.rows, suggestion=SUGGESTIONS.get(r.roster_role))
        for r in roles
        if r.rows and not mapping.is_decided(r.roster_role)
    )
