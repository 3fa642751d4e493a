"""What keeping initiatives needs of the outside."""

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
    """The initiatives, groups and pulses within the unit's access scope; every method is one query."""

    async def add(self, initiative: Initiative) -> None:
        """Keep a new initiative."""
        ...

    async def find(self, initiative_id: InitiativeId) -> Initiative | None:
        """One initiative."""
        ...

    async def lock(self, initiative_id: InitiativeId) -> Initiative | None:
        """One initiative, locked until the unit ends."""
        ...

    async def replace(self, initiative: Initiative) -> None:
        """Put all members of a locked initiative, its new version included."""
        ...

    async def page(self, leader_id: PersonId | None, limit: int, after: Key | None) -> Sequence[Initiative]:
        """Up to ``limit`` initiatives by falling id, after the key ``(id,)``; of this leader unless that is None."""
        ...

    async def add_group(self, group: Group) -> None:
        """Keep a new group."""
        ...

    async def count_groups(self, initiative_id: InitiativeId) -> int:
        """How many groups the initiative has."""
        ...

    async def find_group(self, initiative_id: InitiativeId, group_id: GroupId) -> Group | None:
        """One group of that initiative."""
        ...

    async def lock_group(self, initiative_id: InitiativeId, group_id: GroupId) -> Group | None:
        """One group of that initiative, locked until the unit ends."""
        ...

    async def replace_group(self, group: Group) -> None:
        """Put all members of a locked group, its new version included."""
        ...

    async def page_groups(self, initiative_id: InitiativeId, limit: int, after: Key | None) -> Sequence[Group]:
        """Up to ``limit`` groups of the initiative by rising id, after the key ``(id,)``."""
        ...

    async def put_pulse(self, group_id: GroupId, on: date, answers: Sequence[PulseAnswer]) -> None:
        """Put ``answers`` in the place of all that the group gave on that date, in the order given."""
        ...

    async def pulses(self, group_id: GroupId, on: date) -> tuple[Pulse | None, Pulse | None]:
        """The group's set of the newest date, which is the one that is shown, and its set of ``on``; None where it has none."""
        ...

    async def pulse_days(self) -> int:
        """For how many days from its date the district keeps a pulse."""
        ...

    async def newest(self, initiative_id: InitiativeId) -> Sequence[GroupAnswers]:
        """The groups of the initiative by rising id, each with its newest pulse."""
        ...

    async def newest_of_group(self, initiative_id: InitiativeId, group_id: GroupId) -> GroupAnswers | None:
        """One group of that initiative with its newest pulse."""
        ...

    async def newest_of_leader(self, leader_id: PersonId) -> Sequence[GroupAnswers]:
        """The groups of all initiatives of a leader that have an estimate and a pulse, each with its newest, by initiative."""
        ...


class ChangeUnit(UnitOfWork, Protocol):
    """What initiatives need."""

    @property
    def initiatives(self) -> InitiativeStore: ...

    @property
    def references(self) -> References: ...

    @property
    def pushes(self) -> PushStore: ...

    @property
    def configurations(self) -> ConfigurationStore: ...
