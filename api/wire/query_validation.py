"""Values of a path or query. JSON has types; here a number is what looks like one, and nothing else."""

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
"""How a text writes each type. Pydantic would also take 100.0, 1_0, +5 and 005 for integers, and yes, on and 1 for true."""


def text_annotation(hint: Any) -> Any:
    """Return `hint` for pydantic where its values are texts: what is not written as in `FORMS` is `malformed`."""
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
    """Return the check that a text is written as a `kind` is; raises `Invalid` (`malformed`) otherwise."""
    form, detail = SCALAR_FORMATS[kind]

    def check(value: Any) -> Any:
        if isinstance(value, str) and form.fullmatch(value) is None:
            raise Invalid.at("", Code.MALFORMED, detail)
        return value

    return check
