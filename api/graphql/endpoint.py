"""GraphQL over HTTP (release September 2026), POST only.

Why not strawberry's router: it keeps the response of the request at hand on itself, where concurrent requests meet, and knows
neither ``application/graphql-response+json`` nor our limits. Why no GET: queries would stand in logs and histories with the
people they ask for.
"""

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from typing import Any

import msgspec
from fastapi import APIRouter
from graphql import GraphQLError
from starlette.requests import Request
from starlette.responses import Response
from strawberry.exceptions import MissingQueryError
from strawberry.schema.exceptions import CannotGetOperationTypeError
from strawberry.types.execution import ExecutionResult, PreExecutionError

from api.graphql.context import GetRunner, GraphQLContext
from api.graphql.errors import domain_error_of, format_error, log_errors
from api.graphql.schema import SCHEMA
from api.middleware.load_shedding import ConcurrencyLimiter, Overloaded
from api.wire.limits import GRAPHQL_COST
from api.wire.problem_details import http_headers
from domain.shared.errors import MAX_ERRORS, Code, DomainError, Invalid

RESPONSE_JSON = "application/graphql-response+json"
JSON = "application/json"

ReadBody = Callable[[Request], Awaitable[bytes]]
GetRequestId = Callable[[Request], str | None]
Admit = Callable[[Request], None]


def _admit_all(_request: Request) -> None:
    """Let everybody in."""


@dataclass(frozen=True, kw_only=True)
class GraphQLRequest:
    """One operation as it was sent."""

    query: str
    variables: dict[str, Any] | None
    operation_name: str | None


def graphql_router(
    get_runner: GetRunner,
    read_body: ReadBody,
    get_request_id: GetRequestId,
    *,
    path: str = "/graphql",
    admit: Admit = _admit_all,
    expensive_limiter: ConcurrencyLimiter | None = None,
) -> APIRouter:
    """The endpoint.

    ``call_of`` finds out who asks (awaitable or not; raises ``Unauthenticated``), and only when a field needs it. ``body_of``
    reads a JSON body within the limits (refuses with 413 and 415). ``admit`` refuses by where a request comes from.
    ``expensive``: the lane in which expensive queries run; None: nothing limits how many run at once.
    """
    router = APIRouter(tags=["GraphQL"])

    async def post(request: Request) -> Response:
        asking = GraphQLContext(request, get_runner, expensive_limiter)
        try:
            admit(request)
            await asking.runner.count_request()
        except DomainError as refusal:
            return _error_response(refusal, request, get_request_id(request))
        return await _execute(request, asking, read_body, get_request_id(request))

    async def method_not_allowed(request: Request) -> Response:
        refusal = Invalid("GraphQL is asked by POST", code=Code.METHOD_NOT_ALLOWED)
        response = _error_response(refusal, request, get_request_id(request))
        response.headers["Allow"] = "POST"
        return response

    router.add_route(path, post, methods=["POST"], include_in_schema=False)
    router.add_route(path, method_not_allowed, methods=["GET", "PUT", "PATCH", "DELETE"], include_in_schema=False)
    return router


async def _execute(request: Request, context: GraphQLContext, read_body: ReadBody, request_id: str | None) -> Response:
    try:
        asked = parse_request(await read_body(request))
        result = await SCHEMA.execute(asked.query, asked.variables, context, operation_name=asked.operation_name)
    except DomainError as error:
        return _error_response(error, request, request_id)
    except MissingQueryError:
        return _error_response(
            Invalid.at("/query", Code.EMPTY, "the query is empty; say what you ask for"), request, request_id
        )
    except CannotGetOperationTypeError:
        detail = "there is no such operation in the query; name one of those it holds, or send one alone"
        return _error_response(Invalid.at("/operationName", Code.MALFORMED, detail), request, request_id)
    for failed in result.errors or ():
        if isinstance(failed.original_error, Overloaded):
            return _error_response(failed.original_error, request, request_id)
    response = _response(_result_body(result, context, request_id), _status(result, request), request)
    context.bind_logs()
    if context.runner.resolved is not None and context.runner.resolved.replayed:
        response.headers["Idempotent-Replayed"] = "true"
    return response


def parse_request(body: bytes) -> GraphQLRequest:
    """What ``body`` asks; anything but one operation is refused (several in a list too)."""
    try:
        said = msgspec.json.decode(body)
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError) as error:
        raise Invalid.at("", Code.MALFORMED, f"this is not JSON: {error}") from None
    if not isinstance(said, dict):
        raise Invalid.at("", Code.WRONG_TYPE, "the body is an object with query, and variables if there are any; one at a time")
    query, variables, name, more = (said.get(part) for part in ("query", "variables", "operationName", "extensions"))
    if query is None:
        raise Invalid.at("/query", Code.MISSING, "send the text of the query")
    _expect_type("/query", query, str, "a text")
    _expect_type("/variables", variables, dict | None, "an object")
    _expect_type("/operationName", name, str | None, "a text")
    _expect_type("/extensions", more, dict | None, "an object")
    return GraphQLRequest(query=query, variables=variables, operation_name=name)


def _expect_type(pointer: str, value: object, kind: Any, what: str) -> None:
    if not isinstance(value, kind):
        raise Invalid.at(pointer, Code.WRONG_TYPE, f"this is {what}, or is left out")


def _result_body(result: ExecutionResult, context: GraphQLContext, request_id: str | None) -> dict[str, Any]:
    found = result.errors or []
    errors = [format_error(error, context.request.url.path, request_id) for error in found[:MAX_ERRORS]]
    omitted = {"errors_omitted": len(found) - MAX_ERRORS} if len(found) > MAX_ERRORS else {}
    if isinstance(result, PreExecutionError):
        return {"errors": errors, **({"extensions": omitted} if omitted else {})}
    extensions = {"cost": {"requested": context.cost, "limit": GRAPHQL_COST}, **omitted}
    return {"data": result.data, **({"errors": errors} if errors else {}), "extensions": extensions}


def _status(result: ExecutionResult, request: Request) -> int:
    """What never ran is 400 in the media type that can tell it from a proxy's answer; in plain JSON it is 200."""
    if not isinstance(result, PreExecutionError) or media_type_of(request) == JSON:
        return 200
    return 400 if all(domain_error_of(error) for error in result.errors or ()) else 500


def _error_response(error: DomainError, request: Request, request_id: str | None) -> Response:
    """What is no GraphQL request at all."""
    refused = GraphQLError(error.detail, original_error=error)
    log_errors([refused])
    members = format_error(refused, request.url.path, request_id)
    status = members["extensions"]["status"]
    response = _response({"errors": [members]}, 400 if status == 422 else status, request)
    response.headers.update({name: value for name, value in http_headers(error).items() if name == "Retry-After"})
    return response


def _response(body: Mapping[str, Any], status: int, request: Request) -> Response:
    headers = {"Cache-Control": "private, no-store", "Vary": "Accept"}
    return Response(msgspec.json.encode(body), status, headers, media_type=f"{media_type_of(request)}; charset=utf-8")


def media_type_of(request: Request) -> str:
    """The form of the answer: the one preferred of the two that there are, else ``application/json``."""
    weights = {RESPONSE_JSON: 0.0, JSON: 0.0}
    for part in ",".join(request.headers.getlist("accept")).split(","):
        name, *parameters = (piece.strip().lower() for piece in part.split(";"))
        if name in weights:
            weights[name] = max(weights[name], _weight(parameters))
    return RESPONSE_JSON if weights[RESPONSE_JSON] > 0 and weights[RESPONSE_JSON] >= weights[JSON] else JSON


def _weight(parameters: list[str]) -> float:
    said = next((p.removeprefix("q=") for p in parameters if p.startswith("q=")), "1")
    try:
        return float(said)
    except ValueError:
        return 0.0
