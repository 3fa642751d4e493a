"""The authorization endpoint: an app asks, a person who signed in decides, and the app hears of it."""

from collections.abc import Awaitable, Callable
from datetime import datetime
from functools import partial
from typing import Any
from urllib.parse import urlencode

from authlib.oauth2 import OAuth2Error
from authlib.oauth2.rfc6749 import AccessDeniedError
from authlib.oidc.core.errors import (
    ConsentRequiredError,
    LoginRequiredError,
)
from fastapi import Request, Response

from api.oauth.audit import Told, by_person, id_of
from api.oauth.authorization_request import COOKIE, Asked, check_extras
from api.oauth.authorization_server import Server
from api.oauth.consent_page import consent_page, refused_page
from api.oauth.dependencies import Outside
from api.oauth.ports import SignedIn, SignIn
from api.oauth.request_parsing import AuthorizationRequest, asked_in, form_of, read_body
from api.web.consent_texts import language_of
from domain.directory.oauth_clients import RegisteredClient
from domain.directory.redirect_uris import ClientKind, is_claimed
from domain.oauth.audit_actions import Act, Why
from domain.oauth.model import REQUEST_LIVES, Named, PendingRequest
from domain.oauth.opaque_tokens import Kind, digest, district_of, fresh
from domain.shared.audit import Ending, Subject

ANSWERED = frozenset({"request", "decision"})
KEPT = (
    *("response_type", "client_id", "redirect_uri", "scope", "state", "code_challenge", "code_challenge_method", "nonce"),
    "ui_locales",
)
"""What is kept of a request while the person decides."""
DESCRIBED = "client_sha256"
"""Beside these: a digest of the client's description as the person sees it."""
SIGN_IN_PROMPTS = frozenset({"login", "select_account"})
"""Values of ``prompt`` that ask for a new sign-in (OpenID Connect Core section 3.1.2.1)."""


class Authorizing:
    """``GET`` and ``POST /oauth/authorize``."""

    def __init__(
        self, *, public_url: str, outside: Outside, sign_in: SignIn, make_server: Callable[[], Awaitable[Server]]
    ) -> None:
        self._public_url = public_url
        self._outside = outside
        self._sign_in = sign_in
        self._make_server = make_server

    async def ask(self, request: Request) -> Response:
        """Send a person to sign in, ask them, or answer the app at once."""
        try:
            sent = asked_in(request.scope["query_string"])
        except OAuth2Error as error:
            return _refused_here(error, language_of("", request.headers.get("accept-language", "")))
        asked = Asked(sent, request, self._public_url, await self._sign_in.current(request))
        server = await self._make_server()
        return await self._outside.store.bridge(partial(self._ask, server, asked))

    async def answer(self, request: Request) -> Response:
        """Take the person's answer, once, from the browser that was asked."""
        language = language_of("", request.headers.get("accept-language", ""))
        if request.headers.get("origin", self._public_url) != self._public_url:
            return refused_page(language=language, why="refused_answer", status=403)
        try:
            body = await read_body(request)
            sent = form_of(list(request.headers.items()), request.url.query, body, ANSWERED)
        except OAuth2Error as error:
            return _refused_here(error, language)
        asked = Asked({}, request, self._public_url, await self._sign_in.current(request))
        server = await self._make_server()
        return await self._outside.store.bridge(
            partial(self._answer, server, asked, sent.get("request", ""), sent.get("decision") == "allow")
        )

    def _ask(self, server: Server, asked: Asked) -> Response:
        wire = asked.request()
        try:
            grant = server.get_consent_grant(wire, end_user=asked.signed)
            try:
                return self._asked(server, asked, wire, grant)
            except OAuth2Error as error:
                error.redirect_uri = grant.redirect_uri
                raise
        except OAuth2Error as error:
            return _refused(server, wire, error, asked.language)

    def _asked(self, server: Server, asked: Asked, wire: AuthorizationRequest, grant: Any) -> Response:
        check_extras(asked)
        signed = asked.signed
        if signed is None or self._must_sign_in_again(asked, signed):
            if "none" in asked.prompts:
                raise LoginRequiredError
            return self._to_sign_in(asked)
        client: RegisteredClient = grant.client.registered
        person = self._person(signed, client)
        if person is None:
            raise AccessDeniedError("This app is not enabled for the person who is signed in.")
        scopes = wire.scope.split()
        if _is_remembered(client, grant.redirect_uri) and "consent" not in asked.prompts:
            held = self._outside.store.families.consented(person.person_id, client)
            if held.issuperset(scopes):
                wire.remembered = True
                return self._granted(server, wire, grant, signed)
        if "none" in asked.prompts:
            raise ConsentRequiredError
        return self._consent(asked, client, person, scopes)

    def _person(self, signed: SignedIn, client: RegisteredClient) -> Named | None:
        """Who is signed in, if the client is enabled in their district; the transaction stands there from here on."""
        if signed.district_id not in client.districts:
            return None
        self._outside.store.stand_in(signed.district_id)
        return self._outside.store.families.person(signed.person_id)

    def _must_sign_in_again(self, asked: Asked, signed: SignedIn) -> bool:
        since = signed.auth_time.timestamp()
        age = asked.sent.get("max_age")
        too_old = age is not None and since + int(age) <= self._outside.now().timestamp()
        too_early = microseconds(signed.auth_time) < int(asked.sent.get("signed_after", "0"))
        return too_old or too_early or bool(asked.prompts & SIGN_IN_PROMPTS)

    def _to_sign_in(self, asked: Asked) -> Response:
        """To the sign-in pages and back; what asks for a new sign-in becomes the moment it must be after.

        So the sign-in that is made for this request satisfies it, whether or not somebody was signed in before.
        """
        again = asked.signed is not None or "max_age" in asked.sent or bool(asked.prompts & SIGN_IN_PROMPTS)
        kept = {name: value for name, value in asked.sent.items() if not again or name not in {"prompt", "max_age"}}
        if again:
            kept["signed_after"] = str(microseconds(self._outside.now()))
            rest = asked.prompts - SIGN_IN_PROMPTS
            kept |= {"prompt": " ".join(sorted(rest))} if rest else {}
        params = {"next": f"/oauth/authorize?{urlencode(kept)}"}
        params |= {name: asked.sent[name] for name in ("district", "login_hint", "ui_locales") if name in asked.sent}
        params |= {"prompt": "login"} if again else {}
        return _redirect(f"{self._public_url}/sign-in?{urlencode(params)}")

    def _consent(self, asked: Asked, client: RegisteredClient, person: Named, scopes: list[str]) -> Response:
        now, handle = self._outside.now(), fresh(Kind.PENDING, person.district_id)
        pending = PendingRequest(
            sha256=digest(handle),
            browser_sha256=digest(asked.browser),
            person_id=person.person_id,
            client_id=client.client_id,
            parameters={name: asked.sent[name] for name in KEPT if name in asked.sent}
            | {DESCRIBED: client.description_sha256.hex()},
            expires_at=now + REQUEST_LIVES,
        )
        self._outside.store.families.keep_request(pending, now)
        page = consent_page(
            language=asked.language,
            client=client.name,
            person=f"{person.given_name} {person.family_name}",
            scopes=scopes,
            redirect_uri=asked.sent["redirect_uri"],
            request=handle,
        )
        secure = self._public_url.startswith("https://")
        page.set_cookie(COOKIE, asked.browser, path="/oauth/authorize", httponly=True, samesite="lax", secure=secure)
        return page

    def _answer(self, server: Server, asked: Asked, handle: str, allowed: bool) -> Response:
        pending = self._taken(asked, handle)
        if pending is None or asked.signed is None:
            return refused_page(language=asked.language, why="refused_answer")
        wire = asked.request({name: value for name, value in pending.parameters.items() if name != DESCRIBED})
        try:
            grant = server.get_consent_grant(wire, end_user=asked.signed)
        except OAuth2Error as error:
            return _refused(server, wire, error, asked.language)
        client: RegisteredClient = grant.client.registered
        if pending.parameters.get(DESCRIBED) != client.description_sha256.hex():
            # The person answered for the client as it was described a moment ago.
            return refused_page(language=asked.language, why="refused_answer")
        if not allowed or self._person(asked.signed, client) is None:
            self._tell_not_let(asked.signed, client, by_choice=not allowed)
            return _unkept(server.create_authorization_response(wire, grant_user=None, grant=grant))
        if _is_remembered(client, grant.redirect_uri):
            scopes, now = wire.scope.split(), self._outside.now()
            held = self._outside.store.families.consented(pending.person_id, client)
            self._outside.store.families.keep_consent(pending.person_id, client, held.union(scopes), now)
        return self._granted(server, wire, grant, asked.signed)

    def _tell_not_let(self, signed: SignedIn, client: RegisteredClient, *, by_choice: bool) -> None:
        """The person said no; or said yes, and may let this app in no more."""
        act, ending, code = Act.REFUSE_CONSENT, Ending.DONE, None
        if not by_choice:
            act, ending, code = Act.GIVE_CONSENT, Ending.REFUSED, Why.ACCESS_DENIED.value
        said = Told(subject=Subject.CLIENT, object_id=id_of(client.client_id), ending=ending, code=code)
        self._outside.teller.tell(act, by_person(signed.person_id, signed.district_id, client.client_id), said)

    def _taken(self, asked: Asked, handle: str) -> PendingRequest | None:
        """What the person answers: asked of this person, in this browser, not long ago, and not answered yet."""
        district_id = district_of(Kind.PENDING, handle)
        if district_id is None or asked.signed is None or asked.signed.district_id != district_id:
            return None
        self._outside.store.stand_in(district_id)
        pending = self._outside.store.families.take_request(digest(handle), digest(asked.browser))
        if pending is None or pending.person_id != asked.signed.person_id or pending.expires_at <= self._outside.now():
            return None
        return pending

    def _granted(self, server: Server, wire: AuthorizationRequest, grant: Any, signed: SignedIn) -> Response:
        return _unkept(server.create_authorization_response(wire, grant_user=signed, grant=grant))


def microseconds(moment: datetime) -> int:
    """``moment`` in microseconds since 1970: a sign-in of the same second must not pass for a later one."""
    return int(moment.timestamp() * 1_000_000)


def _is_remembered(client: RegisteredClient, redirect_uri: str) -> bool:
    """Whether a person's word is kept: only where nobody else can pretend to be the client (RFC 8252 section 8.6)."""
    return client.kind is ClientKind.WEB or is_claimed(redirect_uri)


def _refused(server: Server, wire: AuthorizationRequest, error: OAuth2Error, language: str) -> Response:
    """To the app where that is safe, with who says so; else to the person."""
    if not error.redirect_uri:
        return _refused_here(error, language)
    error.state = wire.payload.state
    response = server.handle_error_response(wire, error)
    server.execute_hook("after_create_authorization_response", response)
    return _unkept(response)


def _refused_here(error: OAuth2Error, language: str) -> Response:
    return refused_page(
        language=language, why="refused_client", code=error.error or "invalid_request", detail=error.description or ""
    )


def _redirect(where: str) -> Response:
    return _unkept(Response(None, 303, {"Location": where}))


def _unkept(response: Response) -> Response:
    """A redirect that carries a code: kept nowhere, told to nobody."""
    response.headers["Cache-Control"] = "no-store"
    response.headers["Referrer-Policy"] = "no-referrer"
    return response
