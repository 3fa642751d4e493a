"""Build the response from what a route returns: status, ETag, Location, Link, and the headers of jobs and replays."""

from dataclasses import dataclass, field, make_dataclass
from functools import cache
from hashlib import sha256
from types import GenericAlias
from typing import Any
from urllib.parse import urlencode

from fastapi import Request, Response

from api.rest.requests import if_none_match
from api.rest.runner import RequestRunner
from api.wire.json_encoding import encode
from domain.jobs.views import JobView
from domain.shared.idempotent_push import Outcome
from domain.shared.paging import Page

PRIVATE = "private, no-cache"
CACHED = "public, max-age=300"
JSON = "application/json"


@cache
def page_type(view: type) -> type:
    """Return the response class of a page of `view`; cached."""
    name = view.__name__.removesuffix("View")
    page = make_dataclass(
        f"{name}Page",
        [
            (
                "items",
                GenericAlias(tuple, (view, ...)),
                field(metadata={"description": "The items, in the order of the list."}),
            ),
            ("next_cursor", str | None, field(metadata={"description": "The cursor of the next page; null on the last page."})),
        ],
        frozen=True,
        kw_only=True,
    )
    page.__doc__ = f"A page of a list: {view.__doc__}"
    return page


@dataclass(frozen=True, kw_only=True)
class _EmptyPage:
    items: tuple[()] = ()
    next_cursor: None = None


def respond(returned: Any, request: Request, status: int, *, cached: bool) -> Response:
    """Return the response for what the route `returned`.

    `status`: the route's status; a 201 whose outcome is not `created` becomes 200. `cached`: whether any cache may store the
    response, for five minutes. A GET has an ETag (of the version, else of the body) and becomes 304 when If-None-Match names
    it; a change has the ETag of the new version.
    """
    runner: RequestRunner | None = request.scope.get("runner")
    if runner is not None and runner.job is not None:
        return _job_accepted(runner.job, runner, request)
    view = _page_view(returned) if isinstance(returned, Page) else returned
    body = encode(view)
    if runner is not None and runner.status is not None:
        return Response(body, runner.status, {"Cache-Control": PRIVATE}, JSON)
    if status == 201 and getattr(view, "outcome", Outcome.CREATED) is not Outcome.CREATED:
        status = 200
    headers = {"Cache-Control": CACHED if cached else PRIVATE}
    if runner is not None:
        _add_created(headers, runner, view, request, status)
    version = _version_of(returned)
    if request.method == "GET":
        _add_link(headers, view, request)
        headers["ETag"] = f'"{version}"' if version is not None else f'"{sha256(body).hexdigest()[:32]}"'
        if if_none_match(headers["ETag"], request):
            return Response(None, 304, headers)
    elif version is not None:
        headers["ETag"] = f'"{version}"'
    return Response(body, status, headers, media_type=JSON)


def _page_view(page: Page[Any]) -> Any:
    view: Any = type(page.items[0]) if page.items else None
    page_class: Any = page_type(view) if view else _EmptyPage
    return page_class(items=page.items, next_cursor=page.next_cursor)


def _job_accepted(job: JobView, runner: RequestRunner, request: Request) -> Response:
    headers = {
        "Cache-Control": PRIVATE,
        "Location": f"{request.app.state.public_url}/v1/jobs/{job.id}",
        "Retry-After": "1",
        "Preference-Applied": "respond-async",
    }
    if runner.replayed:
        headers["Idempotent-Replayed"] = "true"
    return Response(encode(job), 202, headers, media_type=JSON)


def _add_created(headers: dict[str, str], runner: RequestRunner, view: Any, request: Request, status: int) -> None:
    if runner.replayed:
        headers["Idempotent-Replayed"] = "true"
    if runner.location is not None and status == 201:
        headers["Location"] = request.app.state.public_url + runner.location.format_map(_LocationFields(view, request))


def _version_of(returned: Any) -> int | None:
    """Return the version that the next edit must name: of the view, or of the object in a receipt."""
    for versioned in (returned, getattr(returned, "initiative", None), getattr(returned, "group", None)):
        version = getattr(versioned, "version", None)
        if isinstance(version, int):
            return version
    return None


def _add_link(headers: dict[str, str], view: Any, request: Request) -> None:
    cursor = getattr(view, "next_cursor", None)
    if cursor is not None:
        query = urlencode({**request.query_params, "cursor": cursor})
        headers["Link"] = f'<{request.app.state.public_url}{request.url.path}?{query}>; rel="next"'


class _LocationFields(dict[str, Any]):
    """Path parameters, then members of the view, by name."""

    def __init__(self, view: Any, request: Request) -> None:
        super().__init__(request.path_params)
        self._view = view

    def __missing__(self, name: str) -> str:
        return str(getattr(self._view, name))
