"""The account of the person who is signed in: its page, password, second factor, and signing out."""

from base64 import urlsafe_b64decode, urlsafe_b64encode
from binascii import Error as NotBase64
from typing import Any

from starlette.background import BackgroundTask
from starlette.requests import Request
from starlette.responses import Response

from api.security.encryption import DecryptionError
from api.sign_in.cookies import SESSION, SessionCookie
from api.sign_in.handlers import WRONG_SECOND_FACTOR, PageHandlers, StaleForm
from api.sign_in.service import SignInService, bind_ports
from api.sign_in.totp import qr_svg, seed_in
from api.web.i18n import N_
from domain.accounts.commands import BeginRenewal, ChangePassword, ReadOwnAccount, RenewSecondFactor, SignOut
from domain.accounts.login import LoginFailed, LoginThrottled, SessionExpired
from domain.accounts.usecases.password_login import sign_out
from domain.accounts.usecases.self_service import begin_renewal, change_password, read_own_account, renew_second_factor
from domain.accounts.views import OwnAccountView
from domain.shared.errors import DomainError, Invalid, NotFound
from domain.shared.ids import DistrictId

PASSWORD, SECOND_STEP = "/signed-in/password", "/signed-in/second-step"
WRONG_PASSWORD = N_("This is not your current password.")


class AccountPages(PageHandlers):
    """The pages of a person who is signed in. The session cookie alone says who they are."""

    def __init__(self, service: SignInService) -> None:
        super().__init__(service)
        self._change = bind_ports(change_password, passwords=service.passwords)
        self._begin = bind_ports(begin_renewal, authenticators=service.authenticators)
        self._renew = bind_ports(renew_second_factor, authenticators=service.authenticators)

    async def get_account(self, request: Request) -> Response:
        """Show what the person can change about how they sign in."""
        try:
            account = await self._account(request)
        except SessionExpired:
            return self.service.redirect("/sign-in")
        return self.service.render(request, "account.html", account=account)

    async def get_password(self, request: Request) -> Response:
        """Ask for the current password and a new one; 404 for a person without a password."""
        try:
            account = await self._account(request)
        except SessionExpired:
            return self.service.redirect("/sign-in", next_=PASSWORD)
        if not account.password:
            return self.service.render(request, "no_password.html", status=404)
        return self.service.render(request, "change_password.html")

    async def post_password(self, request: Request) -> Response:
        """Change the password, and notify the person by mail in the background."""
        form, cookie = await self.form(request), self._cookie(request)
        command = ChangePassword(
            session=cookie.digest,
            present=form.get("present", "")[:1000],
            password=form.get("password", "")[:1000],
            address=self.service.address_digest(request),
        )
        try:
            changed = await self.service.run(self._change, command, DistrictId(cookie.district_id))
        except NotFound:
            return self.service.render(request, "no_password.html", status=404)
        except Invalid as error:
            return self.render_errors(request, error, "change_password.html", self.invalid(request, error))
        except (LoginFailed, LoginThrottled) as error:
            errors = self.attempt_failed(request, error, WRONG_PASSWORD, "present")
            return self.render_errors(request, error, "change_password.html", errors)
        response = self.service.render(request, "password_changed.html")
        self.service.set_session_cookie(response, changed.login)
        if changed.to is not None:
            language = self.service.language(request)
            response.background = BackgroundTask(
                self.send_mail, changed.to, "password_changed.txt", language, district=changed.district
            )
        return response

    async def get_second_step(self, request: Request) -> Response:
        """Show the seed for another app."""
        try:
            account = await self._account(request)
        except SessionExpired:
            return self.service.redirect("/sign-in", next_=SECOND_STEP)
        return await self._ask_renewal(request, account)

    async def post_second_step(self, request: Request) -> Response:
        """Take a code of each app; then show the recovery codes."""
        form, cookie, seed = await self.form(request), self._cookie(request), b""
        try:
            seed = urlsafe_b64decode(form.get("sealed", "").encode("ascii"))
            command = RenewSecondFactor(
                session=cookie.digest,
                code=form.get("code", "")[:100],
                new_code=form.get("new_code", "")[:100],
                sealed=seed,
                address=self.service.address_digest(request),
            )
            login = await self.service.run(self._renew, command, DistrictId(cookie.district_id))
        except (NotBase64, DecryptionError, UnicodeEncodeError):
            raise StaleForm from None
        except (LoginFailed, LoginThrottled) as error:
            return await self._ask_renewal(request, await self._account(request), seed, error)
        response = self.service.render(request, "recovery_codes.html", codes=login.recovery_codes)
        self.service.set_session_cookie(response, login)
        return response

    async def get_sign_out(self, _request: Request) -> Response:
        """Redirect to the account page: only a form signs out. The language links of the last page lead here."""
        return self.service.redirect("/signed-in")

    async def post_sign_out(self, request: Request) -> Response:
        """End this browser's session."""
        await self.form(request)
        cookie = self.service.session_cookie(request)
        if cookie is not None:
            await self.service.run(sign_out, SignOut(session=cookie.digest), DistrictId(cookie.district_id))
        response = self.service.render(request, "signed_out.html")
        self.service.cookies.delete(response, SESSION)
        # Clears cached pages on a shared computer; the cookies of language and forms may stay.
        response.headers["Clear-Site-Data"] = '"cache", "storage"'
        return response

    async def _ask_renewal(
        self, request: Request, account: OwnAccountView, seed: bytes | None = None, error: DomainError | None = None
    ) -> Response:
        """Render the page with the encrypted `seed` or a new one; `error`: why the last codes were rejected."""
        cookie = self._cookie(request)
        command = BeginRenewal(session=cookie.digest, label=account.district, sealed=seed)
        try:
            renewal = await self.service.run(self._begin, command, DistrictId(cookie.district_id))
        except NotFound:
            return self.service.render(request, "no_second_factor.html", status=404)
        values: dict[str, Any] = {
            "qr_code": qr_svg(renewal.uri),
            "key": seed_in(renewal.uri),
            "seed": urlsafe_b64encode(renewal.seed).decode(),
        }
        if error is None:
            return self.service.render(request, "renew_second_factor.html", **values)
        errors = self.attempt_failed(request, error, WRONG_SECOND_FACTOR)
        return self.render_errors(request, error, "renew_second_factor.html", errors, **values)

    async def _account(self, request: Request) -> OwnAccountView:
        cookie = self._cookie(request)
        return await self.service.run(read_own_account, ReadOwnAccount(session=cookie.digest), DistrictId(cookie.district_id))

    def _cookie(self, request: Request) -> SessionCookie:
        cookie = self.service.session_cookie(request)
        if cookie is None:
            raise SessionExpired
        return cookie
