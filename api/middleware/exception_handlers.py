"""Every refusal, expected or not, leaves as a problem (openapi/README.md 2.1)."""

import logging

import msgspec
from fastapi import FastAPI, Request, Response
from fastapi.exceptions import RequestValidationError
from starlette.exceptions import HTTPException
from starlette.routing import Match
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from api.logging import request_id
from api.middleware.access_log import METHODS
from api.wire.json_encoding import encode
from api.wire.problem_details import NO_STORE, PROBLEM_JSON, extension_members, http_headers, to_problem
from domain.shared.errors import Code, DomainError, Forbidden, Invalid, NotFound, Unauthenticated

log = logging.getLogger("evenkeel.refused")


class MethodNotAllowed(DomainError):
    """The path is there, the method is not."""

    code = Code.METHOD_NOT_ALLOWED


def add_exception_handlers(app: FastAPI) -> None:
    """Let ``app`` answer every refusal with a problem."""
    app.add_exception_handler(DomainError, _domain_error)
    app.add_exception_handler(HTTPException, _http_error)
    app.add_exception_handler(RequestValidationError, _validation_error)


def problem_response(error: DomainError, path: str) -> Response:
    """``error`` as an answer to a request for ``path``."""
    shown = to_problem(error, path, request_id.get())
    body = encode(shown)
    more = extension_members(error)
    if more:
        body = body[:-1] + b"," + encode(more)[1:]
    return Response(body, shown.status, NO_STORE | http_headers(error), media_type=PROBLEM_JSON)


async def _domain_error(request: Request, error: Exception) -> Response:
    if not isinstance(error, DomainError):
        raise TypeError("only refusals come here")
    log.info("refused", extra={"code": str(error.code)})
    return problem_response(_with_challenge(error, request), request.url.path)


def _with_challenge(error: DomainError, request: Request) -> DomainError:
    """A missing scope is also said in the header that clients read (RFC 6750 3)."""
    if isinstance(error, Forbidden | Unauthenticated) and "headers" not in error.extensions and "scope" in error.extensions:
        where = f"{request.app.state.public_url}/.well-known/oauth-protected-resource/v1"
        said = f'Bearer resource_metadata="{where}", error="insufficient_scope", scope="{error.extensions["scope"]}"'
        error.extensions["headers"] = {"WWW-Authenticate": said}
    return error


async def _http_error(request: Request, error: Exception) -> Response:
    """What Starlette refuses by itself: an unknown path, a method that is not there."""
    status = getattr(error, "status_code", 404)
    if status == 405:
        refusal: DomainError = MethodNotAllowed("this path takes other methods; see the header Allow")
        refusal.extensions["headers"] = {"Allow": ", ".join(_allowed_methods(request))}
    elif status == 404:
        refusal = NotFound("there is nothing at this path; see /v1/openapi.json")
    else:
        refusal = Invalid(str(getattr(error, "detail", "this can't be taken")), code=Code.MALFORMED)
    return problem_response(refusal, request.url.path)


def _allowed_methods(request: Request) -> list[str]:
    """The methods of this path (RFC 9110 15.5.6): the router itself names those of one route of several."""
    routes = request.app.routes
    found = [m for m in METHODS if any(r.matches({**request.scope, "method": m})[0] is Match.FULL for r in routes)]
    return sorted({*found, "HEAD"} if "GET" in found else found)


async def _validation_error(request: Request, _error: Exception) -> Response:
    return problem_response(NotFound("there is nothing of this id"), request.url.path)


class ErrorMiddleware:
    """Wraps the application: what nobody expected is answered like any refusal, and HEAD as GET without its body."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve one request."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        begun = False

        async def record_start(message: Message) -> None:
            nonlocal begun
            begun = True
            await send(message)

        try:
            await _serve_head(self._app, scope, receive, record_start)
        except Exception:
            log.exception("unexpected")
            if begun:
                raise
            await _internal_error(scope["path"])(scope, receive, send)


async def _serve_head(app: ASGIApp, scope: Scope, receive: Receive, send: Send) -> None:
    """GET and HEAD are what every server answers (RFC 9110 9.1); no route has to say so.

    The method is changed in the application's own copy of the scope (``Observed``): the middleware around this reads there
    what the application adds.
    """
    if scope["method"] != "HEAD":
        await app(scope, receive, send)
        return

    async def send_without_body(message: Message) -> None:
        await send({**message, "body": b""} if message["type"] == "http.response.body" else message)

    scope["method"] = "GET"
    try:
        await app(scope, receive, send_without_body)
    finally:
        scope["method"] = "HEAD"


def _internal_error(path: str) -> Response:
    """What went wrong stays inside."""
    body = {
        "type": "urn:evenkeel:problem:internal",
        "title": "Something went wrong here",
        "status": 500,
        "detail": "this is our fault; ask again, and name the request_id if it goes on",
        "instance": path,
        "code": Code.INTERNAL,
        "request_id": request_id.get(),
        "retry": "later",
        "errors": [],
        "current_version": None,
        "errors_omitted": 0,
    }
    return Response(msgspec.json.encode(body), 500, NO_STORE, media_type=PROBLEM_JSON)
