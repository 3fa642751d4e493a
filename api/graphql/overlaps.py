"""Count the comparisons of graphql-core's rule `OverlappingFieldsCanBeMerged` before it runs.

The rule compares every two fields with the same response name in one selection, and every two fragments: quadratic work.
"""

from collections.abc import Mapping, Sequence
from typing import Any

from graphql import DocumentNode, FieldNode, FragmentDefinitionNode, FragmentSpreadNode, OperationDefinitionNode

from api.wire.limits import GRAPHQL_PAIRS

MOST_VISITS = 10_000
"""Fields counted, once in each selection they belong to; a query with more is rejected as one above the limit."""


def count_spreads(document: DocumentNode) -> int:
    """Return the number of fragment spreads in `document`."""
    stack: list[Any] = list(document.definitions)
    spreads = 0
    while stack:
        selected = getattr(stack.pop(), "selection_set", None)
        for part in selected.selections if selected else ():
            spreads += isinstance(part, FragmentSpreadNode)
            stack.append(part)
    return spreads


def count_field_pairs(operation: OperationDefinitionNode, document: DocumentNode) -> int:
    """Return the number of pairs of fields of `operation` with the same response name in one selection.

    Counting stops when `GRAPHQL_PAIRS` or `MOST_VISITS` is exceeded; the result is then greater than `GRAPHQL_PAIRS`.
    """
    fragments = {d.name.value: d for d in document.definitions if isinstance(d, FragmentDefinitionNode)}
    stack: list[list[Any]] = [[operation.selection_set]]
    pairs = visits = 0
    while stack and pairs <= GRAPHQL_PAIRS:
        for fields in _fields_by_response_name(stack.pop(), fragments).values():
            visits += len(fields)
            pairs += len(fields) * (len(fields) - 1) // 2
            if inner := [field.selection_set for field in fields if field.selection_set]:
                stack.append(inner)
        if visits > MOST_VISITS:
            return GRAPHQL_PAIRS + 1
    return pairs


def _fields_by_response_name(
    selections: Sequence[Any], fragments: Mapping[str, FragmentDefinitionNode]
) -> dict[str, list[FieldNode]]:
    """Return the fields of merged `selections` by response name, with each fragment included once."""
    stack = list(selections)
    spread: set[str] = set()
    by_name: dict[str, list[FieldNode]] = {}
    while stack:
        for part in stack.pop().selections:
            if isinstance(part, FieldNode):
                by_name.setdefault((part.alias or part.name).value, []).append(part)
            elif not isinstance(part, FragmentSpreadNode):
                stack.append(part.selection_set)
            elif (name := part.name.value) not in spread and name in fragments:
                spread.add(name)
                stack.append(fragments[name].selection_set)
    return by_name
