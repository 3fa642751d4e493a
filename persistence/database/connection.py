"""The driver's own connection, named once: asyncpg's class is generic for the type checker only."""

from typing import TYPE_CHECKING, Any, TypeAlias, cast

from asyncpg import Connection, Record
from asyncpg.exceptions import InterfaceError, InternalClientError
from sqlalchemy import PoolProxiedConnection
from sqlalchemy.exc import DBAPIError
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine

if TYPE_CHECKING:
    Raw: TypeAlias = Connection[Any]
else:
    Raw = Connection


async def driver(connection: AsyncConnection) -> Raw:
    """The driver's connection under ``connection``."""
    found: Any = (await connection.get_raw_connection()).driver_connection
    return cast("Raw", found)


async def lend(engine: AsyncEngine) -> PoolProxiedConnection:
    """A connection of the pool without SQLAlchemy's own around it, which would cost as much as a query."""
    try:
        return await engine.raw_connection()
    except (engine.dialect.loaded_dbapi.Error, DBAPIError, InterfaceError, InternalClientError) as error:
        # What SQLAlchemy makes of a server that lets nobody in, and what the driver says of one that hangs up before the
        # connection is ready.
        raise ConnectionRefusedError(str(error)) from error


def driver_of(lent: PoolProxiedConnection) -> Raw:
    """The driver's connection under ``lent``."""
    found: Any = lent.driver_connection
    return cast("Raw", found)


def give_back(lent: PoolProxiedConnection, *, sound: bool) -> None:
    """Return ``lent`` to the pool. Its transaction has ended; one that is not ``sound`` or half-read does not come back."""
    raw = driver_of(lent)
    if not sound or raw.is_closed() or raw.is_in_transaction():
        lent.invalidate()
    lent.close()


__all__ = ["Raw", "Record", "driver", "driver_of", "give_back", "lend"]
