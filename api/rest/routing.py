"""FastAPI routes that authenticate before they read the body, and that report errors as the contract has them.

A route function takes commands and a runner and returns a view. The route turns the view into a response (`responses.py`), and
FastAPI's validation errors into an `Invalid` with our codes and pointers.
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
    """A route that authenticates, reads the body within the limits, validates, and reports all validation errors at once."""

    operation: Operation

    def __init__(self, path: str, endpoint: Callable[..., Any], **options: Any) -> None:
        declaration: Declaration = endpoint.declaration  # type: ignore[attr-defined]
        response_type = options["response_model"]
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
            response_type=response_type,
            key=get_keyed_runner in calls,
            versioned=is_versioned(calls),
            public=not calls & {get_runner, get_keyed_runner},
            declaration=declaration,
        )
        check_declared(self.operation)
        describe(self, self.operation)

    def get_route_handler(self) -> Handler:
        """Return FastAPI's request handler, preceded by authentication and the checks of query and body."""
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
        name_errors = query_errors(request, {field.alias for field in self._query_fields})
        if name_errors:
            _, details = request_params_to_args(self._query_fields, request.query_params)
            pointers = {error.pointer for error in name_errors}
            value_errors, _ = errors_from_pydantic([_strip_location(detail) for detail in details])
            raise Invalid.of([*name_errors, *(error for error in value_errors if error.pointer not in pointers)])

    async def _load_body(self, request: JsonRequest) -> bytes:
        body = await request.load(self._max_values)
        if nul_paths(body) and self.body_field is not None:
            _, errors = self.body_field.validate(await request.json(), {}, loc=("body",))
            raise _validation_error(cast(list[Any], errors or []), body)
        return body


class Router(APIRouter):
    """A router of operations: a route function's name is the operationId, its docstring the summary."""

    def __init__(self, **options: Any) -> None:
        super().__init__(route_class=OperationRoute, **options)

    @property
    def operations(self) -> tuple[Operation, ...]:
        """The operations of all routes, in order of registration."""
        return tuple(route.operation for route in self.routes if isinstance(route, OperationRoute))

    def add_api_route(self, path: str, endpoint: Callable[..., Any], **options: Any) -> None:
        """Add the route of `endpoint`, which the decorator `operation` declared."""
        hints = get_type_hints(endpoint)
        for name, hint in hints.items():
            for command in dataclasses_in(hint) if name != "return" else ():
                make_strict(command)
        returned = hints["return"]
        add_descriptions(returned)
        if isinstance(options["response_model"], DefaultPlaceholder):
            options["response_model"] = page_type(get_args(returned)[0]) if get_origin(returned) is Page else returned
        options["operation_id"] = endpoint.__name__
        options["summary"] = (endpoint.__doc__ or "").strip().removesuffix(".")
        use_case: Any = endpoint.declaration.use_case  # type: ignore[attr-defined]
        options["description"] = _markdown(use_case.__doc__)
        super().add_api_route(path, endpoint, **options)


def _markdown(doc: str | None) -> str:
    return "\n".join(line.strip() for line in (doc or "").strip().splitlines()).replace("``", "`")


def _with_response(endpoint: Callable[..., Any], status: int, declaration: Declaration) -> Callable[..., Any]:
    """Return `endpoint` wrapped so that it returns a response instead of a view."""
    original = signature(endpoint)
    parameters = [p.replace(kind=Parameter.KEYWORD_ONLY) for p in original.parameters.values()]
    public = not any(name == "runner" for name in original.parameters)

    @wraps(endpoint)
    async def respond_with_view(request: Request, **values: Any) -> Response:
        return respond(await endpoint(**values), request, status, cached=public and declaration.cached)

    request_parameter = Parameter("request", Parameter.KEYWORD_ONLY, annotation=Request)
    respond_with_view.__signature__ = original.replace(parameters=[request_parameter, *parameters])  # type: ignore[attr-defined]
    return respond_with_view


def _dependencies(dependant: Any) -> list[Any]:
    return [d for inner in dependant.dependencies for d in (inner, *_dependencies(inner))]


def _strip_location(error: Any) -> Any:
    """Return pydantic's `error` without the first step of its location (body, path or query)."""
    return {**error, "loc": error["loc"][1:]}


def _validation_error(errors: Any, body: bytes) -> Invalid:
    """Convert FastAPI's `errors`: those of path, query and headers first, then those of the body in document order."""
    if len(errors) > MAX_ERRORS_DETAILED:
        return too_many_errors(len(errors))
    parameter_errors, _ = errors_from_pydantic([_strip_location(error) for error in errors if error["loc"][0] != "body"])
    body_error = validation_error([_strip_location(error) for error in errors if error["loc"][0] == "body"], body)
    if body_error is None:
        return Invalid.of(parameter_errors)
    return Invalid.of([*parameter_errors, *body_error.errors], body_error.errors_omitted)
