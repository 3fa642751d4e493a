"""The driver's own connection, named once: asyncpg's class is generic for the type checker only."""

from typing import TYPE_CHECKING, Any

from asyncpg import Connection, Record

if TYPE_CHECKING:
    Raw = Connection[Any]
else:
    Raw = Connection

__all__ = ["Raw", "Record"]
