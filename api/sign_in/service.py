"""`SignInService`: what all sign-in pages share. Runs use cases as an anonymous actor without scopes, and renders pages."""

import hmac
import inspect
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, TypeVar
from urllib.parse import urlencode

from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from api.execution.runner import Environment, UseCaseRunner
from api.logging import request_id
from api.middleware.rate_limit import client_address
from api.outbound.mail import Mail
from api.security.encryption import derive_key
from api.sign_in.cookies import FORM, SESSION, CsrfProtection, SessionCookie, parse_session_cookie, safe_redirect_path
from api.web.cookies import LANGUAGE, YEAR, Cookies
from api.web.i18n import LANGUAGES, gettext, language_of
from api.web.pages import render_page
from domain.accounts.commands import CurrentSession
from domain.accounts.model import BrowserSession, LoginStage
from domain.accounts.ports import Authenticators, PasswordHashing
from domain.accounts.usecases.password_login import read_browser
from domain.accounts.views import LoginResult
from domain.directory.district_lookup import FindDistrict, FoundDistrict
from domain.directory.usecases.districts_and_clients import NO_DISTRICT, find_district
from domain.shared.context import Actor, ActorKind
from domain.shared.ids import DistrictId, PersonId

V = TypeVar("V")


@dataclass(frozen=True, kw_only=True)
class AuthenticatedUser:
    """The person who is signed in with a browser. `methods`: how they signed in (RFC 8176 where it has a name)."""

    district_id: DistrictId
    person_id: PersonId
    auth_time: datetime
    methods: frozenset[str]


class UnknownDistrict(Exception):
    """The page's address names no district."""


def anonymous_actor(district_id: DistrictId = NO_DISTRICT) -> Actor:
    """Return the actor of the sign-in pages, before the person is known: the pages themselves, without any scope."""
    return Actor(
        kind=ActorKind.CLIENT, id="sign-in", district_id=district_id, origin="sign-in", scopes=frozenset(), anonymous=True
    )


def bind_ports(use_case: Callable[..., Awaitable[V]], **ports: object) -> Callable[[Any, Any], Awaitable[V]]:
    """Return `use_case` with the ports that only the sign-in has, under its own name."""

    async def run(cmd: Any, ctx: Any) -> V:
        return await use_case(cmd, ctx, **ports)

    run.__name__, run.__doc__ = use_case.__name__, use_case.__doc__
    run.__annotations__ = inspect.get_annotations(use_case, eval_str=True)
    return run


class SignInService:
    """Settings, cookies, CSRF protection, pages and use cases of the sign-in."""

    def __init__(
        self,
        *,
        public_url: str,
        secret: str,
        environment: Environment,
        passwords: PasswordHashing,
        authenticators: Authenticators,
        mail: Mail,
    ) -> None:
        self.public_url = public_url
        self.secret = secret
        self.passwords = passwords
        self.authenticators = authenticators
        self.mail = mail
        self.cookies = Cookies(public_url)
        self.csrf = CsrfProtection(secret, self.cookies, public_url)
        self._address_key = derive_key(secret, "addresses of tries")
        self._environment = environment

    async def run(self, use_case: Callable[..., Awaitable[V]], cmd: object, district_id: DistrictId = NO_DISTRICT) -> V:
        """Return the result of `use_case`, run as the anonymous actor of the district."""
        call = UseCaseRunner(
            actor=anonymous_actor(district_id), environment=self._environment, request_id=request_id.get() or ""
        )
        return await call.run(use_case, cmd)

    def now(self) -> datetime:
        """Return the time now."""
        return self._environment.now()

    async def district(self, request: Request) -> FoundDistrict:
        """Return the district that the page's address names. Raises `UnknownDistrict`."""
        slug = request.path_params["slug"]
        district = None if "@" in slug else await self.run(find_district, FindDistrict(text=slug))
        if district is None:
            raise UnknownDistrict
        return district

    def address_digest(self, request: Request) -> bytes:
        """Return the network address of a request (of IPv6 its /64) as a keyed digest, by which failed attempts are counted."""
        return hmac.digest(self._address_key, client_address(request.scope).encode(), "sha256")

    def session_cookie(self, request: Request) -> SessionCookie | None:
        """Return the browser's session cookie, if it is well-formed."""
        return parse_session_cookie(self.cookies.read(request, SESSION))

    def previous_session(self, request: Request, district_id: DistrictId) -> bytes | None:
        """Return the digest of the session that a new one replaces: the browser's, when it is of this district."""
        cookie = self.session_cookie(request)
        return cookie.digest if cookie is not None and cookie.district_id == district_id else None

    async def browser_session(self, request: Request) -> BrowserSession | None:
        """Return the browser's session, at whatever stage it is."""
        cookie = self.session_cookie(request)
        if cookie is None:
            return None
        return await self.run(read_browser, CurrentSession(session=cookie.digest), DistrictId(cookie.district_id))

    async def current(self, request: Request) -> AuthenticatedUser | None:
        """Return the person who is signed in with this browser; None before every required factor was given."""
        cookie, session = self.session_cookie(request), await self.browser_session(request)
        if cookie is None or session is None or session.stage is not LoginStage.SIGNED_IN:
            return None
        return AuthenticatedUser(
            district_id=DistrictId(cookie.district_id),
            person_id=session.person_id,
            auth_time=session.signed_in_at,
            methods=session.methods,
        )

    def language(self, request: Request) -> str:
        """Return the language for this browser."""
        chosen = self.cookies.read(request, LANGUAGE)
        return language_of(request, chosen, request.query_params.get("ui_locales", ""))

    def gettext(self, message: str, request: Request, **values: object) -> str:
        """Return `message` in the language for this browser."""
        return gettext(message, self.language(request), **values)

    def render(
        self,
        request: Request,
        template: str,
        *,
        status: int | None = None,
        errors: Mapping[str, str] | None = None,
        district: FoundDistrict | None = None,
        next_: str | None = None,
        **values: Any,
    ) -> Response:
        """Return the page `sign_in/<template>`, whose form only this browser can send.

        `errors` maps inputs to sentences (an empty name: all inputs), with status 400. `next_`: where to go after signing
        in; without it, what the page's address says. `values` are the template's own.
        """
        next_ = next_of(request.query_params) if next_ is None else next_
        secret, csrf = self.csrf.tokens(request)
        query = {name: value for name in ("next", "token") if (value := request.query_params.get(name))}
        response = render_page(
            f"sign_in/{template}",
            language=self.language(request),
            status=status or (400 if errors else 200),
            # A form that leads on to an app's address would be stopped by form-action: browsers apply it to redirects, too.
            form_action=None if next_ or "next" in query else "'self'",
            language_links=[
                (code, name, f"{request.url.path}?{urlencode({**query, 'lang': code})}") for code, name in LANGUAGES.items()
            ],
            csrf=csrf,
            errors=errors or {},
            next=next_,
            district=district,
            home=f"/sign-in/{district.slug}" if district else "/sign-in",
            **values,
        )
        self.cookies.write(response, FORM, secret)
        if (chosen := request.query_params.get("lang")) in LANGUAGES:
            self.cookies.write(response, LANGUAGE, str(chosen), seconds=YEAR)
        return response

    def redirect(self, path: str, *, next_: str = "") -> Response:
        """To another page, which remembers where to go after signing in."""
        return RedirectResponse(f"{path}?{urlencode({'next': next_})}" if next_ else path, 303, {"Cache-Control": "no-store"})

    def complete_login(self, district: FoundDistrict, login: LoginResult, next_: str) -> Response:
        """Set the new session cookie and go on: to the second factor, to `next_`, or to the account page."""
        if login.stage is LoginStage.FIRST_FACTOR:
            response = self.redirect(f"/sign-in/{district.slug}/{'enrol' if login.enrol else 'second-step'}", next_=next_)
        else:
            response = self.redirect(next_ or "/signed-in")
        self.set_session_cookie(response, login)
        return response

    def set_session_cookie(self, response: Response, login: LoginResult) -> None:
        """Give the browser its new session cookie; the secret of its forms changes with it."""
        self.cookies.write(response, SESSION, login.token)
        self.cookies.delete(response, FORM)


def next_of(values: Mapping[str, str]) -> str:
    """Where to go after signing in, as a query or a form says it, if it is a path of this service."""
    return safe_redirect_path(values.get("next"))
