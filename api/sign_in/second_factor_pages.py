"""The second step: the code of an authenticator app, and setting such an app up."""

from starlette.requests import Request
from starlette.responses import Response

from api.sign_in.handlers import Form, Handlers, sentence
from api.sign_in.page_builder import Drawer
from api.sign_in.service import Desk, bound, next_of
from domain.accounts.commands import BeginEnrolment, GiveSecondFactor
from domain.accounts.login import Refused, TooManyTries
from domain.accounts.usecases.second_factor import begin_enrolment, confirm_enrolment, give_second_factor
from domain.directory.district_lookup import FoundDistrict


class SecondStep(Handlers):
    """The pages between the first factor and being signed in."""

    def __init__(self, desk: Desk) -> None:
        super().__init__(desk)
        self._second = bound(give_second_factor, authenticators=desk.authenticators)
        self._begin = bound(begin_enrolment, authenticators=desk.authenticators)
        self._confirm = bound(confirm_enrolment, authenticators=desk.authenticators)

    async def second_step(self, request: Request) -> Response:
        """Ask for the second factor."""
        return self.desk.show(request, self.drawer(request, await self.desk.district(request)).second_step())

    async def second_stepped(self, request: Request) -> Response:
        """The code of an app, or a recovery code."""
        district, form = await self.desk.district(request), await self.form(request)
        drawer = Drawer(self.desk, request, next_=next_of(form), district=district)
        command = self._given(request, district, form)
        try:
            got = await self.desk.run(request, self._second, command, district.id)
        except (Refused, TooManyTries) as error:
            return self.again(request, drawer.second_step([sentence(drawer, error)]), error)
        return self.desk.enter(district, got, next_of(form))

    async def enrol(self, request: Request) -> Response:
        """Show the seed for an app."""
        district = await self.desk.district(request)
        uri = await self._seed(request, district)
        if uri is None:
            return self.desk.go(f"/sign-in/{district.slug}/second-step", next_=next_of(request.query_params))
        return self.desk.show(request, self.drawer(request, district).enrol(uri))

    async def enrolled(self, request: Request) -> Response:
        """The first code of an app; then recovery codes."""
        district, form = await self.desk.district(request), await self.form(request)
        drawer = Drawer(self.desk, request, next_=next_of(form), district=district)
        command = self._given(request, district, form)
        try:
            got = await self.desk.run(request, self._confirm, command, district.id)
        except (Refused, TooManyTries) as error:
            uri = await self._seed(request, district)
            return self.again(request, drawer.enrol(uri or "", [sentence(drawer, error, "second.wrong")]), error)
        answer = self.desk.show(request, drawer.recovery(got.recovery_codes))
        self.desk.keep(answer, got)
        return answer

    def _given(self, request: Request, district: FoundDistrict, form: Form) -> GiveSecondFactor:
        address = self.desk.forms.address(request)
        return GiveSecondFactor(session=self.session(request, district), code=form.get("code", "")[:100], address=address)

    async def _seed(self, request: Request, district: FoundDistrict) -> str | None:
        command = BeginEnrolment(session=self.session(request, district), label=district.name)
        return (await self.desk.run(request, self._begin, command, district.id)).uri
