"""What the authorization server reads and keeps before any district is known: through named queries only."""

from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import asynccontextmanager
from datetime import datetime
from typing import Any, TypeVar

from domain.directory.oauth_clients import AuthMethod, GrantType, RegisteredClient, SealedKey
from domain.directory.redirect_uris import ClientKind
from domain.shared.audit import Trail
from domain.shared.context import Actor
from domain.shared.ids import DistrictId
from persistence.database.pool import ConnectionPool
from persistence.database.sync_bridge import Bridge, fence, reached, rows
from persistence.repositories.audit.writer import tell
from persistence.repositories.oauth import client_keys
from persistence.repositories.oauth.client_registrations import PgRegistrations
from persistence.repositories.oauth.token_families import PgFamilies

T = TypeVar("T")

FIND_CLIENT = """
select client_id, name, origin, secret_sha256, scopes, revoked_at, districts, kind, auth_method, grant_types, redirect_uris,
  jwks, cors_origins, evaluates, registration_sha256
from control.registered_client({})
"""
FIND_IN_SESSION = FIND_CLIENT.format(":client_id")
FIND_ON_CONNECTION = FIND_CLIENT.format("$1")
USE_ASSERTION = "select control.use_assertion(:client_id, :jti, :until, :now)"
ALLOWS_ORIGIN = "select control.allows_origin($1)"
KEYS = "select kid, sealed, created_at, retired_at from control.signing_keys()"
OFFER = "select control.offer_signing_key($1, $2, $3)"


class PgOAuth:
    """``api.oauth.ports.OAuthStore`` on PostgreSQL."""

    def __init__(self, pool: ConnectionPool) -> None:
        self._pool = pool
        self._bridge = Bridge(pool)
        self.families = PgFamilies()
        self.registrations = PgRegistrations()

    async def bridge(self, work: Callable[[], T]) -> T:
        """Run synchronous ``work`` in one transaction, on this loop."""
        return await self._bridge.run(work)

    def find_client(self, client_id: str) -> RegisteredClient | None:
        """The client of that id; inside ``bridge`` only."""
        return _one_client(rows(FIND_IN_SESSION, client_id=client_id))

    def use_assertion(self, client_id: str, jti_sha256: bytes, until: datetime, now: datetime) -> bool:
        """Whether this is the first use of an assertion; inside ``bridge`` only."""
        return bool(rows(USE_ASSERTION, client_id=client_id, jti=jti_sha256, until=until, now=now)[0][0])

    def stand_in(self, district_id: DistrictId) -> None:
        """Set the fence of the transaction; inside ``bridge`` only."""
        fence(district_id)

    def tell(self, actor: Actor, trail: Trail) -> None:
        """Keep what was done by the commit that keeps the act; inside ``bridge`` only, standing in the actor's district."""
        tell(actor, trail)

    async def client(self, client_id: str) -> RegisteredClient | None:
        """The client of that id, in a transaction of its own."""
        async with self._raw() as raw:
            return _one_client(await raw.fetch(FIND_ON_CONNECTION, client_id))

    async def allows_origin(self, origin: str) -> bool:
        """Whether some client's pages come from ``origin``."""
        async with self._raw() as raw:
            return bool(await raw.fetchval(ALLOWS_ORIGIN, origin))

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
        async with reached(), self._pool.connection() as connection:
            yield connection


def _one_client(found: Sequence[Any]) -> RegisteredClient | None:
    if len(found) != 1:
        return None
    (client_id, name, origin, secret, scopes, revoked_at, districts, kind, method, grants, redirects, jwks, origins) = found[0][
        :13
    ]
    evaluates, registration = found[0][13:]
    keys, jwks_uri = client_keys.read(jwks)
    return RegisteredClient(
        client_id=client_id,
        name=name,
        origin=origin,
        secret_sha256=secret,
        scopes=frozenset(scopes),
        revoked_at=revoked_at,
        districts=tuple(DistrictId(d) for d in districts),
        kind=ClientKind(kind),
        auth_method=AuthMethod(method),
        grant_types=tuple(GrantType(g) for g in grants),
        redirect_uris=tuple(redirects),
        jwks=keys,
        jwks_uri=jwks_uri,
        cors_origins=tuple(origins),
        evaluates=evaluates,
        registration_sha256=registration,
    )
