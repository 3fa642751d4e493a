"""Commands from path, query, If-Match and body, as FastAPI dependencies.

A command whose members all stand in the body is a body parameter of its route by itself. Of the others, `from_body` makes the
body's class from the members that stand nowhere else, and `from_query` makes a parameter of each member.
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
"""A parameter of the query that is written `true` or `false`."""
VERSION = "expected_version"
"""The member of commands that stands in If-Match."""


def from_query(command: type, *path: str) -> Any:
    """Return the dependency that makes `command` from the members named in `path`, and the others from the query."""
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
    """Return the dependency that makes `command`: `path` members, its version from If-Match, the rest from the body.

    A fault across members is listed in document order, as faults of members are.
    """
    own = {f.name: f for f in fields(command)}
    parameters = [Parameter("request", Parameter.KEYWORD_ONLY, annotation=Request), *_path_parameters(command, path)]
    if VERSION in own:
        optional = own[VERSION].default is not MISSING
        parameters.append(_parameter(VERSION, Annotated[int | None, Depends(_optional_version if optional else _version)]))
    body_class = _body_class(command, {*path, VERSION})
    names = [f.name for f in fields(body_class)]
    parameters.append(_parameter("body", Annotated[body_class, Body()]))

    async def parse(request: Request, body: Any, **members: Any) -> Any:
        try:
            return command(**members, **{name: getattr(body, name) for name in names})
        except Invalid as refusal:
            faults = in_document_order(list(refusal.errors), await request.body())
            raise Invalid.of(faults, refusal.errors_omitted) if faults else refusal from None

    return _dependency(parse, parameters)


def file_body(limit: int, media_types: tuple[str, ...]) -> Any:
    """Return the dependency that reads a body which is a file: at most `limit` bytes, of one of `media_types`."""

    async def read(request: Request) -> bytes:
        return await read_body(request, limit, media_types)

    return Depends(read)


async def _optional_version(request: Request) -> int | None:
    return if_match(request)


async def _version(request: Request) -> int:
    return required_if_match(request)


Version = Annotated[int | None, Depends(_optional_version)]
"""The version that If-Match names; None without the header."""


def is_versioned(calls: Mapping[Callable[..., Any], Any] | set[Callable[..., Any]]) -> bool:
    """Whether one of the dependencies `calls` reads If-Match."""
    return bool({_optional_version, _version} & set(calls))


def _path_parameters(command: type, path: tuple[str, ...]) -> list[Parameter]:
    hints = get_type_hints(command, include_extras=True)
    return [
        _parameter(name, Annotated[text_annotation(hints[name]), Path(description=description_of(command, name))])
        for name in path
    ]


def _parameter(name: str, annotation: Any, default: Any = MISSING) -> Parameter:
    absent = Parameter.empty if default is MISSING else default
    return Parameter(name, Parameter.KEYWORD_ONLY, annotation=annotation, default=absent)


def _dependency(parse: Callable[..., Any], parameters: list[Parameter]) -> Any:
    parse.__signature__ = Signature(parameters)  # type: ignore[attr-defined]  # where FastAPI reads the parameters
    return Depends(parse)


def _body_class(command: type, elsewhere: set[str]) -> type:
    """Return a dataclass of the members of `command` that are not `elsewhere`."""
    hints = get_type_hints(command, include_extras=True)
    members = [(f.name, hints[f.name], _copy(command, f)) for f in fields(command) if f.name not in elsewhere]
    made = make_dataclass(f"{command.__name__}Body", members, frozen=True, kw_only=True)
    made.__doc__ = command.__doc__
    made.__module__ = command.__module__
    make_strict(made)
    return made


def _copy(command: type, f: "Field[Any]") -> Any:
    metadata = {"description": description_of(command, f.name)}
    if f.default_factory is not MISSING:
        return field(default_factory=f.default_factory, metadata=metadata)
    return field(default=f.default, metadata=metadata)
