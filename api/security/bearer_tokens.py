"""Bearer token to actor (RFC 6750, RFC 9068).

The client is looked up again at least every half minute; how a person stands, at every request.
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
"""Characters of a token that are looked at; ours have about 700."""
MAX_CACHE_SECONDS = 30.0
"""How long a verified token is believed without asking again: a revoked client is refused after at most this."""
SKEW_SECONDS = 30
"""How far the clocks of two of our processes may be apart, for iat and nbf; exp has no grace."""

RESOURCE_METADATA = "/.well-known/oauth-protected-resource/v1"


class PublicKeys(Protocol):
    """The keys that sign or signed our tokens, by their id."""

    async def public(self, kid: str) -> ECKey | None:
        """The public key called ``kid``; None when there is none."""
        ...


class CachedToken(NamedTuple):
    """A token that was verified at ``since`` and is good until ``until`` (seconds of the clock)."""

    actor: Actor
    cached_at: float
    expires_at: float


FindClient = Callable[[str], Awaitable[RegisteredClient | None]]
LoadPersonContext = Callable[[DistrictId, PersonId, SessionId], Awaitable[PersonContext | None]]
"""How a person stands now; None when the session or the person is let in no more."""


async def no_person_context(_district: DistrictId, _person: PersonId, _session: SessionId) -> PersonContext | None:
    """For a verifier that knows machines only."""
    return None


class TokenVerifier:
    """Tells who asks. Verified tokens are remembered by the hash of the whole token: a forged one never meets a memory."""

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
        """The actor that the Authorization header names. Raises ``Unauthenticated`` with the challenge to answer with."""
        if authorization is None or authorization[:7].lower() != "bearer ":
            raise self._unauthenticated("send Authorization: Bearer with an access token from the token endpoint", None)
        token = authorization[7:]
        key = sha256(token.encode()).digest()
        held, now = self._cache.get(key), self._clock()
        # A clock set back must not lengthen a memory.
        if held is not None and held.cached_at <= now < held.expires_at:
            actor = held.actor
        else:
            actor = await self._verify_and_cache(key, token.lstrip(" "), now)
        return actor if actor.session_id is None else await self._with_person_context(actor)

    async def verified_claims(self, token: str) -> dict[str, Any] | None:
        """What stands in ``token`` if it would be let in now (RFC 7662 section 2.2), else None."""
        try:
            await self.authenticate(f"Bearer {token}")
            return await self._verify(token)
        except Unauthenticated:
            return None

    async def _with_person_context(self, actor: Actor) -> Actor:
        """``actor`` as they stand now: whoever was sent away a moment ago is out."""
        person_id, session_id = PersonId(UUID(actor.id)), SessionId(actor.session_id or UUID(int=0))
        standing = await self._load_person_context(actor.district_id, person_id, session_id)
        if standing is None:
            raise self._unauthenticated("this sign-in has ended; sign in again")
        return replace(actor, person_context=standing)

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
            raise self._unauthenticated("this access token is not valid here; ask the token endpoint for one") from None
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
        return self._unauthenticated("the client of this token is let in no more; ask your district for access")

    async def _verify(self, token: str) -> dict[str, Any]:
        """The claims, when everything about the token is as we issue it."""
        if len(token) > MAX_TOKEN_CHARACTERS or not token.isascii() or token.count(".") != 2:
            raise self._unauthenticated("this is not an access token of ours; ask the token endpoint for one")
        try:
            key = await self._public_key(token)
            decoded = jwt.decode(token, key, algorithms=[ALGORITHM])
            if decoded.header.get("typ") != TOKEN_TYPE:
                raise self._unauthenticated("this is a token, but not an access token; ask the token endpoint for one")
            self._claims_registry.validate(decoded.claims)
        except ExpiredTokenError:
            raise self._expired() from None
        except (JoseError, ValueError, TypeError, KeyError, RecursionError, OverflowError):
            raise self._unauthenticated("this access token is not valid here; ask the token endpoint for one") from None
        return self._check_claims(decoded.claims)

    async def _public_key(self, token: str) -> ECKey:
        header = _unverified_header(token)
        kid = header.get("kid")
        # Before any signature is looked at: nothing but what we make is worth asking for a key.
        if header.get("alg") != ALGORITHM or not isinstance(kid, str):
            raise ValueError("not of our making")
        key = await self._keys.public(kid)
        if key is None:
            raise ValueError("no key of ours")
        return key

    def _check_claims(self, claims: dict[str, Any]) -> dict[str, Any]:
        """``claims``, of the types that are relied on; exp is taken without the grace of iat and nbf."""
        if not all(isinstance(claims.get(name), str) for name in ("client_id", "district_id", "scope")):
            raise self._unauthenticated("this access token lacks what ours have; ask the token endpoint for one")
        if claims["exp"] <= self._clock():
            raise self._expired()
        return claims

    def _expired(self) -> Unauthenticated:
        return self._unauthenticated("this access token has expired; ask the token endpoint for a new one")

    def _unauthenticated(self, detail: str, error: str | None = "invalid_token") -> Unauthenticated:
        headers = {"WWW-Authenticate": www_authenticate(self._public_url, error=error)}
        return Unauthenticated(detail, extensions={"headers": headers})


def _unverified_header(token: str) -> dict[str, Any]:
    """The header of ``token``, not verified. Raises ``ValueError`` or ``TypeError``."""
    found = json_b64decode(token.split(".", 1)[0].encode())
    if not isinstance(found, dict):
        raise TypeError("a header is an object")
    return found


def www_authenticate(public_url: str, *, error: str | None = None, scope: str | None = None) -> str:
    """The value of WWW-Authenticate: where to learn how to get in, and what was wrong with what was sent, if anything."""
    parts = [f'resource_metadata="{public_url}{RESOURCE_METADATA}"']
    if error is not None:
        parts.append(f'error="{error}"')
    if scope is not None:
        parts.append(f'scope="{scope}"')
    return "Bearer " + ", ".join(parts)
