"""A provider tells that somebody's sign-ins end (OpenID Connect Back-Channel Logout 1.0).

Whoever asks is nobody: no cookie, no form of ours. The token alone speaks, signed by a key of the provider.
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
from api.security.encryption import NotOurs
from api.sign_in.handlers import read_form
from api.sign_in.oidc_metadata import ALGORITHMS, UntrustedMetadata
from api.sign_in.service import Desk, Gone
from domain.accounts.commands import EndByProvider
from domain.accounts.logout_tokens import TYPES, logout_fault
from domain.accounts.model import Provider
from domain.accounts.usecases.provider_logout import end_by_provider
from domain.directory.district_lookup import FoundDistrict
from domain.shared.errors import DomainError, Unavailable

log = logging.getLogger("evenkeel.signin")

UNKEPT = {"Cache-Control": "no-store"}
RETRY_SECONDS = 60.0
"""How often a provider's keys are fetched again for a token that names an unknown one: anybody can send such tokens."""
MAX_CACHED = 1_000


class App(Protocol):
    """Our client at a provider."""

    server_metadata: dict[str, Any]

    async def fetch_jwk_set(self, force: bool = False) -> Any:
        """The provider's keys, as they are known or asked for again."""
        ...


class Providers(Protocol):
    """What single sign-on knows of a district's providers."""

    async def provider(self, request: Request, district: FoundDistrict) -> Provider:
        """The active provider that the address names."""
        ...

    async def app(self, district: FoundDistrict, provider: Provider) -> App:
        """Our client there, with the provider's metadata."""
        ...


class BackChannel:
    """Takes logout tokens, at an address of each provider of a district."""

    def __init__(self, desk: Desk, providers: Providers) -> None:
        self._desk = desk
        self._providers = providers
        self._refetched: TTLCache[str, bool] = TTLCache(MAX_CACHED, RETRY_SECONDS)

    async def logout(self, request: Request) -> Response:
        """200 when whoever the token names has no sign-in left, whether they had one or not; else nothing ended.

        400 for what is no logout token of this provider; 503 where the database is busy or away: the same token again will do.
        """
        try:
            token = (await read_form(request)).get("logout_token", "")
            district = await self._desk.district(request)
            provider = await self._providers.provider(request, district)
            claims = await self._claims(district, provider, token)
            command = EndByProvider(provider=provider.code, claims=claims)
            await self._desk.run(request, end_by_provider, command, district.id)
        except Unavailable as error:
            log.info("logout_refused", extra={"kind": type(error).__name__})
            body = {"error": "temporarily_unavailable", "error_description": error.detail}
            return JSONResponse(body, 503, UNKEPT | {"Retry-After": "5"})
        except HTTPError as error:
            return _refused("temporarily_unavailable", "the provider's keys can't be had now", error)
        except (Gone, DomainError, NotOurs, JoseError, ValueError, TypeError, KeyError, AttributeError, RuntimeError) as error:
            return _refused("invalid_request", "this is no logout token for this client", error)
        return Response(status_code=200, headers=UNKEPT)

    async def _claims(self, district: FoundDistrict, provider: Provider, token: str) -> dict[str, Any]:
        """What a token claims that the provider signed. What can be refused without asking anybody is refused first."""
        sent = jws.extract_compact(
            token.encode("ascii"), registry=JWSRegistry(algorithms=ALGORITHMS, strict_check_header=False)
        )
        header, claims = sent.headers(), json.loads(sent.payload)
        if header.get("alg") not in ALGORITHMS or str(header.get("typ", "")).lower() not in TYPES:
            raise UntrustedMetadata("no signature that proves anything, or another kind of token")
        fault = logout_fault(provider, claims, self._desk.now()) if isinstance(claims, dict) else "no claims"
        if fault is not None:
            raise UntrustedMetadata(fault)
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


def _refused(code: str, sentence: str, error: Exception) -> Response:
    """Section 2.8. The log names the kind of failure alone."""
    log.info("logout_refused", extra={"kind": type(error).__name__})
    return JSONResponse({"error": code, "error_description": sentence}, 400, UNKEPT)
