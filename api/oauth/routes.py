"""The authorization server's endpoints."""

import json
import logging
from collections.abc import Awaitable, Callable
from datetime import UTC, datetime
from functools import partial
from typing import Any

from authlib.oauth2 import OAuth2Error
from fastapi import APIRouter, Request, Response
from fastapi.responses import JSONResponse

from api.execution.ids import Uuid7Generator
from api.oauth.audit import AuditConfig, AuditRecorder
from api.oauth.authorization_server import Server
from api.oauth.authorize_endpoint import AuthorizeEndpoint
from api.oauth.client_authentication import fetch_client_jwks
from api.oauth.client_jwks import ClientJwksCache
from api.oauth.dependencies import Dependencies
from api.oauth.metadata import provider_metadata, resource_metadata, server_metadata
from api.oauth.openapi import route_options
from api.oauth.ports import NoSignIn, OAuthStore, SignIn
from api.oauth.registration_endpoint import RegistrationEndpoint
from api.oauth.request_parsing import TokenRequest, parse_token_request, read_body, with_description
from api.oauth.signing_keys import KeyRing
from api.oauth.tokens import AccessTokens
from api.oauth.userinfo import userinfo
from api.security.bearer_tokens import RESOURCE_METADATA, TokenVerifier
from api.security.encryption import derive_key
from domain.shared.context import UrlCheck, accept_url
from domain.shared.errors import Unavailable

log = logging.getLogger(__name__)

NO_STORE = {"Cache-Control": "no-store", "Pragma": "no-cache"}
CACHED = {"Cache-Control": "public, max-age=300"}


def utc_now() -> datetime:
    """Return the time now, in UTC."""
    return datetime.now(UTC)


class OAuth:
    """The authorization server of one installation; `start` it before it serves."""

    def __init__(
        self,
        *,
        public_url: str,
        token_seconds: int,
        store: OAuthStore,
        keys: KeyRing,
        verifier: TokenVerifier,
        secret: str,
        audit: AuditConfig,
        client_jwks: ClientJwksCache,
        check_url: UrlCheck = accept_url,
        sign_in: SignIn | None = None,
        clock: Callable[[], datetime] = utc_now,
    ) -> None:
        self._public_url = public_url
        self._keys = keys
        self._verifier = verifier
        self._client_jwks = client_jwks
        self._dependencies = Dependencies(
            store=store,
            now=clock,
            new_id=Uuid7Generator(clock),
            successor_key=derive_key(secret, "refresh token successors"),
            audit=AuditRecorder(store, audit, clock),
        )
        tokens = AccessTokens(public_url=public_url, seconds=token_seconds, keys=keys)
        self._server = Server(self._dependencies, tokens, public_url)
        self.authorize = AuthorizeEndpoint(
            public_url=public_url, dependencies=self._dependencies, sign_in=sign_in or NoSignIn(), server=self._server
        )
        self.registration = RegistrationEndpoint(public_url=public_url, dependencies=self._dependencies, check_url=check_url)

    async def start(self) -> None:
        """Load the signing keys. Raises `Misconfigured` or `Unavailable`."""
        await self._keys.start()

    async def post_token(self, request: Request) -> Response:
        """Answer a token request; errors are those of RFC 6749 section 5.2."""
        return await _with_oauth_errors(self._token, request, "token_refused")

    async def post_revoke(self, request: Request) -> Response:
        """Revoke a token (RFC 7009)."""
        return await _with_oauth_errors(partial(self._endpoint, "revocation"), request, "revocation_refused")

    async def post_introspect(self, request: Request) -> Response:
        """Describe a token (RFC 7662)."""
        return await _with_oauth_errors(partial(self._endpoint, "introspection"), request, "introspection_refused")

    async def get_userinfo(self, request: Request) -> Response:
        """Return the person of a token (OpenID Connect Core section 5.3)."""
        return await userinfo(request, self._verifier, self._dependencies.store)

    async def get_jwks(self) -> Response:
        """Return the public keys."""
        return JSONResponse(await self._keys.published(), headers=CACHED)

    async def get_server_metadata(self) -> Response:
        """Return the server's metadata (RFC 8414)."""
        return JSONResponse(server_metadata(self._public_url), headers=CACHED)

    async def get_provider_metadata(self) -> Response:
        """Return the provider's metadata (OpenID Connect Discovery)."""
        return JSONResponse(provider_metadata(self._public_url), headers=CACHED)

    async def get_resource_metadata(self) -> Response:
        """Return the protected resource's metadata (RFC 9728)."""
        return JSONResponse(resource_metadata(self._public_url), headers=CACHED)

    async def _token(self, request: Request) -> Response:
        parsed = await self._parse_form(request, "token", "grant_type")
        await self._keys.signing()
        response: Response = await self._dependencies.store.bridge(partial(self._server.create_token_response, parsed))
        return response

    async def _endpoint(self, name: str, request: Request) -> Response:
        path = {"revocation": "revoke", "introspection": "introspect"}[name]
        parsed = await self._parse_form(request, path, "token")
        text = parsed.form["token"]
        # Verified before the bridge: nothing may be awaited inside it.
        parsed.claims = await self._verifier.verified_claims(text) if text.count(".") == 2 else None
        work = partial(self._server.create_endpoint_response, name, parsed)
        response: Response = await self._dependencies.store.bridge(work)
        response.headers.update(NO_STORE)
        return response

    async def _parse_form(self, request: Request, path: str, required: str) -> TokenRequest:
        # The body is read before the bridge: nothing may be awaited inside it.
        body = await read_body(request)
        headers = [(name.decode("latin-1"), value.decode("latin-1")) for name, value in request.headers.raw]
        parsed = parse_token_request(f"{self._public_url}/oauth/{path}", headers, request.url.query, body, required=required)
        if "client_assertion" in parsed.form:
            parsed.fetched_jwks = await fetch_client_jwks(parsed, self._dependencies.store, self._client_jwks)
        return parsed


async def _with_oauth_errors(work: Callable[[Request], Awaitable[Response]], request: Request, event: str) -> Response:
    """Return the response of `work`; its errors in the form of RFC 6749 section 5.2."""
    try:
        response = await work(request)
    except OAuth2Error as error:
        status, body, headers = with_description(error)()
        response = Response(json.dumps(body), status, dict(headers))
    except Unavailable as error:
        body = {"error": "temporarily_unavailable", "error_description": error.detail}
        response = JSONResponse(body, 503, {**NO_STORE, "Retry-After": "5"})
    if response.status_code != 200:
        log.info(event, extra={"status": response.status_code})
    return response


def oauth_router(oauth: OAuth) -> APIRouter:
    """Return the routes of `oauth`, outside /v1."""
    router = APIRouter(tags=["oauth"])
    documented: tuple[tuple[str, str, Any], ...] = (
        ("GET", "/oauth/authorize", oauth.authorize.get),
        ("POST", "/oauth/token", oauth.post_token),
        ("POST", "/oauth/revoke", oauth.post_revoke),
        ("POST", "/oauth/introspect", oauth.post_introspect),
        ("GET", "/oauth/userinfo", oauth.get_userinfo),
        ("POST", "/oauth/register", oauth.registration.register),
        ("GET", "/oauth/jwks", oauth.get_jwks),
        ("GET", "/.well-known/oauth-authorization-server", oauth.get_server_metadata),
        ("GET", "/.well-known/openid-configuration", oauth.get_provider_metadata),
        ("GET", RESOURCE_METADATA, oauth.get_resource_metadata),
    )
    for method, path, endpoint in documented:
        options = route_options(method, path)
        router.add_api_route(path, endpoint, methods=[method], response_class=JSONResponse, response_model=None, **options)
    hidden: tuple[tuple[str, str, Any], ...] = (
        # Where clients look that do not put the resource's path behind the well-known one.
        ("GET", RESOURCE_METADATA.removesuffix("/v1"), oauth.get_resource_metadata),
        ("POST", "/oauth/authorize", oauth.authorize.post),  # the consent page's form
        ("POST", "/oauth/userinfo", oauth.get_userinfo),
        *((method, "/oauth/register/{client_id}", oauth.registration.manage) for method in ("GET", "PUT", "DELETE")),
    )
    for method, path, endpoint in hidden:
        router.add_api_route(path, endpoint, methods=[method], response_model=None, include_in_schema=False)
    return router
