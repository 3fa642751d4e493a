"""Interfaces that the use cases of initiatives, groups and pulses need."""

from collections.abc import Sequence
from datetime import date
from typing import Protocol

from domain.change.model import Group, GroupAnswers, Initiative, Pulse, PulseAnswer
from domain.directory.ports import References
from domain.scoring.ports import ConfigurationStore
from domain.shared.context import UnitOfWork
from domain.shared.idempotent_push import PushStore
from domain.shared.ids import GroupId, InitiativeId, PersonId
from domain.shared.paging import Key


class InitiativeStore(Protocol):
    """Stores the initiatives, groups and pulses within the unit's access scope; every method is one query."""

    async def add(self, initiative: Initiative) -> None:
        """Insert a new initiative."""
        ...

    async def find(self, initiative_id: InitiativeId) -> Initiative | None:
        """Return the initiative, or None."""
        ...

    async def lock(self, initiative_id: InitiativeId) -> Initiative | None:
        """Return the initiative, locked until the unit of work ends, or None."""
        ...

    async def replace(self, initiative: Initiative) -> None:
        """Update all columns of a locked initiative, its version included."""
        ...

    async def page(self, leader_id: PersonId | None, limit: int, after: Key | None) -> Sequence[Initiative]:
        """Return up to `limit` initiatives by descending id, after the key `(id,)`; of `leader_id` unless it is None."""
        ...

    async def add_group(self, group: Group) -> None:
        """Insert a new group."""
        ...

    async def count_groups(self, initiative_id: InitiativeId) -> int:
        """Return the number of groups of the initiative."""
        ...

    async def find_group(self, initiative_id: InitiativeId, group_id: GroupId) -> Group | None:
        """Return the group of that initiative, or None."""
        ...

    async def lock_group(self, initiative_id: InitiativeId, group_id: GroupId) -> Group | None:
        """Return the group of that initiative, locked until the unit of work ends, or None."""
        ...

    async def replace_group(self, group: Group) -> None:
        """Update all columns of a locked group, its version included."""
        ...

    async def page_groups(self, initiative_id: InitiativeId, limit: int, after: Key | None) -> Sequence[Group]:
        """Return up to `limit` groups of the initiative by ascending id, after the key `(id,)`."""
        ...

    async def put_pulse(self, group_id: GroupId, on: date, answers: Sequence[PulseAnswer]) -> None:
        """Replace the group's answers of the date `on` by `answers`, in the order given."""
        ...

    async def pulses(self, group_id: GroupId, on: date) -> tuple[Pulse | None, Pulse | None]:
        """Return the group's pulse of the newest date, which is the one shown, and its pulse of `on`; None where absent."""
        ...

    async def pulse_days(self) -> int:
        """Return the district's retention period of pulses, in days from the pulse's date."""
        ...

    async def newest(self, initiative_id: InitiativeId) -> Sequence[GroupAnswers]:
        """Return the groups of the initiative by ascending id, each with its newest pulse."""
        ...

    async def newest_of_group(self, initiative_id: InitiativeId, group_id: GroupId) -> GroupAnswers | None:
        """Return the group of that initiative with its newest pulse, or None."""
        ...

    async def newest_of_leader(self, leader_id: PersonId) -> Sequence[GroupAnswers]:
        """Return the leader's groups that have an estimate and a pulse, each with its newest pulse, sorted by initiative."""
        ...


class ChangeUnit(UnitOfWork, Protocol):
    """The unit of work of initiatives, groups and pulses."""

    @property
    def initiatives(self) -> InitiativeStore: ...

    @property
    def references(self) -> References: ...

    @property
    def pushes(self) -> PushStore: ...

    @property
    def configurations(self) -> ConfigurationStore: ...
