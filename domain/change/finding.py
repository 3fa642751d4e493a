"""Finding what a command names: the thing, its version, its identity as a push (contract.md 3)."""

from dataclasses import dataclass
from typing import Protocol, TypeVar
from uuid import UUID

from domain.change.ports import ChangeUnit
from domain.shared.context import Context
from domain.shared.errors import Code, Invalid, NotFound, Stale
from domain.shared.pushes import Head, Outcome, Thing, outcome_of_push

T = TypeVar("T")


def found(thing: T | None, what: str) -> T:
    """``thing``, or ``NotFound``: another district's is not there either."""
    if thing is None:
        raise NotFound(f"no such {what}; check the id")
    return thing


def check_version(held: int, expected: int, what: str) -> None:
    """Refuse (``stale``) an edit of something that was changed since it was read."""
    if held != expected:
        raise Stale(f"the {what} was changed in between; read it again and repeat", more={"current_version": held})


def check_first_or_version(held: int, expected: int | None, what: str, *, first: bool) -> None:
    """As ``check_version``; where nothing stands yet, nothing can be lost, and no version need be named."""
    if expected is None and not first:
        detail = f"say which version of the {what} you change: If-Match (GraphQL: expectedVersion) with the version read"
        raise Invalid(detail, code=Code.IF_MATCH_MISSING)
    if expected is not None:
        check_version(held, expected, what)


class Pushable(Protocol):
    """A command that may carry the sender's own identity of a thing."""

    @property
    def external_id(self) -> str | None: ...

    @property
    def external_version(self) -> str | None: ...


@dataclass(frozen=True, kw_only=True)
class Push:
    """What is held under the external_id of a command, and what the command does to it."""

    head: Head | None
    outcome: Outcome
    digest: bytes


def version_of(cmd: Pushable) -> int:
    """The version as a number; absent is 1."""
    return int(cmd.external_version or 1)


async def identify(thing: Thing, cmd: Pushable, unit: ChangeUnit, ctx: Context[ChangeUnit]) -> Push:
    """Decided before anything that ``cmd`` refers to is looked up; without an external_id it is new each time."""
    if cmd.external_id is None:
        return Push(head=None, outcome=Outcome.CREATED, digest=b"")
    digest = ctx.digest(cmd)
    head = (await unit.pushes.lock(thing, [cmd.external_id])).get(cmd.external_id)
    return Push(head=head, outcome=outcome_of_push(head, version_of(cmd), digest), digest=digest)


async def remember(thing: Thing, cmd: Pushable, thing_id: UUID, push: Push, unit: ChangeUnit) -> None:
    """Keep ``cmd`` as the newest version under its external_id, if it has one."""
    if cmd.external_id is None:
        return
    head = Head(external_id=cmd.external_id, id=thing_id, version=version_of(cmd), digest=push.digest)
    if push.head is None:
        await unit.pushes.create(thing, [head])
    else:
        await unit.pushes.advance(thing, [head])
