"""The sign-in pages' addresses. Every POST is a form that we drew for this browser."""

from fastapi import APIRouter
from starlette.requests import Request
from starlette.responses import Response

from api.sign_in.account_pages import Own
from api.sign_in.cookies import YEAR
from api.sign_in.handlers import Handler, politely
from api.sign_in.login_pages import Entering
from api.sign_in.password_reset_pages import Forgetting
from api.sign_in.second_factor_pages import SecondStep
from api.sign_in.service import Desk
from api.web.pages import HEADERS, STYLE


def router_for(desk: Desk) -> APIRouter:
    """The routes of the pages, outside the contract."""
    entering, second, forgetting, own = Entering(desk), SecondStep(desk), Forgetting(desk), Own(desk)
    router, of_district = APIRouter(include_in_schema=False), "/sign-in/{slug}"
    served: tuple[tuple[str, Handler | None, Handler | None], ...] = (
        ("/sign-in", entering.find, entering.found),
        ("/sign-in/style.css", style, None),
        ("/signed-in", own.done, None),
        ("/signed-in/password", own.password, own.password_changed),
        ("/signed-in/second-step", own.second, own.second_renewed),
        ("/sign-out", own.stay, own.sign_out),
        (of_district, entering.sign_in, entering.signed_in),
        (f"{of_district}/code", entering.code, entering.coded),
        (f"{of_district}/second-step", second.second_step, second.second_stepped),
        (f"{of_district}/enrol", second.enrol, second.enrolled),
        (f"{of_district}/forgot", forgetting.forgot, forgetting.forgotten),
        (f"{of_district}/reset", forgetting.reset, forgetting.was_reset),
    )
    for path, shown, sent in served:
        for method, handler in (("GET", shown), ("POST", sent)):
            if handler is not None:
                router.add_api_route(path, _plain(politely(desk, handler)), methods=[method], response_model=None)
    return router


async def style(_request: Request) -> Response:
    """How the pages look."""
    headers = {**HEADERS, "Cache-Control": f"public, max-age={YEAR // 365}"}
    return Response(STYLE, 200, headers, media_type="text/css")


def _plain(handler: Handler) -> Handler:
    """``handler`` with a signature that FastAPI understands."""

    async def endpoint(request: Request) -> Response:
        return await handler(request)

    return endpoint
