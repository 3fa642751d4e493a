"""Authorisation of replays: a response stored under an Idempotency-Key passes the same policy as the action itself."""

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
    """Check that the actor may still run `use_case`, on the people and initiatives that `command` and `answer` name.

    Since the first request the actor may have lost a scope or a role, or access to a leader.
    Raises `Forbidden`, or `NotFound` when they may no longer see what the stored response is about.
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
        raise NotFound(
            "the response stored under this Idempotency-Key is about people you may no longer see; "
            "request access, or use a new key"
        )


async def _is_visible(permission: Permission, referenced: list[tuple[str, UUID]], unit: Any) -> bool:
    # A pushing system may always see the responses to what it pushed itself.
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
    """Yield field name and id of the people and initiatives that `value` names, in nested values as well."""
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
