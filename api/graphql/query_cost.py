"""Measure depth, aliases, rows and cost of a query before it is executed (openapi/README.md 9.5).

Each fragment is measured once, so that nested spreads take no extra time. (Strawberry's limiters walk every path again, and
create a rule for each request, which defeats its validation cache.)
"""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from math import ceil
from typing import Any

from graphql import (
    DocumentNode,
    FieldNode,
    FragmentDefinitionNode,
    FragmentSpreadNode,
    GraphQLField,
    GraphQLNamedType,
    GraphQLSchema,
    IntValueNode,
    ListValueNode,
    ObjectValueNode,
    OperationDefinitionNode,
    SelectionSetNode,
    VariableNode,
    get_named_type,
)

from api.graphql.overlaps import count_field_pairs, count_spreads
from api.graphql.types import CHILDREN
from api.wire.limits import GRAPHQL_ALIASES, GRAPHQL_COST, GRAPHQL_DEPTH, GRAPHQL_PAIRS, GRAPHQL_ROWS, GRAPHQL_SPREADS
from domain.shared.errors import Code, Invalid
from domain.shared.paging import DEFAULT_LIMIT, MAX_LIMIT

MUTATION = 10
ITEMS_A_POINT = 10
ROWS_A_POINT = 10
FREE_FIELDS, FIELDS_A_POINT = 50, 10
INTROSPECTION_COSTS: Mapping[str, int] = {"__schema": 500, "__type": 50}
"""Costs of introspection fields. Their depth does not count; graphql-core's own rule limits it."""


@dataclass(frozen=True, kw_only=True)
class QuerySize:
    """Size of a selection: levels of fields, aliases, the largest product of nested `first`, cost (README), fields."""

    depth: int = 0
    aliases: int = 0
    rows: int = 1
    cost: int = 0
    fields: int = 0
    """Fields of the selection itself, fragments included, without nested ones."""


def check_query(schema: GraphQLSchema, document: DocumentNode, variables: Mapping[str, Any]) -> dict[str | None, int]:
    """Return the cost of each operation of `document`, by name.

    Raises `Invalid` (`query_too_complex`; `out_of_range` for a `first`) when a limit is exceeded.
    """
    _check_limit(count_spreads(document), GRAPHQL_SPREADS, "fragment spreads", "send several queries")
    measure, costs = QueryMeasure(schema, document, variables), {}
    for operation in document.definitions:
        if isinstance(operation, OperationDefinitionNode):
            size = measure.size_of(operation)
            _check_limit(size.depth, GRAPHQL_DEPTH, "levels of fields", "ask for the inner ones in another query")
            _check_limit(size.aliases, GRAPHQL_ALIASES, "aliases", "send several queries")
            _check_limit(
                size.rows, GRAPHQL_ROWS, "rows in nested lists (the product of their first)", "ask for fewer with first"
            )
            _check_cost(size.cost)
            _check_limit(
                count_field_pairs(operation, document),
                GRAPHQL_PAIRS,
                "pairs of fields with the same response name",
                "leave out duplicates",
            )
            costs[operation.name.value if operation.name else None] = size.cost
    return costs


def _check_cost(cost: int) -> None:
    if cost > GRAPHQL_COST:
        reported = min(cost, 10**9)  # nested fragments can multiply the cost without bound
        raise Invalid(
            f"a query costs at most {GRAPHQL_COST:,}, this one {reported:,}; ask for fewer rows with first, or for fewer "
            "fields in each (limits.graphql_cost_formula in GET /v1 says how cost is counted)",
            code=Code.QUERY_TOO_COMPLEX,
            extensions={"cost": reported, "limit": GRAPHQL_COST},
        )


def _check_limit(value: int, limit: int, what: str, remedy: str) -> None:
    if value > limit:
        number = str(value) if value < 10**9 else "far more"  # nested fragments can multiply it without bound
        raise Invalid(f"a query has at most {limit} {what}, this has {number}; {remedy}", code=Code.QUERY_TOO_COMPLEX)


def _length_cost(fields: int) -> int:
    """Return the cost of a selection for having more than `FREE_FIELDS` fields."""
    return ceil(max(0, fields - FREE_FIELDS) / FIELDS_A_POINT)


class QueryMeasure:
    """Measures the operations of one document."""

    def __init__(self, schema: GraphQLSchema, document: DocumentNode, variables: Mapping[str, Any]) -> None:
        self._schema = schema
        self._fragments = {d.name.value: d for d in document.definitions if isinstance(d, FragmentDefinitionNode)}
        self._variables = variables
        self._defaults: Mapping[str, Any] = {}
        self._measured: dict[str, QuerySize] = {}

    def size_of(self, operation: OperationDefinitionNode) -> QuerySize:
        """Return the size of `operation`."""
        self._measured = {}
        self._defaults = {d.variable.name.value: d.default_value for d in operation.variable_definitions or ()}
        size = self._selection(operation.selection_set, self._schema.get_root_type(operation.operation))
        return replace(size, cost=size.cost + _length_cost(size.fields))

    def _selection(self, selection: SelectionSetNode | None, parent: GraphQLNamedType | None) -> QuerySize:
        sizes = [self._selected_size(part, parent) for part in selection.selections] if selection else []
        return QuerySize(
            depth=max((s.depth for s in sizes), default=0),
            aliases=sum(s.aliases for s in sizes),
            rows=max((s.rows for s in sizes), default=1),
            cost=sum(s.cost for s in sizes),
            fields=sum(s.fields for s in sizes),
        )

    def _selected_size(self, part: Any, parent: GraphQLNamedType | None) -> QuerySize:
        if isinstance(part, FragmentSpreadNode):
            return self._fragment(part.name.value)
        if isinstance(part, FieldNode):
            return self._field(part, parent, getattr(parent, "fields", {}).get(part.name.value))
        on = self._schema.get_type(part.type_condition.name.value) if part.type_condition else parent
        return self._selection(part.selection_set, on)

    def _field(self, part: FieldNode, parent: GraphQLNamedType | None, definition: GraphQLField | None) -> QuerySize:
        inner = self._selection(part.selection_set, get_named_type(definition.type) if definition else None)
        aliases = inner.aliases + (part.alias is not None)
        if part.name.value in INTROSPECTION_COSTS:
            return QuerySize(aliases=aliases, cost=INTROSPECTION_COSTS[part.name.value], fields=1)
        is_list = definition is not None and "first" in definition.args
        first = self._first(part) if is_list else 1
        own = self._own_cost(part, parent, definition) + (ceil(first / ROWS_A_POINT) if is_list else 0)
        cost = own + (inner.cost + _length_cost(inner.fields)) * first
        return QuerySize(depth=inner.depth + 1, aliases=aliases, rows=inner.rows * first, cost=cost, fields=1)

    def _own_cost(self, part: FieldNode, parent: GraphQLNamedType | None, definition: GraphQLField | None) -> int:
        """Return the cost of the field itself, without its rows."""
        if parent is None or definition is None:
            return 0
        if parent is self._schema.mutation_type:
            return MUTATION + ceil(self._items(part) / ITEMS_A_POINT)
        return int(parent is self._schema.query_type or (parent.name, part.name.value) in CHILDREN)

    def _items(self, part: FieldNode) -> int:
        """Return the length of the list `items` in the mutation's input, or 0."""
        value: Any = next((a.value for a in part.arguments or () if a.name.value == "input"), None)
        if isinstance(value, VariableNode):
            value = self._variable_value(value)
        if isinstance(value, ObjectValueNode):
            value = next((f.value for f in value.fields if f.name.value == "items"), None)
        if isinstance(value, VariableNode):
            value = self._variable_value(value)
        if isinstance(value, Mapping):
            value = value.get("items")
        if isinstance(value, ListValueNode):
            return len(value.values)
        return len(value) if isinstance(value, list) else 0

    def _variable_value(self, node: VariableNode) -> Any:
        value = self._variables.get(node.name.value)
        return self._defaults.get(node.name.value) if value is None else value

    def _fragment(self, name: str) -> QuerySize:
        if name not in self._measured:
            self._measured[name] = QuerySize()  # ends the recursion of a cycle, which another rule rejects
            if fragment := self._fragments.get(name):
                on = self._schema.get_type(fragment.type_condition.name.value)
                self._measured[name] = self._selection(fragment.selection_set, on)
        return self._measured[name]

    def _first(self, part: FieldNode) -> int:
        """Return `first` of the list `part`, or its default. Raises `Invalid` outside 1 to 100."""
        rows = self._number(next((a.value for a in part.arguments or () if a.name.value == "first"), None))
        if rows is not None and not 1 <= rows <= MAX_LIMIT:
            raise Invalid.at(
                "/first", Code.OUT_OF_RANGE, f"first must be 1 to {MAX_LIMIT}; read further pages with after and endCursor"
            )
        return DEFAULT_LIMIT if rows is None else rows

    def _number(self, node: Any) -> int | None:
        """Return the number in `node`; None if it is absent or of a type that validation rejects."""
        if isinstance(node, VariableNode):
            node = self._variable_value(node)
        if isinstance(node, IntValueNode):
            return int(node.value[:10])
        return node if isinstance(node, int) and not isinstance(node, bool) else None
