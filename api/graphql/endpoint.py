"""GraphQL over HTTP (release September 2026), POST only.

Not strawberry's router, because it stores the current response on itself, which concurrent requests share, and supports neither
`application/graphql-response+json` nor our limits. No GET, because queries with ids of people would end up in logs and browser
histories.
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
    """Reject no request."""


@dataclass(frozen=True, kw_only=True)
class GraphQLRequest:
    """The parsed body of a request."""

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
    """Return the router of the endpoint.

    `get_runner` authenticates the request (sync or async; raises `Unauthenticated`), when a field first needs it. `read_body`
    reads a JSON body within the limits (raises errors of status 413 and 415). `admit` raises an error for a request from a
    foreign origin. `expensive_limiter` limits how many expensive queries run at once; None: no limit.
    """
    router = APIRouter(tags=["GraphQL"])

    async def post(request: Request) -> Response:
        context = GraphQLContext(request, get_runner, expensive_limiter)
        try:
            admit(request)
            await context.runner.count_request()
        except DomainError as error:
            return _error_response(error, request, get_request_id(request))
        return await _execute(request, context, read_body, get_request_id(request))

    async def method_not_allowed(request: Request) -> Response:
        error = Invalid("send GraphQL requests by POST", code=Code.METHOD_NOT_ALLOWED)
        response = _error_response(error, request, get_request_id(request))
        response.headers["Allow"] = "POST"
        return response

    router.add_route(path, post, methods=["POST"], include_in_schema=False)
    router.add_route(path, method_not_allowed, methods=["GET", "PUT", "PATCH", "DELETE"], include_in_schema=False)
    return router


async def _execute(request: Request, context: GraphQLContext, read_body: ReadBody, request_id: str | None) -> Response:
    try:
        parsed = parse_request(await read_body(request))
        result = await SCHEMA.execute(parsed.query, parsed.variables, context, operation_name=parsed.operation_name)
    except DomainError as error:
        return _error_response(error, request, request_id)
    except MissingQueryError:
        return _error_response(
            Invalid.at("/query", Code.EMPTY, "the query is empty; send a GraphQL document"), request, request_id
        )
    except CannotGetOperationTypeError:
        detail = "the query has no operation of this name; name one that it has, or send a single operation"
        return _error_response(Invalid.at("/operationName", Code.MALFORMED, detail), request, request_id)
    for failure in result.errors or ():
        if isinstance(failure.original_error, Overloaded):
            return _error_response(failure.original_error, request, request_id)
    response = _response(_result_body(result, context, request_id), _status(result, request), request)
    context.bind_logs()
    if context.runner.resolved is not None and context.runner.resolved.replayed:
        response.headers["Idempotent-Replayed"] = "true"
    return response


def parse_request(body: bytes) -> GraphQLRequest:
    """Return the parsed `body`. Raises `Invalid` for anything but one request object; batches in a list are not supported."""
    try:
        payload = msgspec.json.decode(body)
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError) as error:
        raise Invalid.at("", Code.MALFORMED, f"this is not JSON: {error}") from None
    if not isinstance(payload, dict):
        raise Invalid.at(
            "", Code.WRONG_TYPE, "the body must be one object with the member query, and variables if there are any"
        )
    query, variables, name, extensions = (
        payload.get(member) for member in ("query", "variables", "operationName", "extensions")
    )
    if query is None:
        raise Invalid.at("/query", Code.MISSING, "send the text of the query")
    _expect_type("/query", query, str, "a text")
    _expect_type("/variables", variables, dict | None, "an object")
    _expect_type("/operationName", name, str | None, "a text")
    _expect_type("/extensions", extensions, dict | None, "an object")
    return GraphQLRequest(query=query, variables=variables, operation_name=name)


def _expect_type(pointer: str, value: object, kind: Any, what: str) -> None:
    if not isinstance(value, kind):
        raise Invalid.at(pointer, Code.WRONG_TYPE, f"this must be {what}, or left out")


def _result_body(result: ExecutionResult, context: GraphQLContext, request_id: str | None) -> dict[str, Any]:
    all_errors = result.errors or []
    errors = [format_error(error, context.request.url.path, request_id) for error in all_errors[:MAX_ERRORS]]
    omitted = {"errors_omitted": len(all_errors) - MAX_ERRORS} if len(all_errors) > MAX_ERRORS else {}
    if isinstance(result, PreExecutionError):
        return {"errors": errors, **({"extensions": omitted} if omitted else {})}
    extensions = {"cost": {"requested": context.cost, "limit": GRAPHQL_COST}, **omitted}
    return {"data": result.data, **({"errors": errors} if errors else {}), "extensions": extensions}


def _status(result: ExecutionResult, request: Request) -> int:
    """Return 200, or 400 (500 after an exception) if nothing was executed and the client accepts `RESPONSE_JSON`."""
    if not isinstance(result, PreExecutionError) or media_type_of(request) == JSON:
        return 200
    return 400 if all(domain_error_of(error) for error in result.errors or ()) else 500


def _error_response(error: DomainError, request: Request, request_id: str | None) -> Response:
    """Return the response to a request that is not a valid GraphQL request."""
    graphql_error = GraphQLError(error.detail, original_error=error)
    log_errors([graphql_error])
    members = format_error(graphql_error, request.url.path, request_id)
    status = members["extensions"]["status"]
    response = _response({"errors": [members]}, 400 if status == 422 else status, request)
    response.headers.update({name: value for name, value in http_headers(error).items() if name == "Retry-After"})
    return response


def _response(body: Mapping[str, Any], status: int, request: Request) -> Response:
    headers = {"Cache-Control": "private, no-store", "Vary": "Accept"}
    return Response(msgspec.json.encode(body), status, headers, media_type=f"{media_type_of(request)}; charset=utf-8")


def media_type_of(request: Request) -> str:
    """Return the media type of the response: the one of the two that Accept prefers, by default `application/json`."""
    weights = {RESPONSE_JSON: 0.0, JSON: 0.0}
    for part in ",".join(request.headers.getlist("accept")).split(","):
        name, *parameters = (piece.strip().lower() for piece in part.split(";"))
        if name in weights:
            weights[name] = max(weights[name], _weight(parameters))
    return RESPONSE_JSON if weights[RESPONSE_JSON] > 0 and weights[RESPONSE_JSON] >= weights[JSON] else JSON


def _weight(parameters: list[str]) -> float:
    weight = next((p.removeprefix("q=") for p in parameters if p.startswith("q=")), "1")
    try:
        return float(weight)
    except ValueError:
        return 0.0
