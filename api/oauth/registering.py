"""Clients register themselves (RFC 7591) and manage that (RFC 7592), where a district's administrator let them.

What a registration may say is what the operator's command may; members that mean nothing here are passed over, as the RFC asks.
"""

import hmac
import json
import re
import secrets
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import replace
from functools import partial
from typing import Any, TypeVar

from fastapi import Request, Response
from fastapi.responses import JSONResponse

from api.oauth.grants import Outside
from api.oauth.http import LONGEST_BODY
from api.oauth.ports import OAuthStore, Registrations
from domain.authorization.opaque import Kind, digest, district_of
from domain.directory.clients import MACHINE_GRANTS, SECRETS, AuthMethod, GrantType, RegisteredClient
from domain.directory.redirects import ClientKind
from domain.directory.registered import CreateClient
from domain.directory.registering import grants_of
from domain.shared.errors import Invalid, Unavailable
from domain.shared.ids import DistrictId

T = TypeVar("T")

NO_STORE = {"Cache-Control": "no-store", "Pragma": "no-cache"}
CLIENT_ID = re.compile(r"[A-Za-z0-9-]{1,64}")
NEVER_SENT = ("registration_access_token", "registration_client_uri", "client_secret_expires_at", "client_id_issued_at")


class Refused(Exception):
    """A registration that is not taken, as RFC 7591 section 3.2.2 has it."""

    def __init__(self, error: str, description: str, status: int = 400) -> None:
        super().__init__(error)
        self.error, self.description, self.status = error, description, status


class NotLet(Refused):
    """Nobody let whoever asks."""

    def __init__(self) -> None:
        super().__init__("invalid_token", "Send the token that an administrator gave you, or that registering gave you.", 401)


class Registering:
    """``/oauth/register`` and what is below it."""

    def __init__(self, *, public_url: str, outside: Outside) -> None:
        self._public_url = public_url
        self._outside = outside

    async def register(self, request: Request) -> Response:
        """Register the client that asks, in the district of its initial access token."""
        return await self._answered(self._register, request)

    async def manage(self, request: Request) -> Response:
        """Read, replace or end a registration, by the token that registering gave."""
        return await self._answered(self._manage, request)

    async def _answered(self, work: Callable[[Request], Awaitable[Response]], request: Request) -> Response:
        try:
            return await work(request)
        except Refused as refused:
            headers = NO_STORE | ({"WWW-Authenticate": 'Bearer error="invalid_token"'} if refused.status == 401 else {})
            body = {"error": refused.error, "error_description": refused.description}
            return JSONResponse(body, refused.status, headers)
        except Unavailable as error:
            body = {"error": "temporarily_unavailable", "error_description": error.detail}
            return JSONResponse(body, 503, NO_STORE | {"Retry-After": "5"})

    async def _register(self, request: Request) -> Response:
        token = _bearer(request)
        district_id = district_of(Kind.INITIAL, token)
        if district_id is None:
            raise NotLet
        said = await _json(request)
        secret, registration = secrets.token_urlsafe(32), secrets.token_urlsafe(32)
        client_id = str(self._outside.new_id())

        def work(store: OAuthStore, kept: Registrations) -> RegisteredClient:
            store.stand_in(district_id)
            allowed = kept.allowed(digest(token), self._outside.now())
            if allowed is None:
                raise NotLet
            made = replace(
                _client(said, client_id, allowed, district_id),
                registration_sha256=digest(registration),
            )
            if made.auth_method in SECRETS:
                made = replace(made, secret_sha256=digest(secret))
            kept.register(made, self._outside.now())
            return made

        client = await self._bridged(work)
        shown = self._shown(client) | {"registration_access_token": registration}
        shown |= {"client_id_issued_at": int(self._outside.now().timestamp())}
        shown |= {"client_secret": secret, "client_secret_expires_at": 0} if client.secret_sha256 else {}
        return JSONResponse(shown, 201, NO_STORE)

    async def _manage(self, request: Request) -> Response:
        token, client_id, method = _bearer(request), request.path_params["client_id"], request.method
        said = await _json(request) if method == "PUT" else {}

        def work(store: OAuthStore, kept: Registrations) -> RegisteredClient:
            held = store.find_client(client_id) if CLIENT_ID.fullmatch(client_id) else None
            expected = held.registration_sha256 if held is not None and held.revoked_at is None else None
            if not hmac.compare_digest(digest(token), expected or bytes(32)) or held is None or expected is None:
                raise NotLet
            store.stand_in(held.districts[0])
            if method == "PUT":
                held = _replaced(said, held)
                kept.update(held)
            elif method == "DELETE":
                kept.withdraw(client_id, self._outside.now())
            return held

        client = await self._bridged(work)
        return Response(None, 204, NO_STORE) if method == "DELETE" else JSONResponse(self._shown(client), 200, NO_STORE)

    async def _bridged(self, work: Callable[[OAuthStore, Registrations], T]) -> T:
        store = self._outside.store
        return await store.bridge(partial(work, store, store.registrations))

    def _shown(self, client: RegisteredClient) -> dict[str, Any]:
        """The registration as RFC 7591 section 3.2.1 names it."""
        shown: dict[str, Any] = {
            "client_id": client.client_id,
            "client_name": client.name,
            "application_type": "native" if client.kind is ClientKind.NATIVE else "web",
            "token_endpoint_auth_method": client.auth_method.value,
            "grant_types": [g.value for g in client.grant_types],
            "response_types": [] if client.kind is ClientKind.MACHINE else ["code"],
            "redirect_uris": list(client.redirect_uris),
            "scope": " ".join(sorted(client.scopes)),
            "registration_client_uri": f"{self._public_url}/oauth/register/{client.client_id}",
        }
        return shown | ({"jwks": client.jwks} if client.jwks is not None else {})


def _client(said: Mapping[str, Any], client_id: str, allowed: frozenset[str], district_id: DistrictId) -> RegisteredClient:
    """The client that ``said`` describes, with scopes of ``allowed`` alone."""
    kind = _kind(said)
    scopes = _scopes(said, allowed)
    if "jwks_uri" in said:
        raise Refused("invalid_client_metadata", "Keys are not fetched: send them as jwks.")
    default = AuthMethod.NONE if kind is ClientKind.NATIVE else AuthMethod.BASIC
    try:
        checked = CreateClient(
            name=_text(said, "client_name", "Client"),
            origin=client_id,
            scopes=tuple(scopes),
            kind=kind,
            auth_method=AuthMethod(_text(said, "token_endpoint_auth_method", default.value)),
            redirect_uris=tuple(_texts(said, "redirect_uris")),
            jwks=_jwks(said),
        )
    except Invalid as error:
        raise _refused(error) from None
    except ValueError:
        raise Refused("invalid_client_metadata", "This token_endpoint_auth_method is not offered.") from None
    return RegisteredClient(
        client_id=client_id,
        name=checked.name,
        origin=client_id,
        secret_sha256=None,
        scopes=frozenset(checked.scopes),
        revoked_at=None,
        districts=(district_id,),
        kind=kind,
        auth_method=checked.auth_method or default,
        grant_types=grants_of(kind),
        redirect_uris=checked.redirect_uris,
        jwks=checked.jwks,
    )


def _replaced(said: Mapping[str, Any], held: RegisteredClient) -> RegisteredClient:
    """``held`` as ``said`` describes it anew; what it is and how it proves itself stay, and its scopes never widen."""
    if said.get("client_id") != held.client_id or any(name in said for name in NEVER_SENT):
        raise Refused("invalid_request", "Send client_id, and none of what only we can say.")
    made = _client(said, held.client_id, held.scopes, held.districts[0])
    if (made.kind, made.auth_method) != (held.kind, held.auth_method):
        raise Refused("invalid_client_metadata", "For another kind or proof register another client.")
    return replace(held, name=made.name, scopes=made.scopes, redirect_uris=made.redirect_uris, jwks=made.jwks)


def _kind(said: Mapping[str, Any]) -> ClientKind:
    grants = _texts(said, "grant_types") or [GrantType.AUTHORIZATION_CODE.value]
    if not set(grants) <= {g.value for g in GrantType} or not set(_texts(said, "response_types")) <= {"code"}:
        raise Refused("invalid_client_metadata", "This grant or response type is not offered.")
    if set(grants) == {g.value for g in MACHINE_GRANTS}:
        return ClientKind.MACHINE
    if GrantType.CLIENT_CREDENTIALS.value in grants:
        raise Refused("invalid_client_metadata", "A machine and an app for people are two clients: register both.")
    if _text(said, "application_type", "web") == "native":
        return ClientKind.NATIVE
    return ClientKind.BROWSER if said.get("token_endpoint_auth_method") == AuthMethod.NONE.value else ClientKind.WEB


def _scopes(said: Mapping[str, Any], allowed: frozenset[str]) -> list[str]:
    wanted = allowed & set(_text(said, "scope", " ".join(allowed)).split())
    if not wanted:
        raise Refused("invalid_client_metadata", "None of these scopes may be registered with this token.")
    return sorted(wanted)


def _text(said: Mapping[str, Any], name: str, absent: str) -> str:
    found = said.get(name, absent)
    if not isinstance(found, str) or not found.isprintable():
        raise Refused("invalid_client_metadata", f"{name} is a text.")
    return found


def _texts(said: Mapping[str, Any], name: str) -> list[str]:
    found = said.get(name, [])
    if not isinstance(found, list) or not all(isinstance(text, str) for text in found):
        raise Refused("invalid_client_metadata", f"{name} is a list of texts.")
    return found


def _jwks(said: Mapping[str, Any]) -> Mapping[str, Any] | None:
    found = said.get("jwks")
    if found is not None and not isinstance(found, dict):
        raise Refused("invalid_client_metadata", "jwks is a JWK set.")
    return found


def _refused(error: Invalid) -> Refused:
    fault = error.errors[0]
    kind = "invalid_redirect_uri" if fault.pointer.startswith("/redirect_uris") else "invalid_client_metadata"
    return Refused(kind, f"{fault.pointer}: {fault.detail}")


def _bearer(request: Request) -> str:
    scheme, _, token = request.headers.get("authorization", "").partition(" ")
    if scheme.lower() != "bearer" or not token:
        raise NotLet
    return token.strip()


async def _json(request: Request) -> dict[str, Any]:
    body = bytearray()
    async for chunk in request.stream():
        body += chunk
        if len(body) > LONGEST_BODY:
            raise Refused("invalid_client_metadata", "The registration is too long.")
    try:
        found = json.loads(bytes(body))
    except (ValueError, RecursionError):
        found = None
    # PostgreSQL keeps no NUL in texts.
    if not isinstance(found, dict) or b"\\u0000" in body:
        raise Refused("invalid_client_metadata", "Send a JSON object.")
    return found
