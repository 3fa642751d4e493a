"""Finding the district, and signing in by user name and password or by a one-time code."""

from starlette.requests import Request
from starlette.responses import Response

from api.sign_in.handlers import UNKNOWN_DISTRICT, PageHandlers
from api.sign_in.service import SignInService, bind_ports, next_of
from api.web.i18n import N_
from domain.accounts.commands import ReadLoginMethods, RedeemCode, SignIn
from domain.accounts.login import LoginFailed, LoginThrottled
from domain.accounts.usecases.one_time_codes import redeem_code
from domain.accounts.usecases.password_login import read_ways_in, sign_in
from domain.accounts.views import LoginMethodsView
from domain.directory.district_lookup import FindDistrict, FoundDistrict
from domain.directory.usecases.districts_and_clients import find_district
from domain.shared.errors import Invalid

LOGIN_FAILED = N_("Wrong user name or password. Check what you typed, or sign in another way.")
CODE_FAILED = N_("This code is not valid. Check what you typed, or ask your district's office for a new code.")


class LoginPages(PageHandlers):
    """Login by a local account; single sign-on is in `oidc_login.py`."""

    def __init__(self, service: SignInService) -> None:
        super().__init__(service)
        self._sign_in = bind_ports(sign_in, passwords=service.passwords)
        self._redeem = bind_ports(redeem_code, passwords=service.passwords)

    async def get_find(self, request: Request) -> Response:
        """Ask for the district; redirect to its page when the address names it."""
        text = request.query_params.get("district") or request.query_params.get("login_hint", "")
        district = await self._find(text) if text else None
        if district is not None:
            return self.service.redirect(f"/sign-in/{district.slug}", next_=next_of(request.query_params))
        return self.service.render(request, "find_district.html", typed="")

    async def post_find(self, request: Request) -> Response:
        """Redirect to the page of the district that was typed."""
        form = await self.form(request)
        typed = form.get("district", "")
        district = await self._find(typed)
        if district is not None:
            return self.service.redirect(f"/sign-in/{district.slug}", next_=next_of(form))
        errors = {"district": self.service.gettext(UNKNOWN_DISTRICT, request)}
        return self.service.render(request, "find_district.html", errors=errors, next_=next_of(form), typed=typed[:100])

    async def get_login(self, request: Request) -> Response:
        """Show how people of the district sign in."""
        district = await self.service.district(request)
        methods = await self._methods(district)
        return self.service.render(request, "login.html", district=district, methods=methods, username="")

    async def post_login(self, request: Request) -> Response:
        """Sign in by user name and password."""
        district, form = await self.service.district(request), await self.form(request)
        command = SignIn(
            username=form.get("username", "")[:200],
            password=form.get("password", "")[:1000],
            address=self.service.address_digest(request),
            session=self.service.previous_session(request, district.id),
        )
        try:
            login = await self.service.run(self._sign_in, command, district.id)
        except (LoginFailed, LoginThrottled) as error:
            return self.render_errors(
                request,
                error,
                "login.html",
                self.attempt_failed(request, error, LOGIN_FAILED),
                district=district,
                next_=next_of(form),
                methods=await self._methods(district),
                username=command.username,
            )
        return self.service.complete_login(district, login, next_of(form))

    async def get_code(self, request: Request) -> Response:
        """Ask for a one-time code, a user name and a password."""
        district = await self.service.district(request)
        return self.service.render(request, "one_time_code.html", district=district, username="")

    async def post_code(self, request: Request) -> Response:
        """Create an account by a one-time code, and sign in."""
        district, form = await self.service.district(request), await self.form(request)
        username = form.get("username", "")[:200]
        command = RedeemCode(
            code=form.get("code", "")[:100],
            username=username,
            password=form.get("password", "")[:1000],
            address=self.service.address_digest(request),
            session=self.service.previous_session(request, district.id),
        )
        try:
            login = await self.service.run(self._redeem, command, district.id)
        except (Invalid, LoginFailed, LoginThrottled) as error:
            if isinstance(error, Invalid):
                errors = self.invalid(request, error)
            else:
                errors = self.attempt_failed(request, error, CODE_FAILED)
            return self.render_errors(
                request, error, "one_time_code.html", errors, district=district, next_=next_of(form), username=username
            )
        return self.service.complete_login(district, login, next_of(form))

    async def _find(self, text: str) -> FoundDistrict | None:
        return None if "\x00" in text else await self.service.run(find_district, FindDistrict(text=text[:320]))

    async def _methods(self, district: FoundDistrict) -> LoginMethodsView:
        return await self.service.run(read_ways_in, ReadLoginMethods(), district.id)
