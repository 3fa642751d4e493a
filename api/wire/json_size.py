"""Count the values of a JSON document before it is validated, so that validation has bounded work."""

from dataclasses import fields, is_dataclass
from functools import cache
from types import UnionType
from typing import Annotated, Any, Union, get_args, get_origin, get_type_hints

import msgspec
from annotated_types import MaxLen

from api.wire.limits import NESTED_LIST, OBJECT_MEMBERS, SPARE_VALUES, UNBOUNDED_LIST
from api.wire.problem_details import TooLarge
from domain.shared.errors import Code, FieldError


def check_size(body: bytes, most: int) -> None:
    """Raise `TooLarge` when an object has more than `OBJECT_MEMBERS` members, or the document more than `most` values.

    JSON's separators are counted first, without parsing: that is enough for nearly every document.
    """
    colons, separators = body.count(b":"), body.count(b",") + body.count(b"[") + body.count(b"{")
    if colons <= OBJECT_MEMBERS and separators <= most:
        return
    try:
        document = msgspec.json.decode(body)
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError):
        return  # the validator reports where the syntax error is
    check_values(document, most)


def check_values(document: Any, most: int) -> int:
    """Return the number of values of a decoded `document`; raise `TooLarge` as `check_size` does.

    An object that is referenced several times counts each time. Counting stops at the first limit that is passed.
    """
    stack: list[Any] = [document]
    values = 0
    while stack:
        node = stack.pop()
        if isinstance(node, dict):
            if len(node) > OBJECT_MEMBERS:
                detail = f"an object has at most {OBJECT_MEMBERS:,} members, one here has {len(node):,}"
                raise _too_large(detail, OBJECT_MEMBERS)
            children: Any = node.values()
        elif isinstance(node, list):
            children = node
        else:
            continue
        values += len(children)
        if values > most:
            raise _too_large(f"the document has more than {most:,} members and items, more than this request can need", most)
        stack.extend(child for child in children if isinstance(child, dict | list))
    return values


def _too_large(what: str, limit: int) -> TooLarge:
    detail = f"{what}; leave out members that the documentation does not name"
    return TooLarge(detail, errors=[FieldError(pointer="", code=Code.TOO_LARGE, detail=detail)], extensions={"limit": limit})


@cache
def most_values(command: Any) -> int:
    """Return how many members and items a document of `command` may have: the most it can need, and `SPARE_VALUES`."""
    return _needed(command) + SPARE_VALUES


def _needed(hint: Any, most: int = UNBOUNDED_LIST) -> int:
    """Return how many values one of type `hint` can contain; a list without a maximum length counts `most` items."""
    hint = getattr(hint, "__supertype__", hint)
    origin = get_origin(hint)
    if isinstance(hint, type) and is_dataclass(hint):
        hints = get_type_hints(hint, include_extras=True)
        return sum(1 + _needed(hints[f.name]) for f in fields(hint))
    if origin is Annotated:
        longest = next((marker.max_length for marker in hint.__metadata__ if isinstance(marker, MaxLen)), most)
        return _needed(get_args(hint)[0], longest)
    if origin in {Union, UnionType}:
        return max(_needed(part, most) for part in get_args(hint))
    if origin in {tuple, dict}:
        return most * (1 + _needed(get_args(hint)[0 if origin is tuple else 1], NESTED_LIST))
    return 0
