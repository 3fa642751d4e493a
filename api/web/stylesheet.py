"""The route of the stylesheet. It stands apart from `pages`, so that commands which render mail do not load FastAPI."""

from fastapi import APIRouter
from starlette.responses import Response

from api.web.pages import HEADERS, STYLE, STYLE_PATH

router = APIRouter(include_in_schema=False)


@router.get(STYLE_PATH)
async def get_style() -> Response:
    """The stylesheet of all pages."""
    return Response(STYLE, 200, {**HEADERS, "Cache-Control": "public, max-age=86400"}, media_type="text/css")
