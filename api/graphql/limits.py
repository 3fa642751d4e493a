"""What a query may cost, decided before anything runs (contract 4).

Each fragment is read once and what it costs is kept, so that fragments which spread one another a hundred times cost
nothing. (Strawberry's own limiters walk every path anew, and make a new rule for each request, which no cache of validations
can hold.)
"""

from collections.abc import Mapping
from dataclasses import dataclass
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
    OperationDefinitionNode,
    SelectionSetNode,
    VariableNode,
    get_named_type,
)

from api.limits import GRAPHQL_ALIASES, GRAPHQL_DEPTH, GRAPHQL_ROWS
from domain.shared.errors import Code, Invalid
from domain.shared.paging import DEFAULT_LIMIT, MOST

INTROSPECTION = frozenset({"__schema", "__type"})
"""Asked by tools at a depth of its own; graphql-core's rule keeps its lists from nesting."""


@dataclass(frozen=True, kw_only=True)
class Size:
    """Of a selection: levels of fields, aliases, and the largest product of nested ``first``."""

    depth: int = 0
    aliases: int = 0
    rows: int = 1


def check(schema: GraphQLSchema, document: DocumentNode, variables: Mapping[str, Any]) -> None:
    """Refuse ``document`` (``query_too_complex``, or ``out_of_range`` for one ``first``) when it goes beyond a limit."""
    measure = Measure(schema, document, variables)
    for operation in document.definitions:
        if isinstance(operation, OperationDefinitionNode):
            size = measure.of(operation)
            _hold(size.depth, GRAPHQL_DEPTH, "levels of fields", "ask for the inner ones by a query of their own")
            _hold(size.aliases, GRAPHQL_ALIASES, "aliases", "send several queries")
            _hold(size.rows, GRAPHQL_ROWS, "rows in nested lists (the product of their first)", "ask for fewer with first")


def _hold(found: int, limit: int, what: str, remedy: str) -> None:
    if found > limit:
        # what fragments multiply has as many digits as they care to make
        number = str(found) if found < 10**9 else "far more"
        raise Invalid(f"a query has at most {limit} {what}, this has {number}; {remedy}", code=Code.QUERY_TOO_COMPLEX)


class Measure:
    """Measures the operations of one document."""

    def __init__(self, schema: GraphQLSchema, document: DocumentNode, variables: Mapping[str, Any]) -> None:
        self._schema = schema
        self._fragments = {d.name.value: d for d in document.definitions if isinstance(d, FragmentDefinitionNode)}
        self._variables = variables
        self._defaults: Mapping[str, Any] = {}
        self._measured: dict[str, Size] = {}

    def of(self, operation: OperationDefinitionNode) -> Size:
        """The size of ``operation``."""
        self._measured = {}
        self._defaults = {d.variable.name.value: d.default_value for d in operation.variable_definitions or ()}
        return self._selection(operation.selection_set, self._schema.get_root_type(operation.operation))

    def _selection(self, selection: SelectionSetNode | None, parent: GraphQLNamedType | None) -> Size:
        sizes = [self._part(part, parent) for part in selection.selections] if selection else []
        return Size(
            depth=max((s.depth for s in sizes), default=0),
            aliases=sum(s.aliases for s in sizes),
            rows=max((s.rows for s in sizes), default=1),
        )

    def _part(self, part: Any, parent: GraphQLNamedType | None) -> Size:
        if isinstance(part, FragmentSpreadNode):
            return self._fragment(part.name.value)
        if isinstance(part, FieldNode):
            return self._field(part, getattr(parent, "fields", {}).get(part.name.value))
        on = self._schema.get_type(part.type_condition.name.value) if part.type_condition else parent
        return self._selection(part.selection_set, on)

    def _field(self, part: FieldNode, known: GraphQLField | None) -> Size:
        inner = self._selection(part.selection_set, get_named_type(known.type) if known else None)
        aliases = inner.aliases + (part.alias is not None)
        if part.name.value in INTROSPECTION:
            return Size(aliases=aliases)
        first = self._first(part) if known and "first" in known.args else 1
        return Size(depth=inner.depth + 1, aliases=aliases, rows=inner.rows * first)

    def _fragment(self, name: str) -> Size:
        if name not in self._measured:
            self._measured[name] = Size()  # a cycle is refused by another rule; here it only has to end
            if found := self._fragments.get(name):
                on = self._schema.get_type(found.type_condition.name.value)
                self._measured[name] = self._selection(found.selection_set, on)
        return self._measured[name]

    def _first(self, part: FieldNode) -> int:
        """How many rows the list ``part`` is asked for; refused outside 1..100."""
        said = next((a.value for a in part.arguments or () if a.name.value == "first"), None)
        rows = self._number(said)
        if rows is not None and not 1 <= rows <= MOST:
            raise Invalid.at("/first", Code.OUT_OF_RANGE, f"first is 1 to {MOST}; go on with after and the page's endCursor")
        return DEFAULT_LIMIT if rows is None else rows

    def _number(self, said: Any) -> int | None:
        """The number that ``said`` is; None when it is left to its default, or of a type that validation refuses."""
        if isinstance(said, VariableNode):
            given = self._variables.get(said.name.value)
            said = self._defaults.get(said.name.value) if given is None else given
        if isinstance(said, IntValueNode):
            return int(said.value[:10])
        return said if isinstance(said, int) and not isinstance(said, bool) else None
