"""Clients that register themselves, behind the fence of the district whose administrator let them; inside the bridge only."""

from datetime import datetime

from domain.directory.oauth_clients import RegisteredClient
from domain.oauth.model import Allowance
from domain.shared.ids import InitialAccessTokenId
from persistence.database.sync_bridge import rows, run
from persistence.repositories.oauth import client_keys
from persistence.repositories.oauth.token_families import HERE

INITIAL = f"""
select id, scopes, revoked_at is null and expires_at > :now as serves from initial_access_token
where district_id = {HERE} and sha256 = :sha256
"""
REGISTER = """
select control.register_client(:client_id, :name, :origin, :scopes, :kind, :auth_method, :grants, :redirects,
  cast(:jwks as jsonb), :secret, :registration, :now, :evaluates)
"""
UPDATE = "select control.update_client(:client_id, :name, :scopes, :redirects, cast(:jwks as jsonb), :evaluates)"
WITHDRAW = "select control.withdraw_client(:client_id, :now)"


class PgRegistrations:
    """``api.oauth.ports.Registrations``; stands in the district that ``PgOAuth.stand_in`` named."""

    def allowance(self, token_sha256: bytes, now: datetime) -> Allowance | None:
        """What an initial access token allows; None when nobody made it."""
        found = rows(INITIAL, sha256=token_sha256, now=now)
        if not found:
            return None
        token_id, scopes, serves = found[0]
        return Allowance(id=InitialAccessTokenId(token_id), scopes=frozenset(scopes), serves=serves)

    def register(self, client: RegisteredClient, now: datetime) -> None:
        """Keep a new client of the district."""
        run(
            REGISTER,
            client_id=client.client_id,
            name=client.name,
            origin=client.origin,
            scopes=sorted(client.scopes),
            kind=client.kind.value,
            auth_method=client.auth_method.value,
            grants=[g.value for g in client.grant_types],
            redirects=list(client.redirect_uris),
            jwks=client_keys.kept(client),
            secret=client.secret_sha256,
            registration=client.registration_sha256,
            now=now,
            evaluates=client.evaluates,
        )

    def update(self, client: RegisteredClient) -> None:
        """Name, scopes, addresses and keys of a client that registered itself are these from now on."""
        run(
            UPDATE,
            client_id=client.client_id,
            name=client.name,
            scopes=sorted(client.scopes),
            redirects=list(client.redirect_uris),
            jwks=client_keys.kept(client),
            evaluates=client.evaluates,
        )

    def withdraw(self, client_id: str, now: datetime) -> None:
        """A client that registered itself is let in no more."""
        run(WITHDRAW, client_id=client_id, now=now)
