"""Convert pydantic's errors to field errors with our codes, pointers and texts, in document order (openapi/README.md 2.2)."""

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any

import msgspec
from pydantic.alias_generators import to_camel
from pydantic_core import ErrorDetails

from domain.shared.errors import MAX_ERRORS, Code, FieldError, Invalid

CODES: Mapping[str, tuple[Code, str]] = {
    "missing": (Code.MISSING, "this member is required"),
    "unexpected_keyword_argument": (Code.UNKNOWN_MEMBER, "unknown member; check its spelling or leave it out"),
    "extra_forbidden": (Code.UNKNOWN_MEMBER, "unknown member; check its spelling or leave it out"),
    "enum": (Code.NOT_ALLOWED, "give {expected}"),
    "literal_error": (Code.NOT_ALLOWED, "give {expected}"),
    "string_too_long": (Code.TOO_LONG, "at most {max_length} characters"),
    "too_long": (Code.TOO_LONG, "at most {max_length} items"),
    "string_too_short": (Code.EMPTY, "must not be empty; leave the member out instead"),
    "too_short": (Code.EMPTY, "at least {min_length} items"),
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
"""Pydantic's types of error with our code and text; every other one is a wrong type."""

MALFORMED_TYPES = re.compile(r"_(parsing|parsing_size|from_date_parsing|object_invalid|inexact)$|^(uuid|datetime|date|time)_")
"""Pydantic's types of error for the right JSON type in a wrong format."""

ENUM_MEMBER = re.compile(r"<[\w.]+: ('[^']*')>")
"""The repr of an enum member, which messages replace by its value."""

CODE_OVERRIDES: Mapping[tuple[str, Code], Code] = {("purpose", Code.NOT_ALLOWED): Code.PURPOSE_NOT_ACCEPTED}
"""Members whose error has its own code."""

MAX_ERRORS_DETAILED = 5_000
"""Errors of one document above which none is listed; no serious document has more."""
NO_NUL = "a text must not contain a NUL character; leave it out"


def validation_error(
    details: Sequence[ErrorDetails], body: bytes, earlier_errors: Sequence[FieldError] = (), *, camel: bool = False
) -> Invalid | None:
    """Return all errors of `body`: pydantic's `details`, NUL characters and `earlier_errors`; None without any.

    `camel`: the document's names are camelCase. Pointers are in snake_case in either case.
    """
    if len(details) > MAX_ERRORS_DETAILED:
        return too_many_errors(len(details))
    errors, omitted = errors_from_pydantic(details, camel=camel)
    paths = nul_paths(body)
    # Only the first MAX_ERRORS can be listed, so pointers are made for those alone.
    errors += [_nul_error(path, camel=camel) for path in paths[:MAX_ERRORS]]
    errors += earlier_errors
    return Invalid.of(in_document_order(errors, body), omitted + max(0, len(paths) - MAX_ERRORS)) if errors else None


def too_many_errors(count: int) -> Invalid:
    """Return the error for a document with so many errors (`count`) that none is listed."""
    detail = f"the document has {count:,} errors; send a part of it, correct that, then send the whole"
    return Invalid(detail, errors_omitted=count)


def wrap_single_values(details: Sequence[ErrorDetails], body: bytes) -> bytes | None:
    """Return `body` with single values wrapped in lists where a list is expected (as GraphQL coerces); None without any."""
    single = [e for e in details if e["type"] == "tuple_type" and e["loc"] and e["input"] is not None]
    if not single:
        return None
    document = msgspec.json.decode(body)
    for error in single:
        parent: Any = document
        for step in error["loc"][:-1]:
            parent = parent[step]
        parent[error["loc"][-1]] = [error["input"]]
    return msgspec.json.encode(document)


def errors_from_pydantic(details: Sequence[ErrorDetails], *, camel: bool = False) -> tuple[list[FieldError], int]:
    """Return our errors for pydantic's `details`, and how many more a rule across members left out.

    Pydantic counts a list's invalid members as absent: `empty` for a list is dropped when its members have errors.
    """
    errors: list[FieldError] = []
    omitted = 0
    for detail in details:
        cause = detail.get("ctx", {}).get("error")
        omitted += cause.errors_omitted if isinstance(cause, Invalid) else 0
        errors += _field_errors(detail, cause, camel=camel)
    parents = {parent for error in errors for parent in _parents(error.pointer)}
    return [error for error in errors if error.code != Code.EMPTY or error.pointer not in parents], omitted


def _parents(pointer: str) -> Iterator[str]:
    end = pointer.rfind("/")
    while end > 0:
        yield pointer[:end]
        end = pointer.rfind("/", 0, end)


def _field_errors(detail: ErrorDetails, cause: object, *, camel: bool) -> Iterator[FieldError]:
    pointer = json_pointer((part for part in detail["loc"] if not _is_branch(part)), camel=camel)
    if isinstance(cause, Invalid):
        for error in cause.errors:
            yield FieldError(pointer=pointer + error.pointer, code=error.code, detail=error.detail)
        return
    code, sentence = _code_and_template(detail["type"])
    name = str(detail["loc"][-1]) if detail["loc"] else ""
    yield FieldError(pointer=pointer, code=CODE_OVERRIDES.get((name, code), code), detail=_message(sentence, detail))


def _is_branch(part: object) -> bool:
    """Return whether pydantic added `part` to the location for a branch of a union; no member has such a name."""
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
    """Return the JSON Pointer (RFC 6901) of `path`; `camel`: its names are camelCase and become snake_case."""
    return "".join(f"/{escape_pointer(to_snake(part) if camel and isinstance(part, str) else part)}" for part in path)


def escape_pointer(part: object) -> str:
    """Return `part` escaped as one step of a JSON Pointer (RFC 6901)."""
    return str(part).replace("~", "~0").replace("/", "~1")


SNAKE_CASE_NAMES: dict[str, str] = {}
"""Names of commands' members in snake_case, by camelCase; `make_strict` fills it."""


def to_snake(name: str) -> str:
    """Return the name of a member in snake_case, as in REST."""
    return SNAKE_CASE_NAMES.get(name) or re.sub(r"(?<=[a-z0-9])([A-Z])", lambda m: f"_{m[1].lower()}", name)


def in_document_order(errors: list[FieldError], body: bytes) -> list[FieldError]:
    """Return `errors` in the order of the document `body`; a missing member comes after those of its object."""
    try:
        document = msgspec.json.decode(body)
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError):
        return errors
    positions = DocumentPositions(document)
    return sorted(errors, key=lambda error: positions.position_of(error.pointer))


class DocumentPositions:
    """Positions of pointers in one document. Each object's members are numbered once, however many errors it has."""

    def __init__(self, document: Any) -> None:
        self._document = document
        self._numbers: dict[int, dict[str, int]] = {}
        self.numbered = 0
        """Members numbered so far."""

    def position_of(self, pointer: str) -> tuple[int, ...]:
        """Return a sort key for `pointer`: the index of each step; a name in snake_case also matches camelCase."""
        position: list[int] = []
        node = self._document
        for step in pointer.split("/")[1:]:
            name = step.replace("~1", "/").replace("~0", "~")
            if isinstance(node, dict):
                numbers = self._numbers_of(node)
                name = name if name in numbers else to_camel(name)
                position.append(numbers.get(name, len(numbers)))
                node = node.get(name)
            elif isinstance(node, list) and name.isdecimal() and len(name) < 10 and int(name) < len(node):
                position.append(int(name))
                node = node[int(name)]
            else:
                break
        return tuple(position)

    def _numbers_of(self, members: dict[str, Any]) -> dict[str, int]:
        numbers = self._numbers.get(id(members))
        if numbers is None:
            numbers = self._numbers[id(members)] = {name: number for number, name in enumerate(members)}
            self.numbered += len(numbers)
        return numbers


Path = tuple[Any, object] | None
"""A path as its parent's path and its last step (a linked list, so that a deep path costs no more than a flat one)."""


def nul_paths(body: bytes) -> list[Path]:
    """Return the paths of texts with a NUL character, which PostgreSQL cannot store, in document order."""
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
    """Yield every text of `document` with its path, names of members included, in document order."""
    stack: list[tuple[Path, str | None, Any]] = [(None, None, document)]
    while stack:
        path, name, node = stack.pop()
        if name is not None:
            yield path, name
        if isinstance(node, str):
            yield path, node
        elif isinstance(node, list):
            stack.extend(((path, i), None, node[i]) for i in reversed(range(len(node))))
        elif isinstance(node, dict):
            stack.extend(((path, member), member, node[member]) for member in reversed(node))
