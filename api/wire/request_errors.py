"""From pydantic's errors to faults: our codes, pointers and sentences, in the order of the document (openapi/README.md 2.2)."""

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any

import msgspec
from pydantic.alias_generators import to_camel
from pydantic_core import ErrorDetails

from domain.shared.errors import MAX_ERRORS, Code, FieldError, Invalid

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
    "tuple_type": (Code.WRONG_TYPE, "give a list"),
    "dataclass_type": (Code.WRONG_TYPE, "give an object"),
    "dict_type": (Code.WRONG_TYPE, "give an object"),
    "uuid_type": (Code.WRONG_TYPE, "give the id as a text"),
    "json_invalid": (Code.MALFORMED, "this is not JSON: {error}"),
}
"""Pydantic's kinds of error as our codes; what is not listed is a wrong type."""

MALFORMED_TYPES = re.compile(r"_(parsing|parsing_size|from_date_parsing|object_invalid|inexact)$|^(uuid|datetime|date|time)_")
"""Kinds that say: the right type of JSON, but its text can't be read."""

ENUM_MEMBER = re.compile(r"<[\w.]+: ('[^']*')>")
"""How Python writes a member of an enumeration; senders are told its value."""

CODE_OVERRIDES: Mapping[tuple[str, Code], Code] = {("purpose", Code.NOT_ALLOWED): Code.PURPOSE_NOT_ACCEPTED}
"""Members whose refusal has a code of its own."""

MAX_ERRORS_DETAILED = 5_000
"""Faults of one document from which those to be listed are chosen; no document that means anything has more."""
NO_NUL = "a text holds no NUL character; leave it out"


def validation_error(
    details: Sequence[ErrorDetails], body: bytes, earlier_errors: Sequence[FieldError] = (), *, camel: bool = False
) -> Invalid | None:
    """Return what refuses `body`: pydantic's `details`, its NUL characters, and the faults in `also`; None if nothing does.

    `camel`: the document names its members in camelCase. Pointers are in snake_case all the same.
    """
    if len(details) > MAX_ERRORS_DETAILED:
        return too_many_errors(len(details))
    faults, omitted = errors_from_pydantic(details, camel=camel)
    paths = nul_paths(body)
    # Of more than can be listed the first in the document are enough, and theirs are all the pointers that are made.
    faults += [_nul_error(path, camel=camel) for path in paths[:MAX_ERRORS]]
    faults += earlier_errors
    return Invalid.of(in_document_order(faults, body), omitted + max(0, len(paths) - MAX_ERRORS)) if faults else None


def too_many_errors(count: int) -> Invalid:
    """Return the refusal of a document with so many `faults` that none is listed."""
    detail = f"there are {count:,} faults here; send a part of it, mend what is refused, then send the whole"
    return Invalid(detail, errors_omitted=count)


def wrap_single_values(details: Sequence[ErrorDetails], body: bytes) -> bytes | None:
    """Return `body` with lists where one value stands for a list of it, as in GraphQL; None where none does."""
    alone = [e for e in details if e["type"] == "tuple_type" and e["loc"] and e["input"] is not None]
    if not alone:
        return None
    document = msgspec.json.decode(body)
    for error in alone:
        above: Any = document
        for step in error["loc"][:-1]:
            above = above[step]
        above[error["loc"][-1]] = [error["input"]]
    return msgspec.json.encode(document)


def errors_from_pydantic(details: Sequence[ErrorDetails], *, camel: bool = False) -> tuple[list[FieldError], int]:
    """Return our faults for pydantic's `details`, and how many more a rule across members left out.

    Pydantic counts a list's faulty members as absent: an `empty` above other faults is not one.
    """
    faults: list[FieldError] = []
    omitted = 0
    for detail in details:
        cause = detail.get("ctx", {}).get("error")
        omitted += cause.errors_omitted if isinstance(cause, Invalid) else 0
        faults += _field_errors(detail, cause, camel=camel)
    above = {parent for fault in faults for parent in _parents(fault.pointer)}
    return [fault for fault in faults if fault.code != Code.EMPTY or fault.pointer not in above], omitted


def _parents(pointer: str) -> Iterator[str]:
    end = pointer.rfind("/")
    while end > 0:
        yield pointer[:end]
        end = pointer.rfind("/", 0, end)


def _field_errors(detail: ErrorDetails, cause: object, *, camel: bool) -> Iterator[FieldError]:
    pointer = json_pointer((part for part in detail["loc"] if not _is_branch(part)), camel=camel)
    if isinstance(cause, Invalid):
        for fault in cause.errors:
            yield FieldError(pointer=pointer + fault.pointer, code=fault.code, detail=fault.detail)
        return
    code, sentence = _code_and_template(detail["type"])
    name = str(detail["loc"][-1]) if detail["loc"] else ""
    yield FieldError(pointer=pointer, code=CODE_OVERRIDES.get((name, code), code), detail=_message(sentence, detail))


def _is_branch(part: object) -> bool:
    """Pydantic puts the branch of a union into the place; a member's name never looks like that."""
    return isinstance(part, str) and ("[" in part or part in {"str", "int", "float", "bool", "datetime", "date"})


def _code_and_template(kind: str) -> tuple[Code, str]:
    if kind in CODES:
        return CODES[kind]
    if not kind.endswith("_type") and MALFORMED_TYPES.search(kind):
        return Code.MALFORMED, "{msg}"
    return Code.WRONG_TYPE, "{msg}"


def _message(template: str, detail: ErrorDetails) -> str:
    msg = detail["msg"][:1].lower() + detail["msg"][1:]
    return ENUM_MEMBER.sub(r"\1", template.format_map({"msg": msg, **detail.get("ctx", {})}))


def json_pointer(path: Iterable[object], *, camel: bool = False) -> str:
    """The JSON Pointer (RFC 6901) of ``path``; ``camel``: names become snake_case."""
    return "".join(f"/{escape_pointer(to_snake(part) if camel and isinstance(part, str) else part)}" for part in path)


def escape_pointer(part: object) -> str:
    """One step of a JSON Pointer (RFC 6901)."""
    return str(part).replace("~", "~0").replace("/", "~1")


SNAKE_CASE_NAMES: dict[str, str] = {}
"""Names of commands' members in snake_case, by their camelCase."""


def to_snake(name: str) -> str:
    """A member's name as REST has it; of one that no command has, as it would be."""
    return SNAKE_CASE_NAMES.get(name) or re.sub(r"(?<=[a-z0-9])([A-Z])", lambda m: f"_{m[1].lower()}", name)


def in_document_order(errors: list[FieldError], body: bytes) -> list[FieldError]:
    """``faults`` in the order of the document; a missing member stands after those that are there."""
    try:
        document = msgspec.json.decode(body)
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError):
        return errors
    places = DocumentPositions(document)
    return sorted(errors, key=lambda error: places.position_of(error.pointer))


class DocumentPositions:
    """Where things stand in one document. Each object's members are numbered once, however many faults it has."""

    def __init__(self, document: Any) -> None:
        self._document = document
        self._numbers: dict[int, dict[str, int]] = {}
        self.numbered = 0
        """Members numbered so far."""

    def position_of(self, pointer: str) -> tuple[int, ...]:
        """The place of what ``pointer`` names, to be compared with others; names in snake_case are found in camelCase, too."""
        place: list[int] = []
        at = self._document
        for step in pointer.split("/")[1:]:
            name = step.replace("~1", "/").replace("~0", "~")
            if isinstance(at, dict):
                numbers = self._numbers_of(at)
                name = name if name in numbers else to_camel(name)
                place.append(numbers.get(name, len(numbers)))
                at = at.get(name)
            elif isinstance(at, list) and name.isdecimal() and len(name) < 10 and int(name) < len(at):
                place.append(int(name))
                at = at[int(name)]
            else:
                break
        return tuple(place)

    def _numbers_of(self, members: dict[str, Any]) -> dict[str, int]:
        numbers = self._numbers.get(id(members))
        if numbers is None:
            numbers = self._numbers[id(members)] = {name: number for number, name in enumerate(members)}
            self.numbered += len(numbers)
        return numbers


Path = tuple[Any, object] | None
"""A place as the place above it and the last step, so that a deep one costs no more than a flat one."""


def nul_paths(body: bytes) -> list[Path]:
    """Where a text holds NUL, which PostgreSQL's can't, in the document's order. Looked for only when the body spells one."""
    if b"\\u0000" not in body:
        return []
    try:
        document = msgspec.json.decode(body)
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError):
        return []
    return [path for path, text in _texts(document) if "\x00" in text]


def _nul_error(path: Path, *, camel: bool) -> FieldError:
    steps: list[object] = []
    while path is not None:
        path, step = path
        steps.append(step)
    return FieldError(pointer=json_pointer(reversed(steps), camel=camel), code=Code.MALFORMED, detail=NO_NUL)


def _texts(document: Any) -> Iterator[tuple[Path, str]]:
    """Every text of ``document``, names too, in its order."""
    waiting: list[tuple[Path, str | None, Any]] = [(None, None, document)]
    while waiting:
        path, name, at = waiting.pop()
        if name is not None:
            yield path, name
        if isinstance(at, str):
            yield path, at
        elif isinstance(at, list):
            waiting.extend(((path, i), None, at[i]) for i in reversed(range(len(at))))
        elif isinstance(at, dict):
            waiting.extend(((path, member), member, at[member]) for member in reversed(at))
