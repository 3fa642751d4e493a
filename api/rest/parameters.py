"""FastAPI dependencies that build commands from path, query, If-Match and body.

A command that comes from the body alone is a body parameter of its route and needs no dependency. For others, `from_body` makes
a body class of the members that come from nowhere else, and `from_query` makes a query parameter of each member.
"""

from collections.abc import Callable, Mapping
from dataclasses import MISSING, Field, field, fields, make_dataclass
from inspect import Parameter, Signature
from typing import Annotated, Any, get_type_hints

from fastapi import Body, Depends, Path, Query, Request
from pydantic import BeforeValidator

from api.rest.requests import if_match, read_body, required_if_match
from api.wire.query_validation import format_checker, text_annotation
from api.wire.request_errors import in_document_order
from api.wire.request_validation import make_strict
from domain.shared.errors import Invalid
from domain.shared.fields import description_of

_FORMAT = BeforeValidator(format_checker(bool))
Flag = Annotated[bool, _FORMAT]
"""A query parameter that is `true` or `false`."""
VERSION = "expected_version"
"""The member of commands that comes from If-Match."""


def from_query(command: type, *path: str) -> Any:
    """Return a dependency that builds `command`: members named in `path` from the path, the others from the query."""
    hints = get_type_hints(command, include_extras=True)
    parameters = [*_path_parameters(command, path)]
    for f in fields(command):
        if f.name not in path:
            annotation: Any = Annotated[text_annotation(hints[f.name]), Query(description=description_of(command, f.name))]
            parameters.append(_parameter(f.name, annotation, f.default))

    async def parse(**members: Any) -> Any:
        return command(**members)

    return _dependency(parse, parameters)


def from_body(command: type, *path: str) -> Any:
    """Return a dependency that builds `command`: members named in `path`, the version from If-Match, the rest from the body.

    Errors of a rule across members are in document order, as errors of single members are.
    """
    command_fields = {f.name: f for f in fields(command)}
    parameters = [Parameter("request", Parameter.KEYWORD_ONLY, annotation=Request), *_path_parameters(command, path)]
    if VERSION in command_fields:
        optional = command_fields[VERSION].default is not MISSING
        parameters.append(_parameter(VERSION, Annotated[int | None, Depends(_optional_version if optional else _version)]))
    body_class = _body_class(command, {*path, VERSION})
    names = [f.name for f in fields(body_class)]
    parameters.append(_parameter("body", Annotated[body_class, Body()]))

    async def parse(request: Request, body: Any, **members: Any) -> Any:
        try:
            return command(**members, **{name: getattr(body, name) for name in names})
        except Invalid as invalid:
            errors = in_document_order(list(invalid.errors), await request.body())
            raise Invalid.of(errors, invalid.errors_omitted) if errors else invalid from None

    return _dependency(parse, parameters)


def file_body(limit: int, media_types: tuple[str, ...]) -> Any:
    """Return a dependency that reads a body of at most `limit` bytes, with one of `media_types`, as a file."""

    async def read(request: Request) -> bytes:
        return await read_body(request, limit, media_types)

    return Depends(read)


async def _optional_version(request: Request) -> int | None:
    return if_match(request)


async def _version(request: Request) -> int:
    return required_if_match(request)


Version = Annotated[int | None, Depends(_optional_version)]
"""The version in If-Match; None without the header."""


def is_versioned(calls: Mapping[Callable[..., Any], Any] | set[Callable[..., Any]]) -> bool:
    """Return whether one of the dependencies `calls` reads If-Match."""
    return bool({_optional_version, _version} & set(calls))


def _path_parameters(command: type, path: tuple[str, ...]) -> list[Parameter]:
    hints = get_type_hints(command, include_extras=True)
    return [
        _parameter(name, Annotated[text_annotation(hints[name]), Path(description=description_of(command, name))])
        for name in path
    ]


def _parameter(name: str, annotation: Any, default: Any = MISSING) -> Parameter:
    default = Parameter.empty if default is MISSING else default
    return Parameter(name, Parameter.KEYWORD_ONLY, annotation=annotation, default=default)


def _dependency(parse: Callable[..., Any], parameters: list[Parameter]) -> Any:
    parse.__signature__ = Signature(parameters)  # type: ignore[attr-defined]  # FastAPI reads the parameters from it
    return Depends(parse)


def _body_class(command: type, elsewhere: set[str]) -> type:
    """Return a dataclass of the members of `command` without those that come from `elsewhere`."""
    hints = get_type_hints(command, include_extras=True)
    members = [(f.name, hints[f.name], _copy(command, f)) for f in fields(command) if f.name not in elsewhere]
    body_class = make_dataclass(f"{command.__name__}Body", members, frozen=True, kw_only=True)
    body_class.__doc__ = command.__doc__
    body_class.__module__ = command.__module__
    make_strict(body_class)
    return body_class


def _copy(command: type, f: "Field[Any]") -> Any:
    metadata = {"description": description_of(command, f.name)}
    if f.default_factory is not MISSING:
        return field(default_factory=f.default_factory, metadata=metadata)
    return field(default=f.default, metadata=metadata)
