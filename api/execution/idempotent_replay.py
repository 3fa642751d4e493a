"""Whether an answer kept under an Idempotency-Key may be given again: the policy is asked as for the action itself."""

from collections.abc import Callable, Iterator
from dataclasses import fields, is_dataclass
from typing import Any
from uuid import UUID

from domain.permissions.policy import POLICY
from domain.permissions.rules import authorize
from domain.shared.access_scope import NOTHING, Permission
from domain.shared.context import Actor
from domain.shared.errors import NotFound
from domain.shared.operation import find_operation

PERSON_FIELDS = frozenset({"leader_id", "person_id"})
INITIATIVE_FIELDS = frozenset({"initiative_id"})


async def check_still_allowed(actor: Actor, use_case: Callable[..., Any], command: object, answer: object, unit: Any) -> None:
    """Refuse what was kept where the actor may not do the action any more, or not to the things that command and answer name.

    A scope or a role may be gone since, or a leader may be out of the actor's scope. Raises ``Forbidden`` and ``NotFound``.
    """
    declared = find_operation(use_case)
    if declared is None or declared.policy not in POLICY:
        return
    permission = authorize(actor, declared.policy)
    if permission.scope.everything:
        return
    if permission.scope == NOTHING or not await _is_visible(
        permission, [*_referenced_ids(command), *_referenced_ids(answer)], unit
    ):
        raise NotFound("what this Idempotency-Key kept is about nobody whom you may see now; ask for access, or use a new key")


async def _is_visible(permission: Permission, referenced: list[tuple[str, UUID]], unit: Any) -> bool:
    # What somebody pushed under their own origin stays theirs to be told of.
    if permission.scope.origin is not None:
        return True
    narrowed = unit.with_permission(permission)
    for member, value in set(referenced):
        if member in PERSON_FIELDS and not permission.scope.covers(value):  # type: ignore[arg-type]
            return False
        if member in INITIATIVE_FIELDS and await narrowed.initiatives.find(value) is None:
            return False
    return True


def _referenced_ids(value: object) -> Iterator[tuple[str, UUID]]:
    """The people and initiatives that ``value`` names by id, in any of its fields."""
    if is_dataclass(value) and not isinstance(value, type):
        for f in fields(value):
            member = getattr(value, f.name)
            if isinstance(member, UUID) and f.name in PERSON_FIELDS | INITIATIVE_FIELDS:
                yield f.name, member
            else:
                yield from _referenced_ids(member)
    elif isinstance(value, tuple):
        for item in value:
            yield from _referenced_ids(item)
