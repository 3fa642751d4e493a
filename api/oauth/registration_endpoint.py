"""Dynamic client registration (RFC 7591) and its management (RFC 7592), with a token that a district's administrator made."""

import hmac
import re
import secrets
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import replace
from functools import partial
from typing import Any, TypeVar
from uuid import UUID

import msgspec
from authlib.oauth2 import OAuth2Error
from fastapi import Request, Response
from fastapi.responses import JSONResponse

from api.oauth.audit import AuditEvent, client_actor, id_of
from api.oauth.client_metadata import RegistrationError, client_of, registration_error, replace_metadata, uri_of_keys
from api.oauth.dependencies import Dependencies
from api.oauth.request_parsing import read_body
from domain.directory.oauth_clients import SECRET_METHODS, RegisteredClient
from domain.directory.redirect_uris import ClientKind
from domain.oauth.audit_actions import DenialReason, OAuthAction
from domain.oauth.model import InitialAccessGrant
from domain.oauth.opaque_tokens import OpaqueTokenKind, district_in_token, token_digest
from domain.shared.audit import Subject
from domain.shared.context import UrlCheck
from domain.shared.errors import Invalid, Unavailable
from domain.shared.ids import DistrictId

T = TypeVar("T")

NO_STORE = {"Cache-Control": "no-store", "Pragma": "no-cache"}
CLIENT_ID = re.compile(r"[A-Za-z0-9-]{1,64}")


class InvalidRegistrationToken(RegistrationError):
    """The token is not valid for registration. `record` writes the audit row, if the district is known."""

    def __init__(self, record: Callable[[], None] | None = None) -> None:
        self.record = record
        super().__init__("invalid_token", "Send the token that an administrator gave you, or that registering gave you.", 401)


class RegistrationEndpoint:
    """`/oauth/register` and `/oauth/register/{client_id}`."""

    def __init__(self, *, public_url: str, dependencies: Dependencies, check_url: UrlCheck) -> None:
        self._public_url = public_url
        self._check_url = check_url
        self._dependencies = dependencies

    async def register(self, request: Request) -> Response:
        """Register a client in the district of its initial access token."""
        return await self._with_oauth_errors(self._register, request)

    async def manage(self, request: Request) -> Response:
        """Read, replace or delete a registration, by its registration access token."""
        return await self._with_oauth_errors(self._manage, request)

    async def _with_oauth_errors(self, work: Callable[[Request], Awaitable[Response]], request: Request) -> Response:
        try:
            return await work(request)
        except RegistrationError as error:
            headers = NO_STORE | ({"WWW-Authenticate": 'Bearer error="invalid_token"'} if error.status == 401 else {})
            body = {"error": error.error, "error_description": error.description}
            return JSONResponse(body, error.status, headers)
        except Unavailable as error:
            body = {"error": "temporarily_unavailable", "error_description": error.detail}
            return JSONResponse(body, 503, NO_STORE | {"Retry-After": "5"})

    async def _register(self, request: Request) -> Response:
        token = _bearer(request)
        district_id = district_in_token(OpaqueTokenKind.INITIAL, token)
        if district_id is None:
            raise InvalidRegistrationToken
        metadata = await _parse_json(request)
        secret, registration = secrets.token_urlsafe(32), secrets.token_urlsafe(32)
        client_id = str(self._dependencies.new_id())

        def work() -> RegisteredClient:
            allowance = self._initial_access_grant(district_id, token)
            client = replace(
                client_of(metadata, client_id, allowance.scopes, district_id),
                registration_sha256=token_digest(registration),
            )
            if client.auth_method in SECRET_METHODS:
                client = replace(client, secret_sha256=token_digest(secret))
            self._dependencies.store.registrations.register(client, self._dependencies.now())
            self._record(OAuthAction.REGISTER_CLIENT, client, after=client, further=(allowance.id,))
            return client

        await self._check_jwks_uri(metadata, partial(self._initial_access_grant, district_id, token))
        client = await self._bridge(work)
        body = self._response(client) | {"registration_access_token": registration}
        body |= {"client_id_issued_at": int(self._dependencies.now().timestamp())}
        body |= {"client_secret": secret, "client_secret_expires_at": 0} if client.secret_sha256 else {}
        return JSONResponse(body, 201, NO_STORE)

    async def _manage(self, request: Request) -> Response:
        token, client_id, method = _bearer(request), request.path_params["client_id"], request.method
        metadata = await _parse_json(request) if method == "PUT" else {}

        def work() -> RegisteredClient:
            client, registrations = self._managed_client(client_id, token), self._dependencies.store.registrations
            if method == "PUT":
                before, client = client, replace_metadata(metadata, client)
                registrations.update(client)
                self._record(OAuthAction.UPDATE_CLIENT, client, before=before, after=client)
            elif method == "DELETE":
                registrations.withdraw(client_id, self._dependencies.now())
                self._record(OAuthAction.WITHDRAW_CLIENT, client)
            return client

        await self._check_jwks_uri(metadata, partial(self._managed_client, client_id, token))
        client = await self._bridge(work)
        return Response(None, 204, NO_STORE) if method == "DELETE" else JSONResponse(self._response(client), 200, NO_STORE)

    def _initial_access_grant(self, district_id: DistrictId, token: str) -> InitialAccessGrant:
        """Return what the initial access token allows; sets the tenant to its district. Raises `InvalidRegistrationToken`."""
        self._dependencies.store.set_tenant(district_id)
        allowance = self._dependencies.store.registrations.initial_access_grant(token_digest(token), self._dependencies.now())
        if allowance is None:
            raise InvalidRegistrationToken
        if not allowance.active:
            raise InvalidRegistrationToken(partial(self._record_denied, OAuthAction.REGISTER_CLIENT, district_id, allowance.id))
        return allowance

    def _managed_client(self, client_id: str, token: str) -> RegisteredClient:
        """Return the client that the token manages; sets the tenant to its district. Raises `InvalidRegistrationToken`."""
        client = self._dependencies.store.find_client(client_id) if CLIENT_ID.fullmatch(client_id) else None
        expected = client.registration_sha256 if client is not None and client.revoked_at is None else None
        same = hmac.compare_digest(token_digest(token), expected or bytes(32))
        if client is None or expected is None:
            raise InvalidRegistrationToken
        if not same:
            raise InvalidRegistrationToken(
                partial(self._record_denied, OAuthAction.AUTHENTICATE_CLIENT, client.districts[0], id_of(client_id))
            )
        self._dependencies.store.set_tenant(client.districts[0])
        return client

    async def _check_jwks_uri(self, metadata: Mapping[str, Any], authenticate: Callable[[], object]) -> None:
        """Reject a `jwks_uri` that must not be requested. Runs after `authenticate`, as it resolves a host name."""
        uri = uri_of_keys(metadata)
        if uri is None:
            return
        await self._bridge(authenticate)
        try:
            await self._check_url(uri, "/jwks_uri")
        except Invalid as error:
            raise registration_error(error) from None

    async def _bridge(self, work: Callable[[], T]) -> T:
        store = self._dependencies.store
        try:
            return await store.bridge(work)
        except InvalidRegistrationToken as error:
            # The failed transaction was rolled back, so the audit row has its own.
            if error.record is not None:
                await store.bridge(error.record)
            raise

    def _record(
        self,
        action: OAuthAction,
        client: RegisteredClient,
        *,
        before: RegisteredClient | None = None,
        after: RegisteredClient | None = None,
        further: tuple[UUID, ...] = (),
    ) -> None:
        """Record a client's change of its own registration; `further`: the token that allowed it."""
        event = AuditEvent(
            object_type=Subject.CLIENT,
            object_id=id_of(client.client_id),
            further=further,
            before=None if before is None else self._response(before),
            after=None if after is None else self._response(after),
        )
        self._dependencies.audit.record(action, client_actor(client.client_id, client.districts[0]), event)

    def _record_denied(self, action: OAuthAction, district_id: DistrictId, object_id: UUID | None) -> None:
        subject = Subject.CLIENT if action is OAuthAction.AUTHENTICATE_CLIENT else Subject.INITIAL_ACCESS_TOKEN
        self._dependencies.audit.record_failed_authentication(
            action, district_id, DenialReason.INVALID_TOKEN, subject, object_id
        )

    def _response(self, client: RegisteredClient) -> dict[str, Any]:
        """Return the response of RFC 7591 section 3.2.1."""
        body: dict[str, Any] = {
            "client_id": client.client_id,
            "client_name": client.name,
            "application_type": "native" if client.kind is ClientKind.NATIVE else "web",
            "token_endpoint_auth_method": client.auth_method.value,
            "grant_types": [g.value for g in client.grant_types],
            "response_types": [] if client.kind is ClientKind.MACHINE else ["code"],
            "redirect_uris": list(client.redirect_uris),
            "scope": " ".join(sorted(client.scopes)),
            "evaluates": client.evaluates,
            "registration_client_uri": f"{self._public_url}/oauth/register/{client.client_id}",
        }
        keys = {"jwks": client.jwks, "jwks_uri": client.jwks_uri}
        return body | {name: value for name, value in keys.items() if value is not None}


def _bearer(request: Request) -> str:
    scheme, _, token = request.headers.get("authorization", "").partition(" ")
    if scheme.lower() != "bearer" or not token:
        raise InvalidRegistrationToken
    return token.strip()


async def _parse_json(request: Request) -> dict[str, Any]:
    try:
        body = await read_body(request)
    except OAuth2Error as error:
        raise RegistrationError("invalid_client_metadata", error.description) from None
    try:
        # Also rejects a lone surrogate, which the standard library accepts and PostgreSQL does not.
        content = msgspec.json.decode(body)
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError):
        content = None
    if not isinstance(content, dict):
        raise RegistrationError("invalid_client_metadata", "Send a JSON object.")
    if b"\\u0000" in body:  # PostgreSQL cannot store NUL in texts
        raise RegistrationError("invalid_client_metadata", "Leave NUL characters out of the registration.")
    return content
