"""Finding one's district, and getting in by user name and password or by a one-time code."""

from starlette.requests import Request
from starlette.responses import Response

from api.sign_in.handlers import Handlers, sentence
from api.sign_in.page_builder import Drawer
from api.sign_in.service import Desk, bound, next_of
from domain.accounts.commands import RedeemCode, SignIn, WaysIn
from domain.accounts.login import Refused, TooManyTries
from domain.accounts.usecases.one_time_codes import redeem_code
from domain.accounts.usecases.password_login import read_ways_in, sign_in
from domain.accounts.views import WaysInView
from domain.directory.district_lookup import FindDistrict, FoundDistrict
from domain.directory.usecases.districts_and_clients import find_district
from domain.shared.errors import Invalid


class Entering(Handlers):
    """The ways in of local accounts; single sign-on has its own (``oidc_login.py``)."""

    def __init__(self, desk: Desk) -> None:
        super().__init__(desk)
        self._sign_in = bound(sign_in, passwords=desk.passwords)
        self._redeem = bound(redeem_code, passwords=desk.passwords)

    async def find(self, request: Request) -> Response:
        """Ask for the district, unless the request says it."""
        said = request.query_params.get("district") or request.query_params.get("login_hint", "")
        found = await self._found(request, said) if said else None
        if found is not None:
            return self._to(request, found)
        return self.desk.show(request, self.drawer(request).find())

    async def found(self, request: Request) -> Response:
        """The district typed."""
        form = await self.form(request)
        typed = form.get("district", "")
        found = await self._found(request, typed)
        if found is not None:
            return self.desk.go(f"/sign-in/{found.slug}", next_=next_of(form))
        drawer = Drawer(self.desk, request, next_=next_of(form))
        return self.desk.show(request, drawer.find(typed[:100], [("district", drawer.say("find.none"))]))

    async def sign_in(self, request: Request) -> Response:
        """The district's ways in."""
        district = await self.desk.district(request)
        return self.desk.show(request, self.drawer(request, district).sign_in(await self._ways(request, district)))

    async def signed_in(self, request: Request) -> Response:
        """User name and password."""
        district, form = await self.desk.district(request), await self.form(request)
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
            return self.again(request, drawer.sign_in(ways, command.username, [sentence(drawer, error)]), error)
        return self.desk.enter(district, got, next_of(form))

    async def code(self, request: Request) -> Response:
        """Ask for a one-time code."""
        return self.desk.show(request, self.drawer(request, await self.desk.district(request)).code())

    async def coded(self, request: Request) -> Response:
        """A one-time code, with user name and password."""
        district, form = await self.desk.district(request), await self.form(request)
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
            return self.again(request, drawer.code(username, drawer.wrong(error)), error)
        except (Refused, TooManyTries) as error:
            return self.again(request, drawer.code(username, [sentence(drawer, error)]), error)
        return self.desk.enter(district, got, next_of(form))

    async def _found(self, request: Request, text: str) -> FoundDistrict | None:
        return await self.desk.run(request, find_district, FindDistrict(text=text[:320])) if "\x00" not in text else None

    def _to(self, request: Request, district: FoundDistrict) -> Response:
        return self.desk.go(f"/sign-in/{district.slug}", next_=next_of(request.query_params))

    async def _ways(self, request: Request, district: FoundDistrict) -> WaysInView:
        return await self.desk.run(request, read_ways_in, WaysIn(), district.id)
