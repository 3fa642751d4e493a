"""From bytes to commands: strict, every fault of shape with its place, in the order of the document (contract 1 and 2).

REST and GraphQL both come through here, so both refuse the same things in the same words.
"""

import re
from collections.abc import Iterable, Mapping
from dataclasses import fields, is_dataclass
from datetime import date, datetime
from functools import cache
from types import UnionType
from typing import Annotated, Any, TypeVar, Union, cast, get_args, get_origin, get_type_hints

import msgspec
from pydantic import AwareDatetime, BeforeValidator, ConfigDict, Strict, TypeAdapter, ValidationError
from pydantic_core import ErrorDetails

from api.mending import faults_between
from domain.shared.errors import Code, Fault, Invalid

C = TypeVar("C")

STRICT = ConfigDict(extra="forbid", strict=True, allow_inf_nan=False, str_strip_whitespace=False)

CODES: Mapping[str, tuple[Code, str]] = {
    "missing": (Code.MISSING, "this member is required"),
    "unexpected_keyword_argument": (Code.UNKNOWN_MEMBER, "there is no such member; check its spelling or leave it out"),
    "extra_forbidden": (Code.UNKNOWN_MEMBER, "there is no such member; check its spelling or leave it out"),
    "enum": (Code.NOT_ALLOWED, "give {expected}"),
    "literal_error": (Code.NOT_ALLOWED, "give {expected}"),
    "string_too_long": (Code.TOO_LONG, "at most {max_length} characters"),
    "too_long": (Code.TOO_LONG, "at most {max_length} of them"),
    "string_too_short": (Code.EMPTY, "not an empty text; leave the member out instead"),
    "too_short": (Code.EMPTY, "at least {min_length} of them"),
    "string_pattern_mismatch": (Code.MALFORMED, "the text must match {pattern}"),
    "greater_than": (Code.OUT_OF_RANGE, "a number greater than {gt}"),
    "greater_than_equal": (Code.OUT_OF_RANGE, "a number of at least {ge}"),
    "less_than": (Code.OUT_OF_RANGE, "a number less than {lt}"),
    "less_than_equal": (Code.OUT_OF_RANGE, "a number of at most {le}"),
    "finite_number": (Code.OUT_OF_RANGE, "a finite number"),
    "timezone_aware": (Code.NAIVE_TIME, "give the offset, as in 2026-03-02T08:30:00-05:00 or …Z"),
    "json_invalid": (Code.MALFORMED, "this is not JSON: {error}"),
}
"""Pydantic's kinds of error as our codes; what is not listed is a wrong type."""

MALFORMED_TYPES = re.compile(r"_(parsing|parsing_size|from_date_parsing|object_invalid|inexact)$|^(uuid|datetime|date|time)_")
"""Kinds that say: the right type of JSON, but its text can't be read."""

MOMENT = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}[Tt ].+")
DAY = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")

MEMBER = re.compile(r"<[\w.]+: ('[^']*')>")
"""How Python writes a member of an enumeration; senders are told its value."""

AT: Mapping[tuple[str, Code], Code] = {("purpose", Code.NOT_ALLOWED): Code.PURPOSE_NOT_ACCEPTED}
"""Members whose refusal has a code of its own."""


def prepare(command: type) -> None:
    """Make pydantic take ``command`` and all it holds strictly, and refuse moments without an offset."""
    if "__pydantic_config__" in vars(command):
        return
    command.__pydantic_config__ = STRICT  # type: ignore[attr-defined]
    hints = get_type_hints(command)
    for f in fields(command):
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


def read(command: type[C], body: bytes, also: Iterable[Fault] = ()) -> C:
    """The command that ``body`` says; ``Invalid`` with every fault of its shape, and those found before (``also``)."""
    try:
        said: C = adapter(command).validate_json(body)
    except ValidationError as error:
        found = faults_of(error)
        found += faults_between(command, body, found, lambda mended: _judged(command, mended))
        found += [*_nul_faults(body), *also]
        raise Invalid.of(_in_order(found, body)) from None
    faults = [*_nul_faults(body), *also]
    if faults:
        raise Invalid.of(_in_order(faults, body))
    return said


def _judged(command: Any, body: bytes) -> list[Fault]:
    try:
        adapter(command).validate_json(body)
    except ValidationError as error:
        return faults_of(error)
    return []


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


def faults_of(error: ValidationError) -> list[Fault]:
    """Our faults for pydantic's. It counts a list's faulty members as absent: an ``empty`` above other faults is not one."""
    found = [fault for detail in error.errors(include_url=False) for fault in _fault(detail)]
    return [
        fault
        for fault in found
        if fault.code != Code.EMPTY or not any(other.pointer.startswith(f"{fault.pointer}/") for other in found)
    ]


def _fault(detail: ErrorDetails) -> Iterable[Fault]:
    pointer = "".join(f"/{escape(part)}" for part in detail["loc"] if not _is_branch(part))
    cause = detail.get("ctx", {}).get("error")
    if isinstance(cause, Invalid):
        for fault in cause.errors:
            yield Fault(pointer=pointer + fault.pointer, code=fault.code, detail=fault.detail)
        return
    code, sentence = _code(detail["type"])
    name = str(detail["loc"][-1]) if detail["loc"] else ""
    yield Fault(pointer=pointer, code=AT.get((name, code), code), detail=_sentence(sentence, detail))


def _is_branch(part: object) -> bool:
    """Pydantic puts the branch of a union into the place; a member's name never looks like that."""
    return isinstance(part, str) and ("[" in part or part in {"str", "int", "float", "bool", "datetime", "date"})


def _code(kind: str) -> tuple[Code, str]:
    if kind in CODES:
        return CODES[kind]
    if not kind.endswith("_type") and MALFORMED_TYPES.search(kind):
        return Code.MALFORMED, "{msg}"
    return Code.WRONG_TYPE, "{msg}"


def _sentence(sentence: str, detail: ErrorDetails) -> str:
    msg = detail["msg"][:1].lower() + detail["msg"][1:]
    return MEMBER.sub(r"\1", sentence.format_map({"msg": msg, **detail.get("ctx", {})}))


def escape(part: object) -> str:
    """One step of a JSON Pointer (RFC 6901)."""
    return str(part).replace("~", "~0").replace("/", "~1")


def _in_order(faults: list[Fault], body: bytes) -> list[Fault]:
    """``faults`` in the order of the document; a missing member stands after those that are there."""
    try:
        document = msgspec.json.decode(body)
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError):
        return faults
    return sorted(faults, key=lambda fault: _place(document, fault.pointer))


def _place(document: Any, pointer: str) -> tuple[int, ...]:
    place: list[int] = []
    at = document
    for step in pointer.split("/")[1:]:
        name = step.replace("~1", "/").replace("~0", "~")
        if isinstance(at, dict):
            names = list(at)
            place.append(names.index(name) if name in at else len(names))
            at = at.get(name)
        elif isinstance(at, list) and name.isdigit() and int(name) < len(at):
            place.append(int(name))
            at = at[int(name)]
        else:
            break
    return tuple(place)


def _nul_faults(body: bytes) -> list[Fault]:
    """PostgreSQL's texts hold no NUL: refuse it where it stands. Looked for only when the body spells one."""
    if b"\\u0000" not in body:
        return []
    try:
        texts = [*_texts(msgspec.json.decode(body), "")]
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError):
        return []
    detail = "a text holds no NUL character; leave it out"
    return [Fault(pointer=pointer, code=Code.MALFORMED, detail=detail) for pointer, text in texts if "\x00" in text]


def _texts(value: Any, pointer: str) -> Iterable[tuple[str, str]]:
    if isinstance(value, str):
        yield pointer, value
    elif isinstance(value, list):
        for i, part in enumerate(value):
            yield from _texts(part, f"{pointer}/{i}")
    elif isinstance(value, dict):
        for name, part in cast("dict[str, Any]", value).items():
            yield f"{pointer}/{escape(name)}", name
            yield from _texts(part, f"{pointer}/{escape(name)}")
