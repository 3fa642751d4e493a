"""Every refusal, expected or not, leaves as a problem (contract 2)."""

import logging

import msgspec
from fastapi import FastAPI, Request, Response
from fastapi.exceptions import RequestValidationError
from starlette.exceptions import HTTPException

from api.errors import PROBLEM_JSON, headers_of, members_of, problem
from api.observing import request_id
from api.wire import encode
from domain.shared.errors import Code, DomainError, Forbidden, Invalid, NotFound, Unauthenticated

log = logging.getLogger("evenkeel.refused")


class MethodNotAllowed(DomainError):
    """The path is there, the method is not."""

    code = Code.METHOD_NOT_ALLOWED


def install(app: FastAPI) -> None:
    """Let ``app`` answer every refusal with a problem."""
    app.add_exception_handler(DomainError, _refused)
    app.add_exception_handler(HTTPException, _http)
    app.add_exception_handler(RequestValidationError, _malformed)
    app.add_exception_handler(Exception, _unexpected)


def answer(error: DomainError, path: str) -> Response:
    """``error`` as an answer to a request for ``path``."""
    shown = problem(error, path, request_id.get())
    body = encode(shown)
    more = members_of(error)
    if more:
        body = body[:-1] + b"," + encode(more)[1:]
    return Response(body, shown.status, headers_of(error), media_type=PROBLEM_JSON)


async def _refused(request: Request, error: Exception) -> Response:
    if not isinstance(error, DomainError):
        raise TypeError("only refusals come here")
    log.info("refused", extra={"code": str(error.code)})
    return answer(_challenged(error, request), request.url.path)


def _challenged(error: DomainError, request: Request) -> DomainError:
    """A missing scope is also said in the header that clients read (RFC 6750 3)."""
    if isinstance(error, Forbidden | Unauthenticated) and "headers" not in error.more and "scope" in error.more:
        where = f"{request.app.state.public_url}/.well-known/oauth-protected-resource/v1"
        said = f'Bearer resource_metadata="{where}", error="insufficient_scope", scope="{error.more["scope"]}"'
        error.more["headers"] = {"WWW-Authenticate": said}
    return error


async def _http(request: Request, error: Exception) -> Response:
    """What Starlette refuses by itself: an unknown path, a method that is not there."""
    status = getattr(error, "status_code", 404)
    if status == 405:
        refusal: DomainError = MethodNotAllowed("this path takes other methods; see the header Allow")
        refusal.more["headers"] = dict(getattr(error, "headers", None) or {})
    elif status == 404:
        refusal = NotFound("there is nothing at this path; see /v1/openapi.json")
    else:
        refusal = Invalid(str(getattr(error, "detail", "this can't be taken")), code=Code.MALFORMED)
    return answer(refusal, request.url.path)


async def _malformed(request: Request, _error: Exception) -> Response:
    return answer(NotFound("there is nothing of this id"), request.url.path)


async def _unexpected(request: Request, error: Exception) -> Response:
    """Logged with its trace; what went wrong stays inside."""
    log.error("unexpected", exc_info=error)
    body = {
        "type": "urn:evenkeel:problem:internal",
        "title": "Something went wrong here",
        "status": 500,
        "detail": "this is our fault; ask again, and name the request_id if it goes on",
        "instance": request.url.path,
        "code": Code.INTERNAL,
        "request_id": request_id.get(),
        "retry": "later",
        "errors": [],
    }
    return Response(msgspec.json.encode(body), 500, media_type=PROBLEM_JSON)
