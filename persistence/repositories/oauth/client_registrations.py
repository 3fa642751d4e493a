"""Dynamic client registration, in the district whose administrator allowed it; inside `SyncBridge.run` only."""

from datetime import datetime

from domain.directory.oauth_clients import RegisteredClient
from domain.oauth.model import InitialAccessGrant
from domain.shared.ids import InitialAccessTokenId
from persistence.database.sync_bridge import execute, fetchrow
from persistence.repositories.oauth import client_keys
from persistence.repositories.sql_fragments import CURRENT_DISTRICT

INITIAL = f"""
select id, scopes, revoked_at is null and expires_at > $2 as serves from initial_access_token
where district_id = {CURRENT_DISTRICT} and sha256 = $1
"""
REGISTER = "select control.register_client($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13)"
UPDATE = "select control.update_client($1, $2, $3, $4, $5, $6)"
WITHDRAW = "select control.withdraw_client($1, $2)"


class PgClientRegistrations:
    """`api.oauth.ports.ClientRegistrations`, in the transaction's district (`set_tenant`)."""

    def initial_access_grant(self, token_sha256: bytes, now: datetime) -> InitialAccessGrant | None:
        """Return what an initial access token allows; None when it does not exist."""
        row = fetchrow(INITIAL, token_sha256, now)
        if row is None:
            return None
        return InitialAccessGrant(id=InitialAccessTokenId(row["id"]), scopes=frozenset(row["scopes"]), active=row["serves"])

    def register(self, client: RegisteredClient, now: datetime) -> None:
        """Add a client to the district."""
        execute(
            REGISTER,
            client.client_id,
            client.name,
            client.origin,
            sorted(client.scopes),
            client.kind.value,
            client.auth_method.value,
            [g.value for g in client.grant_types],
            list(client.redirect_uris),
            client_keys.serialize_jwks(client),
            client.secret_sha256,
            client.registration_sha256,
            now,
            client.evaluates,
        )

    def update(self, client: RegisteredClient) -> None:
        """Replace name, scopes, addresses and keys of a client that registered itself."""
        execute(
            UPDATE,
            client.client_id,
            client.name,
            sorted(client.scopes),
            list(client.redirect_uris),
            client_keys.serialize_jwks(client),
            client.evaluates,
        )

    def withdraw(self, client_id: str, now: datetime) -> None:
        """Revoke a client that registered itself."""
        execute(WITHDRAW, client_id, now)
