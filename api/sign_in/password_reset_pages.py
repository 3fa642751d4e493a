"""A forgotten password: a mail with a link, and the page that the link leads to."""

from starlette.background import BackgroundTask
from starlette.requests import Request
from starlette.responses import Response

from api.sign_in.handlers import PageHandlers
from api.sign_in.service import SignInService, bind_ports, next_of
from api.web.i18n import N_
from domain.accounts.commands import RequestReset, ResetPassword
from domain.accounts.login import LoginFailed, LoginThrottled
from domain.accounts.usecases.one_time_codes import request_reset, reset_password
from domain.accounts.views import ResetMail
from domain.directory.district_lookup import FoundDistrict
from domain.shared.errors import Invalid

LINK_EXPIRED = N_("This link was used already or is too old. Ask for another.")


class PasswordResetPages(PageHandlers):
    """The pages of a forgotten password."""

    def __init__(self, service: SignInService) -> None:
        super().__init__(service)
        self._reset = bind_ports(reset_password, passwords=service.passwords)

    async def get_forgot(self, request: Request) -> Response:
        """Ask for the user name."""
        return self.service.render(request, "forgot_password.html", district=await self.service.district(request))

    async def post_forgot(self, request: Request) -> Response:
        """Send the mail if there is an account; the page is the same, and so is the time that it takes."""
        district, form = await self.service.district(request), await self.form(request)
        command = RequestReset(identity=form.get("identity", "")[:320], address=self.service.address_digest(request))
        try:
            mail = await self.service.run(request_reset, command, district.id)
        except LoginThrottled as error:
            errors = self.attempt_failed(request, error, "")
            return self.render_errors(request, error, "forgot_password.html", errors, district=district, next_=next_of(form))
        response = self.service.render(request, "reset_sent.html", district=district, next_=next_of(form))
        if mail is not None:
            response.background = BackgroundTask(self._send, district, mail, self.service.language(request))
        return response

    async def get_reset(self, request: Request) -> Response:
        """Ask for a new password; the token of the link stays valid until the form is sent."""
        district = await self.service.district(request)
        token = request.query_params.get("token", "")[:100]
        return self.service.render(request, "reset_password.html", district=district, token=token)

    async def post_reset(self, request: Request) -> Response:
        """Set the new password."""
        district, form = await self.service.district(request), await self.form(request)
        token = form.get("token", "")[:100]
        address = self.service.address_digest(request)
        command = ResetPassword(token=token, password=form.get("password", "")[:1000], address=address)
        try:
            await self.service.run(self._reset, command, district.id)
        except (Invalid, LoginThrottled) as error:
            errors = self.invalid(request, error) if isinstance(error, Invalid) else self.attempt_failed(request, error, "")
            return self.render_errors(request, error, "reset_password.html", errors, district=district, token=token)
        except LoginFailed as error:
            message = self.service.gettext(LINK_EXPIRED, request)
            return self.render_errors(request, error, "error.html", {}, status=400, district=district, message=message)
        return self.service.render(request, "password_reset.html", district=district)

    async def _send(self, district: FoundDistrict, mail: ResetMail, language: str) -> None:
        link = f"{self.service.public_url}/sign-in/{district.slug}/reset?token={mail.token}&lang={language}"
        await self.send_mail(mail.to, "password_reset.txt", language, district=district.name, link=link)
