"""What the handlers of the sign-in pages share: forms that are ours, pages for what is refused, and who asks."""

import logging
from collections.abc import Awaitable, Callable
from functools import wraps

import aiosmtplib
from starlette.requests import ClientDisconnect, Request
from starlette.responses import Response

from api.sign_in.page_builder import Drawer
from api.sign_in.service import LONGEST_FORM, Desk, Gone, next_of
from api.web import forms
from api.web.pages import Page
from api.web.translations import said
from domain.accounts.login import SignInAgain, TooManyTries
from domain.directory.district_lookup import FoundDistrict
from domain.shared.errors import DomainError, NotFound

log = logging.getLogger("evenkeel.signin")

Handler = Callable[[Request], Awaitable[Response]]
Form = dict[str, str]

MOST_FIELDS = 20


class StaleForm(Exception):
    """A form that we did not draw for this browser, or too long ago."""


class Handlers:
    """What pages of one kind are made of; ``desk`` is all they have."""

    def __init__(self, desk: Desk) -> None:
        self.desk = desk

    def drawer(self, request: Request, district: FoundDistrict | None = None) -> Drawer:
        """Draws pages that lead on to where the request's address says."""
        return Drawer(self.desk, request, next_=next_of(request.query_params), district=district)

    async def form(self, request: Request) -> Form:
        """The form sent. Raises ``StaleForm`` unless we drew it for this browser."""
        form = await read_form(request)
        if not self.desk.forms.is_ours(request, form.get("csrf", "")):
            raise StaleForm
        return form

    def session(self, request: Request, district: FoundDistrict) -> bytes:
        """The browser's session, of this district. Raises ``SignInAgain``."""
        held = self.desk.before(request, district.id)
        if held is None:
            raise SignInAgain
        return held

    def again(self, request: Request, page: Page, error: DomainError) -> Response:
        """``page`` again, with what was wrong."""
        log.info("sign_in_refused", extra={"code": str(error.code), "kind": type(error).__name__})
        return self.slow(self.desk.show(request, page), error)

    def slow(self, answer: Response, error: DomainError) -> Response:
        """``answer``, as 429 where there were too many tries."""
        if isinstance(error, TooManyTries):
            answer.status_code = 429
            answer.headers["Retry-After"] = str(error.seconds)
        return answer

    async def write(self, to: str, language: str, key: str, **values: str) -> None:
        """Send the letter ``key``, beside the answer; one that can't be sent is logged without whom it was for."""
        subject, text = said(language, f"{key}.subject"), said(language, f"{key}.text", **values)
        try:
            await self.desk.mail.send(to=to, subject=subject, text=text)
        except (OSError, ValueError, aiosmtplib.SMTPException) as error:
            log.warning("letter_not_sent", extra={"kind": type(error).__name__})


def sentence(drawer: Drawer, error: DomainError, key: str = "refused") -> tuple[str, str]:
    """What a page says of ``error``: how long to wait, or ``key``."""
    return ("", drawer.say("wait", seconds=error.seconds) if isinstance(error, TooManyTries) else drawer.say(key))


async def read_form(request: Request) -> Form:
    """The fields of a form; nothing of one that is too long, ends early, or is no form."""
    try:
        content = await forms.read_body(request, LONGEST_FORM)
        pairs = forms.parse_urlencoded(content, MOST_FIELDS) if forms.is_form(request.headers.get("content-type", "")) else []
    except (ValueError, ClientDisconnect):
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
            busy = desk.show(request, drawer.problem(drawer.say("busy"), 503))
            busy.headers["Retry-After"] = "5"
            return busy

    return handled
