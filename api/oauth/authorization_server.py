"""The authorization server: the library's, over our clients, codes, families and keys."""

import json
import logging
from typing import Any

from authlib.oauth2 import OAuth2Error
from authlib.oauth2.rfc6749 import AuthorizationServer, OAuth2Request
from authlib.oauth2.rfc6749.errors import InvalidClientError
from authlib.oauth2.rfc9207 import IssuerParameter
from fastapi import Response

from api.oauth.audit import Told, id_of
from api.oauth.client_authentication import CLIENT_ID, Assertion, Client, let_in
from api.oauth.dependencies import Outside
from api.oauth.grants import CodeGrant, MachineGrant, RequireS256
from api.oauth.refresh_grant import RotatingGrant
from api.oauth.request_parsing import InvalidClient, described
from api.oauth.revocation_introspection import Introspection, Revocation
from api.oauth.tokens import AccessTokens, IdTokens
from domain.directory.oauth_clients import AuthMethod, RegisteredClient
from domain.oauth.audit_actions import Act, Why
from domain.shared.audit import Ending, Subject
from domain.shared.context import Actor


class Located(Response):
    """A response whose ``location`` the library can read and add to. A form is answered by 303 (RFC 9700 4.12)."""

    def __init__(self, content: str, status: int, headers: dict[str, str]) -> None:
        super().__init__(content, 303 if status == 302 else status, headers)

    @property
    def location(self) -> str | None:
        return self.headers.get("location")

    @location.setter
    def location(self, url: str) -> None:
        self.headers["location"] = url


class Issuer(IssuerParameter):
    """Every answer to an app says who it is from (RFC 9207)."""

    def __init__(self, public_url: str) -> None:
        self._public_url = public_url

    def get_issuer(self) -> str:
        return self._public_url


class Server(AuthorizationServer):
    """``scopes_supported`` stays unset, else unknown scopes would be refused before they can be dropped.

    Of one request: ``spent`` is the act whose code it used up, ``_claimed`` the client that it said to be.
    """

    def __init__(self, outside: Outside) -> None:
        super().__init__()
        self.outside = outside
        self.spent: tuple[Act, Actor] | None = None
        self._claimed: RegisteredClient | None = None

    def query_client(self, client_id: str) -> Client:
        # An assertion names it as well, past the form's own checks.
        self._claimed = self.outside.store.find_client(client_id) if CLIENT_ID.fullmatch(client_id) else None
        return let_in(self._claimed)

    def authenticate_client(self, request: OAuth2Request, methods: list[str], endpoint: str = "token") -> Client:
        try:
            client: Client = super().authenticate_client(request, methods, endpoint)
        except InvalidClientError as error:
            self._tell_unproven()
            raise (error if isinstance(error, InvalidClient) else InvalidClient()) from None
        return client

    def handle_error_response(self, request: OAuth2Request, error: OAuth2Error) -> Any:
        if self.spent is not None:
            act, who = self.spent
            self.outside.teller.tell(act, who, Told(ending=Ending.REFUSED, code=error.error))
        return super().handle_error_response(request, described(error))

    def _tell_unproven(self) -> None:
        """A try at being a client, where its district is known. Whoever tried is nobody; the client is what it was about."""
        claimed = self._claimed
        if claimed is None or len(claimed.districts) != 1:
            return
        object_id = id_of(claimed.client_id)
        self.outside.teller.tell_of_try(
            Act.AUTHENTICATE_CLIENT, claimed.districts[0], Why.INVALID_CLIENT, Subject.CLIENT, object_id
        )

    def save_token(self, token: dict[str, Any], request: OAuth2Request) -> None:
        """Nothing: the grants keep what is to be kept."""

    def send_signal(self, name: str, *args: Any, **kwargs: Any) -> None:
        """Nobody listens."""

    def create_oauth2_request(self, request: OAuth2Request) -> OAuth2Request:
        return request

    def handle_response(self, status: int, body: Any, headers: list[tuple[str, str]]) -> Located:
        return Located(json.dumps(body) if isinstance(body, dict) else body, status, dict(headers))


def make_server(outside: Outside, tokens: AccessTokens, public_url: str) -> Server:
    """A server with its grants and endpoints; made for each request, as it holds the keys of the moment."""
    # At DEBUG the library logs whole access tokens.
    library = logging.getLogger("authlib")
    library.setLevel(max(library.level, logging.INFO))
    server = Server(outside)
    server.register_client_auth_method(AuthMethod.KEY.value, Assertion(public_url, outside.store))
    server.register_token_generator("default", tokens)
    server.register_extension(Issuer(public_url))
    server.register_grant(MachineGrant)
    server.register_grant(CodeGrant, [RequireS256(required=True), IdTokens(public_url, tokens.keys)])
    server.register_grant(RotatingGrant)
    server.register_endpoint(Revocation)
    server.register_endpoint(Introspection)
    return server
