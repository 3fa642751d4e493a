"""What people are in Evenkeel, and how somebody who signed in stands to others: what the policy reads."""

from collections.abc import Collection
from dataclasses import dataclass
from enum import StrEnum

from domain.shared.ids import PersonId, SchoolId


class Role(StrEnum):
    """What a person is in Evenkeel; a roster's role is mapped to one of these or to none."""

    DISTRICT_ADMIN = "district_admin"
    SUPERVISOR = "supervisor"
    PRINCIPAL = "principal"
    ASSISTANT_PRINCIPAL = "assistant_principal"
    TEACHER_LEADER = "teacher_leader"
    TEACHER = "teacher"
    STAFF = "staff"
    COACH = "coach"
    RESEARCHER = "researcher"


LEADER_ROLES: frozenset[Role] = frozenset({Role.PRINCIPAL, Role.ASSISTANT_PRINCIPAL})
"""A leader is anyone who holds or held one of these (openapi/README.md 1.3)."""

SUPERVISING_ROLES: frozenset[Role] = frozenset({Role.SUPERVISOR, Role.DISTRICT_ADMIN})
"""Who may give a supervisor's assessment (openapi/README.md 5.8)."""

GRANTED_ROLES: frozenset[Role] = frozenset({Role.DISTRICT_ADMIN, Role.RESEARCHER})
"""Roles that a grant alone gives: a roster may say that a person holds one, never open the door (openapi/README.md 7.4)."""

SECOND_FACTORS: frozenset[str] = frozenset({"otp", "kba", "mfa"})
"""Sign-in methods (RFC 8176 where it has a name) of which one is enough wherever a second factor is needed."""

SECOND_FACTOR_ROLES: frozenset[Role] = frozenset({Role.DISTRICT_ADMIN})
"""Roles that apply only in a session that was begun with a second factor."""


def withheld_roles(methods: Collection[str], *, waived: bool) -> frozenset[Role]:
    """Roles that do not apply in a session that was begun by ``methods``, whenever they were granted.

    ``waived``: an operator let a password alone do for the person.
    """
    return frozenset() if waived or not SECOND_FACTORS.isdisjoint(methods) else SECOND_FACTOR_ROLES


@dataclass(frozen=True, kw_only=True)
class PersonContext:
    """How a person who signed in stands to others, as it is held at the moment of the request.

    ``roles``: those of active assignments, without those that need a grant, and those granted, as far as they apply in this
    session; ``withheld``: those of them that need a sign-in with a second factor. ``schools``: where they work.
    ``leads``: whether they lead or led a school, so that there is a profile of theirs. ``supervises``: whom, edge by edge.
    ``coaches``: the leaders who share with them now.
    """

    person_id: PersonId
    roles: frozenset[Role]
    schools: frozenset[SchoolId]
    leads: bool
    supervises: frozenset[PersonId]
    coaches: frozenset[PersonId]
    withheld: frozenset[Role] = frozenset()
