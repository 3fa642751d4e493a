"""Everything that is decided about a query before it runs: its limits, its validity, its variables."""

from collections.abc import AsyncIterator, Iterator

from graphql import GraphQLError, get_operation_ast
from strawberry.extensions import SchemaExtension

from api.graphql import limits, variables
from api.graphql.documents import Documents, Known
from api.limits import GRAPHQL_TOKENS
from domain.shared.errors import DomainError

DOCUMENTS = Documents()
"""Of this worker; they hold nothing of a district."""


class Checked(SchemaExtension):
    """Limits, validity and variables of a query, in this order; nothing runs unless all three are in order."""

    def on_parse(self) -> Iterator[None]:
        """Read the document, or remember it."""
        self._known: Known = DOCUMENTS.read(self.execution_context.query or "", GRAPHQL_TOKENS)
        self.execution_context.graphql_document = self._known.document
        yield

    def on_validate(self) -> Iterator[None]:
        """Put what is refused where strawberry looks for it; an empty list says that validation is done."""
        self.execution_context.pre_execution_errors = list(self._errors())
        yield

    async def on_execute(self) -> AsyncIterator[None]:
        """Run in a place of its own where the query is expensive."""
        async with self.execution_context.context.place():
            yield

    def _errors(self) -> tuple[GraphQLError, ...]:
        asked = self.execution_context
        schema, given = asked.schema._schema, asked.variables or {}  # noqa: SLF001 - graphql-core's own
        try:
            costs = limits.check(schema, self._known.document, given)
            if len(costs) == 1 or asked.operation_name in costs:
                asked.context.cost = costs.get(asked.operation_name, next(iter(costs.values())))
            if invalid := self._known.faults(schema):
                return invalid
            operation = get_operation_ast(self._known.document, asked.operation_name)
            if operation is not None:
                variables.check(schema, operation, given)
        except DomainError as refusal:
            return (GraphQLError(refusal.detail, original_error=refusal),)
        return ()
