"""What the authorization server reads and keeps, before any district is known: through named queries only."""

from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import asynccontextmanager
from contextvars import ContextVar
from datetime import datetime
from typing import Any, TypeVar

from asyncpg.exceptions import InterfaceError, PostgresError
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError
from sqlalchemy.exc import TimeoutError as PoolTimeout
from sqlalchemy.ext.asyncio import AsyncEngine, async_sessionmaker
from sqlalchemy.orm import Session

from domain.directory.clients import RegisteredClient, SealedKey
from domain.shared.errors import Unavailable

T = TypeVar("T")

FIND_CLIENT = (
    "select client_id, name, origin, secret_sha256, scopes, revoked_at, district_id from control.find_client({}) limit 2"
)
FIND_IN_SESSION = text(FIND_CLIENT.format(":client_id"))
FIND_ON_CONNECTION = FIND_CLIENT.format("$1")
KEYS = "select kid, sealed, created_at, retired_at from control.signing_keys()"
OFFER = "select control.offer_signing_key($1, $2, $3)"

# Callbacks of the grants get no request to carry a session: the greenlet sees the context of its own task, and only that.
_session: ContextVar[Session] = ContextVar("oauth_session")


class PgOAuth:
    """``api.oauth.ports.OAuthStore`` on PostgreSQL."""

    def __init__(self, engine: AsyncEngine) -> None:
        self._engine = engine
        self._sessions = async_sessionmaker(engine, expire_on_commit=False)

    async def bridge(self, work: Callable[[], T]) -> T:
        """Run synchronous ``work`` in one transaction, on this loop; the only place where one begins or ends."""

        def enter(session: Session) -> T:
            token = _session.set(session)
            try:
                return work()
            finally:
                _session.reset(token)

        with_session = self._sessions()
        async with _reached(), with_session, with_session.begin():
            return await with_session.run_sync(enter)

    def find_client(self, client_id: str) -> RegisteredClient | None:
        """The client of that id; inside ``bridge`` only."""
        return _one_client(_session.get().execute(FIND_IN_SESSION, {"client_id": client_id}).all())

    async def client(self, client_id: str) -> RegisteredClient | None:
        """The client of that id, in a transaction of its own."""
        async with self._raw() as raw:
            return _one_client(await raw.fetch(FIND_ON_CONNECTION, client_id))

    async def signing_keys(self) -> Sequence[SealedKey]:
        """All keys that are kept, oldest first."""
        async with self._raw() as raw:
            return tuple(SealedKey(**row) for row in await raw.fetch(KEYS))

    async def offer_signing_key(self, kid: str, sealed: bytes, at: datetime) -> None:
        """Keep this key unless there is one that signs already: of several workers that start at once, one wins."""
        async with self._raw() as raw:
            await raw.execute(OFFER, kid, sealed, at)

    @asynccontextmanager
    async def _raw(self) -> AsyncIterator[Any]:
        async with _reached(), self._engine.connect() as connection:
            yield (await connection.get_raw_connection()).driver_connection


@asynccontextmanager
async def _reached() -> AsyncIterator[None]:
    try:
        yield
    except (PoolTimeout, InterfaceError, DBAPIError, PostgresError, OSError) as error:
        if _away(error):
            raise Unavailable("the database is busy or away; try again in a few seconds") from error
        raise


def _away(error: Exception) -> bool:
    """Whether ``error`` is about reaching the database, rather than about what was asked of it."""
    cause = error.orig if isinstance(error, DBAPIError) else error
    state = getattr(cause, "sqlstate", None)
    # Connection, resources, intervention by an operator; without a state, the driver itself gave up.
    return state is None or str(state)[:2] in {"08", "53", "57"}


def _one_client(rows: Sequence[Any]) -> RegisteredClient | None:
    """A machine has exactly one district; whatever has several is none."""
    if len(rows) != 1:
        return None
    client_id, name, origin, secret_sha256, scopes, revoked_at, district_id = rows[0]
    return RegisteredClient(
        client_id=client_id,
        name=name,
        origin=origin,
        secret_sha256=secret_sha256,
        scopes=frozenset(scopes),
        revoked_at=revoked_at,
        district_id=district_id,
    )
