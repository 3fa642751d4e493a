"""Being signed in: what one can do there, and signing out."""

from starlette.requests import Request
from starlette.responses import Response

from api.signin.browser import SESSION
from api.signin.handling import Handlers
from domain.accounts.commands import SignOut
from domain.accounts.usecases.signing_in import sign_out
from domain.shared.ids import DistrictId


class Own(Handlers):
    """The pages of somebody who is signed in."""

    async def done(self, request: Request) -> Response:
        """Say that one is signed in."""
        if await self.desk.current(request) is None:
            return self.desk.go("/sign-in")
        return self.desk.show(request, self.drawer(request).done())

    async def sign_out(self, request: Request) -> Response:
        """End this browser's session."""
        await self.form(request)
        held = self.desk.token(request)
        if held is not None:
            await self.desk.run(request, sign_out, SignOut(session=held.digest), DistrictId(held.district_id))
        answer = self.desk.show(request, self.drawer(request).signed_out())
        self.desk.cookies.drop(answer, SESSION)
        return answer
