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

from api.execution.ids import NewIds
from api.oauth.audit import Teller, Telling
from api.oauth.authorization_server import Server, make_server
from api.oauth.authorize_endpoint import Authorizing
from api.oauth.client_authentication import fetched_for
from api.oauth.client_jwks import ClientJwksCache
from api.oauth.dependencies import Outside
from api.oauth.metadata import provider_metadata, resource_metadata, server_metadata
from api.oauth.openapi import (
    AUTHORIZE,
    INTROSPECT,
    JWKS,
    PROVIDER,
    REGISTER,
    RESOURCE,
    REVOKE,
    SERVER,
    TOKEN,
    TOO_MANY,
    USERINFO,
)
from api.oauth.ports import NobodySignsIn, OAuthStore, SignIn
from api.oauth.registration_endpoint import Registering
from api.oauth.request_parsing import TokenRequest, described, read_body, token_request
from api.oauth.signing_keys import KeyRing
from api.oauth.tokens import AccessTokens
from api.oauth.userinfo import userinfo
from api.security.bearer_tokens import RESOURCE_METADATA, Verifier
from api.security.encryption import derived_key
from domain.shared.context import Vet, unvetted
from domain.shared.errors import Unavailable

log = logging.getLogger(__name__)

NO_STORE = {"Cache-Control": "no-store", "Pragma": "no-cache"}
CACHED = {"Cache-Control": "public, max-age=300"}


def now() -> datetime:
    """The clock."""
    return datetime.now(UTC)


class OAuth:
    """The authorization server of one installation; ``start`` it before it serves."""

    def __init__(
        self,
        *,
        public_url: str,
        token_seconds: int,
        store: OAuthStore,
        keys: KeyRing,
        verifier: Verifier,
        secret: str,
        telling: Telling,
        client_keys: ClientJwksCache,
        check_url: Vet = unvetted,
        sign_in: SignIn | None = None,
        clock: Callable[[], datetime] = now,
    ) -> None:
        self._public_url = public_url
        self._token_seconds = token_seconds
        self._keys = keys
        self._verifier = verifier
        self._client_keys = client_keys
        key = derived_key(secret, "refresh token successors")
        self._outside = Outside(
            store=store, now=clock, new_id=NewIds(clock), successor_key=key, teller=Teller(store, telling, clock)
        )
        self.authorizing = Authorizing(
            public_url=public_url, outside=self._outside, sign_in=sign_in or NobodySignsIn(), make_server=self._server
        )

        self.registering = Registering(public_url=public_url, outside=self._outside, check_url=check_url)

    async def start(self) -> None:
        """Load the signing keys. Raises ``Misconfigured`` or ``Unavailable``."""
        await self._keys.start()

    async def token(self, request: Request) -> Response:
        """Answer a token request; protocol errors as RFC 6749 section 5.2 has them, and never anything else."""
        return await _answered(self._granted, request, "token_refused")

    async def revoke(self, request: Request) -> Response:
        """Take a token back (RFC 7009)."""
        return await _answered(partial(self._endpoint, "revocation"), request, "revocation_refused")

    async def introspect(self, request: Request) -> Response:
        """Say what a token is good for (RFC 7662)."""
        return await _answered(partial(self._endpoint, "introspection"), request, "introspection_refused")

    async def userinfo(self, request: Request) -> Response:
        """Say who the person of a token is (OpenID Connect Core section 5.3)."""
        return await userinfo(request, self._verifier, self._outside.store)

    async def _granted(self, request: Request) -> Response:
        asked = await self._heard(request, "token", "grant_type")
        server = await self._server()
        answer: Response = await self._outside.store.bridge(partial(server.create_token_response, asked))
        return answer

    async def _endpoint(self, name: str, request: Request) -> Response:
        path = {"revocation": "revoke", "introspection": "introspect"}[name]
        asked = await self._heard(request, path, "token")
        text = asked.form["token"]
        # Looked at before the bridge: nothing in there may await it.
        asked.claims = await self._verifier.claims_of(text) if text.count(".") == 2 else None
        server = await self._server()
        answer: Response = await self._outside.store.bridge(partial(server.create_endpoint_response, name, asked))
        answer.headers.update(NO_STORE)
        return answer

    async def _heard(self, request: Request, path: str, needs: str) -> TokenRequest:
        # The body is awaited before the bridge: nothing in there may await it.
        body = await read_body(request)
        headers = [(name.decode("latin-1"), value.decode("latin-1")) for name, value in request.headers.raw]
        heard = token_request(f"{self._public_url}/oauth/{path}", headers, request.url.query, body, needs=needs)
        if "client_assertion" in heard.form:
            heard.fetched = await fetched_for(heard, self._outside.store, self._client_keys)
        return heard

    async def _server(self) -> Server:
        keys = await self._keys.signing()
        tokens = AccessTokens(public_url=self._public_url, seconds=self._token_seconds, keys=keys)
        return make_server(self._outside, tokens, self._public_url)

    async def jwks(self) -> Response:
        """The public keys."""
        return JSONResponse(await self._keys.published(), headers=CACHED)

    async def server(self) -> Response:
        """The server's metadata."""
        return JSONResponse(server_metadata(self._public_url), headers=CACHED)

    async def provider(self) -> Response:
        """The provider's metadata."""
        return JSONResponse(provider_metadata(self._public_url), headers=CACHED)

    async def resource(self) -> Response:
        """The resource's metadata."""
        return JSONResponse(resource_metadata(self._public_url), headers=CACHED)


async def _answered(work: Callable[[Request], Awaitable[Response]], request: Request, event: str) -> Response:
    """What ``work`` answers; its refusals as RFC 6749 section 5.2 has them."""
    try:
        answer = await work(request)
    except OAuth2Error as error:
        status, body, headers = described(error)()
        answer = Response(json.dumps(body), status, dict(headers))
    except Unavailable as error:
        body = {"error": "temporarily_unavailable", "error_description": error.detail}
        answer = JSONResponse(body, 503, {**NO_STORE, "Retry-After": "5"})
    if answer.status_code != 200:
        log.info(event, extra={"status": answer.status_code})
    return answer


def router_for(oauth: OAuth) -> APIRouter:
    """The routes of ``oauth``, outside /v1."""
    router = APIRouter(tags=["oauth"])
    served: tuple[tuple[str, str, Any, dict[str, Any]], ...] = (
        ("GET", "/oauth/authorize", oauth.authorizing.ask, AUTHORIZE),
        ("POST", "/oauth/token", oauth.token, TOKEN),
        ("POST", "/oauth/revoke", oauth.revoke, REVOKE),
        ("POST", "/oauth/introspect", oauth.introspect, INTROSPECT),
        ("GET", "/oauth/userinfo", oauth.userinfo, USERINFO),
        ("POST", "/oauth/register", oauth.registering.register, REGISTER),
        ("GET", "/oauth/jwks", oauth.jwks, JWKS),
        ("GET", "/.well-known/oauth-authorization-server", oauth.server, SERVER),
        ("GET", "/.well-known/openid-configuration", oauth.provider, PROVIDER),
        ("GET", RESOURCE_METADATA, oauth.resource, RESOURCE),
    )
    for method, path, answer, said in served:
        told = said | {"responses": {**said["responses"], 429: TOO_MANY}}
        router.add_api_route(path, answer, methods=[method], response_class=JSONResponse, response_model=None, **told)
    # Where clients look that do not put the resource's path behind the well-known one.
    bare = RESOURCE_METADATA.removesuffix("/v1")
    hidden: tuple[tuple[str, str, Any], ...] = (
        ("GET", bare, oauth.resource),
        ("POST", "/oauth/authorize", oauth.authorizing.answer),  # the page's own form
        ("POST", "/oauth/userinfo", oauth.userinfo),
        *((method, "/oauth/register/{client_id}", oauth.registering.manage) for method in ("GET", "PUT", "DELETE")),
    )
    for method, path, answer in hidden:
        router.add_api_route(path, answer, methods=[method], response_model=None, include_in_schema=False)
    return router
