"""The route of the files that pages load; apart from `assets`, so that commands which send mail do not load FastAPI."""

from os import PathLike, stat_result

from fastapi import APIRouter
from starlette.datastructures import Headers
from starlette.requests import Request
from starlette.responses import FileResponse, Response
from starlette.staticfiles import NotModifiedResponse, StaticFiles
from starlette.types import Scope

from api.web.assets import FOLDER, PREFIX, digest
from api.web.pages import HEADERS

CACHED = {**HEADERS, "Cache-Control": "public, max-age=86400"}


class _Files(StaticFiles):
    """Starlette's, with an ETag of the content: files of a wheel all have one time of change."""

    def file_response(
        self, full_path: str | PathLike[str], stat_result: stat_result, scope: Scope, status_code: int = 200
    ) -> Response:
        headers = {**CACHED, "ETag": f'"{digest(str(full_path))}"'}
        response = FileResponse(full_path, status_code, headers, stat_result=stat_result)
        if self.is_not_modified(response.headers, Headers(scope=scope)):
            return NotModifiedResponse(response.headers)
        return response


_files = _Files(directory=FOLDER)
router = APIRouter(include_in_schema=False)


@router.get(PREFIX + "{path:path}")
async def get_asset(path: str, request: Request) -> Response:
    """Return the file at `path`; 304 where the browser has it."""
    return await _files.get_response(path, request.scope)
