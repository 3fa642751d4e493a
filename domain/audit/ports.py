"""What the trail needs of the outside."""

from collections.abc import Sequence
from datetime import datetime
from typing import NamedTuple, Protocol
from uuid import UUID

from domain.audit.commands import ListAuditEvents
from domain.audit.model import AuditBlock, PositionedEvent
from domain.shared.context import UnitOfWork

EventPosition = tuple[int, UUID]
"""Where a row stands: its transaction, and its id."""


class UnsealedTail(NamedTuple):
    """The rows that no block holds yet."""

    events: int
    oldest: datetime | None


class AuditLogStore(Protocol):
    """The trail of one district."""

    async def try_lock(self) -> bool:
        """Be the one who seals until the unit ends; False when somebody else is."""
        ...

    async def horizon(self) -> int:
        """The position below which nothing can appear any more."""
        ...

    async def last_block(self) -> AuditBlock | None:
        """The newest block."""
        ...

    async def rows(self, start: int, until: int, limit: int) -> Sequence[PositionedEvent]:
        """Up to `limit` rows from the position `start` to before `until`, in their order."""
        ...

    async def add_block(self, block: AuditBlock) -> None:
        """Keep a block."""
        ...

    async def position_of(self, event_id: UUID) -> EventPosition | None:
        """Where an event stands."""
        ...

    async def page(
        self, cmd: ListAuditEvents, after: EventPosition | None, limit: int
    ) -> Sequence[tuple[PositionedEvent, int | None]]:
        """Up to `limit` final rows that fit `asked`, after a place, each with the number of its block."""
        ...

    async def blocks(self, start: int, limit: int) -> Sequence[AuditBlock]:
        """Up to `limit` blocks by rising number, from `start` on."""
        ...

    async def blocks_before(self, number: int, limit: int) -> Sequence[AuditBlock]:
        """Up to `limit` blocks by falling number, below `number`."""
        ...

    async def block_numbers(self, since: datetime | None, until: datetime | None) -> tuple[int, int]:
        """The first and the last block with rows from `since` to `until`; the first is higher where there is none."""
        ...

    async def cut(self, before: datetime, at: datetime) -> tuple[int, int]:
        """Remove the rows of the leading blocks that end before `before`: how many blocks, and how many rows."""
        ...

    async def tail(self) -> UnsealedTail:
        """What is not sealed yet."""
        ...


class AuditUnit(UnitOfWork, Protocol):
    """What the trail's use cases need."""

    @property
    def audit_store(self) -> AuditLogStore: ...
