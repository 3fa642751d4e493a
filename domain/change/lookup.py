"""Finding what a command names: the thing, if it is within sight, and its version."""

from typing import TypeVar

from domain.change.model import Initiative
from domain.change.ports import InitiativeStore
from domain.shared.errors import Code, Invalid, NotFound, Stale
from domain.shared.ids import InitiativeId

T = TypeVar("T")


def found(thing: T | None, what: str) -> T:
    """``thing``, or ``NotFound``: another district's is not there either."""
    if thing is None:
        raise NotFound(f"no such {what}; check the id")
    return thing


async def initiative_of(initiative_id: InitiativeId, initiatives: InitiativeStore, *, lock: bool = False) -> Initiative:
    """The initiative; ``lock``: nobody else changes it until the unit ends. Raises ``NotFound``."""
    return found(await (initiatives.lock(initiative_id) if lock else initiatives.find(initiative_id)), "initiative")


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
