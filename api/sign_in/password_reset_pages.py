"""A forgotten password: a letter to whoever has an address, and the page that the letter leads to."""

from starlette.background import BackgroundTask
from starlette.requests import Request
from starlette.responses import Response

from api.sign_in.handlers import Handlers, sentence
from api.sign_in.page_builder import Drawer
from api.sign_in.service import Desk, bound, next_of
from domain.accounts.commands import RequestReset, ResetPassword
from domain.accounts.login import Refused, TooManyTries
from domain.accounts.usecases.one_time_codes import request_reset, reset_password
from domain.accounts.views import Letter
from domain.directory.district_lookup import FoundDistrict
from domain.shared.errors import Invalid


class Forgetting(Handlers):
    """The pages of a forgotten password."""

    def __init__(self, desk: Desk) -> None:
        super().__init__(desk)
        self._reset = bound(reset_password, passwords=desk.passwords)

    async def forgot(self, request: Request) -> Response:
        """Ask who forgot it."""
        return self.desk.show(request, self.drawer(request, await self.desk.district(request)).forgot())

    async def forgotten(self, request: Request) -> Response:
        """Send a letter if there is anybody to send it to; the page is the same, and so is the time it takes."""
        district, form = await self.desk.district(request), await self.form(request)
        drawer = Drawer(self.desk, request, next_=next_of(form), district=district)
        command = RequestReset(identity=form.get("identity", "")[:320], address=self.desk.forms.address(request))
        try:
            letter = await self.desk.run(request, request_reset, command, district.id)
        except TooManyTries as error:
            return self.again(request, drawer.forgot([sentence(drawer, error)]), error)
        answer = self.desk.show(request, drawer.letter_sent())
        if letter is not None:
            answer.background = BackgroundTask(self._send, district, letter, self.desk.language(request))
        return answer

    async def reset(self, request: Request) -> Response:
        """Ask for a new password; the letter's token stays good until the form is sent."""
        district = await self.desk.district(request)
        token = request.query_params.get("token", "")[:100]
        return self.desk.show(request, self.drawer(request, district).reset(token))

    async def was_reset(self, request: Request) -> Response:
        """A new password."""
        district, form = await self.desk.district(request), await self.form(request)
        drawer = Drawer(self.desk, request, district=district)
        token = form.get("token", "")[:100]
        command = ResetPassword(token=token, password=form.get("password", "")[:1000], address=self.desk.forms.address(request))
        try:
            await self.desk.run(request, self._reset, command, district.id)
        except Invalid as error:
            return self.again(request, drawer.reset(token, drawer.wrong(error)), error)
        except Refused as error:
            return self.again(request, drawer.problem(drawer.say("reset.gone"), 400, "reset.title"), error)
        except TooManyTries as error:
            return self.again(request, drawer.reset(token, [sentence(drawer, error)]), error)
        return self.desk.show(request, drawer.reset_done())

    async def _send(self, district: FoundDistrict, letter: Letter, language: str) -> None:
        link = f"{self.desk.public_url}/sign-in/{district.slug}/reset?token={letter.token}&lang={language}"
        await self.write(letter.to, language, "letter", district=district.name, link=link)
