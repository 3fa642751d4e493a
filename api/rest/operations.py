"""One operation is one row: its path, its use case, and how its answer is shown. The rest follows from the use case."""

import re
from collections.abc import Awaitable, Callable
from contextlib import AbstractAsyncContextManager, nullcontext
from dataclasses import dataclass, field, make_dataclass
from functools import cache
from hashlib import sha256
from types import GenericAlias
from typing import Any, Literal, get_args, get_type_hints
from urllib.parse import urlencode

from fastapi import APIRouter, Request, Response

from api.execution.runner import Call
from api.middleware.load_shedding import Lanes
from api.rest.paths import with_convertors
from api.rest.requests import hear_body, hear_query, refuse_query
from api.wire.json_encoding import encode
from domain.shared.idempotent_push import Outcome
from domain.shared.paging import Page

Hear = Callable[[Request], Awaitable[Any]]
UseCase = Callable[..., Any]
Show = Callable[[Any, Request], Any]

PRIVATE = "private, no-cache"
CACHED = "public, max-age=300"
JSON = "application/json"


@dataclass(frozen=True, kw_only=True)
class Example:
    """What can be sent, and the status it is answered with; ``person``: by somebody who signed in, no machine can."""

    summary: str
    body: Any = None
    status: int = 200
    path: dict[str, str] = field(default_factory=dict)
    query: dict[str, str] = field(default_factory=dict)
    headers: dict[str, str] = field(default_factory=dict)
    person: bool = False


@dataclass(frozen=True, kw_only=True)
class Operation:
    """One operation of the API.

    ``changes``: takes an Idempotency-Key. ``versioned``: takes If-Match. ``fresh``: public, but never to be cached.
    ``location``: where the thing made is found, with the answer's members in braces. ``hear`` and ``show`` stand in where the
    wire's shape is not the use case's own, with a reason. ``later``: the use case that makes a job of the same command, for who
    sends ``Prefer: respond-async`` (RFC 7240). ``preview``: the use case that only says what the same command would change, for
    who asks with ``dry_run=true``; it is answered at once, with 200.
    """

    method: Literal["GET", "POST", "PUT"]
    path: str
    use_case: UseCase
    summary: str
    examples: tuple[Example, ...]
    status: int = 200
    location: str | None = None
    changes: bool = False
    versioned: bool = False
    public: bool = False
    fresh: bool = False
    name: str | None = None
    hear: Hear | None = None
    show: Show | None = None
    body: Any = None
    view: Any = None
    refusals: tuple[int, ...] = ()
    later: UseCase | None = None
    preview: UseCase | None = None

    @property
    def command(self) -> Any:
        """The class of the command that the use case takes; None when it takes none."""
        hints = get_type_hints(self.use_case)
        return hints.get("cmd")

    @property
    def answer(self) -> Any:
        """The class of what is shown."""
        if self.view is not None:
            return self.view
        shown = get_type_hints(self.use_case)["return"]
        return page_of(get_args(shown)[0]) if getattr(shown, "__origin__", None) is Page else shown


@cache
def page_of(view: type) -> type:
    """The page of ``view`` as it is shown."""
    name = view.__name__.removesuffix("View")
    page = make_dataclass(
        f"{name}Page",
        [
            ("items", GenericAlias(tuple, (view, ...)), field(metadata={"description": "The page, in the list's order."})),
            ("next_cursor", str | None, field(metadata={"description": "For the next page; null on the last."})),
        ],
        frozen=True,
        kw_only=True,
    )
    page.__doc__ = f"A page of a list: {view.__doc__}"
    return page


@dataclass(frozen=True, kw_only=True)
class DryRun:
    """The query of an operation that can be previewed."""

    dry_run: bool = field(default=False, metadata={"description": "Only say what would change."})


class Routes(APIRouter):
    """A router that knows its operations, each with its whole path."""

    operations: tuple[tuple[str, Operation], ...] = ()


def router_of(prefix: str, tag: str, operations: tuple[Operation, ...]) -> Routes:
    """The routes of ``operations``."""
    router = Routes(prefix=prefix, tags=[tag])
    router.operations = tuple((prefix + operation.path, operation) for operation in operations)
    for operation in operations:
        router.add_api_route(
            with_convertors(operation.path),
            _endpoint(operation),
            methods=[operation.method],
            summary=operation.summary,
            operation_id=operation.name or operation.use_case.__name__,
            response_model=None,
        )
    return router


def _endpoint(operation: Operation) -> Callable[[Request], Awaitable[Response]]:
    command = operation.command
    # Looked up once: a request must not pay for it.
    shows = operation.show or _as_it_is

    async def endpoint(request: Request) -> Response:
        call: Call = await request.app.state.call_of(request)
        said = await _heard(operation, command, request)
        if operation.preview is not None and hear_query(DryRun, request).dry_run:
            return Response(encode(await call.run(operation.preview, said)), 200, {"Cache-Control": PRIVATE}, JSON)
        if operation.later is not None and _prefers_a_job(request):
            return _accepted(await call.change(operation.later, said), request, call)
        do = call.change if operation.changes else call.run
        async with _place(operation, request):
            found = await do(operation.use_case, said)
        return _reply(operation, shows(found, request), request, call, found.version if isinstance(found, Page) else None)

    async def public(request: Request) -> Response:
        request.app.state.stranger(request.scope)
        bare = command is None and operation.hear is None
        if bare:
            refuse_query(request)
        said = () if bare else (await _heard(operation, command, request),)
        return _reply(operation, shows(operation.use_case(*said), request), request, None)

    return public if operation.public else endpoint


def _place(operation: Operation, request: Request) -> AbstractAsyncContextManager[None]:
    """What could be a job runs in a lane of its own, where few do at once; everything else at once."""
    lanes: Lanes = request.app.state.lanes
    return nullcontext() if operation.later is None else lanes.changes.place()


async def _heard(operation: Operation, command: Any, request: Request) -> Any:
    if operation.hear is not None:
        return await operation.hear(request)
    if operation.method == "GET":
        return hear_query(command, request)
    return await hear_body(command, request, versioned=operation.versioned, query=operation.preview is not None)


def _as_it_is(answer: Any, _request: Request) -> Any:
    """The answer itself; a page with its cursor."""
    if not isinstance(answer, Page):
        return answer
    view: Any = type(answer.items[0]) if answer.items else None
    shown: Any = page_of(view) if view else _EmptyPage
    return shown(items=answer.items, next_cursor=answer.next_cursor)


@dataclass(frozen=True, kw_only=True)
class _EmptyPage:
    items: tuple[()]
    next_cursor: None


def _reply(operation: Operation, answer: Any, request: Request, call: Call | None, whole: int | None = None) -> Response:
    """``whole``: the version of the list that the answer is a page of."""
    body = encode(answer)
    headers = {"Cache-Control": CACHED if operation.public and not operation.fresh else PRIVATE}
    status = operation.status
    if operation.status == 201 and getattr(answer, "outcome", Outcome.CREATED) is not Outcome.CREATED:
        status = 200
    if call is not None and call.replayed:
        headers["Idempotent-Replayed"] = "true"
    if operation.location is not None and status == 201:
        headers["Location"] = request.app.state.public_url + operation.location.format_map(_Members(answer, request))
    version = _version_of(answer) if whole is None else whole
    if operation.method == "GET":
        _link(answer, request, headers)
    if operation.method == "GET" or isinstance(version, int):
        headers["ETag"] = f'"{version}"' if isinstance(version, int) else f'"{sha256(body).hexdigest()[:32]}"'
        if operation.method == "GET" and _is_held(headers["ETag"], request):
            return Response(None, 304, headers)
    return Response(body, status, headers, media_type=JSON)


def _prefers_a_job(request: Request) -> bool:
    """Whether Prefer names respond-async; other preferences, and what stands beside it, change nothing (RFC 7240 2)."""
    said = ",".join(request.headers.getlist("prefer")).lower().split(",")
    return any(re.split(r"[;=]", preference, maxsplit=1)[0].strip() == "respond-async" for preference in said)


def _accepted(job: Any, request: Request, call: Call) -> Response:
    headers = {
        "Cache-Control": PRIVATE,
        "Location": f"{request.app.state.public_url}/v1/jobs/{job.id}",
        "Retry-After": "1",
        "Preference-Applied": "respond-async",
    }
    if call.replayed:
        headers["Idempotent-Replayed"] = "true"
    return Response(encode(job), 202, headers, media_type=JSON)


def _is_held(etag: str, request: Request) -> bool:
    """Whether If-None-Match names ``etag``, alone, in a list, as a weak one, or by a star (RFC 9110 13.1.2)."""
    held = request.headers.get("if-none-match", "")
    return held.strip() == "*" or etag in held


def _version_of(answer: Any) -> Any:
    """The version that the next edit names: of the answer, or of the thing that a receipt shows."""
    for shown in (answer, getattr(answer, "initiative", None), getattr(answer, "group", None)):
        version = getattr(shown, "version", None)
        if isinstance(version, int):
            return version
    return None


def _link(answer: Any, request: Request, headers: dict[str, str]) -> None:
    cursor = getattr(answer, "next_cursor", None)
    if cursor is not None:
        query = urlencode({**request.query_params, "cursor": cursor})
        headers["Link"] = f'<{request.app.state.public_url}{request.url.path}?{query}>; rel="next"'


class _Members(dict[str, Any]):
    """Members of the answer and of the path, by name."""

    def __init__(self, answer: Any, request: Request) -> None:
        super().__init__(request.path_params)
        self._answer = answer

    def __missing__(self, name: str) -> str:
        return str(getattr(self._answer, name))
