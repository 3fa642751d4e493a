"""What the authorization server reads and saves before the district is known, through named queries only."""

from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import asynccontextmanager
from datetime import datetime
from typing import Any, TypeVar

from domain.directory.oauth_clients import AuthMethod, EncryptedSigningKey, GrantType, RegisteredClient
from domain.directory.redirect_uris import ClientKind
from domain.shared.audit import AuditLog
from domain.shared.context import Actor
from domain.shared.ids import DistrictId
from persistence.database.connection import Connection
from persistence.database.pool import ConnectionPool
from persistence.database.sync_bridge import SyncBridge, fetch, set_tenant, translate_errors
from persistence.repositories.audit.writer import write_events
from persistence.repositories.oauth import client_keys
from persistence.repositories.oauth.client_registrations import PgClientRegistrations
from persistence.repositories.oauth.token_families import PgTokenFamilies

T = TypeVar("T")

FIND_CLIENT = """
select client_id, name, origin, secret_sha256, scopes, revoked_at, districts, kind, auth_method, grant_types, redirect_uris,
  jwks, cors_origins, evaluates, registration_sha256
from control.registered_client($1)
"""
USE_ASSERTION = "select control.use_assertion($1, $2, $3, $4)"
ALLOWS_ORIGIN = "select control.allows_origin($1)"
KEYS = "select kid, sealed, created_at, retired_at from control.signing_keys()"
OFFER = "select control.offer_signing_key($1, $2, $3)"


class PgOAuth:
    """`api.oauth.ports.OAuthStore` on PostgreSQL."""

    def __init__(self, pool: ConnectionPool) -> None:
        self._pool = pool
        self._bridge = SyncBridge(pool)
        self.families = PgTokenFamilies()
        self.registrations = PgClientRegistrations()

    async def bridge(self, work: Callable[[], T]) -> T:
        return await self._bridge.run(work)

    def find_client(self, client_id: str) -> RegisteredClient | None:
        return _one_client(fetch(FIND_CLIENT, client_id))

    def use_assertion(self, client_id: str, jti_sha256: bytes, until: datetime, now: datetime) -> bool:
        return bool(fetch(USE_ASSERTION, client_id, jti_sha256, until, now)[0][0])

    def set_tenant(self, district_id: DistrictId) -> None:
        set_tenant(district_id)

    def write_audit(self, actor: Actor, audit_log: AuditLog) -> None:
        write_events(actor, audit_log)

    async def client(self, client_id: str) -> RegisteredClient | None:
        async with self._connection() as connection:
            return _one_client(await connection.fetch(FIND_CLIENT, client_id))

    async def allows_origin(self, origin: str) -> bool:
        async with self._connection() as connection:
            return bool(await connection.fetchval(ALLOWS_ORIGIN, origin))

    async def signing_keys(self) -> Sequence[EncryptedSigningKey]:
        async with self._connection() as connection:
            return tuple(EncryptedSigningKey(**row) for row in await connection.fetch(KEYS))

    async def offer_signing_key(self, kid: str, sealed: bytes, at: datetime) -> None:
        """When several workers start at once, the first key is stored."""
        async with self._connection() as connection:
            await connection.execute(OFFER, kid, sealed, at)

    @asynccontextmanager
    async def _connection(self) -> AsyncIterator[Connection]:
        async with translate_errors(), self._pool.connection() as connection:
            yield connection


def _one_client(rows: Sequence[Any]) -> RegisteredClient | None:
    if len(rows) != 1:
        return None
    [row] = rows
    jwks, jwks_uri = client_keys.parse_jwks(row["jwks"])
    return RegisteredClient(
        client_id=row["client_id"],
        name=row["name"],
        origin=row["origin"],
        secret_sha256=row["secret_sha256"],
        scopes=frozenset(row["scopes"]),
        revoked_at=row["revoked_at"],
        districts=tuple(DistrictId(district_id) for district_id in row["districts"]),
        kind=ClientKind(row["kind"]),
        auth_method=AuthMethod(row["auth_method"]),
        grant_types=tuple(GrantType(grant) for grant in row["grant_types"]),
        redirect_uris=tuple(row["redirect_uris"]),
        jwks=jwks,
        jwks_uri=jwks_uri,
        cors_origins=tuple(row["cors_origins"]),
        evaluates=row["evaluates"],
        registration_sha256=row["registration_sha256"],
    )
