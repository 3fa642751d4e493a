"""Interfaces that the use cases of the audit log need."""

from collections.abc import Sequence
from datetime import datetime
from typing import NamedTuple, Protocol
from uuid import UUID

from domain.audit.commands import ListAuditEvents
from domain.audit.model import AuditBlock, PositionedEvent
from domain.shared.context import UnitOfWork

EventPosition = tuple[int, UUID]
"""The position of a row: the number of its transaction, and its id."""


class UnsealedTail(NamedTuple):
    """The rows that are in no block yet: their number, and the instant of the oldest."""

    events: int
    oldest: datetime | None


class AuditLogStore(Protocol):
    """Stores the audit log of one district."""

    async def try_lock(self) -> bool:
        """Take the lock for sealing until the unit of work ends; return False if another process holds it."""
        ...

    async def horizon(self) -> int:
        """Return the position below which no row can appear any more."""
        ...

    async def last_block(self) -> AuditBlock | None:
        """Return the newest block, or None."""
        ...

    async def rows(self, start: int, until: int, limit: int) -> Sequence[PositionedEvent]:
        """Return up to `limit` rows from the position `start` to before `until`, in order."""
        ...

    async def add_block(self, block: AuditBlock) -> None:
        """Insert a block."""
        ...

    async def position_of(self, event_id: UUID) -> EventPosition | None:
        """Return the position of an event, or None."""
        ...

    async def page(
        self, cmd: ListAuditEvents, after: EventPosition | None, limit: int
    ) -> Sequence[tuple[PositionedEvent, int | None]]:
        """Return up to `limit` final rows that match `cmd`, after a position, each with the number of its block."""
        ...

    async def blocks(self, start: int, limit: int) -> Sequence[AuditBlock]:
        """Return up to `limit` blocks by ascending number, from `start` on."""
        ...

    async def blocks_before(self, number: int, limit: int) -> Sequence[AuditBlock]:
        """Return up to `limit` blocks by descending number, below `number`."""
        ...

    async def block_numbers(self, since: datetime | None, until: datetime | None) -> tuple[int, int]:
        """Return the first and the last block with rows from `since` to `until`; the first is higher if there is none."""
        ...

    async def cut(self, before: datetime, at: datetime) -> tuple[int, int]:
        """Delete the rows of the oldest blocks that end before `before`; return the number of blocks and of rows."""
        ...

    async def tail(self) -> UnsealedTail:
        """Return what is not sealed yet."""
        ...


class AuditUnit(UnitOfWork, Protocol):
    """The unit of work of the audit log."""

    @property
    def audit_store(self) -> AuditLogStore: ...
