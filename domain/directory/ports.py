"""What the directory's readers need of the outside."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Protocol

from domain.directory.model import PersonRef, SchoolRef
from domain.shared.ids import PersonId, SchoolId


@dataclass(frozen=True, kw_only=True)
class Known:
    """A person as rules about references need them."""

    id: PersonId
    is_leader: bool
    may_supervise: bool


class References(Protocol):
    """Finds people and schools by what others call them, many at once."""

    async def people(self, refs: Sequence[PersonRef]) -> Mapping[tuple[str, str], tuple[Known, ...]]:
        """For each way of naming (``directory.model.way``) the people it fits: none, one or several."""
        ...

    async def schools(self, refs: Sequence[SchoolRef]) -> Mapping[tuple[str, str], tuple[SchoolId, ...]]:
        """For each way of naming the schools it fits."""
        ...

    async def time_zone(self) -> str:
        """The district's IANA time zone."""
        ...
