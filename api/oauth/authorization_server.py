"""The authorization server: Authlib's, over our clients, codes, token families and keys."""

import json
import logging
from typing import Any

from authlib.oauth2 import OAuth2Error
from authlib.oauth2.rfc6749 import AuthorizationServer, ClientAuthentication, OAuth2Request
from authlib.oauth2.rfc6749.errors import InvalidClientError
from authlib.oauth2.rfc9207 import IssuerParameter
from fastapi import Response

from api.oauth.audit import AuditEvent, id_of
from api.oauth.client_authentication import CLIENT_ID, Assertion, Client, usable_client
from api.oauth.dependencies import Dependencies
from api.oauth.grants import AuthorizationCodeGrant, ClientCredentialsGrant, RequireS256
from api.oauth.refresh_grant import RefreshTokenGrant
from api.oauth.request_parsing import InvalidClient, TokenRequest, with_description
from api.oauth.revocation_introspection import Introspection, Revocation
from api.oauth.tokens import AccessTokens, IdTokens
from domain.directory.oauth_clients import AuthMethod, RegisteredClient
from domain.oauth.audit_actions import DenialReason, OAuthAction
from domain.shared.audit import Ending, Subject


class ServerResponse(Response):
    """A response whose `location` Authlib can read and change. A redirect is a 303, also after a form (RFC 9700 4.12)."""

    def __init__(self, content: str, status: int, headers: dict[str, str]) -> None:
        super().__init__(content, 303 if status == 302 else status, headers)

    @property
    def location(self) -> str | None:
        return self.headers.get("location")

    @location.setter
    def location(self, url: str) -> None:
        self.headers["location"] = url


class Issuer(IssuerParameter):
    """Adds `iss` to every response to an app (RFC 9207)."""

    def __init__(self, public_url: str) -> None:
        self._public_url = public_url

    def get_issuer(self) -> str:
        return self._public_url


class Server(AuthorizationServer):
    """Grants and endpoints of the installation; made once. The state of one request is kept on its `TokenRequest`.

    `scopes_supported` stays unset, else unknown scopes would be refused before they can be dropped.
    """

    def __init__(self, dependencies: Dependencies, tokens: AccessTokens, public_url: str) -> None:
        super().__init__()
        self.dependencies = dependencies
        self._public_url = public_url
        self.register_token_generator("default", tokens)
        self.register_extension(Issuer(public_url))
        self.register_grant(ClientCredentialsGrant)
        self.register_grant(AuthorizationCodeGrant, [RequireS256(required=True), IdTokens(public_url, tokens)])
        self.register_grant(RefreshTokenGrant)
        self.register_endpoint(Revocation)
        self.register_endpoint(Introspection)

    def query_client(self, client_id: str) -> Client:
        return usable_client(self._find(client_id))

    def authenticate_client(self, request: TokenRequest, methods: list[str], endpoint: str = "token") -> Client:
        claimed: RegisteredClient | None = None

        def query_client(client_id: str) -> Client:
            nonlocal claimed
            claimed = self._find(client_id)
            return usable_client(claimed)

        authentication = ClientAuthentication(query_client)
        assertion = Assertion(self._public_url, self.dependencies.store, request.fetched_jwks)
        authentication.register(AuthMethod.KEY.value, assertion)
        try:
            client: Client = authentication(request, methods, endpoint)
        except InvalidClientError as error:
            self._record_failure(claimed)
            raise (error if isinstance(error, InvalidClient) else InvalidClient()) from None
        return client

    def handle_error_response(self, request: OAuth2Request, error: OAuth2Error) -> Any:
        if isinstance(request, TokenRequest) and request.code_used_by is not None:
            event = AuditEvent(outcome=Ending.REFUSED, code=error.error)
            self.dependencies.audit.record(OAuthAction.BEGIN_SESSION, request.code_used_by, event)
        return super().handle_error_response(request, with_description(error))

    def _find(self, client_id: str) -> RegisteredClient | None:
        # A client id can also come from an assertion, which the form's checks do not cover.
        return self.dependencies.store.find_client(client_id) if CLIENT_ID.fullmatch(client_id) else None

    def _record_failure(self, claimed: RegisteredClient | None) -> None:
        """Record a failed authentication where the claimed client has one district; its object is the client."""
        if claimed is not None and len(claimed.districts) == 1:
            self.dependencies.audit.record_failed_authentication(
                OAuthAction.AUTHENTICATE_CLIENT,
                claimed.districts[0],
                DenialReason.INVALID_CLIENT,
                Subject.CLIENT,
                id_of(claimed.client_id),
            )

    def save_token(self, token: dict[str, Any], request: OAuth2Request) -> None:
        """Do nothing: the grants store what has to be stored."""

    def send_signal(self, name: str, *args: Any, **kwargs: Any) -> None:
        """Do nothing: Authlib's signals are sent after the commit and without a tenant."""

    def create_oauth2_request(self, request: OAuth2Request) -> OAuth2Request:
        # At DEBUG the library logs whole access tokens. Set for each request, since levels can change at run time.
        library = logging.getLogger("authlib")
        library.setLevel(max(library.level, logging.INFO))
        return request

    def handle_response(self, status: int, body: Any, headers: list[tuple[str, str]]) -> ServerResponse:
        return ServerResponse(json.dumps(body) if isinstance(body, dict) else body, status, dict(headers))
