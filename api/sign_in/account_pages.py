"""Being signed in: what one can do about how one signs in, and signing out."""

from base64 import urlsafe_b64decode, urlsafe_b64encode
from binascii import Error as NotBase64

from starlette.background import BackgroundTask
from starlette.requests import Request
from starlette.responses import Response

from api.security.encryption import NotOurs
from api.sign_in.cookies import SESSION, Token
from api.sign_in.handlers import Handlers, StaleForm, sentence
from api.sign_in.page_builder import Problems
from api.sign_in.service import Desk, bound
from domain.accounts.commands import BeginRenewal, ChangePassword, ReadOwnAccount, RenewSecondFactor, SignOut
from domain.accounts.login import Refused, SignInAgain, TooManyTries
from domain.accounts.usecases.password_login import sign_out
from domain.accounts.usecases.self_service import begin_renewal, change_password, read_own_account, renew_second_factor
from domain.accounts.views import OwnAccountView
from domain.shared.errors import Invalid, NotFound
from domain.shared.ids import DistrictId

PASSWORD, SECOND = "/signed-in/password", "/signed-in/second-step"


class Own(Handlers):
    """The pages of somebody who is signed in. Who they are is in the cookie alone."""

    def __init__(self, desk: Desk) -> None:
        super().__init__(desk)
        self._change = bound(change_password, passwords=desk.passwords)
        self._begin = bound(begin_renewal, authenticators=desk.authenticators)
        self._renew = bound(renew_second_factor, authenticators=desk.authenticators)

    async def done(self, request: Request) -> Response:
        """Say that one is signed in, and what one can do."""
        try:
            own = await self._own(request)
        except SignInAgain:
            return self.desk.go("/sign-in")
        return self.desk.show(request, self.drawer(request).done(own))

    async def password(self, request: Request) -> Response:
        """Ask for the present password and a new one; whoever has none gets no such page."""
        try:
            own = await self._own(request)
        except SignInAgain:
            return self.desk.go("/sign-in", next_=PASSWORD)
        drawer = self.drawer(request)
        page = drawer.change() if own.password else drawer.not_here("change.title", "change.none")
        return self.desk.show(request, page)

    async def password_changed(self, request: Request) -> Response:
        """A new password; then the account's page, and a letter beside the answer."""
        form, token = await self.form(request), self._token(request)
        drawer = self.drawer(request)
        command = ChangePassword(
            session=token.digest,
            present=form.get("present", "")[:1000],
            password=form.get("password", "")[:1000],
            address=self.desk.forms.address(request),
        )
        try:
            changed = await self.desk.run(request, self._change, command, DistrictId(token.district_id))
        except NotFound:
            return self.desk.show(request, drawer.not_here("change.title", "change.none"))
        except Invalid as error:
            return self.again(request, drawer.change(drawer.wrong(error)), error)
        except Refused as error:
            return self.again(request, drawer.change([("present", drawer.say("change.wrong"))]), error)
        except TooManyTries as error:
            return self.again(request, drawer.change([sentence(drawer, error)]), error)
        answer = self.desk.show(request, drawer.told("change.title", "change.done"))
        self.desk.keep(answer, changed.opened)
        if changed.to is not None:
            spoken = self.desk.language(request)
            answer.background = BackgroundTask(self.write, changed.to, spoken, "changed", district=changed.district)
        return answer

    async def second(self, request: Request) -> Response:
        """The seed of another app."""
        try:
            own = await self._own(request)
        except SignInAgain:
            return self.desk.go("/sign-in", next_=SECOND)
        return await self._ask_renewal(request, own)

    async def second_renewed(self, request: Request) -> Response:
        """A code of each app; then recovery codes."""
        form, token = await self.form(request), self._token(request)
        drawer, sealed = self.drawer(request), b""
        try:
            sealed = urlsafe_b64decode(form.get("sealed", "").encode("ascii"))
            command = RenewSecondFactor(
                session=token.digest,
                code=form.get("code", "")[:100],
                new_code=form.get("new_code", "")[:100],
                sealed=sealed,
                address=self.desk.forms.address(request),
            )
            got = await self.desk.run(request, self._renew, command, DistrictId(token.district_id))
        except (NotBase64, NotOurs, UnicodeEncodeError):
            raise StaleForm from None
        except (Refused, TooManyTries) as error:
            asked = await self._ask_renewal(
                request, await self._own(request), sealed, [sentence(drawer, error, "second.wrong")]
            )
            return self.slow(asked, error)
        answer = self.desk.show(request, drawer.recovery(got.recovery_codes))
        self.desk.keep(answer, got)
        return answer

    async def stay(self, _request: Request) -> Response:
        """Nobody is signed out by a link; a language chosen on the last page leads here."""
        return self.desk.go("/signed-in")

    async def sign_out(self, request: Request) -> Response:
        """End this browser's session."""
        await self.form(request)
        held = self.desk.token(request)
        if held is not None:
            await self.desk.run(request, sign_out, SignOut(session=held.digest), DistrictId(held.district_id))
        answer = self.desk.show(request, self.drawer(request).signed_out())
        self.desk.cookies.drop(answer, SESSION)
        # What a shared computer kept of these pages goes, too; the cookies of language and forms may stay.
        answer.headers["Clear-Site-Data"] = '"cache", "storage"'
        return answer

    async def _ask_renewal(
        self, request: Request, own: OwnAccountView, sealed: bytes | None = None, problems: Problems = ()
    ) -> Response:
        token, drawer = self._token(request), self.drawer(request)
        command = BeginRenewal(session=token.digest, label=own.district, sealed=sealed)
        try:
            made = await self.desk.run(request, self._begin, command, DistrictId(token.district_id))
        except NotFound:
            return self.desk.show(request, drawer.not_here("renew.title", "renew.none"))
        return self.desk.show(request, drawer.renew(made.uri, urlsafe_b64encode(made.seed).decode(), problems))

    async def _own(self, request: Request) -> OwnAccountView:
        token = self._token(request)
        command = ReadOwnAccount(session=token.digest)
        return await self.desk.run(request, read_own_account, command, DistrictId(token.district_id))

    def _token(self, request: Request) -> Token:
        held = self.desk.token(request)
        if held is None:
            raise SignInAgain
        return held
