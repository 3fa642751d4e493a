"""Authenticate requests by bearer token (RFC 6750, RFC 9068).

The client is looked up again at least every half minute, the context of a person at every request.
"""

import time
from collections.abc import Awaitable, Callable
from dataclasses import replace
from hashlib import sha256
from typing import Any, NamedTuple, Protocol
from uuid import UUID

from cachetools import LRUCache
from joserfc import jwt
from joserfc.errors import ExpiredTokenError, JoseError
from joserfc.jwk import ECKey
from joserfc.util import json_b64decode

from domain.directory.oauth_clients import RegisteredClient
from domain.shared.context import Actor, ActorKind
from domain.shared.errors import Unauthenticated
from domain.shared.ids import DistrictId, PersonId, SessionId
from domain.shared.roles import PersonContext

ALGORITHM = "ES256"
TOKEN_TYPE = "at+jwt"  # noqa: S105 - a type's name
MAX_TOKEN_CHARACTERS = 4096
"""Longest token that is parsed; ours have about 700 characters."""
MAX_CACHE_SECONDS = 30.0
"""How long a verified token is cached: a revoked client is rejected after at most this."""
SKEW_SECONDS = 30
"""Allowed difference between the clocks of two of our processes, for iat and nbf; none for exp."""

RESOURCE_METADATA = "/.well-known/oauth-protected-resource/v1"


class PublicKeys(Protocol):
    """The keys that sign our tokens now or did so before, by id."""

    async def public(self, kid: str) -> ECKey | None:
        """Return the public key with the id `kid`, or None."""
        ...


class CachedToken(NamedTuple):
    """The actor of a verified token; both times are seconds of the clock."""

    actor: Actor
    cached_at: float
    expires_at: float


FindClient = Callable[[str], Awaitable[RegisteredClient | None]]
LoadPersonContext = Callable[[DistrictId, PersonId, SessionId], Awaitable[PersonContext | None]]
"""Return the current context of a person; None when the session has ended or the person is no longer active."""


async def no_person_context(_district: DistrictId, _person: PersonId, _session: SessionId) -> PersonContext | None:
    """Return None: for a verifier of machine clients only."""
    return None


class TokenVerifier:
    """Turns an access token into an actor. Verified tokens are cached by the hash of the whole token."""

    def __init__(
        self,
        *,
        public_url: str,
        keys: PublicKeys,
        find_client: FindClient,
        load_person_context: LoadPersonContext = no_person_context,
        clock: Callable[[], float] = time.time,
        size: int = 10_000,
    ) -> None:
        self._public_url = public_url
        self._keys = keys
        self._find_client = find_client
        self._load_person_context = load_person_context
        self._clock = clock
        self._cache: LRUCache[bytes, CachedToken] = LRUCache(size)
        self._claims_registry = jwt.JWTClaimsRegistry(
            now=lambda: int(clock()),
            leeway=SKEW_SECONDS,
            iss={"essential": True, "value": public_url},
            aud={"essential": True, "value": f"{public_url}/v1"},
            exp={"essential": True},
            iat={"essential": True},
            jti={"essential": True},
            sub={"essential": True},
        )

    async def authenticate(self, authorization: str | None) -> Actor:
        """Return the actor of the Authorization header. Raises `Unauthenticated`, with the WWW-Authenticate challenge."""
        if authorization is None or authorization[:7].lower() != "bearer ":
            raise self._unauthenticated("send Authorization: Bearer with an access token from the token endpoint", None)
        token = authorization[7:]
        key = sha256(token.encode()).digest()
        cached, now = self._cache.get(key), self._clock()
        # A clock that is set back must not extend the life of a cached token.
        if cached is not None and cached.cached_at <= now < cached.expires_at:
            actor = cached.actor
        else:
            actor = await self._verify_and_cache(key, token.lstrip(" "), now)
        return actor if actor.session_id is None else await self._with_person_context(actor)

    async def verified_claims(self, token: str) -> dict[str, Any] | None:
        """Return the claims of `token` if it is active (RFC 7662 section 2.2), else None."""
        try:
            await self.authenticate(f"Bearer {token}")
            return await self._verify(token)
        except Unauthenticated:
            return None

    async def _with_person_context(self, actor: Actor) -> Actor:
        """Return `actor` with their current context. Raises `Unauthenticated` when the session has ended."""
        person_id, session_id = PersonId(UUID(actor.id)), SessionId(actor.session_id or UUID(int=0))
        person_context = await self._load_person_context(actor.district_id, person_id, session_id)
        if person_context is None:
            raise self._unauthenticated("this session has ended; sign in again")
        return replace(actor, person_context=person_context)

    async def _verify_and_cache(self, key: bytes, token: str, now: float) -> Actor:
        self._cache.pop(key, None)
        claims = await self._verify(token)
        client = await self._find_client(claims["client_id"])
        if client is None or client.revoked_at is not None:
            raise self._client_revoked()
        actor = self._person_actor(claims, client) if "sid" in claims else self._client_actor(claims, client)
        self._cache[key] = CachedToken(actor, now, min(claims["exp"], now + MAX_CACHE_SECONDS))
        return actor

    def _client_actor(self, claims: dict[str, Any], client: RegisteredClient) -> Actor:
        if (
            client.home_district is None
            or str(client.home_district) != claims["district_id"]
            or claims["sub"] != client.client_id
        ):
            raise self._client_revoked()
        return Actor(
            kind=ActorKind.CLIENT,
            id=client.client_id,
            district_id=client.home_district,
            origin=client.origin,
            scopes=frozenset(claims["scope"].split()) & client.scopes,
            client_id=client.client_id,
            evaluates=client.evaluates,
        )

    def _person_actor(self, claims: dict[str, Any], client: RegisteredClient) -> Actor:
        try:
            district_id = DistrictId(UUID(claims["district_id"]))
            person_id, session_id = UUID(claims["sub"]), UUID(claims["sid"])
        except (ValueError, TypeError, AttributeError):
            raise self._unauthenticated("this access token is not valid here; request one at the token endpoint") from None
        if district_id not in client.districts:
            raise self._client_revoked()
        return Actor(
            kind=ActorKind.PERSON,
            id=str(person_id),
            district_id=district_id,
            origin=f"person:{person_id}",
            scopes=frozenset(claims["scope"].split()) & client.grantable_scopes,
            client_id=client.client_id,
            session_id=session_id,
            evaluates=client.evaluates,
        )

    def _client_revoked(self) -> Unauthenticated:
        return self._unauthenticated("the client of this token no longer has access; ask your district for it")

    async def _verify(self, token: str) -> dict[str, Any]:
        """Return the claims of a valid access token of ours. Raises `Unauthenticated`."""
        if len(token) > MAX_TOKEN_CHARACTERS or not token.isascii() or token.count(".") != 2:
            raise self._unauthenticated("this is not an access token of this service; request one at the token endpoint")
        try:
            key = await self._public_key(token)
            decoded = jwt.decode(token, key, algorithms=[ALGORITHM])
            if decoded.header.get("typ") != TOKEN_TYPE:
                raise self._unauthenticated("this token is not an access token; request one at the token endpoint")
            self._claims_registry.validate(decoded.claims)
        except ExpiredTokenError:
            raise self._expired() from None
        except (JoseError, ValueError, TypeError, KeyError, RecursionError, OverflowError):
            raise self._unauthenticated("this access token is not valid here; request one at the token endpoint") from None
        return self._check_claims(decoded.claims)

    async def _public_key(self, token: str) -> ECKey:
        header = _unverified_header(token)
        kid = header.get("kid")
        # Checked before the key is looked up: a token with another algorithm is never ours.
        if header.get("alg") != ALGORITHM or not isinstance(kid, str):
            raise ValueError("another algorithm, or no key id")
        key = await self._keys.public(kid)
        if key is None:
            raise ValueError("unknown key id")
        return key

    def _check_claims(self, claims: dict[str, Any]) -> dict[str, Any]:
        """Return `claims` once their types are checked, and exp without the tolerance of iat and nbf."""
        if not all(isinstance(claims.get(name), str) for name in ("client_id", "district_id", "scope")):
            raise self._unauthenticated("this access token lacks required claims; request one at the token endpoint")
        if claims["exp"] <= self._clock():
            raise self._expired()
        return claims

    def _expired(self) -> Unauthenticated:
        return self._unauthenticated("this access token has expired; request a new one at the token endpoint")

    def _unauthenticated(self, detail: str, error: str | None = "invalid_token") -> Unauthenticated:
        headers = {"WWW-Authenticate": www_authenticate(self._public_url, error=error)}
        return Unauthenticated(detail, extensions={"headers": headers})


def _unverified_header(token: str) -> dict[str, Any]:
    """Return the header of `token`, unverified. Raises `ValueError` or `TypeError`."""
    header = json_b64decode(token.split(".", 1)[0].encode())
    if not isinstance(header, dict):
        raise TypeError("a header is an object")
    return header


def www_authenticate(public_url: str, *, error: str | None = None, scope: str | None = None) -> str:
    """Return the value of WWW-Authenticate: the URL of the resource metadata, and `error` and `scope` where given."""
    parts = [f'resource_metadata="{public_url}{RESOURCE_METADATA}"']
    if error is not None:
        parts.append(f'error="{error}"')
    if scope is not None:
        parts.append(f'scope="{scope}"')
    return "Bearer " + ", ".join(parts)
