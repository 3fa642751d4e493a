"""The driver's own connection, named once: asyncpg's class is generic for the type checker only."""

from typing import TYPE_CHECKING, Any, TypeAlias, cast

from asyncpg import Connection, Record
from sqlalchemy.ext.asyncio import AsyncConnection

if TYPE_CHECKING:
    Raw: TypeAlias = Connection[Any]
else:
    Raw = Connection


async def driver(connection: AsyncConnection) -> Raw:
    """The driver's connection under ``connection``."""
    found: Any = (await connection.get_raw_connection()).driver_connection
    return cast("Raw", found)


__all__ = ["Raw", "Record", "driver"]
