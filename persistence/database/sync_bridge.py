"""The bridge on which the authorization server's synchronous library travels over the asynchronous driver."""

from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from contextvars import ContextVar
from typing import Any, TypeVar
from uuid import UUID

from asyncpg.exceptions import InterfaceError, InternalClientError, PostgresError
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError
from sqlalchemy.exc import TimeoutError as PoolTimeout
from sqlalchemy.ext.asyncio import AsyncEngine, async_sessionmaker
from sqlalchemy.orm import Session

from domain.shared.errors import Unavailable
from domain.shared.ids import DistrictId

T = TypeVar("T")

CONTENDED = frozenset({"40001", "40P01", "23503"})
"""Two were at the same rows, or a person who was found is gone meanwhile."""

# Callbacks of the grants get no request to carry a session: the greenlet sees the context of its own task, and only that.
_session: ContextVar[Session] = ContextVar("oauth_session")


class Bridge:
    """Runs synchronous work in one transaction."""

    def __init__(self, engine: AsyncEngine) -> None:
        self._sessions = async_sessionmaker(engine, expire_on_commit=False)

    async def run(self, work: Callable[[], T]) -> T:
        """Run synchronous ``work`` in one transaction, on this loop; the only place where one begins or ends."""

        def enter(session: Session) -> T:
            token = _session.set(session)
            try:
                return work()
            finally:
                _session.reset(token)

        with_session = self._sessions()
        async with reached(), with_session, with_session.begin():
            return await with_session.run_sync(enter)


def fence(district_id: DistrictId) -> None:
    """Stand in ``district_id`` until the transaction ends. SET takes no parameter; ``UUID()`` lets nothing else in."""
    _session.get().execute(text(f"SET LOCAL app.district_id = '{UUID(str(district_id))}'"))


def rows(statement: str, **values: Any) -> list[Any]:
    """What ``statement`` finds, inside the bridge."""
    return list(_session.get().execute(text(statement), values).all())


def run(statement: str, **values: Any) -> None:
    """Do ``statement``, inside the bridge."""
    _session.get().execute(text(statement), values)


@asynccontextmanager
async def reached() -> AsyncIterator[None]:
    """Turn a database that is away into ``Unavailable``."""
    try:
        yield
    # The driver says InternalClientError where the server hung up between two requests and it has not noticed yet.
    except (PoolTimeout, InterfaceError, InternalClientError, DBAPIError, PostgresError, OSError) as error:
        if _away(error):
            raise Unavailable("the database is busy or away; try again in a few seconds") from error
        if _state(error) in CONTENDED:
            raise Unavailable("somebody else changed the same person or app; try again") from error
        raise


def _away(error: Exception) -> bool:
    """Whether ``error`` is about reaching the database, rather than about what was asked of it."""
    state = _state(error)
    # Connection, resources, intervention by an operator; without a state, the driver itself gave up.
    return state is None or str(state)[:2] in {"08", "53", "57"}


def _state(error: Exception) -> str | None:
    cause = error.orig if isinstance(error, DBAPIError) else error
    state = getattr(cause, "sqlstate", None)
    return None if state is None else str(state)
