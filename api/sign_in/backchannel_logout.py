"""An identity provider ends the sessions of a person (OpenID Connect Back-Channel Logout 1.0).

The request has no cookie and no form of a page; the logout token alone counts, signed by a key of the provider.
"""

import json
import logging
from typing import Any, Protocol

from cachetools import TTLCache
from joserfc import jws, jwt
from joserfc.errors import InvalidKeyIdError, JoseError
from joserfc.jwk import KeySet
from joserfc.jws import JWSRegistry
from starlette.requests import Request
from starlette.responses import JSONResponse, Response

from api.outbound.http_client import HTTPError
from api.security.encryption import DecryptionError
from api.sign_in.handlers import parse_form
from api.sign_in.oidc_metadata import ALGORITHMS, UntrustedMetadata
from api.sign_in.service import SignInService, UnknownDistrict
from domain.accounts.commands import EndByProvider
from domain.accounts.logout_tokens import TYPES, logout_token_error
from domain.accounts.model import IdentityProvider
from domain.accounts.usecases.provider_logout import end_by_provider
from domain.directory.district_lookup import FoundDistrict
from domain.shared.errors import DomainError, Unavailable

log = logging.getLogger("evenkeel.signin")

NO_STORE = {"Cache-Control": "no-store"}
RETRY_SECONDS = 60.0
"""Seconds between two fetches of a provider's keys for an unknown key id: anyone can send such tokens."""
MAX_CACHED = 1_000


class App(Protocol):
    """Our client at a provider."""

    server_metadata: dict[str, Any]

    async def fetch_jwk_set(self, force: bool = False) -> Any:
        """Return the provider's keys, from the cache unless `force`."""
        ...


class Providers(Protocol):
    """A district's identity providers."""

    async def provider(self, request: Request, district: FoundDistrict) -> IdentityProvider:
        """Return the active provider in the path."""
        ...

    async def app(self, district: FoundDistrict, provider: IdentityProvider) -> App:
        """Return our client at the provider, with its metadata."""
        ...


class BackchannelLogout:
    """Receives logout tokens, at one URL for each provider of a district."""

    def __init__(self, service: SignInService, providers: Providers) -> None:
        self._service = service
        self._providers = providers
        self._refetched: TTLCache[str, bool] = TTLCache(MAX_CACHED, RETRY_SECONDS)

    async def post(self, request: Request) -> Response:
        """End all sessions of the person in the token; an unknown person is 200 too.

        400 for what is no logout token of this provider; 503 when the database is away: the token may be sent again.
        """
        try:
            token = (await parse_form(request)).get("logout_token", "")
            district = await self._service.district(request)
            provider = await self._providers.provider(request, district)
            claims = await self._claims(district, provider, token)
            command = EndByProvider(provider=provider.code, claims=claims)
            await self._service.run(end_by_provider, command, district.id)
        except Unavailable as error:
            log.info("logout_rejected", extra={"kind": type(error).__name__})
            body = {"error": "temporarily_unavailable", "error_description": error.detail}
            return JSONResponse(body, 503, NO_STORE | {"Retry-After": "5"})
        except HTTPError as error:
            return _error_response("temporarily_unavailable", "the provider's keys cannot be fetched now", error)
        except (
            UnknownDistrict,
            DomainError,
            DecryptionError,
            JoseError,
            ValueError,
            TypeError,
            KeyError,
            AttributeError,
            RuntimeError,
        ) as error:
            return _error_response("invalid_request", "this is no logout token for this client", error)
        return Response(status_code=200, headers=NO_STORE)

    async def _claims(self, district: FoundDistrict, provider: IdentityProvider, token: str) -> dict[str, Any]:
        """Return the verified claims of `token`; all checks that need no request to the provider come first."""
        compact = jws.extract_compact(
            token.encode("ascii"), registry=JWSRegistry(algorithms=ALGORITHMS, strict_check_header=False)
        )
        header, claims = compact.headers(), json.loads(compact.payload)
        if header.get("alg") not in ALGORITHMS or str(header.get("typ", "")).lower() not in TYPES:
            raise UntrustedMetadata("no signature by a public key, or another kind of token")
        error = logout_token_error(provider, claims, self._service.now()) if isinstance(claims, dict) else "no claims"
        if error is not None:
            raise UntrustedMetadata(error)
        app = await self._providers.app(district, provider)
        registry = JWSRegistry(
            algorithms=app.server_metadata["id_token_signing_alg_values_supported"], strict_check_header=False
        )
        keys = KeySet.import_key_set(await app.fetch_jwk_set())
        try:
            return jwt.decode(token, keys, registry=registry).claims
        except InvalidKeyIdError:
            if app.server_metadata["jwks_uri"] in self._refetched:
                raise
            self._refetched[app.server_metadata["jwks_uri"]] = True
        keys = KeySet.import_key_set(await app.fetch_jwk_set(force=True))
        return jwt.decode(token, keys, registry=registry).claims


def _error_response(code: str, sentence: str, error: Exception) -> Response:
    """Return the error response (section 2.8 of the specification), and log the type of the error."""
    log.info("logout_rejected", extra={"kind": type(error).__name__})
    return JSONResponse({"error": code, "error_description": sentence}, 400, NO_STORE)
