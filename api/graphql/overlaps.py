"""How much graphql-core will have to compare to see that no two fields contradict one another, counted beforehand.

Its rule compares every two fields that are answered in one place, and every two fragments: the work grows with their square.
"""

from collections.abc import Mapping, Sequence
from typing import Any

from graphql import DocumentNode, FieldNode, FragmentDefinitionNode, FragmentSpreadNode, OperationDefinitionNode

from api.wire.limits import GRAPHQL_PAIRS

MOST_VISITS = 10_000
"""Fields looked at, once in each place that they are answered in; what needs more is refused like what is over the limit."""


def count_spreads(document: DocumentNode) -> int:
    """How many spreads of fragments are written in ``document``."""
    waiting: list[Any] = list(document.definitions)
    spreads = 0
    while waiting:
        selected = getattr(waiting.pop(), "selection_set", None)
        for part in selected.selections if selected else ():
            spreads += isinstance(part, FragmentSpreadNode)
            waiting.append(part)
    return spreads


def count_field_pairs(operation: OperationDefinitionNode, document: DocumentNode) -> int:
    """How many pairs of fields of ``operation`` are answered in one place, under one name.

    Counting ends where the limit or ``MOST_VISITS`` is passed; then it is more than ``GRAPHQL_PAIRS``.
    """
    fragments = {d.name.value: d for d in document.definitions if isinstance(d, FragmentDefinitionNode)}
    places: list[list[Any]] = [[operation.selection_set]]
    pairs = visits = 0
    while places and pairs <= GRAPHQL_PAIRS:
        answered = _fields_by_response_name(places.pop(), fragments)
        for fields in answered.values():
            visits += len(fields)
            pairs += len(fields) * (len(fields) - 1) // 2
            if inner := [field.selection_set for field in fields if field.selection_set]:
                places.append(inner)
        if visits > MOST_VISITS:
            return GRAPHQL_PAIRS + 1
    return pairs


def _fields_by_response_name(
    selections: Sequence[Any], fragments: Mapping[str, FragmentDefinitionNode]
) -> dict[str, list[FieldNode]]:
    """The fields of one place by the names they are answered under, each fragment spread in once."""
    waiting = list(selections)
    spread: set[str] = set()
    answered: dict[str, list[FieldNode]] = {}
    while waiting:
        for part in waiting.pop().selections:
            if isinstance(part, FieldNode):
                answered.setdefault((part.alias or part.name).value, []).append(part)
            elif not isinstance(part, FragmentSpreadNode):
                waiting.append(part.selection_set)
            elif (name := part.name.value) not in spread and name in fragments:
                spread.add(name)
                waiting.append(fragments[name].selection_set)
    return answered
