"""Routes of the sign-in pages. Each POST needs a form of a page that was rendered for this browser."""

from fastapi import APIRouter
from starlette.requests import Request
from starlette.responses import Response

from api.sign_in.account_pages import AccountPages
from api.sign_in.handlers import Handler, handle_errors
from api.sign_in.login_pages import LoginPages
from api.sign_in.password_reset_pages import PasswordResetPages
from api.sign_in.second_factor_pages import SecondFactorPages
from api.sign_in.service import SignInService


def sign_in_router(service: SignInService) -> APIRouter:
    """Return the routes of the pages, outside the API's contract."""
    login, second_factor = LoginPages(service), SecondFactorPages(service)
    reset, account = PasswordResetPages(service), AccountPages(service)
    router, district = APIRouter(include_in_schema=False), "/sign-in/{slug}"
    pages: tuple[tuple[str, Handler, Handler | None], ...] = (
        ("/sign-in", login.get_find, login.post_find),
        ("/signed-in", account.get_account, None),
        ("/signed-in/password", account.get_password, account.post_password),
        ("/signed-in/second-step", account.get_second_step, account.post_second_step),
        ("/sign-out", account.get_sign_out, account.post_sign_out),
        (district, login.get_login, login.post_login),
        (f"{district}/code", login.get_code, login.post_code),
        (f"{district}/second-step", second_factor.get_second_step, second_factor.post_second_step),
        (f"{district}/enrol", second_factor.get_enrol, second_factor.post_enrol),
        (f"{district}/forgot", reset.get_forgot, reset.post_forgot),
        (f"{district}/reset", reset.get_reset, reset.post_reset),
    )
    for path, get, post in pages:
        for method, handler in (("GET", get), ("POST", post)):
            if handler is not None:
                endpoint = _endpoint(handle_errors(service, handler))
                router.add_api_route(path, endpoint, methods=[method], response_model=None)
    return router


def _endpoint(handler: Handler) -> Handler:
    """Return `handler` with a signature that FastAPI understands."""

    async def endpoint(request: Request) -> Response:
        return await handler(request)

    return endpoint
