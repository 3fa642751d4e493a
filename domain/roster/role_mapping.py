"""What a roster's role means in Evenkeel: names that say it themselves, a district's own word, and else nothing yet."""

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, replace
from typing import Annotated

from annotated_types import MaxLen

from domain.roster.model import Assignment, IncomingRoster
from domain.shared.fields import Examples
from domain.shared.roles import Role

FAMILY = frozenset({"student", "guardian", "parent", "relative"})
"""Whoever has only these is never taken in, and these rows are not kept of anybody."""

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
    "administrator": Role.PRINCIPAL,  # all that OneRoster 1.1 can say of one
    "siteAdministrator": Role.ASSISTANT_PRINCIPAL,
    "districtAdministrator": Role.SUPERVISOR,
    "systemAdministrator": Role.DISTRICT_ADMIN,
    "ext:superintendent": Role.SUPERVISOR,
    "ext:instructionalCoach": Role.COACH,
    "ext:leadershipTeamMember": Role.TEACHER_LEADER,
    "ext:otherStaff": Role.STAFF,
}
"""A likely meaning, offered and never taken by itself: an administrator may supervise or may only mend computers."""


@dataclass(frozen=True, kw_only=True)
class RoleMappingEntry:
    """A district's own word on one roster role; a null role leaves it unmapped on purpose."""

    roster_role: Annotated[str, MaxLen(200), Examples("districtAdministrator")]
    """The role as the roster writes it."""
    role: Annotated[Role, Examples("supervisor")] | None
    """What it means in Evenkeel; null leaves it unmapped."""


@dataclass(frozen=True, kw_only=True)
class RoleMapping:
    """The district's overrides, one per roster role, and their version (0 before the first)."""

    version: int
    entries: tuple[RoleMappingEntry, ...]

    def role_of(self, roster_role: str) -> Role | None:
        """The Evenkeel role: the override if there is one, else the default by name, else null."""
        for entry in self.entries:
            if entry.roster_role == roster_role:
                return entry.role
        return DEFAULTS.get(roster_role)

    def replaced_by(self, entries: Iterable[RoleMappingEntry]) -> "RoleMapping":
        """The next version with ``entries`` (by roster role), or this one if they are the same."""
        ordered = tuple(sorted(entries, key=lambda entry: entry.roster_role))
        return self if ordered == self.entries else RoleMapping(version=self.version + 1, entries=ordered)

    def is_decided(self, roster_role: str) -> bool:
        """Whether the role is mapped, or was left unmapped on purpose."""
        return roster_role in DEFAULTS or any(entry.roster_role == roster_role for entry in self.entries)


NO_OVERRIDES = RoleMapping(version=0, entries=())


@dataclass(frozen=True, kw_only=True)
class RoleCount:
    """A role as sent and how many active role rows carry it."""

    roster_role: str
    rows: int


@dataclass(frozen=True, kw_only=True)
class UnmappedRole:
    """A role nobody has decided on: its people are kept without an Evenkeel role until the mapping names it."""

    roster_role: str
    rows: int
    suggestion: Role | None


def with_roles(incoming: IncomingRoster, mapping: RoleMapping) -> IncomingRoster:
    """``incoming`` with the Evenkeel role of every assignment."""
    roles = {count.roster_role: mapping.role_of(count.roster_role) for count in roles_in(incoming.assignments)}
    return replace(incoming, assignments=tuple(replace(a, role=roles[a.role_sent]) for a in incoming.assignments))


def roles_in(assignments: Iterable[Assignment]) -> tuple[RoleCount, ...]:
    """The roles of ``assignments`` as sent, in alphabetical order."""
    counted = Counter(a.role_sent for a in assignments)
    return tuple(RoleCount(roster_role=role, rows=n) for role, n in sorted(counted.items()))


def unmapped_roles(roles: Iterable[RoleCount], mapping: RoleMapping) -> tuple[UnmappedRole, ...]:
    """Those of ``roles`` that are in use and undecided, each with a suggestion where its name gives one."""
    return tuple(
        UnmappedRole(roster_role=r.roster_role, rows=r.rows, suggestion=SUGGESTIONS.get(r.roster_role))
        for r in roles
        if r.rows and not mapping.is_decided(r.roster_role)
    )
