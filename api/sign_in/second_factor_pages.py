"""The second factor: the code of an authenticator app, and setting up such an app."""

from typing import Any

from starlette.requests import Request
from starlette.responses import Response

from api.sign_in.handlers import WRONG_SECOND_FACTOR, Form, PageHandlers
from api.sign_in.service import SignInService, bind_ports, next_of
from api.sign_in.totp import qr_svg, seed_in
from domain.accounts.commands import BeginEnrolment, GiveSecondFactor
from domain.accounts.login import LoginFailed, LoginThrottled
from domain.accounts.usecases.second_factor import begin_enrolment, confirm_enrolment, give_second_factor
from domain.directory.district_lookup import FoundDistrict
from domain.shared.errors import DomainError


class SecondFactorPages(PageHandlers):
    """The pages between the first factor and being signed in."""

    def __init__(self, service: SignInService) -> None:
        super().__init__(service)
        self._give = bind_ports(give_second_factor, authenticators=service.authenticators)
        self._begin = bind_ports(begin_enrolment, authenticators=service.authenticators)
        self._confirm = bind_ports(confirm_enrolment, authenticators=service.authenticators)

    async def get_second_step(self, request: Request) -> Response:
        """Ask for the second factor."""
        return self.service.render(request, "second_factor.html", district=await self.service.district(request))

    async def post_second_step(self, request: Request) -> Response:
        """Check a code of the app, or a recovery code."""
        district, form = await self.service.district(request), await self.form(request)
        try:
            login = await self.service.run(self._give, self._command(request, district, form), district.id)
        except (LoginFailed, LoginThrottled) as error:
            errors = self.attempt_failed(request, error, WRONG_SECOND_FACTOR)
            return self.render_errors(request, error, "second_factor.html", errors, district=district, next_=next_of(form))
        return self.service.complete_login(district, login, next_of(form))

    async def get_enrol(self, request: Request) -> Response:
        """Show the seed for an app; redirect to the second step where there is one already."""
        return await self._render_enrol(request, await self.service.district(request), next_of(request.query_params))

    async def post_enrol(self, request: Request) -> Response:
        """Check the first code of an app; then show the recovery codes."""
        district, form = await self.service.district(request), await self.form(request)
        try:
            login = await self.service.run(self._confirm, self._command(request, district, form), district.id)
        except (LoginFailed, LoginThrottled) as error:
            return await self._render_enrol(request, district, next_of(form), error)
        response = self.service.render(request, "recovery_codes.html", next_=next_of(form), codes=login.recovery_codes)
        self.service.set_session_cookie(response, login)
        return response

    def _command(self, request: Request, district: FoundDistrict, form: Form) -> GiveSecondFactor:
        address = self.service.address_digest(request)
        return GiveSecondFactor(session=self.session(request, district), code=form.get("code", "")[:100], address=address)

    async def _render_enrol(
        self, request: Request, district: FoundDistrict, next_: str, error: DomainError | None = None
    ) -> Response:
        """Render the page with the seed; `error`: why the last code was rejected."""
        command = BeginEnrolment(session=self.session(request, district), label=district.name)
        uri = (await self.service.run(self._begin, command, district.id)).uri
        if uri is None:
            return self.service.redirect(f"/sign-in/{district.slug}/second-step", next_=next_)
        values: dict[str, Any] = {"district": district, "next_": next_, "qr_code": qr_svg(uri), "key": seed_in(uri)}
        if error is None:
            return self.service.render(request, "enrol.html", **values)
        errors = self.attempt_failed(request, error, WRONG_SECOND_FACTOR)
        return self.render_errors(request, error, "enrol.html", errors, **values)
