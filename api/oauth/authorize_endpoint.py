"""The authorization endpoint: an app asks for access, the signed-in person decides, the app gets a code or an error."""

from datetime import datetime
from functools import partial
from typing import Any
from urllib.parse import urlencode

from authlib.oauth2 import OAuth2Error
from authlib.oauth2.rfc6749 import AccessDeniedError
from authlib.oidc.core.errors import ConsentRequiredError, LoginRequiredError
from fastapi import Request, Response

from api.oauth.audit import AuditEvent, id_of, person_actor
from api.oauth.authorization_request import COOKIE, AuthorizationRequestContext, check_unsupported, page_language
from api.oauth.authorization_server import Server
from api.oauth.consent_page import REQUEST_EXPIRED, UNSAFE_REQUEST, consent_page, error_page
from api.oauth.dependencies import Dependencies
from api.oauth.ports import SignedIn, SignIn
from api.oauth.request_parsing import AuthorizationRequest, parse_authorization_query, parse_form, read_body
from domain.directory.oauth_clients import RegisteredClient
from domain.directory.redirect_uris import ClientKind, is_claimed_https
from domain.oauth.audit_actions import DenialReason, OAuthAction
from domain.oauth.model import REQUEST_LIFETIME, PendingRequest, PersonName
from domain.oauth.opaque_tokens import OpaqueTokenKind, district_in_token, new_token, token_digest
from domain.shared.audit import Ending, Subject

DECISION_PARAMETERS = frozenset({"request", "decision"})
STORED_PARAMETERS = (
    "response_type client_id redirect_uri scope state code_challenge code_challenge_method nonce ui_locales".split()
)
"""The parameters of a request that are stored while the person decides."""
CLIENT_DIGEST = "client_sha256"
"""Key of a digest, stored with them, of the client's description as the consent page shows it."""
SIGN_IN_PROMPTS = frozenset({"login", "select_account"})
"""Values of `prompt` that ask for a new sign-in (OpenID Connect Core section 3.1.2.1)."""


class AuthorizeEndpoint:
    """`GET` and `POST /oauth/authorize`."""

    def __init__(self, *, public_url: str, dependencies: Dependencies, sign_in: SignIn, server: Server) -> None:
        self._public_url = public_url
        self._dependencies = dependencies
        self._sign_in = sign_in
        self._server = server

    async def get(self, request: Request) -> Response:
        """Redirect the person to sign in, ask for their consent, or redirect to the app at once."""
        try:
            params = parse_authorization_query(request.scope["query_string"])
        except OAuth2Error as error:
            return _error_page(error, page_language(request, self._public_url))
        signed_in = await self._sign_in.current(request)
        context = AuthorizationRequestContext(params, request, self._public_url, signed_in)
        return await self._dependencies.store.bridge(partial(self._authorize, context))

    async def post(self, request: Request) -> Response:
        """Process the person's decision: once, and from the browser that showed the consent page."""
        language = page_language(request, self._public_url)
        if request.headers.get("origin", self._public_url) != self._public_url:
            return error_page(REQUEST_EXPIRED, language=language, status=403)
        try:
            form = parse_form(list(request.headers.items()), request.url.query, await read_body(request), DECISION_PARAMETERS)
        except OAuth2Error as error:
            return _error_page(error, language)
        context = AuthorizationRequestContext({}, request, self._public_url, await self._sign_in.current(request))
        decide = partial(self._decide, context, form.get("request", ""), allowed=form.get("decision") == "allow")
        return await self._dependencies.store.bridge(decide)

    def _authorize(self, context: AuthorizationRequestContext) -> Response:
        request = context.request()
        try:
            grant = self._server.get_consent_grant(request, end_user=context.signed_in)
            try:
                return self._authorize_checked(context, request, grant)
            except OAuth2Error as error:
                error.redirect_uri = grant.redirect_uri
                raise
        except OAuth2Error as error:
            return self._error_redirect(request, error, context.language)

    def _authorize_checked(self, context: AuthorizationRequestContext, request: AuthorizationRequest, grant: Any) -> Response:
        check_unsupported(context)
        signed_in = context.signed_in
        if signed_in is None or self._must_sign_in_again(context, signed_in):
            if "none" in context.prompts:
                raise LoginRequiredError
            return self._redirect_to_sign_in(context)
        client: RegisteredClient = grant.client.registered
        person = self._person(signed_in, client)
        if person is None:
            raise AccessDeniedError("This app is not enabled for the person who is signed in.")
        scopes = request.scope.split()
        if _remembers_consent(client, grant.redirect_uri) and "consent" not in context.prompts:
            consented = self._dependencies.store.families.consented_scopes(person.person_id, client)
            if consented.issuperset(scopes):
                request.remembered = True
                return self._issue_code(request, grant, signed_in)
        if "none" in context.prompts:
            raise ConsentRequiredError
        return self._ask_consent(context, client, person, scopes)

    def _person(self, signed_in: SignedIn, client: RegisteredClient) -> PersonName | None:
        """Set the tenant to the person's district, if the client is enabled there, and return the person; otherwise None."""
        if signed_in.district_id not in client.districts:
            return None
        self._dependencies.store.set_tenant(signed_in.district_id)
        return self._dependencies.store.families.person(signed_in.person_id)

    def _must_sign_in_again(self, context: AuthorizationRequestContext, signed_in: SignedIn) -> bool:
        since = signed_in.auth_time.timestamp()
        age = context.params.get("max_age")
        too_old = age is not None and since + int(age) <= self._dependencies.now().timestamp()
        too_early = microseconds(signed_in.auth_time) < int(context.params.get("signed_after", "0"))
        return too_old or too_early or bool(context.prompts & SIGN_IN_PROMPTS)

    def _redirect_to_sign_in(self, context: AuthorizationRequestContext) -> Response:
        """Redirect to the sign-in pages and back. A prompt for a new sign-in becomes `signed_after`, the time it must be after.

        So the sign-in for this request satisfies it, whether or not the person was signed in before.
        """
        anew = context.signed_in is not None or "max_age" in context.params or bool(context.prompts & SIGN_IN_PROMPTS)
        back = {name: value for name, value in context.params.items() if not anew or name not in {"prompt", "max_age"}}
        if anew:
            back["signed_after"] = str(microseconds(self._dependencies.now()))
            rest = context.prompts - SIGN_IN_PROMPTS
            back |= {"prompt": " ".join(sorted(rest))} if rest else {}
        params = {"next": f"/oauth/authorize?{urlencode(back)}"}
        params |= {name: context.params[name] for name in ("district", "login_hint", "ui_locales") if name in context.params}
        params |= {"prompt": "login"} if anew else {}
        return _no_store(Response(None, 303, {"Location": f"{self._public_url}/sign-in?{urlencode(params)}"}))

    def _ask_consent(
        self, context: AuthorizationRequestContext, client: RegisteredClient, person: PersonName, scopes: list[str]
    ) -> Response:
        now, handle = self._dependencies.now(), new_token(OpaqueTokenKind.PENDING, person.district_id)
        pending = PendingRequest(
            sha256=token_digest(handle),
            browser_sha256=token_digest(context.browser),
            person_id=person.person_id,
            client_id=client.client_id,
            parameters={name: context.params[name] for name in STORED_PARAMETERS if name in context.params}
            | {CLIENT_DIGEST: client.description_sha256.hex()},
            expires_at=now + REQUEST_LIFETIME,
        )
        self._dependencies.store.families.save_request(pending, now)
        page = consent_page(
            language=context.language,
            client=client.name,
            person=f"{person.given_name} {person.family_name}",
            scopes=scopes,
            redirect_uri=context.params["redirect_uri"],
            request=handle,
        )
        secure = self._public_url.startswith("https://")
        page.set_cookie(COOKIE, context.browser, path="/oauth/authorize", httponly=True, samesite="lax", secure=secure)
        return page

    def _decide(self, context: AuthorizationRequestContext, handle: str, *, allowed: bool) -> Response:
        pending = self._load_pending(context, handle)
        if pending is None or context.signed_in is None:
            return error_page(REQUEST_EXPIRED, language=context.language)
        request = context.request({name: value for name, value in pending.parameters.items() if name != CLIENT_DIGEST})
        try:
            grant = self._server.get_consent_grant(request, end_user=context.signed_in)
        except OAuth2Error as error:
            return self._error_redirect(request, error, context.language)
        client: RegisteredClient = grant.client.registered
        if pending.parameters.get(CLIENT_DIGEST) != client.description_sha256.hex():
            # The decision is about the client as the consent page described it.
            return error_page(REQUEST_EXPIRED, language=context.language)
        if not allowed or self._person(context.signed_in, client) is None:
            self._record_denied(context.signed_in, client, by_choice=not allowed)
            return _no_store(self._server.create_authorization_response(request, grant_user=None, grant=grant))
        if _remembers_consent(client, grant.redirect_uri):
            scopes, now = request.scope.split(), self._dependencies.now()
            consented = self._dependencies.store.families.consented_scopes(pending.person_id, client)
            self._dependencies.store.families.save_consent(pending.person_id, client, consented.union(scopes), now)
        return self._issue_code(request, grant, context.signed_in)

    def _record_denied(self, signed_in: SignedIn, client: RegisteredClient, *, by_choice: bool) -> None:
        """Record that the person denied access (`by_choice`), or may no longer allow it."""
        action, outcome, code = OAuthAction.REFUSE_CONSENT, Ending.DONE, None
        if not by_choice:
            action, outcome, code = OAuthAction.GIVE_CONSENT, Ending.REFUSED, DenialReason.ACCESS_DENIED.value
        event = AuditEvent(object_type=Subject.CLIENT, object_id=id_of(client.client_id), outcome=outcome, code=code)
        actor = person_actor(signed_in.person_id, signed_in.district_id, client.client_id)
        self._dependencies.audit.record(action, actor, event)

    def _load_pending(self, context: AuthorizationRequestContext, handle: str) -> PendingRequest | None:
        """Return the pending request of this person and browser, unless it is expired or already decided."""
        district_id = district_in_token(OpaqueTokenKind.PENDING, handle)
        if district_id is None or context.signed_in is None or context.signed_in.district_id != district_id:
            return None
        self._dependencies.store.set_tenant(district_id)
        pending = self._dependencies.store.families.take_request(token_digest(handle), token_digest(context.browser))
        if pending is None or pending.person_id != context.signed_in.person_id:
            return None
        return None if pending.expires_at <= self._dependencies.now() else pending

    def _issue_code(self, request: AuthorizationRequest, grant: Any, signed_in: SignedIn) -> Response:
        return _no_store(self._server.create_authorization_response(request, grant_user=signed_in, grant=grant))

    def _error_redirect(self, request: AuthorizationRequest, error: OAuth2Error, language: str) -> Response:
        """Redirect to the app with the error if its redirect URI is verified; otherwise return an error page."""
        if not error.redirect_uri:
            return _error_page(error, language)
        error.state = request.payload.state
        response = self._server.handle_error_response(request, error)
        self._server.execute_hook("after_create_authorization_response", response)
        return _no_store(response)


def microseconds(moment: datetime) -> int:
    """Return `moment` in microseconds since 1970, to distinguish two sign-ins within a second."""
    return int(moment.timestamp() * 1_000_000)


def _remembers_consent(client: RegisteredClient, redirect_uri: str) -> bool:
    """Return whether consent is remembered: only if no other app can impersonate the client (RFC 8252 section 8.6)."""
    return client.kind is ClientKind.WEB or is_claimed_https(redirect_uri)


def _error_page(error: OAuth2Error, language: str) -> Response:
    code, detail = error.error or "invalid_request", error.description or ""
    return error_page(UNSAFE_REQUEST, language=language, code=code, detail=detail)


def _no_store(response: Response) -> Response:
    """Return `response`, which has a code, with headers against caching and referrers."""
    response.headers["Cache-Control"] = "no-store"
    response.headers["Referrer-Policy"] = "no-referrer"
    return response
