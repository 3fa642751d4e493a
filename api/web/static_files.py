"""What the pages load: the stylesheet, our scripts and the vendored browser packages of ``static/`` (its README lists them)."""

from functools import cache
from hashlib import sha256
from os import PathLike, stat_result
from pathlib import Path

from fastapi import APIRouter
from starlette.datastructures import Headers
from starlette.requests import Request
from starlette.responses import FileResponse, Response
from starlette.staticfiles import NotModifiedResponse, StaticFiles
from starlette.types import Scope

FOLDER = Path(__file__).parent / "static"
PREFIX = "/assets/"
HEADERS = {
    "Cache-Control": "public, max-age=86400",
    # Not no-referrer: browsers would send "Origin: null" with our own forms.
    "Referrer-Policy": "same-origin",
    "X-Content-Type-Options": "nosniff",
}


@cache
def digest(path: str) -> str:
    """The SHA-256 of a file, in hexadecimal digits."""
    return sha256(Path(path).read_bytes()).hexdigest()


@cache
def asset_url(name: str) -> str:
    """The address of ``static/<name>``.

    With its content's digest: a browser that cached the file of an earlier release asks for this one.
    """
    return f"{PREFIX}{name}?v={digest(str(FOLDER / name))[:8]}"


class _Files(StaticFiles):
    """Starlette's, with an ETag of the content: files of a wheel all have one time of change."""

    def file_response(
        self, full_path: str | PathLike[str], stat_result: stat_result, scope: Scope, status_code: int = 200
    ) -> Response:
        headers = {**HEADERS, "ETag": f'"{digest(str(full_path))}"'}
        response = FileResponse(full_path, status_code, headers, stat_result=stat_result)
        if self.is_not_modified(response.headers, Headers(scope=scope)):
            return NotModifiedResponse(response.headers)
        return response


_files = _Files(directory=FOLDER)
router = APIRouter(include_in_schema=False)


@router.get(PREFIX + "{path:path}")
async def get_asset(path: str, request: Request) -> Response:
    """The file at ``path``; 304 where the browser has it."""
    return await _files.get_response(path, request.scope)
