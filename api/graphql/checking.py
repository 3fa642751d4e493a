"""Everything that is decided about a query before it runs: its limits, its validity, its variables."""

from collections.abc import Iterator
from functools import lru_cache

from graphql import DocumentNode, GraphQLError, GraphQLSchema, get_operation_ast, specified_rules, validate
from graphql.validation import MaxIntrospectionDepthRule
from strawberry.extensions import SchemaExtension

from api.graphql import limits, variables
from domain.shared.errors import DomainError

KEPT = 256
"""Documents whose validation is kept; as many as ``ParserCache`` keeps parsed."""

RULES = (*specified_rules, MaxIntrospectionDepthRule)


class Checked(SchemaExtension):
    """Limits, validity and variables of a query, in this order; nothing runs unless all three are in order."""

    def on_operation(self) -> Iterator[None]:
        """Let the parser stop at the limit of tokens."""
        self.execution_context.parse_options["max_tokens"] = limits.TOKENS
        yield

    def on_validate(self) -> Iterator[None]:
        """Put what is refused where strawberry looks for it; an empty list says that validation is done."""
        self.execution_context.pre_execution_errors = list(self._errors())
        yield

    def _errors(self) -> tuple[GraphQLError, ...]:
        asked = self.execution_context
        schema, document, given = asked.schema._schema, asked.graphql_document, asked.variables or {}  # noqa: SLF001 - graphql-core's
        if document is None:
            return ()
        try:
            limits.check(schema, document, given)
            if invalid := valid(schema, document):
                return invalid
            operation = get_operation_ast(document, asked.operation_name)
            if operation is not None:
                variables.check(schema, operation, given)
        except DomainError as refusal:
            return (GraphQLError(refusal.detail, original_error=refusal),)
        return ()


@lru_cache(maxsize=KEPT)
def valid(schema: GraphQLSchema, document: DocumentNode) -> tuple[GraphQLError, ...]:
    """What is invalid in ``document``, kept as long as it is asked often."""
    return tuple(validate(schema, document, RULES))
