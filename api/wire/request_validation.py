"""From bytes to commands: strict, every fault of shape with its place, in document order (openapi/README.md 1.1 and 2.2).

REST and GraphQL both come through here, so both refuse the same things in the same words.
"""

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import fields, is_dataclass
from datetime import date, datetime
from functools import cache
from types import UnionType
from typing import Annotated, Any, TypeVar, Union, get_args, get_origin, get_type_hints

import msgspec
from pydantic import AliasGenerator, AwareDatetime, BeforeValidator, ConfigDict, Strict, TypeAdapter, ValidationError
from pydantic.alias_generators import to_camel

from api.wire.json_size import check_size, most_values
from api.wire.request_faults import SNAKE, refusal_of, with_coercions
from domain.shared.errors import Code, Fault, Invalid

C = TypeVar("C")

STRICT = ConfigDict(
    extra="forbid",
    strict=True,
    allow_inf_nan=False,
    str_strip_whitespace=False,
    alias_generator=AliasGenerator(validation_alias=to_camel),
    validate_by_alias=False,
    validate_by_name=True,
)
"""Members go by their names; by their aliases where GraphQL asks for it."""

UNLISTED = "this has faults that are only counted, because the batch has too many to list; mend those listed and send it again"

MOMENT = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}[Tt ].+")
DAY = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")


def prepare(command: type) -> None:
    """Make pydantic take ``command`` and all it holds strictly, and refuse moments without an offset."""
    if "__pydantic_config__" in vars(command):
        return
    command.__pydantic_config__ = STRICT  # type: ignore[attr-defined]
    hints = get_type_hints(command)
    for f in fields(command):
        SNAKE[to_camel(f.name)] = f.name
        f.type = _aware(hints[f.name])  # the annotation pydantic reads; the class itself stays as it is
        for part in _classes(hints[f.name]):
            prepare(part)


def _aware(hint: Any) -> Any:
    if hint is datetime:
        return Annotated[AwareDatetime, Strict(strict=False), BeforeValidator(_moment)]
    if hint is date:
        return Annotated[date, Strict(strict=False), BeforeValidator(_day)]
    if get_origin(hint) in {Union, UnionType}:
        return Union[tuple(_aware(part) for part in get_args(hint))]  # noqa: UP007 - the parts are computed
    return hint


def _moment(said: Any) -> str:
    """Pydantic would also read a text of digits as seconds since 1970."""
    return _written(said, MOMENT, "write a moment as 2026-03-02T08:30:00-05:00 or …Z")


def _day(said: Any) -> str:
    return _written(said, DAY, "write a day as 2026-03-02")


def _written(said: Any, form: re.Pattern[str], detail: str) -> str:
    if not isinstance(said, str):
        raise Invalid.at("", Code.WRONG_TYPE, f"this is a text: {detail}")
    if form.fullmatch(said) is None:
        raise Invalid.at("", Code.MALFORMED, detail)
    return said


def _classes(hint: Any) -> Iterable[type]:
    if is_dataclass(hint) and isinstance(hint, type):
        yield hint
    for part in get_args(hint):
        yield from _classes(part)


def adapter(command: Any) -> TypeAdapter[Any]:
    """Pydantic's validator of ``command``, strict; made once."""
    return _adapter(command)


@cache
def _adapter(command: Any) -> TypeAdapter[Any]:
    if is_dataclass(command) and isinstance(command, type):
        prepare(command)
    return TypeAdapter(command)


def read(command: type[C], body: bytes, also: Sequence[Fault] = (), *, camel: bool = False, detailed: bool = True) -> C:
    """The command that ``body`` says; ``Invalid`` with every fault of its shape, and those found before (``also``).

    Faults across members are looked for once each member is sound by itself. ``camel``: the members are named in camelCase.
    ``detailed``: False when no fault may be listed any more; then they are only counted.
    """
    kind: Any = command
    check_size(body, most_values(kind))
    try:
        parsed: C = adapter(command).validate_json(body, by_alias=camel, by_name=not camel)
    except ValidationError as error:
        if coerced := with_coercions(error, body, lists=camel):
            return read(command, coerced, also, camel=camel, detailed=detailed)
        if not detailed:
            raise Invalid(UNLISTED, errors_omitted=error.error_count()) from None
        raise refusal_of(error, body, also, camel=camel) or AssertionError("an error has its faults") from None
    if refusal := refusal_of(None, body, also, camel=camel):
        raise refusal if detailed else Invalid(UNLISTED, errors_omitted=len(refusal.errors) + refusal.errors_omitted)
    return parsed


def members_of(body: bytes, what: str) -> dict[str, msgspec.Raw]:
    """The members of the JSON object ``body``, each as it is written; ``what`` it is, for who sent something else."""
    try:
        return msgspec.json.decode(body, type=dict[str, msgspec.Raw])
    except msgspec.ValidationError:
        raise Invalid.at("", Code.WRONG_TYPE, f"{what} is a JSON object") from None
    except (msgspec.DecodeError, UnicodeDecodeError) as error:
        raise Invalid.at("", Code.MALFORMED, f"this is not JSON: {error}") from None
    except RecursionError:
        raise Invalid.at("", Code.MALFORMED, "this is nested too deeply for anything that is read here") from None


def with_members(body: bytes, members: Mapping[str, Any]) -> tuple[bytes, list[Fault]]:
    """``body`` with ``members`` that come from elsewhere (path, If-Match), and a fault for each that it holds itself."""
    said = members_of(body or b"{}", "the body")
    detail = "this stands in the path or a header; leave it out of the body"
    faults = [Fault(pointer=f"/{name}", code=Code.UNKNOWN_MEMBER, detail=detail) for name in members if name in said]
    told = {name: msgspec.Raw(msgspec.json.encode(value)) for name, value in members.items()}
    return msgspec.json.encode(said | told), faults
