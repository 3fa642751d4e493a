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

from api.graphql.context import Asking, CallOf
from api.graphql.errors import logged, refusal, told
from api.graphql.schema import SCHEMA
from api.middleware.load_shedding import Lane, Overloaded
from api.wire.limits import GRAPHQL_COST
from api.wire.problem_details import headers_of
from domain.shared.errors import MAX_ERRORS, Code, DomainError, Invalid

RESPONSE_JSON = "application/graphql-response+json"
JSON = "application/json"

BodyOf = Callable[[Request], Awaitable[bytes]]
RequestIdOf = Callable[[Request], str | None]
Admit = Callable[[Request], None]


def _anybody(_request: Request) -> None:
    """Let everybody in."""


@dataclass(frozen=True, kw_only=True)
class Asked:
    """One operation as it was sent."""

    query: str
    variables: dict[str, Any] | None
    operation_name: str | None


def make_graphql(
    call_of: CallOf,
    body_of: BodyOf,
    request_id_of: RequestIdOf,
    *,
    path: str = "/graphql",
    admit: Admit = _anybody,
    expensive: Lane | None = None,
) -> APIRouter:
    """The endpoint.

    ``call_of`` finds out who asks (awaitable or not; raises ``Unauthenticated``), and only when a field needs it. ``body_of``
    reads a JSON body within the limits (refuses with 413 and 415). ``admit`` refuses by where a request comes from.
    ``expensive``: the lane in which expensive queries run; None: nothing limits how many run at once.
    """
    router = APIRouter(tags=["GraphQL"])

    async def answer(request: Request) -> Response:
        asking = Asking(request, call_of, expensive)
        try:
            admit(request)
            await asking.call.counted()
        except DomainError as refusal:
            return _refused(refusal, request, request_id_of(request))
        return await _answered(request, asking, body_of, request_id_of(request))

    async def refused(request: Request) -> Response:
        refusal = Invalid("GraphQL is asked by POST", code=Code.METHOD_NOT_ALLOWED)
        response = _refused(refusal, request, request_id_of(request))
        response.headers["Allow"] = "POST"
        return response

    router.add_route(path, answer, methods=["POST"], include_in_schema=False)
    router.add_route(path, refused, methods=["GET", "PUT", "PATCH", "DELETE"], include_in_schema=False)
    return router


async def _answered(request: Request, asking: Asking, body_of: BodyOf, request_id: str | None) -> Response:
    try:
        asked = read(await body_of(request))
        result = await SCHEMA.execute(asked.query, asked.variables, asking, operation_name=asked.operation_name)
    except DomainError as error:
        return _refused(error, request, request_id)
    except MissingQueryError:
        return _refused(Invalid.at("/query", Code.EMPTY, "the query is empty; say what you ask for"), request, request_id)
    except CannotGetOperationTypeError:
        detail = "there is no such operation in the query; name one of those it holds, or send one alone"
        return _refused(Invalid.at("/operationName", Code.MALFORMED, detail), request, request_id)
    for failed in result.errors or ():
        if isinstance(failed.original_error, Overloaded):
            return _refused(failed.original_error, request, request_id)
    response = _response(_shown(result, asking, request_id), _status(result, request), request)
    asking.bind_logs()
    if asking.call.found is not None and asking.call.found.replayed:
        response.headers["Idempotent-Replayed"] = "true"
    return response


def read(body: bytes) -> Asked:
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
    _is("/query", query, str, "a text")
    _is("/variables", variables, dict | None, "an object")
    _is("/operationName", name, str | None, "a text")
    _is("/extensions", more, dict | None, "an object")
    return Asked(query=query, variables=variables, operation_name=name)


def _is(pointer: str, value: object, kind: Any, what: str) -> None:
    if not isinstance(value, kind):
        raise Invalid.at(pointer, Code.WRONG_TYPE, f"this is {what}, or is left out")


def _shown(result: ExecutionResult, asking: Asking, request_id: str | None) -> dict[str, Any]:
    found = result.errors or []
    errors = [told(error, asking.request.url.path, request_id) for error in found[:MAX_ERRORS]]
    omitted = {"errors_omitted": len(found) - MAX_ERRORS} if len(found) > MAX_ERRORS else {}
    if isinstance(result, PreExecutionError):
        return {"errors": errors, **({"extensions": omitted} if omitted else {})}
    extensions = {"cost": {"requested": asking.cost, "limit": GRAPHQL_COST}, **omitted}
    return {"data": result.data, **({"errors": errors} if errors else {}), "extensions": extensions}


def _status(result: ExecutionResult, request: Request) -> int:
    """What never ran is 400 in the media type that can tell it from a proxy's answer; in plain JSON it is 200."""
    if not isinstance(result, PreExecutionError) or media_type_of(request) == JSON:
        return 200
    return 400 if all(refusal(error) for error in result.errors or ()) else 500


def _refused(error: DomainError, request: Request, request_id: str | None) -> Response:
    """What is no GraphQL request at all."""
    refused = GraphQLError(error.detail, original_error=error)
    logged([refused])
    members = told(refused, request.url.path, request_id)
    status = members["extensions"]["status"]
    response = _response({"errors": [members]}, 400 if status == 422 else status, request)
    response.headers.update({name: value for name, value in headers_of(error).items() if name == "Retry-After"})
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
