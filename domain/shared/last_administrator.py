"""Somebody must be left who lets others in: one rule for every way in which an administrator goes."""

from collections.abc import Collection
from typing import Protocol

from domain.shared.context import Actor, ActorKind
from domain.shared.errors import Code, Conflict
from domain.shared.ids import PersonId
from domain.shared.roles import Role


class RoleHolders(Protocol):
    """Who holds a role that opens its doors by a grant alone."""

    async def holders(self, role: Role) -> Collection[PersonId]:
        """People who hold the role by a grant and may sign in; all grants of it are locked until the unit ends."""
        ...


async def require_remaining_admin(grants: RoleHolders, person_id: PersonId, actor: Actor) -> None:
    """Refuse (``Conflict``) to let the last active administrator go, unless the operator does it, who can make another."""
    if actor.kind is ActorKind.OPERATOR:
        return
    if frozenset(await grants.holders(Role.DISTRICT_ADMIN)) == {person_id}:
        detail = "this is the district's last administrator; give the role to somebody else first"
        raise Conflict(detail, code=Code.LAST_ADMIN)
