"""Storage of rosters. Methods take whole sets, so an import is a handful of statements, whatever its size."""

from collections.abc import Callable, Mapping, Sequence
from datetime import datetime
from typing import Protocol
from uuid import UUID

from domain.roster.model import CurrentRoster, RosterChanges
from domain.roster.role_mapping import RoleCount, RoleMapping, RoleMappingEntry
from domain.roster.views import RosterImportView
from domain.shared.ids import RosterImportId
from domain.shared.revoke_access import AccessUnit


class RosterStore(Protocol):
    """The roster of the district, without rows made by hand, which have no sourcedId."""

    async def lock(self) -> None:
        """Lock imports and mapping changes of the district against each other until the transaction ends."""
        ...

    async def erased(self) -> frozenset[bytes]:
        """Return the erasure list: digests of people who must not be imported again."""
        ...

    async def load_current(self) -> CurrentRoster:
        """Return every row with a sourcedId, ended rows included."""
        ...

    async def aliases(self) -> Mapping[str, str]:
        """Return the merges of people: {sourcedId of the merged record: sourcedId of the kept one}."""
        ...

    async def apply(self, changes: RosterChanges, at: datetime, new_id: Callable[[], UUID]) -> None:
        """Save `changes` in the order orgs, people, assignments, sessions.

        Added rows get ids from `new_id` in their order; references are by sourcedId, to rows of this roster. Ended rows become
        inactive at `at`; returned rows become active with the content of `after`.
        """
        ...

    async def leaders_with_evidence(self, people: Sequence[UUID]) -> frozenset[UUID]:
        """Return those of `people` (ids) about whom there is live evidence."""
        ...

    async def role_mapping(self) -> RoleMapping:
        """Return the district's mapping; `NO_OVERRIDES` before the first."""
        ...

    async def save_role_mapping(self, mapping: RoleMapping) -> None:
        """Replace the overrides and their version."""
        ...

    async def role_counts(self) -> Sequence[RoleCount]:
        """Return every role as sent of the roster's assignments, with the number of active rows; alphabetical."""
        ...

    async def remap(self, entries: Sequence[RoleMappingEntry]) -> None:
        """Set the Evenkeel role of every assignment of the roster, ended ones too, by its role as sent."""
        ...

    async def save_import(self, view: RosterImportView) -> None:
        """Save the result of an import."""
        ...

    async def load_import(self, import_id: RosterImportId) -> RosterImportView | None:
        """Return the result of an import, or null when the id is unknown."""
        ...


class RosterUnit(AccessUnit, Protocol):
    """One transaction over the roster."""

    @property
    def roster(self) -> RosterStore:
        """The roster of the district."""
        ...
