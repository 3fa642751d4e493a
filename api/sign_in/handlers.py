"""What the handlers of the sign-in pages share: forms, sessions, and pages for errors."""

import logging
from collections.abc import Awaitable, Callable
from functools import wraps
from typing import Any

import aiosmtplib
from starlette.requests import ClientDisconnect, Request
from starlette.responses import Response

from api.sign_in.service import SignInService, UnknownDistrict
from api.web import forms
from api.web.i18n import N_
from api.web.pages import render_mail
from domain.accounts.login import LoginThrottled, SessionExpired
from domain.directory.district_lookup import FoundDistrict
from domain.shared.errors import Code, DomainError, Invalid, NotFound

log = logging.getLogger("evenkeel.signin")

Handler = Callable[[Request], Awaitable[Response]]
Form = dict[str, str]

MAX_FORM_BYTES = 8192
MAX_FIELDS = 20
UNKNOWN_DISTRICT = N_("We know no district by this name. Check the spelling, or ask your district's office for the short name.")
TOO_MANY_ATTEMPTS = N_("There were too many attempts. Wait %(seconds)s seconds and try again.")
WRONG_SECOND_FACTOR = N_("This code is wrong. Wait for the next one, and check that the clock of your phone is right.")
INVALID = {
    ("username", Code.DUPLICATE): N_("Somebody else has this user name. Choose another."),
    "username": N_("Choose a user name of 3 to 64 letters, digits or . _ - + @"),
    "password": N_(
        "Choose a password of 12 to 256 characters. It must not contain your name, your user name, your district's name or "
        "a repeated pattern."
    ),
}
"""What is wrong with an input, by its name (and the code of the error)."""


class StaleForm(Exception):
    """The form is not of a page that was made for this browser, or that page is too old."""


class PageHandlers:
    """The base of the handlers of one kind of page."""

    def __init__(self, service: SignInService) -> None:
        self.service = service

    async def form(self, request: Request) -> Form:
        """Return the submitted form. Raises `StaleForm` unless it comes from a page of this browser."""
        form = await parse_form(request)
        if not self.service.csrf.is_valid(request, form.get("csrf", "")):
            raise StaleForm
        return form

    def session(self, request: Request, district: FoundDistrict) -> bytes:
        """Return the digest of the browser's session in this district. Raises `SessionExpired`."""
        session = self.service.previous_session(request, district.id)
        if session is None:
            raise SessionExpired
        return session

    def invalid(self, request: Request, error: Invalid) -> dict[str, str]:
        """Return the message for each invalid input, by its name."""
        messages = {}
        for field_error in error.errors:
            name = field_error.pointer.lstrip("/")
            messages[name] = self.service.gettext(INVALID.get((name, field_error.code), INVALID[name]), request)
        return messages

    def attempt_failed(self, request: Request, error: DomainError, message: str, name: str = "") -> dict[str, str]:
        """Return the message after a failed attempt: how long to wait, or `message` at the input `name`."""
        if isinstance(error, LoginThrottled):
            return {"": self.service.gettext(TOO_MANY_ATTEMPTS, request, seconds=error.seconds)}
        return {name: self.service.gettext(message, request)}

    def render_errors(
        self,
        request: Request,
        error: DomainError,
        template: str,
        errors: dict[str, str],
        *,
        district: FoundDistrict | None = None,
        next_: str | None = None,
        **values: Any,
    ) -> Response:
        """Render the page again with `errors`; status 429 after too many attempts. Logs the type of error."""
        log.info("sign_in_failed", extra={"code": str(error.code), "kind": type(error).__name__})
        response = self.service.render(request, template, errors=errors, district=district, next_=next_, **values)
        if isinstance(error, LoginThrottled):
            response.status_code = 429
            response.headers["Retry-After"] = str(error.seconds)
        return response

    async def send_mail(self, to: str, template: str, language: str, **values: str) -> None:
        """Send a mail in the background; a failure is logged without the address."""
        subject, text = render_mail(template, language=language, **values)
        try:
            await self.service.mail.send(to=to, subject=subject, text=text)
        except (OSError, ValueError, aiosmtplib.SMTPException) as error:
            log.warning("mail_not_sent", extra={"kind": type(error).__name__})


async def parse_form(request: Request) -> Form:
    """Return the fields of a form; empty if it is too long, ends early, or is not a form."""
    try:
        content = await forms.read_body(request, MAX_FORM_BYTES)
        pairs = forms.parse_urlencoded(content, MAX_FIELDS) if forms.is_form(request.headers.get("content-type", "")) else []
    except (ValueError, ClientDisconnect):
        return {}
    # PostgreSQL cannot store NUL, and no one types it.
    return {name: value.replace("\x00", "") for name, value in pairs}


def handle_errors(service: SignInService, handler: Handler) -> Handler:
    """Return `handler` with an error page for each exception."""

    def page(request: Request, message: str, status: int) -> Response:
        return service.render(request, "error.html", status=status, message=service.gettext(message, request))

    @wraps(handler)
    async def handled(request: Request) -> Response:
        try:
            return await handler(request)
        except (UnknownDistrict, NotFound):
            return page(request, UNKNOWN_DISTRICT, 404)
        except StaleForm:
            return page(request, N_("This page was open for too long. Please send the form again."), 403)
        except SessionExpired:
            return page(request, N_("Your sign-in took too long or has ended. Sign in again."), 401)
        except DomainError as error:
            log.info("request_rejected", extra={"code": str(error.code)})
            response = page(request, N_("We are busy. Please try again in a moment."), 503)
            response.headers["Retry-After"] = "5"
            return response

    return handled
