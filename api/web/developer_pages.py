"""Pages for whoever comes with a browser to see what runs here: the first page, the API reference, the guide, GraphiQL."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass

from fastapi import APIRouter
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response

from api.web.cookies import LANGUAGE, YEAR, Cookies
from api.web.i18n import LANGUAGES, language_of
from api.web.pages import render_page

SOURCES = {"script-src": "'self'", "connect-src": "'self'", "img-src": "'self' data:"}
"""What Swagger UI needs beyond a page of ours: its script, the document and requests tried out, icons in its stylesheet."""
EXPLORER_SOURCES = {**SOURCES, "style-src": "'self' 'unsafe-inline'", "font-src": "data:"}
"""GraphiQL writes style elements when a dialog opens; its fonts are in its stylesheet."""


@dataclass(frozen=True, kw_only=True)
class DemoHints:
    """What the first page says of the demo.

    `sign_in_path` is the sign-in page of its district, `usernames` are those who can sign in there, `secrets_file` is
    the file with their passwords and the clients' secrets, on the machine that serves.
    """

    sign_in_path: str
    usernames: tuple[str, ...]
    secrets_file: str


def developer_router(
    *, public_url: str, build: str, is_ready: Callable[[], Awaitable[bool]], demo: DemoHints | None
) -> APIRouter:
    """Return the routes of the pages. `build` is the version of the software; `demo` is None where this is no demo.

    GraphiQL is there in the demo alone.
    """
    router, cookies = APIRouter(include_in_schema=False), Cookies(public_url)

    @router.get("/")
    async def get_home(request: Request) -> Response:
        # Only a browser asks for HTML by name; for all others there is nothing here.
        if "text/html" not in request.headers.get("accept", ""):
            raise HTTPException(404)
        links = [(code, name, f"/?lang={code}") for code, name in LANGUAGES.items()]
        response = render_page(
            "developer/home.html",
            language=language_of(request, cookies.read(request, LANGUAGE)),
            language_links=links,
            build=build,
            ready=await is_ready(),
            demo=demo,
        )
        response.headers["Vary"] = "Accept, Accept-Language, Cookie"
        if (chosen := request.query_params.get("lang")) in LANGUAGES:
            cookies.write(response, LANGUAGE, str(chosen), seconds=YEAR)
        return response

    @router.get("/docs")
    async def get_reference() -> Response:
        return render_page("developer/reference.html", language="en", sources=SOURCES)

    @router.get("/docs/guide")
    async def get_guide() -> Response:
        return render_page("developer/guide.html", language="en", public_url=public_url)

    if demo is not None:

        @router.get("/graphiql")
        async def get_graphiql() -> Response:
            return render_page("developer/graphiql.html", language="en", sources=EXPLORER_SOURCES)

    return router
