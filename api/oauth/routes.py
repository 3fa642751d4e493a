"""The authorization server's endpoints."""

import json
import logging
from functools import partial
from typing import Any

from authlib.oauth2 import OAuth2Error
from fastapi import APIRouter, Request, Response
from fastapi.responses import JSONResponse

from api.oauth.http import read_body, token_request
from api.oauth.keys import KeyRing
from api.oauth.metadata import resource_metadata, server_metadata
from api.oauth.ports import OAuthStore
from api.oauth.published import JWKS, RESOURCE, SERVER, TOKEN
from api.oauth.server import AccessTokens, make_server
from api.security import RESOURCE_METADATA
from domain.shared.errors import Unavailable

log = logging.getLogger(__name__)

NO_STORE = {"Cache-Control": "no-store", "Pragma": "no-cache"}
CACHED = {"Cache-Control": "public, max-age=300"}


class OAuth:
    """The authorization server of one installation; ``start`` it before it serves."""

    def __init__(self, *, public_url: str, token_seconds: int, store: OAuthStore, keys: KeyRing) -> None:
        self._public_url = public_url
        self._token_seconds = token_seconds
        self._store = store
        self._keys = keys

    async def start(self) -> None:
        """Load the signing keys. Raises ``Misconfigured`` or ``Unavailable``."""
        await self._keys.start()

    async def token(self, request: Request) -> Response:
        """Answer a token request; protocol errors as RFC 6749 section 5.2 has them, and never anything else."""
        try:
            answer = await self._granted(request)
        except OAuth2Error as error:
            status, body, headers = error()
            answer = Response(json.dumps(body), status, dict(headers))
        except Unavailable as error:
            body = {"error": "temporarily_unavailable", "error_description": error.detail}
            answer = JSONResponse(body, 503, {**NO_STORE, "Retry-After": "5"})
        if answer.status_code != 200:
            log.info("token_refused", extra={"status": answer.status_code})
        return answer

    async def _granted(self, request: Request) -> Response:
        # The body is awaited before the bridge: nothing in there may await it.
        body = await read_body(request.stream())
        headers = [(name.decode("latin-1"), value.decode("latin-1")) for name, value in request.headers.raw]
        asked = token_request(f"{self._public_url}/oauth/token", headers, request.url.query, body)
        tokens = AccessTokens(public_url=self._public_url, seconds=self._token_seconds, keys=await self._keys.signing())
        server = make_server(self._store.find_client, tokens)
        answer: Response = await self._store.bridge(partial(server.create_token_response, asked))
        return answer

    async def jwks(self) -> Response:
        """The public keys."""
        return JSONResponse(await self._keys.published(), headers=CACHED)

    async def server(self) -> Response:
        """The server's metadata."""
        return JSONResponse(server_metadata(self._public_url), headers=CACHED)

    async def resource(self) -> Response:
        """The resource's metadata."""
        return JSONResponse(resource_metadata(self._public_url), headers=CACHED)


def router_for(oauth: OAuth) -> APIRouter:
    """The routes of ``oauth``, outside /v1."""
    router = APIRouter(tags=["oauth"])
    served: tuple[tuple[str, str, Any, dict[str, Any]], ...] = (
        ("POST", "/oauth/token", oauth.token, TOKEN),
        ("GET", "/oauth/jwks", oauth.jwks, JWKS),
        ("GET", "/.well-known/oauth-authorization-server", oauth.server, SERVER),
        ("GET", RESOURCE_METADATA, oauth.resource, RESOURCE),
    )
    for method, path, answer, said in served:
        router.add_api_route(path, answer, methods=[method], response_class=JSONResponse, response_model=None, **said)
    # Where clients look that do not put the resource's path behind the well-known one.
    bare = RESOURCE_METADATA.removesuffix("/v1")
    router.add_api_route(bare, oauth.resource, methods=["GET"], response_model=None, include_in_schema=False)
    return router
