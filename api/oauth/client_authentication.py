"""Adapt clients to Authlib's grants, and authenticate them by a signed assertion (RFC 7523)."""

import hmac
import re
import time
import warnings
from datetime import UTC, datetime
from hashlib import sha256
from typing import Any

from authlib.oauth2.rfc6749 import ClientMixin
from authlib.oauth2.rfc6749.errors import InvalidClientError
from authlib.oauth2.rfc7523 import JWTBearerClientAssertion
from joserfc import jwt
from joserfc.errors import JoseError, SecurityWarning
from joserfc.jwk import KeySet
from joserfc.util import json_b64decode

from api.oauth.client_jwks import ClientJwksCache, FetchedJwks
from api.oauth.ports import OAuthStore
from api.oauth.request_parsing import JwksUnavailable, TokenRequest
from domain.directory.oauth_clients import SECRET_METHODS, AuthMethod, RegisteredClient
from domain.directory.redirect_uris import ClientKind

CONFIDENTIAL_METHODS = (AuthMethod.BASIC.value, AuthMethod.POST.value, AuthMethod.KEY.value)
ALL_METHODS = (*CONFIDENTIAL_METHODS, AuthMethod.NONE.value)
ASSERTION_ALGORITHMS = ("ES256", "RS256", "PS256", "EdDSA", "Ed25519")
CLIENT_ID = re.compile(r"[\x21-\x7e]{1,128}")
MAX_ASSERTION_SECONDS = 600
"""How far ahead an assertion may expire: its id has to be stored that long."""


class Client(ClientMixin):
    """A registered client in the form that the grants need; `registered` is None for every client that may not be used."""

    def __init__(self, registered: RegisteredClient | None) -> None:
        self.registered = registered

    def __repr__(self) -> str:
        return f"Client({self.get_client_id()})"

    def get_client_id(self) -> str:
        return self.registered.client_id if self.registered else ""

    def get_default_redirect_uri(self) -> None:
        """Return None: every request must name a redirect URI."""

    def check_client_secret(self, client_secret: str) -> bool:
        """Compare in constant time, also for an unknown client, so that the time does not reveal whether it exists."""
        expected = self.registered.secret_sha256 if self.registered else None
        same = hmac.compare_digest(sha256(client_secret.encode()).digest(), expected or bytes(32))
        return same and expected is not None

    def check_endpoint_auth_method(self, method: str, endpoint: str) -> bool:  # noqa: ARG002 - the same at each endpoint
        if self.registered is None:
            return False
        registered = self.registered.auth_method
        return method in SECRET_METHODS if registered in SECRET_METHODS else method == registered

    def check_grant_type(self, grant_type: str) -> bool:
        return self.registered is not None and grant_type in self.registered.grant_types

    def check_response_type(self, response_type: str) -> bool:
        return response_type == "code" and self.check_grant_type("authorization_code")

    def check_redirect_uri(self, redirect_uri: str) -> bool:
        return self.registered is not None and self.registered.allows_redirect_uri(redirect_uri)

    def get_allowed_scope(self, scope: str | None) -> str | None:
        """Return the requested scopes that are registered, or all for None. None (an error) when none is registered."""
        if self.registered is None:
            return None
        allowed = self.registered.scopes if scope is None else self.registered.grantable_scopes & set(scope.split())
        return " ".join(sorted(allowed)) or None


def usable_client(registered: RegisteredClient | None) -> Client:
    """Return the client, unless it is revoked, or a machine without exactly one district."""
    if registered is None or registered.revoked_at is not None:
        return Client(None)
    return Client(None if registered.kind is ClientKind.MACHINE and registered.home_district is None else registered)


class Assertion(JWTBearerClientAssertion):
    """A client authenticates by a JWT that it signs with a registered key: for this server, for a few minutes, once.

    `jwks` are the keys that were fetched from the client's `jwks_uri` for this request.
    """

    CLIENT_AUTH_METHOD = AuthMethod.KEY.value

    def __init__(self, public_url: str, store: OAuthStore, jwks: FetchedJwks | None) -> None:
        super().__init__(validate_jti=True, leeway=30)
        self._audiences = [public_url, f"{public_url}/oauth/token"]
        self._store = store
        self._jwks = jwks

    def __call__(self, query_client: Any, request: TokenRequest) -> Client | None:
        try:
            client: Client | None = super().__call__(query_client, request)
        except (JoseError, ValueError, TypeError, KeyError, OverflowError, RecursionError):
            raise InvalidClientError from None
        client_id = request.form.get("client_id")
        if client is not None and client_id not in (None, client.get_client_id()):
            raise InvalidClientError
        return client

    def get_audiences(self) -> list[str]:
        return self._audiences

    def resolve_client_public_key(self, client: Client) -> KeySet:
        """Return the client's registered keys or those at its `jwks_uri`; never keys from the assertion's header."""
        registered = client.registered
        if registered is None or registered.auth_method is not AuthMethod.KEY:
            raise InvalidClientError
        if registered.jwks_uri is not None:
            # Fetched before the bridge: the client's jwks_uri may have changed since.
            if self._jwks is None or self._jwks.uri != registered.jwks_uri:
                raise InvalidClientError
            if self._jwks.keys is None:
                raise JwksUnavailable
            return self._jwks.keys
        if registered.jwks is None:
            raise InvalidClientError
        return KeySet.import_key_set({"keys": list(registered.jwks["keys"])})

    def process_assertion_claims(self, assertion: str, resolve_key: KeySet) -> dict[str, Any]:
        """Return the verified claims; only signatures by private keys are allowed (Authlib also accepts HS256)."""
        with warnings.catch_warnings():
            # EdDSA has a newer name (RFC 9864), which clients do not use yet.
            warnings.simplefilter("ignore", SecurityWarning)
            token = jwt.decode(assertion, resolve_key, algorithms=list(ASSERTION_ALGORITHMS))
        self.verify_claims(token.claims)
        return token.claims

    def verify_claims(self, claims: dict[str, Any]) -> None:
        """Check, beside Authlib's rules, that there is one audience and an expiry within a few minutes."""
        audience = claims.get("aud")
        single = audience[0] if isinstance(audience, list) and len(audience) == 1 else audience
        if single not in self._audiences or claims["exp"] > time.time() + MAX_ASSERTION_SECONDS:
            raise InvalidClientError
        super().verify_claims(claims)

    def validate_jti(self, claims: dict[str, Any], jti: Any) -> bool:
        """Return whether the assertion is used for the first time; concurrent uses are serialized by the database."""
        if not isinstance(jti, str) or not 1 <= len(jti) <= 255:
            return False
        now = datetime.now(UTC)
        until = datetime.fromtimestamp(claims["exp"] + self.leeway, UTC)
        return self._store.use_assertion(claims["sub"], sha256(jti.encode()).digest(), until, now)


async def fetch_client_jwks(request: TokenRequest, store: OAuthStore, cache: ClientJwksCache) -> FetchedJwks | None:
    """Return the key set at the `jwks_uri` of the client in the assertion of `request`; None without one.

    Called before the bridge, when nothing of the assertion is verified: `cache` limits the requests to each URL.
    """
    try:
        header, claims = (json_b64decode(part.encode()) for part in request.form["client_assertion"].split(".")[:2])
        client_id, kid = claims["sub"], header.get("kid")
    except (ValueError, TypeError, KeyError, AttributeError, RecursionError):
        return None
    if not isinstance(client_id, str) or not CLIENT_ID.fullmatch(client_id):
        return None
    registered = usable_client(await store.client(client_id)).registered
    if registered is None or registered.jwks_uri is None:
        return None
    return await cache.get(registered.jwks_uri, kid if isinstance(kid, str) else None)
