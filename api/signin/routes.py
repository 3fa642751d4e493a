"""The sign-in pages' addresses. Every POST is a form that we drew for this browser."""

import logging
from collections.abc import Awaitable, Callable
from functools import wraps
from urllib.parse import parse_qsl

import aiosmtplib
from fastapi import APIRouter
from starlette.background import BackgroundTask
from starlette.requests import Request
from starlette.responses import Response

from api.signin.browser import SESSION, YEAR
from api.signin.desk import LONGEST_FORM, Desk, Gone, bound, next_of
from api.signin.forms import Drawer
from api.signin.page import HEADERS, STYLE, Page
from api.signin.words import said
from domain.accounts.commands import (
    BeginEnrolment,
    GiveSecondFactor,
    RedeemCode,
    RequestReset,
    ResetPassword,
    SignIn,
    SignOut,
    WaysIn,
)
from domain.accounts.opening import Refused, SignInAgain, TooManyTries
from domain.accounts.usecases.codes import redeem_code, request_reset, reset_password
from domain.accounts.usecases.second_factor import begin_enrolment, confirm_enrolment, give_second_factor
from domain.accounts.usecases.signing_in import read_ways_in, sign_in, sign_out
from domain.accounts.views import Letter, WaysInView
from domain.directory.addresses import FindDistrict, FoundDistrict
from domain.directory.registry import find_district
from domain.shared.errors import DomainError, Invalid, NotFound
from domain.shared.ids import DistrictId

log = logging.getLogger("evenkeel.signin")

Handler = Callable[[Request], Awaitable[Response]]
Form = dict[str, str]


class StaleForm(Exception):
    """A form that we did not draw for this browser, or too long ago."""


class Pages:
    """The pages of local accounts; single sign-on has its own (``sso.py``)."""

    def __init__(self, desk: Desk) -> None:
        self.desk = desk
        self._sign_in = bound(sign_in, passwords=desk.passwords)
        self._redeem = bound(redeem_code, passwords=desk.passwords)
        self._reset = bound(reset_password, passwords=desk.passwords)
        self._second = bound(give_second_factor, authenticators=desk.authenticators)
        self._begin = bound(begin_enrolment, authenticators=desk.authenticators)
        self._confirm = bound(confirm_enrolment, authenticators=desk.authenticators)

    # choosing a district

    async def find(self, request: Request) -> Response:
        """Ask for the district, unless the request says it."""
        said = request.query_params.get("district") or request.query_params.get("login_hint", "")
        found = await self._found(request, said) if said else None
        if found is not None:
            return self._to(request, found)
        return self.desk.show(request, self._drawer(request).find())

    async def found(self, request: Request) -> Response:
        """The district typed."""
        form = await self._form(request)
        typed = form.get("district", "")
        found = await self._found(request, typed)
        if found is not None:
            return self.desk.go(f"/sign-in/{found.slug}", next_=next_of(form))
        drawer = Drawer(self.desk, request, next_=next_of(form))
        return self.desk.show(request, drawer.find(typed[:100], [("district", drawer.say("find.none"))]))

    # by password

    async def sign_in(self, request: Request) -> Response:
        """The district's ways in."""
        district = await self.desk.district(request)
        return self.desk.show(request, self._drawer(request, district).sign_in(await self._ways(request, district)))

    async def signed_in(self, request: Request) -> Response:
        """User name and password."""
        district, form = await self.desk.district(request), await self._form(request)
        drawer = Drawer(self.desk, request, next_=next_of(form), district=district)
        command = SignIn(
            username=form.get("username", "")[:200],
            password=form.get("password", "")[:1000],
            address=self.desk.forms.address(request),
            session=self.desk.before(request, district.id),
        )
        try:
            got = await self.desk.run(request, self._sign_in, command, district.id)
        except (Refused, TooManyTries) as error:
            ways = await self._ways(request, district)
            return self._again(request, drawer.sign_in(ways, command.username, [_sentence(drawer, error)]), error)
        return self.desk.enter(district, got, next_of(form))

    # by a one-time code

    async def code(self, request: Request) -> Response:
        """Ask for a one-time code."""
        return self.desk.show(request, self._drawer(request, await self.desk.district(request)).code())

    async def coded(self, request: Request) -> Response:
        """A one-time code, with user name and password."""
        district, form = await self.desk.district(request), await self._form(request)
        drawer = Drawer(self.desk, request, next_=next_of(form), district=district)
        username = form.get("username", "")[:200]
        command = RedeemCode(
            code=form.get("code", "")[:100],
            username=username,
            password=form.get("password", "")[:1000],
            address=self.desk.forms.address(request),
            session=self.desk.before(request, district.id),
        )
        try:
            got = await self.desk.run(request, self._redeem, command, district.id)
        except Invalid as error:
            return self._again(request, drawer.code(username, drawer.wrong(error)), error)
        except (Refused, TooManyTries) as error:
            return self._again(request, drawer.code(username, [_sentence(drawer, error)]), error)
        return self.desk.enter(district, got, next_of(form))

    # the second factor

    async def second_step(self, request: Request) -> Response:
        """Ask for the second factor."""
        return self.desk.show(request, self._drawer(request, await self.desk.district(request)).second_step())

    async def second_stepped(self, request: Request) -> Response:
        """The code of an app, or a recovery code."""
        district, form = await self.desk.district(request), await self._form(request)
        drawer = Drawer(self.desk, request, next_=next_of(form), district=district)
        command = GiveSecondFactor(
            session=self._session(request, district),
            code=form.get("code", "")[:100],
            address=self.desk.forms.address(request),
        )
        try:
            got = await self.desk.run(request, self._second, command, district.id)
        except (Refused, TooManyTries) as error:
            return self._again(request, drawer.second_step([_sentence(drawer, error)]), error)
        return self.desk.enter(district, got, next_of(form))

    async def enrol(self, request: Request) -> Response:
        """Show the seed for an app."""
        district = await self.desk.district(request)
        uri = await self._seed(request, district)
        if uri is None:
            return self.desk.go(f"/sign-in/{district.slug}/second-step", next_=next_of(request.query_params))
        return self.desk.show(request, self._drawer(request, district).enrol(uri))

    async def enrolled(self, request: Request) -> Response:
        """The first code of an app; then recovery codes."""
        district, form = await self.desk.district(request), await self._form(request)
        drawer = Drawer(self.desk, request, next_=next_of(form), district=district)
        command = GiveSecondFactor(
            session=self._session(request, district),
            code=form.get("code", "")[:100],
            address=self.desk.forms.address(request),
        )
        try:
            got = await self.desk.run(request, self._confirm, command, district.id)
        except (Refused, TooManyTries) as error:
            uri = await self._seed(request, district)
            return self._again(request, drawer.enrol(uri or "", [_sentence(drawer, error)]), error)
        answer = self.desk.show(request, drawer.recovery(got.recovery_codes))
        self.desk.keep(answer, got)
        return answer

    # a forgotten password

    async def forgot(self, request: Request) -> Response:
        """Ask who forgot it."""
        return self.desk.show(request, self._drawer(request, await self.desk.district(request)).forgot())

    async def forgotten(self, request: Request) -> Response:
        """Send a letter if there is anybody to send it to; the page is the same, and so is the time it takes."""
        district, form = await self.desk.district(request), await self._form(request)
        drawer = Drawer(self.desk, request, next_=next_of(form), district=district)
        command = RequestReset(identity=form.get("identity", "")[:320], address=self.desk.forms.address(request))
        try:
            letter = await self.desk.run(request, request_reset, command, district.id)
        except TooManyTries as error:
            return self._again(request, drawer.forgot([_sentence(drawer, error)]), error)
        answer = self.desk.show(request, drawer.letter_sent())
        if letter is not None:
            answer.background = BackgroundTask(self._send, district, letter, self.desk.language(request))
        return answer

    async def reset(self, request: Request) -> Response:
        """Ask for a new password; the letter's token stays good until the form is sent."""
        district = await self.desk.district(request)
        token = request.query_params.get("token", "")[:100]
        return self.desk.show(request, self._drawer(request, district).reset(token))

    async def was_reset(self, request: Request) -> Response:
        """A new password."""
        district, form = await self.desk.district(request), await self._form(request)
        drawer = Drawer(self.desk, request, district=district)
        token = form.get("token", "")[:100]
        command = ResetPassword(token=token, password=form.get("password", "")[:1000], address=self.desk.forms.address(request))
        try:
            await self.desk.run(request, self._reset, command, district.id)
        except Invalid as error:
            return self._again(request, drawer.reset(token, drawer.wrong(error)), error)
        except Refused as error:
            return self._again(request, drawer.problem(drawer.say("reset.gone"), 400, "reset.title"), error)
        except TooManyTries as error:
            return self._again(request, drawer.reset(token, [_sentence(drawer, error)]), error)
        return self.desk.show(request, drawer.reset_done())

    # being signed in, and no more

    async def done(self, request: Request) -> Response:
        """Say that one is signed in."""
        if await self.desk.current(request) is None:
            return self.desk.go("/sign-in")
        return self.desk.show(request, self._drawer(request).done())

    async def sign_out(self, request: Request) -> Response:
        """End this browser's session."""
        await self._form(request)
        held = self.desk.token(request)
        if held is not None:
            await self.desk.run(request, sign_out, SignOut(session=held.digest), DistrictId(held.district_id))
        answer = self.desk.show(request, self._drawer(request).signed_out())
        self.desk.cookies.drop(answer, SESSION)
        # What a shared computer kept of these pages goes, too; the cookies of language and forms may stay.
        answer.headers["Clear-Site-Data"] = '"cache", "storage"'
        return answer

    async def style(self, _request: Request) -> Response:
        """How the pages look."""
        headers = {**HEADERS, "Cache-Control": f"public, max-age={YEAR // 365}"}
        return Response(STYLE, 200, headers, media_type="text/css")

    # what these share

    def _drawer(self, request: Request, district: FoundDistrict | None = None) -> Drawer:
        return Drawer(self.desk, request, next_=next_of(request.query_params), district=district)

    async def _found(self, request: Request, text: str) -> FoundDistrict | None:
        return await self.desk.run(request, find_district, FindDistrict(text=text[:320])) if "\x00" not in text else None

    def _to(self, request: Request, district: FoundDistrict) -> Response:
        return self.desk.go(f"/sign-in/{district.slug}", next_=next_of(request.query_params))

    async def _ways(self, request: Request, district: FoundDistrict) -> WaysInView:
        return await self.desk.run(request, read_ways_in, WaysIn(), district.id)

    async def _form(self, request: Request) -> Form:
        """The form sent. Raises ``StaleForm`` unless we drew it for this browser."""
        form = await read_form(request)
        if not self.desk.forms.is_ours(request, form.get("csrf", "")):
            raise StaleForm
        return form

    def _session(self, request: Request, district: FoundDistrict) -> bytes:
        held = self.desk.before(request, district.id)
        if held is None:
            raise SignInAgain
        return held

    async def _seed(self, request: Request, district: FoundDistrict) -> str | None:
        command = BeginEnrolment(session=self._session(request, district), label=district.name)
        return (await self.desk.run(request, self._begin, command, district.id)).uri

    def _again(self, request: Request, page: Page, error: DomainError) -> Response:
        log.info("sign_in_refused", extra={"code": str(error.code), "kind": type(error).__name__})
        answer = self.desk.show(request, page)
        if isinstance(error, TooManyTries):
            answer.status_code = 429
            answer.headers["Retry-After"] = str(error.seconds)
        return answer

    async def _send(self, district: FoundDistrict, letter: Letter, language: str) -> None:
        link = f"{self.desk.public_url}/sign-in/{district.slug}/reset?token={letter.token}&lang={language}"
        text = said(language, "letter.text", district=district.name, link=link)
        try:
            await self.desk.mail.send(to=letter.to, subject=said(language, "letter.subject"), text=text)
        except (OSError, ValueError, aiosmtplib.SMTPException) as error:
            log.warning("letter_not_sent", extra={"kind": type(error).__name__})


def _sentence(drawer: Drawer, error: DomainError) -> tuple[str, str]:
    return ("", drawer.say("wait", seconds=error.seconds) if isinstance(error, TooManyTries) else drawer.say("refused"))


async def read_form(request: Request) -> Form:
    """The fields of a form; nothing of one that is too long, or no form."""
    body = bytearray()
    async for chunk in request.stream():
        body += chunk
        if len(body) > LONGEST_FORM:
            return {}
    if request.headers.get("content-type", "").split(";")[0].strip().lower() != "application/x-www-form-urlencoded":
        return {}
    try:
        pairs = parse_qsl(body.decode("ascii"), keep_blank_values=True, encoding="utf-8", errors="strict", max_num_fields=20)
    except ValueError:
        return {}
    # PostgreSQL holds no NUL, and nobody types one.
    return {name: value.replace("\x00", "") for name, value in pairs}


def politely(desk: Desk, handler: Handler) -> Handler:
    """``handler``, with a page for whatever is refused."""

    @wraps(handler)
    async def handled(request: Request) -> Response:
        drawer = Drawer(desk, request)
        try:
            return await handler(request)
        except Gone:
            return desk.show(request, drawer.problem(drawer.say("find.none"), 404))
        except StaleForm:
            return desk.show(request, drawer.problem(drawer.say("stale_form"), 403))
        except SignInAgain:
            return desk.show(request, drawer.problem(drawer.say("again"), 401))
        except NotFound:
            return desk.show(request, drawer.problem(drawer.say("find.none"), 404))
        except DomainError as error:
            log.info("refused", extra={"code": str(error.code)})
            return desk.show(request, drawer.problem(drawer.say("busy"), 503))

    return handled


def router_for(desk: Desk) -> APIRouter:
    """The routes of the pages, outside the contract."""
    pages, router = Pages(desk), APIRouter(include_in_schema=False)
    of_district = "/sign-in/{slug}"
    served: tuple[tuple[str, Handler | None, Handler | None], ...] = (
        ("/sign-in", pages.find, pages.found),
        ("/sign-in/style.css", pages.style, None),
        ("/signed-in", pages.done, None),
        ("/sign-out", None, pages.sign_out),
        (of_district, pages.sign_in, pages.signed_in),
        (f"{of_district}/code", pages.code, pages.coded),
        (f"{of_district}/second-step", pages.second_step, pages.second_stepped),
        (f"{of_district}/enrol", pages.enrol, pages.enrolled),
        (f"{of_district}/forgot", pages.forgot, pages.forgotten),
        (f"{of_district}/reset", pages.reset, pages.was_reset),
    )
    for path, shown, sent in served:
        for method, handler in (("GET", shown), ("POST", sent)):
            if handler is not None:
                router.add_api_route(path, _plain(politely(desk, handler)), methods=[method], response_model=None)
    return router


def _plain(handler: Handler) -> Handler:
    """``handler`` with a signature that FastAPI understands."""

    async def endpoint(request: Request) -> Response:
        return await handler(request)

    return endpoint
