"""How much a JSON document may hold, found out before it is validated: what is counted here bounds all that follows."""

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
    """Refuse (``TooLarge``) an object of more than ``OBJECT_MEMBERS`` members, and more than ``most`` values in all.

    Texts are searched for the signs between values first: nearly every document is known to be small enough by that.
    """
    signs = body.count(b":"), body.count(b",") + body.count(b"[") + body.count(b"{")
    if signs[0] <= OBJECT_MEMBERS and signs[1] <= most:
        return
    try:
        document = msgspec.json.decode(body)
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError):
        return  # refused by the validator, which says where
    check_values(document, most)


def check_values(document: Any, most: int) -> int:
    """As ``check_size``, of a document that was decoded; how many values it holds.

    A part that stands in several places counts in each. No more is looked at than is needed to refuse.
    """
    waiting: list[Any] = [document]
    values = 0
    while waiting:
        at = waiting.pop()
        if isinstance(at, dict):
            if len(at) > OBJECT_MEMBERS:
                raise _too_large(f"an object has at most {OBJECT_MEMBERS:,} members, one here has {len(at):,}", OBJECT_MEMBERS)
            parts: Any = at.values()
        elif isinstance(at, list):
            parts = at
        else:
            continue
        values += len(parts)
        if values > most:
            raise _too_large(f"there are more than {most:,} members and items, which is more than is ever needed here", most)
        waiting.extend(part for part in parts if isinstance(part, dict | list))
    return values


def _too_large(what: str, limit: int) -> TooLarge:
    detail = f"{what}; leave out what the documentation does not name"
    return TooLarge(detail, errors=[FieldError(pointer="", code=Code.TOO_LARGE, detail=detail)], extensions={"limit": limit})


@cache
def most_values(command: Any) -> int:
    """How many members and items a document of ``command`` can need, and some to spare for what is wrong with it."""
    return _needed(command) + SPARE_VALUES


def _needed(hint: Any, most: int = UNBOUNDED_LIST) -> int:
    """Values below one of the type ``hint``; ``most``: the items of a list that says no number."""
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
