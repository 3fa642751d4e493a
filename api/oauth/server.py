"""The authorization server: the library's client credentials grant over our clients and keys."""

import hmac
import json
import logging
from collections.abc import Callable
from hashlib import sha256
from typing import Any

from authlib.oauth2.rfc6749 import AuthorizationServer, ClientMixin, OAuth2Request
from authlib.oauth2.rfc6749.errors import InvalidClientError
from authlib.oauth2.rfc6749.grants import ClientCredentialsGrant
from authlib.oauth2.rfc9068 import JWTBearerTokenGenerator
from fastapi import Response
from joserfc.jwk import KeySet

from api.oauth.http import InvalidClient
from api.security import ALGORITHM
from domain.directory.clients import RegisteredClient

METHODS = ("client_secret_basic", "client_secret_post")
GRANT = "client_credentials"


class Client(ClientMixin):
    """A registered client as the grants want it; ``None`` inside stands for every client that is not let in."""

    def __init__(self, registered: RegisteredClient | None) -> None:
        self.registered = registered

    def __repr__(self) -> str:
        return f"Client({self.get_client_id()})"

    def get_client_id(self) -> str:
        return self.registered.client_id if self.registered else ""

    def check_client_secret(self, client_secret: str) -> bool:
        """Compare in constant time; for nobody as well, so that the time does not tell whether there is such a client."""
        expected = self.registered.secret_sha256 if self.registered else bytes(32)
        same = hmac.compare_digest(sha256(client_secret.encode()).digest(), expected)
        return same and self.registered is not None

    def check_endpoint_auth_method(self, method: str, endpoint: str) -> bool:
        return method in METHODS and endpoint == "token"

    def check_grant_type(self, grant_type: str) -> bool:
        return grant_type == GRANT

    def get_allowed_scope(self, scope: str | None) -> str | None:
        """Left out: all that is registered. Else what of it is registered; None, a refusal, when that is nothing."""
        registered = self.registered.scopes if self.registered else frozenset()
        wanted = registered if scope is None else registered & set(scope.split())
        return " ".join(sorted(wanted)) or None


class Server(AuthorizationServer):
    """``scopes_supported`` stays unset, else unknown scopes would be refused before they can be dropped."""

    def __init__(self, find_client: Callable[[str], RegisteredClient | None]) -> None:
        super().__init__()
        self._find_client = find_client

    def query_client(self, client_id: str) -> Client:
        found = self._find_client(client_id)
        return Client(None if found is None or found.revoked_at is not None else found)

    def authenticate_client(self, request: OAuth2Request, methods: list[str], endpoint: str = "token") -> Client:
        try:
            client: Client = super().authenticate_client(request, methods, endpoint)
        except InvalidClientError:
            raise InvalidClient from None
        return client

    def save_token(self, token: dict[str, Any], request: OAuth2Request) -> None:
        """Access tokens are not kept: they carry what is needed, and the client is looked up again when they are used."""

    def send_signal(self, name: str, *args: Any, **kwargs: Any) -> None:
        """Nobody listens."""

    def create_oauth2_request(self, request: OAuth2Request) -> OAuth2Request:
        return request

    def handle_response(self, status: int, body: dict[str, Any], headers: list[tuple[str, str]]) -> Response:
        return Response(json.dumps(body), status, dict(headers))


class MachineGrant(ClientCredentialsGrant):
    """A machine asks for itself."""

    TOKEN_ENDPOINT_AUTH_METHODS = list(METHODS)  # noqa: RUF012 - the library's shape


class AccessTokens(JWTBearerTokenGenerator):
    """Access tokens as JWT (RFC 9068), of our audience and lifetime instead of the library's."""

    def __init__(self, *, public_url: str, seconds: int, keys: KeySet) -> None:
        super().__init__(issuer=public_url, alg=ALGORITHM, expires_generator=seconds)
        self._audience = f"{public_url}/v1"
        self._keys = keys

    def get_jwks(self) -> KeySet:
        return self._keys

    def get_audiences(self, client: Client, user: Any, scope: str) -> str:  # noqa: ARG002 - the library's signature
        return self._audience

    def get_extra_claims(self, client: Client, *_: Any) -> dict[str, str]:
        """For people who read a token; what counts is looked up by client_id."""
        found = client.registered
        return {} if found is None else {"district_id": str(found.district_id), "origin": found.origin}


def make_server(find_client: Callable[[str], RegisteredClient | None], tokens: AccessTokens) -> Server:
    """A server with its one grant."""
    # At DEBUG the library logs whole access tokens.
    library = logging.getLogger("authlib")
    library.setLevel(max(library.level, logging.INFO))
    server = Server(find_client)
    server.register_token_generator("default", tokens)
    server.register_grant(MachineGrant)
    return server
