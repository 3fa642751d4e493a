"""Parse JSON into commands: strict, with every error and its JSON Pointer, in document order (openapi/README.md 1.1 and 2.2).

REST and GraphQL both use this, so both report the same errors in the same words.
"""

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import fields, is_dataclass
from datetime import date, datetime
from functools import cache
from types import GenericAlias, UnionType
from typing import Annotated, Any, Literal, TypeVar, Union, get_args, get_origin, get_type_hints

import msgspec
from pydantic import AliasGenerator, AwareDatetime, BeforeValidator, ConfigDict, Field, Strict, TypeAdapter, ValidationError
from pydantic.alias_generators import to_camel
from pydantic_core import ErrorDetails

from api.wire.json_size import check_size, most_values
from api.wire.request_errors import MAX_ERRORS_DETAILED, SNAKE_CASE_NAMES, too_many_errors, validation_error, wrap_single_values
from domain.shared.errors import Code, FieldError, Invalid
from domain.shared.fields import description_of

C = TypeVar("C")

STRICT = ConfigDict(
    extra="forbid",
    allow_inf_nan=False,
    str_strip_whitespace=False,
    alias_generator=AliasGenerator(validation_alias=to_camel),
    validate_by_alias=False,
    validate_by_name=True,
)
"""Members are read by name, for GraphQL by camelCase alias. `strict_annotation` makes the scalars strict."""

UNLISTED = (
    "this item has errors that are only counted, as the batch has too many to list; correct those listed and send it again"
)

DATETIME_FORMAT = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}[Tt ].+")
DATE_FORMAT = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")


def make_strict(command: type) -> None:
    """Configure pydantic to validate `command` and its nested dataclasses strictly; instants need an offset.

    Changes the annotations in the dataclass fields, which pydantic reads; the class's own annotations stay.
    """
    if "__pydantic_config__" in vars(command):
        return
    command.__pydantic_config__ = STRICT  # type: ignore[attr-defined]
    hints = get_type_hints(command, include_extras=True)
    for f in fields(command):
        SNAKE_CASE_NAMES[to_camel(f.name)] = f.name
        f.type = _with_description(strict_annotation(hints[f.name]), command, f.name)
        for part in dataclasses_in(hints[f.name]):
            make_strict(part)


def add_descriptions(view: Any) -> None:
    """Add the field descriptions of `view` and its nested dataclasses to pydantic's schema."""
    for part in dataclasses_in(view):
        if part in _documented or "__pydantic_config__" in vars(part):
            continue
        _documented.add(part)
        hints = get_type_hints(part, include_extras=True)
        for f in fields(part):
            f.type = _with_description(hints[f.name], part, f.name)
            add_descriptions(hints[f.name])


_documented: set[type] = set()


def _with_description(hint: Any, cls: type, name: str) -> Any:
    description = description_of(cls, name)
    return Annotated[hint, Field(description=description)] if description else hint


def strict_annotation(hint: Any) -> Any:
    """Return a strict `hint` for pydantic: 30.0 is an integer (JSON Schema 6.1.1), "3" and `true` are not."""
    if get_origin(hint) is Annotated:
        kind, *markers = get_args(hint)
        return (
            Annotated[kind, *markers, *STRICT_SCALARS.get(kind, ())]
            if kind in STRICT_SCALARS
            else Annotated[strict_annotation(kind), *markers]
        )
    if hint in STRICT_SCALARS:
        return Annotated[hint, *STRICT_SCALARS[hint]]
    if hint == Literal[True]:
        return Annotated[hint, BeforeValidator(_literal_true)]
    if get_origin(hint) in {Union, UnionType}:
        return Union[tuple(strict_annotation(part) for part in get_args(hint))]  # noqa: UP007 - the parts are computed
    if get_origin(hint) is tuple:
        return GenericAlias(tuple, tuple(part if part is Ellipsis else strict_annotation(part) for part in get_args(hint)))
    return hint


def _datetime_text(value: Any) -> str:
    """Require RFC 3339: pydantic would also read a text of digits as seconds since 1970."""
    return _match_text(value, DATETIME_FORMAT, "write an instant as 2026-03-02T08:30:00-05:00 or …Z")


def _date_text(value: Any) -> str:
    return _match_text(value, DATE_FORMAT, "write a date as 2026-03-02")


def _match_text(value: Any, pattern: re.Pattern[str], detail: str) -> str:
    if not isinstance(value, str):
        raise Invalid.at("", Code.WRONG_TYPE, f"this must be a text: {detail}")
    if pattern.fullmatch(value) is None:
        raise Invalid.at("", Code.MALFORMED, detail)
    return value


def _literal_true(value: Any) -> Any:
    """Reject 1, which equals True in Python."""
    return value if value is True else False


def _whole_number(value: Any) -> Any:
    return int(value) if isinstance(value, float) and value.is_integer() else value


STRICT_SCALARS: Mapping[Any, tuple[Any, ...]] = {
    int: (Strict(), BeforeValidator(_whole_number)),
    float: (Strict(),),
    bool: (Strict(),),
    datetime: (AwareDatetime, BeforeValidator(_datetime_text)),
    date: (BeforeValidator(_date_text),),
}
"""Validators for types that pydantic would also read from other JSON types; instants must have an offset."""


def dataclasses_in(hint: Any) -> Iterable[type]:
    """Yield the dataclasses in `hint`."""
    if is_dataclass(hint) and isinstance(hint, type):
        yield hint
    for part in get_args(hint):
        yield from dataclasses_in(part)


def type_adapter(command: Any) -> TypeAdapter[Any]:
    """Return pydantic's strict validator of `command`; cached."""
    return _build_type_adapter(command)


@cache
def _build_type_adapter(command: Any) -> TypeAdapter[Any]:
    if is_dataclass(command) and isinstance(command, type):
        make_strict(command)
    return TypeAdapter(command)


def validate_json(
    command: type[C], body: bytes, earlier_errors: Sequence[FieldError] = (), *, camel: bool = False, detailed: bool = True
) -> C:
    """Return the `command` that `body` contains.

    Raises `Invalid` with all errors of the body and `earlier_errors`. Rules across members are checked only when each member
    is valid. `camel`: the body's names are camelCase. `detailed`: if False, errors are counted and not listed.
    """
    kind: Any = command
    check_size(body, most_values(kind))
    details: Sequence[ErrorDetails] = ()
    try:
        parsed: C = type_adapter(command).validate_json(body, by_alias=camel, by_name=not camel)
    except ValidationError as error:
        if not detailed:
            raise Invalid(UNLISTED, errors_omitted=error.error_count()) from None
        if error.error_count() > MAX_ERRORS_DETAILED:
            raise too_many_errors(error.error_count()) from None
        details = error.errors(include_url=False)
        if camel and (wrapped := wrap_single_values(details, body)):
            return validate_json(command, wrapped, earlier_errors, camel=camel, detailed=detailed)
    if invalid := validation_error(details, body, earlier_errors, camel=camel):
        raise invalid if detailed else Invalid(UNLISTED, errors_omitted=len(invalid.errors) + invalid.errors_omitted)
    return parsed


def parse_json(body: bytes) -> Any:
    """Return the decoded JSON document `body`. Raises `Invalid` for anything else."""
    try:
        return msgspec.json.decode(body)
    except (msgspec.DecodeError, UnicodeDecodeError) as error:
        raise Invalid.at("", Code.MALFORMED, f"this is not JSON: {error}") from None
    except RecursionError:
        raise Invalid.at("", Code.MALFORMED, "this is nested too deeply; no request needs such depth") from None


def split_members(body: bytes, what: str) -> dict[str, msgspec.Raw]:
    """Return the members of the JSON object `body`, undecoded. Raises `Invalid` otherwise, which calls the body `what`."""
    try:
        return msgspec.json.decode(body, type=dict[str, msgspec.Raw])
    except msgspec.ValidationError:
        raise Invalid.at("", Code.WRONG_TYPE, f"{what} must be a JSON object") from None
    except (msgspec.DecodeError, UnicodeDecodeError) as error:
        raise Invalid.at("", Code.MALFORMED, f"this is not JSON: {error}") from None
    except RecursionError:
        raise Invalid.at("", Code.MALFORMED, "this is nested too deeply; no request needs such depth") from None
