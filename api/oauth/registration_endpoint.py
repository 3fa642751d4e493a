"""Clients register themselves (RFC 7591) and manage that (RFC 7592), where a district's administrator let them."""

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

from api.oauth.audit import Told, by_client, id_of
from api.oauth.client_metadata import Refused, client_of, refused_for, replaced, uri_of_keys
from api.oauth.dependencies import Outside
from api.oauth.request_parsing import read_body
from domain.directory.oauth_clients import SECRETS, RegisteredClient
from domain.directory.redirect_uris import ClientKind
from domain.oauth.audit_actions import Act, Why
from domain.oauth.model import Allowance
from domain.oauth.opaque_tokens import Kind, digest, district_of
from domain.shared.audit import Subject
from domain.shared.context import Vet
from domain.shared.errors import Invalid, Unavailable
from domain.shared.ids import DistrictId

T = TypeVar("T")

NO_STORE = {"Cache-Control": "no-store", "Pragma": "no-cache"}
CLIENT_ID = re.compile(r"[A-Za-z0-9-]{1,64}")


class NotLet(Refused):
    """Nobody let whoever asks. ``tell``: what tells of the try, where the district is known."""

    def __init__(self, tell: Callable[[], None] | None = None) -> None:
        self.tell = tell
        super().__init__("invalid_token", "Send the token that an administrator gave you, or that registering gave you.", 401)


class Registering:
    """``/oauth/register`` and what is below it."""

    def __init__(self, *, public_url: str, outside: Outside, check_url: Vet) -> None:
        self._public_url = public_url
        self._check_url = check_url
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
        except Refused as error:
            headers = NO_STORE | ({"WWW-Authenticate": 'Bearer error="invalid_token"'} if error.status == 401 else {})
            body = {"error": error.error, "error_description": error.description}
            return JSONResponse(body, error.status, headers)
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

        def work() -> RegisteredClient:
            allowance = self._allowance(district_id, token)
            made = replace(
                client_of(said, client_id, allowance.scopes, district_id),
                registration_sha256=digest(registration),
            )
            if made.auth_method in SECRETS:
                made = replace(made, secret_sha256=digest(secret))
            self._outside.store.registrations.register(made, self._outside.now())
            self._tell(Act.REGISTER_CLIENT, made, after=made, further=(allowance.id,))
            return made

        await self._vet(said, partial(self._allowance, district_id, token))
        client = await self._bridged(work)
        shown = self._shown(client) | {"registration_access_token": registration}
        shown |= {"client_id_issued_at": int(self._outside.now().timestamp())}
        shown |= {"client_secret": secret, "client_secret_expires_at": 0} if client.secret_sha256 else {}
        return JSONResponse(shown, 201, NO_STORE)

    async def _manage(self, request: Request) -> Response:
        token, client_id, method = _bearer(request), request.path_params["client_id"], request.method
        said = await _json(request) if method == "PUT" else {}

        def work() -> RegisteredClient:
            held, kept = self._own(client_id, token), self._outside.store.registrations
            if method == "PUT":
                before, held = held, replaced(said, held)
                kept.update(held)
                self._tell(Act.UPDATE_CLIENT, held, before=before, after=held)
            elif method == "DELETE":
                kept.withdraw(client_id, self._outside.now())
                self._tell(Act.WITHDRAW_CLIENT, held)
            return held

        await self._vet(said, partial(self._own, client_id, token))
        client = await self._bridged(work)
        return Response(None, 204, NO_STORE) if method == "DELETE" else JSONResponse(self._shown(client), 200, NO_STORE)

    def _allowance(self, district_id: DistrictId, token: str) -> Allowance:
        """What the initial access token allows; the transaction stands in its district from here on. Raises ``NotLet``."""
        self._outside.store.stand_in(district_id)
        found = self._outside.store.registrations.allowance(digest(token), self._outside.now())
        if found is None:
            raise NotLet
        if not found.serves:
            raise NotLet(partial(self._tell_not_let, Act.REGISTER_CLIENT, district_id, found.id))
        return found

    def _own(self, client_id: str, token: str) -> RegisteredClient:
        """The client that the token manages; the transaction stands in its district from here on. Raises ``NotLet``."""
        held = self._outside.store.find_client(client_id) if CLIENT_ID.fullmatch(client_id) else None
        expected = held.registration_sha256 if held is not None and held.revoked_at is None else None
        same = hmac.compare_digest(digest(token), expected or bytes(32))
        if held is None or expected is None:
            raise NotLet
        if not same:
            raise NotLet(partial(self._tell_not_let, Act.AUTHENTICATE_CLIENT, held.districts[0], id_of(client_id)))
        self._outside.store.stand_in(held.districts[0])
        return held

    async def _vet(self, said: Mapping[str, Any], let: Callable[[], object]) -> None:
        """Refuse an address of keys that will never be asked. ``let`` goes first: no stranger has us resolve names."""
        uri = uri_of_keys(said)
        if uri is None:
            return
        await self._bridged(let)
        try:
            await self._check_url(uri, "/jwks_uri")
        except Invalid as error:
            raise refused_for(error) from None

    async def _bridged(self, work: Callable[[], T]) -> T:
        store = self._outside.store
        try:
            return await store.bridge(work)
        except NotLet as error:
            # Undone with what was tried: told in a transaction of its own.
            if error.tell is not None:
                await store.bridge(error.tell)
            raise

    def _tell(
        self,
        act: Act,
        client: RegisteredClient,
        *,
        before: RegisteredClient | None = None,
        after: RegisteredClient | None = None,
        further: tuple[UUID, ...] = (),
    ) -> None:
        """A client did this to its own registration; ``further`` is what let it."""
        said = Told(
            subject=Subject.CLIENT,
            object_id=id_of(client.client_id),
            further=further,
            before=None if before is None else self._shown(before),
            after=None if after is None else self._shown(after),
        )
        self._outside.teller.tell(act, by_client(client.client_id, client.districts[0]), said)

    def _tell_not_let(self, act: Act, district_id: DistrictId, object_id: UUID | None) -> None:
        subject = Subject.CLIENT if act is Act.AUTHENTICATE_CLIENT else Subject.INITIAL_ACCESS_TOKEN
        self._outside.teller.tell_of_try(act, district_id, Why.INVALID_TOKEN, subject, object_id)

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
            "evaluates": client.evaluates,
            "registration_client_uri": f"{self._public_url}/oauth/register/{client.client_id}",
        }
        keys = {"jwks": client.jwks, "jwks_uri": client.jwks_uri}
        return shown | {name: held for name, held in keys.items() if held is not None}


def _bearer(request: Request) -> str:
    scheme, _, token = request.headers.get("authorization", "").partition(" ")
    if scheme.lower() != "bearer" or not token:
        raise NotLet
    return token.strip()


async def _json(request: Request) -> dict[str, Any]:
    try:
        body = await read_body(request)
    except OAuth2Error as error:
        raise Refused("invalid_client_metadata", error.description) from None
    try:
        # Refuses half of a surrogate pair, too, which the standard library's reader would let through to the database.
        found = msgspec.json.decode(body)
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError):
        found = None
    if not isinstance(found, dict):
        raise Refused("invalid_client_metadata", "Send a JSON object.")
    if b"\\u0000" in body:  # PostgreSQL keeps no NUL in texts
        raise Refused("invalid_client_metadata", "Leave NUL characters out of the registration.")
    return found
