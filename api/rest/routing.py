"""Routes of REST: FastAPI's, with authentication before the body is read and refusals as the contract has them.

A route function takes commands and a runner and returns a view. The route makes of the view a response (`responses.py`), and of
FastAPI's validation errors a refusal with our codes and pointers.
"""

from collections.abc import Callable, Coroutine
from functools import wraps
from inspect import Parameter, signature
from typing import Any, cast, get_args, get_origin, get_type_hints

from fastapi import APIRouter, Request, Response
from fastapi.datastructures import DefaultPlaceholder
from fastapi.dependencies.utils import request_params_to_args
from fastapi.exceptions import RequestValidationError
from fastapi.routing import APIRoute

from api.rest.documentation import describe
from api.rest.operations import Declaration, Operation, check_declared
from api.rest.parameters import is_versioned
from api.rest.paths import register_convertors
from api.rest.requests import JsonRequest, query_errors
from api.rest.responses import page_type, respond
from api.rest.runner import KeyedRequestRunner, get_keyed_runner, get_runner
from api.wire.json_size import most_values
from api.wire.request_errors import MAX_ERRORS_DETAILED, errors_from_pydantic, nul_paths, too_many_errors, validation_error
from api.wire.request_validation import add_descriptions, dataclasses_in, make_strict
from domain.shared.errors import Invalid
from domain.shared.paging import Page

register_convertors()
Handler = Callable[[Request], Coroutine[Any, Any, Response]]


class OperationRoute(APIRoute):
    """A route that authenticates, reads the body within the limits, validates, and refuses with every fault it finds."""

    operation: Operation

    def __init__(self, path: str, endpoint: Callable[..., Any], **options: Any) -> None:
        declaration: Declaration = endpoint.declaration  # type: ignore[attr-defined]
        answer = options["response_model"]
        options["strict_content_type"] = False
        super().__init__(path, _with_response(endpoint, options["status_code"] or 200, declaration), **options)
        dependants = [self.dependant, *_dependencies(self.dependant)]
        calls = {dependant.call for dependant in dependants}
        self._query_fields = [field for dependant in dependants for field in dependant.query_params]
        body: Any = None if self.body_field is None else self.body_field.field_info.annotation
        self._max_values = 0 if body is None else most_values(body)
        self.operation = Operation(
            method=next(iter(self.methods or ())),
            path=self.path_format,
            status=options["status_code"] or 200,
            response_type=answer,
            key=get_keyed_runner in calls,
            versioned=is_versioned(calls),
            public=not calls & {get_runner, get_keyed_runner},
            declaration=declaration,
        )
        check_declared(self.operation)
        describe(self, self.operation)

    def get_route_handler(self) -> Handler:
        """Return FastAPI's handler of a request, with what comes before and what its refusals become."""
        handle = super().get_route_handler()

        async def handler(request: Request) -> Response:
            request = JsonRequest(request.scope, request.receive)
            if self.operation.public:
                request.app.state.limit_address(request.scope)
            else:
                request.scope["runner"] = KeyedRequestRunner(request, await request.app.state.get_runner(request))
            self._check_query(request)
            body = b"" if self.body_field is None else await self._load_body(request)
            try:
                return await handle(request)
            except RequestValidationError as error:
                raise _validation_error(error.errors(), body) from None

        return handler

    def _check_query(self, request: Request) -> None:
        faults = query_errors(request, {field.alias for field in self._query_fields})
        if faults:
            _, errors = request_params_to_args(self._query_fields, request.query_params)
            pointers = {fault.pointer for fault in faults}
            wrong, _ = errors_from_pydantic([_strip_location(error) for error in errors])
            raise Invalid.of([*faults, *(fault for fault in wrong if fault.pointer not in pointers)])

    async def _load_body(self, request: JsonRequest) -> bytes:
        body = await request.load(self._max_values)
        if nul_paths(body) and self.body_field is not None:
            _, errors = self.body_field.validate(await request.json(), {}, loc=("body",))
            raise _validation_error(cast(list[Any], errors or []), body)
        return body


class Router(APIRouter):
    """A router of operations: the name of a route's function is its operationId, its docstring the summary."""

    def __init__(self, **options: Any) -> None:
        super().__init__(route_class=OperationRoute, **options)

    @property
    def operations(self) -> tuple[Operation, ...]:
        """The operations of all routes, in their order."""
        return tuple(route.operation for route in self.routes if isinstance(route, OperationRoute))

    def add_api_route(self, path: str, endpoint: Callable[..., Any], **options: Any) -> None:
        """Add the route of `endpoint`, which `operation` declared."""
        hints = get_type_hints(endpoint)
        for name, hint in hints.items():
            for command in dataclasses_in(hint) if name != "return" else ():
                make_strict(command)
        answer = hints["return"]
        add_descriptions(answer)
        if isinstance(options["response_model"], DefaultPlaceholder):
            options["response_model"] = page_type(get_args(answer)[0]) if get_origin(answer) is Page else answer
        options["operation_id"] = endpoint.__name__
        options["summary"] = (endpoint.__doc__ or "").strip().removesuffix(".")
        use_case: Any = endpoint.declaration.use_case  # type: ignore[attr-defined]
        options["description"] = _markdown(use_case.__doc__)
        super().add_api_route(path, endpoint, **options)


def _markdown(doc: str | None) -> str:
    return "\n".join(line.strip() for line in (doc or "").strip().splitlines()).replace("``", "`")


def _with_response(endpoint: Callable[..., Any], status: int, declaration: Declaration) -> Callable[..., Any]:
    """Return `endpoint`, but with its view made a response."""
    shape = signature(endpoint)
    parameters = [p.replace(kind=Parameter.KEYWORD_ONLY) for p in shape.parameters.values()]
    public = not any(name == "runner" for name in shape.parameters)

    @wraps(endpoint)
    async def respond_with_view(request: Request, **values: Any) -> Response:
        return respond(await endpoint(**values), request, status, cached=public and declaration.cached)

    taken = Parameter("request", Parameter.KEYWORD_ONLY, annotation=Request)
    respond_with_view.__signature__ = shape.replace(parameters=[taken, *parameters])  # type: ignore[attr-defined]
    return respond_with_view


def _dependencies(dependant: Any) -> list[Any]:
    return [d for inner in dependant.dependencies for d in (inner, *_dependencies(inner))]


def _strip_location(error: Any) -> Any:
    """Return pydantic's `error` with its pointer from the root of the body, path or query."""
    return {**error, "loc": error["loc"][1:]}


def _validation_error(errors: Any, body: bytes) -> Invalid:
    """Return the refusal of FastAPI's `errors`: those of path, query and headers, then those of the body in its order."""
    if len(errors) > MAX_ERRORS_DETAILED:
        return too_many_errors(len(errors))
    elsewhere, _ = errors_from_pydantic([_strip_location(error) for error in errors if error["loc"][0] != "body"])
    inside = validation_error([_strip_location(error) for error in errors if error["loc"][0] == "body"], body)
    if inside is None:
        return Invalid.of(elsewhere)
    return Invalid.of([*elsewhere, *inside.errors], inside.errors_omitted)
