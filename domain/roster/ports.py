"""What the roster needs kept. Sets at a time: an import is a handful of statements, whatever its size."""

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
    """The roster of the district. Rows without a sourcedId were made by hand and are out of its reach."""

    async def lock(self) -> None:
        """Let one import or mapping change of the district run at a time; held until the unit ends."""
        ...

    async def erased(self) -> frozenset[bytes]:
        """The erasure list: digests of people who must not come back."""
        ...

    async def load_current(self) -> CurrentRoster:
        """Everything with a sourcedId, ended rows included."""
        ...

    async def aliases(self) -> Mapping[str, str]:
        """Of records found to be another's: the sourcedId they came under, and that of the person they are."""
        ...

    async def apply(self, changes: RosterChanges, at: datetime, new_id: Callable[[], UUID]) -> None:
        """Make ``changes`` so, in the order orgs, people, assignments, sessions.

        Added rows get ids from ``new_id`` in the order given; references are by sourcedId, to rows of this roster. Ended rows
        stay, inactive since ``at``; returned rows are active again with the content of ``after``.
        """
        ...

    async def leaders_with_evidence(self, people: Sequence[UUID]) -> frozenset[UUID]:
        """Those of ``people`` (ids) about whom live evidence is held."""
        ...

    async def role_mapping(self) -> RoleMapping:
        """The district's overrides; ``NO_OVERRIDES`` before the first."""
        ...

    async def save_role_mapping(self, mapping: RoleMapping) -> None:
        """Replace the overrides and their version."""
        ...

    async def role_counts(self) -> Sequence[RoleCount]:
        """Every role as sent that any rostered assignment carries, with the number of active rows; alphabetical."""
        ...

    async def remap(self, entries: Sequence[RoleMappingEntry]) -> None:
        """Give every rostered assignment, ended ones too, the Evenkeel role of its role as sent."""
        ...

    async def save_import(self, view: RosterImportView) -> None:
        """Keep what an import did, to be read again."""
        ...

    async def load_import(self, import_id: RosterImportId) -> RosterImportView | None:
        """What an import did, null when there is none of that id."""
        ...


class RosterUnit(AccessUnit, Protocol):
    """One transaction over the roster."""

    @property
    def roster(self) -> RosterStore:
        """The roster of the district."""
        ...
