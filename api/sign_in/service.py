"""The desk where visitors stand before anybody knows them: what every page of the sign-in needs."""

import inspect
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, TypeVar
from urllib.parse import urlencode
from uuid import UUID

from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from api.execution.runner import Call, World
from api.logging import request_id
from api.outbound.mail import Mail
from api.sign_in.cookies import FORM, LANGUAGE, SESSION, YEAR, Cookies, Forms, Token, language, read_token, safe_next
from api.web.pages import Page, drawn
from api.web.translations import LANGUAGES, said
from domain.accounts.commands import CurrentSession
from domain.accounts.model import BrowserSession, Stage
from domain.accounts.ports import Authenticators, Passwords
from domain.accounts.usecases.password_login import read_browser
from domain.accounts.views import Opened
from domain.directory.district_lookup import FindDistrict, FoundDistrict
from domain.directory.usecases.districts_and_clients import NOWHERE, find_district
from domain.shared.context import Actor, ActorKind
from domain.shared.ids import DistrictId, PersonId

V = TypeVar("V")

LONGEST_FORM = 8192


@dataclass(frozen=True, kw_only=True)
class SignedIn:
    """Who a browser is. ``methods``: how they signed in (RFC 8176 where it has a name)."""

    district_id: DistrictId
    person_id: PersonId
    auth_time: datetime
    methods: frozenset[str]


class Gone(Exception):
    """The page asked for is of no district."""


def visitor(district_id: DistrictId = NOWHERE) -> Actor:
    """Whoever stands at the sign-in pages: nobody yet, so the pages themselves, with no scope at all."""
    return Actor(
        kind=ActorKind.CLIENT, id="sign-in", district_id=district_id, origin="sign-in", scopes=frozenset(), visitor=True
    )


def bound(use_case: Callable[..., Awaitable[V]], **ports: object) -> Callable[[Any, Any], Awaitable[V]]:
    """``use_case`` with the ports that only the sign-in has, under its own name."""

    async def run(cmd: Any, ctx: Any) -> V:
        return await use_case(cmd, ctx, **ports)

    run.__name__, run.__doc__ = use_case.__name__, use_case.__doc__
    run.__annotations__ = inspect.get_annotations(use_case, eval_str=True)
    return run


class Desk:
    """What the pages share. ``world``: the outside world of use cases, fenced by their actor."""

    def __init__(
        self,
        *,
        public_url: str,
        secret: str,
        world: World,
        passwords: Passwords,
        authenticators: Authenticators,
        mail: Mail,
    ) -> None:
        self.public_url = public_url
        self.secret = secret
        self.passwords = passwords
        self.authenticators = authenticators
        self.mail = mail
        self.cookies = Cookies(public_url)
        self.forms = Forms(secret, self.cookies, public_url)
        self._world = world

    def language(self, request: Request) -> str:
        """What this browser speaks."""
        return language(request, self.cookies)

    async def run(
        self, _request: Request, use_case: Callable[..., Awaitable[V]], cmd: object, district_id: DistrictId = NOWHERE
    ) -> V:
        """What ``use_case`` answers to somebody who stands at the district's desk."""
        call = Call(actor=visitor(district_id), world=self._world, request_id=request_id.get() or "")
        return await call.run(use_case, cmd)

    def now(self) -> datetime:
        """What time it is."""
        return self._world.now()

    async def district(self, request: Request) -> FoundDistrict:
        """The district of the page. Raises ``Gone``."""
        slug = request.path_params["slug"]
        found = None if "@" in slug else await self.run(request, find_district, FindDistrict(text=slug))
        if found is None:
            raise Gone
        return found

    def token(self, request: Request) -> Token | None:
        """The session's cookie, if the browser has one that we may have made."""
        return read_token(self.cookies.read(request, SESSION))

    def before(self, request: Request, district_id: DistrictId) -> bytes | None:
        """The session that a new one takes the place of, when it is of this district."""
        held = self.token(request)
        return held.digest if held is not None and held.district_id == district_id else None

    async def browser(self, request: Request) -> tuple[Token, BrowserSession] | None:
        """The browser's session, however far it got."""
        token = self.token(request)
        if token is None:
            return None
        command = CurrentSession(session=token.digest)
        held = await self.run(request, read_browser, command, DistrictId(token.district_id))
        return None if held is None else (token, held)

    async def current(self, request: Request) -> SignedIn | None:
        """Who this browser is; None until everything was given that is asked of them."""
        found = await self.browser(request)
        if found is None or found[1].stage is not Stage.SIGNED_IN:
            return None
        token, held = found
        return SignedIn(
            district_id=DistrictId(UUID(str(token.district_id))),
            person_id=held.person_id,
            auth_time=held.signed_in_at,
            methods=held.methods,
        )

    def show(self, request: Request, page: Page) -> Response:
        """``page`` as an answer to ``request``, with a form that only this browser can send."""
        secret, csrf = self.forms.bound(request)
        spoken = self.language(request)
        query = {name: value for name in ("next", "token") if (value := request.query_params.get(name))}
        answer = drawn(page, language=spoken, csrf=csrf, here=request.url.path, query=query)
        self.cookies.write(answer, FORM, secret)
        if request.query_params.get("lang") in LANGUAGES:
            self.cookies.write(answer, LANGUAGE, spoken, seconds=YEAR)
        return answer

    def go(self, path: str, *, next_: str = "", **more: str) -> Response:
        """On to a page of ours, which remembers where to go in the end."""
        query = {name: value for name, value in {"next": next_, **more}.items() if value}
        return RedirectResponse(f"{path}?{urlencode(query)}" if query else path, 303, {"Cache-Control": "no-store"})

    def enter(self, district: FoundDistrict, got: Opened, next_: str) -> Response:
        """The browser's new cookie, and on: to the second factor, to where it came from, or to the last page."""
        if got.stage is Stage.FIRST_FACTOR:
            answer = self.go(f"/sign-in/{district.slug}/{'enrol' if got.enrol else 'second-step'}", next_=next_)
        else:
            answer = RedirectResponse(next_ or "/signed-in", 303, {"Cache-Control": "no-store"})
        self.keep(answer, got)
        return answer

    def keep(self, answer: Response, got: Opened) -> None:
        """Give the browser its new cookie; the secret of its forms changes with it."""
        self.cookies.write(answer, SESSION, got.token)
        self.cookies.drop(answer, FORM)

    def say(self, request: Request, key: str, **values: object) -> str:
        """The sentence ``key`` as this browser speaks."""
        return said(self.language(request), key, **values)


def next_of(values: Mapping[str, str]) -> str:
    """Where to go in the end, if it is a path of ours."""
    return safe_next(values.get("next"))
