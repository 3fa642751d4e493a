"""Parse values of paths and query strings, which are all texts: strict formats for booleans and numbers."""

import re
from collections.abc import Callable, Mapping
from types import UnionType
from typing import Annotated, Any, Union, get_args, get_origin

from pydantic import BeforeValidator

from api.wire.request_validation import strict_annotation
from domain.shared.errors import Code, Invalid

SCALAR_FORMATS: Mapping[type, tuple[re.Pattern[str], str]] = {
    bool: (re.compile(r"true|false"), "write true or false"),
    int: (re.compile(r"0|-?[1-9][0-9]*"), "write a whole number in the digits 0 to 9, as in 50"),
    float: (re.compile(r"-?(0|[1-9][0-9]*)(\.[0-9]+)?([eE][+-]?[0-9]+)?"), "write a number as JSON has it, as in 0.5"),
}
"""The format of each type. Pydantic alone would also accept 100.0, 1_0, +5 and 005 as integers, and yes, on and 1 as true."""


def text_annotation(hint: Any) -> Any:
    """Return `hint` for pydantic, for values that are texts: one that does not match `SCALAR_FORMATS` is `malformed`."""
    if get_origin(hint) is Annotated:
        kind, *markers = get_args(hint)
        if kind not in SCALAR_FORMATS:
            return strict_annotation(hint)
        return Annotated[kind, *markers, BeforeValidator(format_checker(kind))]
    if hint in SCALAR_FORMATS:
        return Annotated[hint, BeforeValidator(format_checker(hint))]
    if get_origin(hint) in {Union, UnionType}:
        return Union[tuple(text_annotation(part) for part in get_args(hint))]  # noqa: UP007 - the parts are computed
    return strict_annotation(hint)


def format_checker(kind: type) -> Callable[[Any], Any]:
    """Return a validator that raises `Invalid` (`malformed`) for a text that does not have the format of `kind`."""
    pattern, detail = SCALAR_FORMATS[kind]

    def check(value: Any) -> Any:
        if isinstance(value, str) and pattern.fullmatch(value) is None:
            raise Invalid.at("", Code.MALFORMED, detail)
        return value

    return check
