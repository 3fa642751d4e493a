"""From the texts of a query to a command. JSON has types; here a number is what looks like one, and nothing else."""

import re
from collections.abc import Iterable, Mapping, Sequence
from functools import cache
from typing import Any, TypeVar, get_args, get_type_hints

from pydantic import ValidationError

from api.wire.request_faults import faults_of
from api.wire.request_validation import adapter
from domain.shared.errors import Code, Fault, Invalid

C = TypeVar("C")

WRITTEN: Mapping[type, tuple[re.Pattern[str], str]] = {
    bool: (re.compile(r"true|false"), "write true or false"),
    int: (re.compile(r"0|-?[1-9][0-9]*"), "write a whole number in the digits 0 to 9, as in 50"),
    float: (re.compile(r"-?(0|[1-9][0-9]*)(\.[0-9]+)?([eE][+-]?[0-9]+)?"), "write a number as JSON has it, as in 0.5"),
}
"""How a text says each type. Pydantic would also take 100.0, 1_0, +5 and 005 for integers, and yes, on and 1 for true."""


def read_texts(command: type[C], members: Mapping[str, str], also: Sequence[Fault] = ()) -> C:
    """The command that the texts of a query say: numbers, dates and ids are read from their text."""
    unwritten = [*_unwritten(command, members)]
    places = {fault.pointer for fault in unwritten}
    try:
        said: C = adapter(command).validate_strings(dict(members))
    except ValidationError as error:
        faults, omitted = faults_of(error)
        found = [fault for fault in faults if fault.pointer not in places]
        raise Invalid.of([*also, *unwritten, *found], omitted) from None
    if also or unwritten:
        raise Invalid.of([*also, *unwritten])
    return said


def _unwritten(command: type, members: Mapping[str, str]) -> Iterable[Fault]:
    for name, kind in _kinds(command).items():
        pattern, detail = WRITTEN[kind]
        if name in members and pattern.fullmatch(members[name]) is None:
            yield Fault(pointer=f"/{name}", code=Code.MALFORMED, detail=detail)


@cache
def _kinds(command: type) -> dict[str, type]:
    """Members that are a boolean or a number, or that or absent, with which of these."""
    found = {name: _kind(hint) for name, hint in get_type_hints(command).items()}
    return {name: kind for name, kind in found.items() if kind is not None}


def _kind(hint: Any) -> type | None:
    return next((part for part in (hint, *get_args(hint)) if isinstance(part, type) and part in WRITTEN), None)
