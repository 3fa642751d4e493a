"""Turn every exception, expected or not, into a problem document (openapi/README.md 2.1)."""

import logging

from fastapi import FastAPI, Request, Response
from fastapi.exceptions import RequestValidationError
from starlette.exceptions import HTTPException
from starlette.routing import Match
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from api.logging import request_id
from api.middleware.access_log import METHODS
from api.wire.json_encoding import encode
from api.wire.problem_details import NO_STORE, PROBLEM_JSON, InternalError, extension_members, http_headers, to_problem
from domain.shared.errors import Code, DomainError, Forbidden, Invalid, NotFound, Unauthenticated

log = logging.getLogger("evenkeel.errors")
NO_PATH = "there is nothing at this path; check it against /v1/openapi.json, and that each id in it is a UUID"


class MethodNotAllowed(DomainError):
    """The path exists, but not with this method."""

    code = Code.METHOD_NOT_ALLOWED


def add_exception_handlers(app: FastAPI) -> None:
    """Register handlers on `app` that answer errors with problem documents."""
    app.add_exception_handler(DomainError, _domain_error)
    app.add_exception_handler(HTTPException, _http_error)
    app.add_exception_handler(RequestValidationError, _validation_error)


def problem_response(error: DomainError, path: str) -> Response:
    """Return the problem document for `error` as the response to a request for `path`."""
    problem = to_problem(error, path, request_id.get())
    body = encode(problem)
    extensions = extension_members(error)
    if extensions:
        body = body[:-1] + b"," + encode(extensions)[1:]
    return Response(body, problem.status, NO_STORE | http_headers(error), media_type=PROBLEM_JSON)


async def _domain_error(request: Request, error: Exception) -> Response:
    if not isinstance(error, DomainError):
        raise TypeError("registered for DomainError only")
    log.info("request_rejected", extra={"code": str(error.code)})
    return problem_response(_with_challenge(error, request), request.url.path)


def _with_challenge(error: DomainError, request: Request) -> DomainError:
    """Add the WWW-Authenticate challenge to an error about a missing scope (RFC 6750 3)."""
    if isinstance(error, Forbidden | Unauthenticated) and "headers" not in error.extensions and "scope" in error.extensions:
        metadata = f"{request.app.state.public_url}/.well-known/oauth-protected-resource/v1"
        challenge = f'Bearer resource_metadata="{metadata}", error="insufficient_scope", scope="{error.extensions["scope"]}"'
        error.extensions["headers"] = {"WWW-Authenticate": challenge}
    return error


async def _http_error(request: Request, error: Exception) -> Response:
    """Answer what Starlette raises itself: an unknown path, a method that the path does not have."""
    status = getattr(error, "status_code", 404)
    if status == 405:
        domain_error: DomainError = MethodNotAllowed("this path does not have this method; see the header Allow")
        domain_error.extensions["headers"] = {"Allow": ", ".join(_allowed_methods(request))}
    elif status == 404:
        domain_error = NotFound(NO_PATH)
    else:
        domain_error = Invalid(str(getattr(error, "detail", "the request is malformed")), code=Code.MALFORMED)
    return problem_response(domain_error, request.url.path)


def _allowed_methods(request: Request) -> list[str]:
    """Return the methods of all routes with this path (RFC 9110 15.5.6); Starlette names those of the first only."""
    routes = request.app.routes
    methods = [m for m in METHODS if any(r.matches({**request.scope, "method": m})[0] is Match.FULL for r in routes)]
    return sorted({*methods, "HEAD"} if "GET" in methods else methods)


async def _validation_error(request: Request, _error: Exception) -> Response:
    return problem_response(NotFound("there is nothing with this id"), request.url.path)


class ErrorMiddleware:
    """Answers unexpected exceptions with a problem document (500), and HEAD like GET without the body."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve one request."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        started = False

        async def record_start(message: Message) -> None:
            nonlocal started
            started = True
            await send(message)

        try:
            await _serve_head(self._app, scope, receive, record_start)
        except Exception:
            log.exception("unexpected_error")
            if started:
                raise
            await _internal_error(scope["path"])(scope, receive, send)


async def _serve_head(app: ASGIApp, scope: Scope, receive: Receive, send: Send) -> None:
    """Serve HEAD as GET without the body (RFC 9110 9.1), so that routes need not declare it.

    The method is changed in the copy of the scope that `AccessLogMiddleware` made, since middleware around this one reads
    there what the application adds.
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
    """Return a problem document for `path` that reveals nothing of the exception."""
    return problem_response(InternalError(), path)
