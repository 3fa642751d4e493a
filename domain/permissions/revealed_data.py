"""What an answer reveals about a leader, read from its type. The purpose lock and the audit of reads follow from it.

A field of a view says what it reveals in its type (`Annotated[float, Revealed.ESTIMATE]`); an answer reveals whatever any
field in it does, however deep. So a new view can't be forgotten in a list of names.
"""

from collections.abc import Callable
from dataclasses import fields, is_dataclass
from enum import StrEnum
from functools import cache, partial
from typing import Any, get_args, get_origin, get_type_hints

from domain.shared.context import Actor
from domain.shared.errors import Code, Forbidden


class Revealed(StrEnum):
    """What a field tells about a leader, or about the people who answer a leader."""

    ESTIMATE = "estimate"
    """A score, or what is computed from scores."""
    RATING = "rating"
    """What somebody said of a leader."""
    LABEL = "label"
    """How a group feels a change, or how its leader thinks that it does."""
    TEXT = "text"
    """What somebody wrote about a person."""


_NO_ANNOTATION = object()
FROM_THE_REQUEST = "computed from what the request says alone"
"""In ``Annotated``: an answer of this type reveals nothing here, as it holds nothing but what its asker sent."""


@cache
def revealed_by(answer: Any) -> frozenset[Revealed]:
    """What an answer of the type ``answer`` reveals, in any of its fields, however deep."""
    found: set[Revealed] = set()
    visited: set[Any] = set()
    waiting: list[Any] = [answer]
    while waiting:
        hint = waiting.pop()
        if isinstance(hint, list):  # the parameters of a Callable
            waiting += hint
            continue
        if hint in visited:
            continue
        visited.add(hint)
        if isinstance(hint, Revealed):
            found.add(hint)
            continue
        if FROM_THE_REQUEST in getattr(hint, "__metadata__", ()):
            continue
        waiting += get_args(hint)
        view = get_origin(hint) or hint
        if isinstance(view, type) and is_dataclass(view):
            hints = get_type_hints(view, include_extras=True)
            waiting += [hints[f.name] for f in fields(view)]
    return frozenset(found)


def revealed_by_use_case(use_case: Callable[..., Any]) -> frozenset[Revealed]:
    """What the answer of ``use_case`` reveals; everything where it does not say of what type its answer is."""
    while isinstance(use_case, partial):
        use_case = use_case.func
    return _of_use_case(use_case)


@cache
def _of_use_case(use_case: Callable[..., Any]) -> frozenset[Revealed]:
    answer = get_type_hints(use_case, include_extras=True).get("return", _NO_ANNOTATION)
    return frozenset(Revealed) if answer is _NO_ANNOTATION else revealed_by(answer)


def check_purpose(actor: Actor, revealed: frozenset[Revealed]) -> None:
    """Refuse (``purpose_locked``) evidence, or what is computed from it, to a client registered for evaluating staff."""
    if revealed and actor.evaluates:
        raise Forbidden(
            "this client is registered for evaluating staff, and what is held was gathered as formative evidence; "
            "it can't be read for an evaluation, by anybody",
            code=Code.PURPOSE_LOCKED,
        )
