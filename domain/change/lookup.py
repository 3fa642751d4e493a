"""Looking up what a command names."""

from typing import TypeVar

from domain.change.model import Initiative
from domain.change.ports import InitiativeStore
from domain.shared.errors import NotFound
from domain.shared.ids import InitiativeId

T = TypeVar("T")


def require(value: T | None, what: str) -> T:
    """Return `value`. Raises `NotFound`, naming `what`, if it is None; objects of other districts are None as well."""
    if value is None:
        raise NotFound(f"no such {what}; check the id")
    return value


async def initiative_of(initiative_id: InitiativeId, initiatives: InitiativeStore, *, lock: bool = False) -> Initiative:
    """Return the initiative; with `lock`, lock its row until the unit of work ends. Raises `NotFound`."""
    return require(await (initiatives.lock(initiative_id) if lock else initiatives.find(initiative_id)), "initiative")
