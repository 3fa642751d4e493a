"""Check a query before it is executed: limits, validity, variables and inputs."""

from collections.abc import AsyncIterator, Iterator
from functools import partial

from graphql import GraphQLError, execute_sync, get_operation_ast
from strawberry.extensions import SchemaExtension

from api.graphql import query_cost
from api.graphql.document_cache import DocumentCache, ParsedDocument
from api.graphql.document_inputs import collect_inputs
from api.graphql.document_rules import graphql_error
from api.wire.limits import ANONYMOUS_CHARACTERS, ANONYMOUS_TOKENS, GRAPHQL_CHARACTERS, GRAPHQL_TOKENS
from domain.shared.errors import Code, DomainError, Invalid
from domain.shared.thread_pool import ThreadPool

INTROSPECTION = ThreadPool(1, "introspection")
DOCUMENTS = DocumentCache()
"""The cache of this process; documents contain no data of a district."""


class ValidationExtension(SchemaExtension):
    """Checks limits, validity and variables of a query, in this order; executes it only without errors."""

    def on_parse(self) -> Iterator[None]:
        """Parse the document, or get it from the cache. Without a valid token its size is limited first."""
        text = self.execution_context.query or ""
        anonymous = self.execution_context.context.runner.resolved is None
        if anonymous and len(text) > ANONYMOUS_CHARACTERS:
            raise graphql_error(_over_budget(f"{ANONYMOUS_CHARACTERS:,} characters"))
        if len(text) > GRAPHQL_CHARACTERS:
            detail = f"a query has at most {GRAPHQL_CHARACTERS:,} characters; send long values in variables"
            raise graphql_error(Invalid(detail, code=Code.QUERY_TOO_COMPLEX))
        self._parsed: ParsedDocument = DOCUMENTS.parse(text, GRAPHQL_TOKENS)
        if anonymous and self._parsed.document.token_count > ANONYMOUS_TOKENS:
            raise graphql_error(_over_budget(f"{ANONYMOUS_TOKENS:,} tokens"))
        self.execution_context.graphql_document = self._parsed.document
        yield

    def on_validate(self) -> Iterator[None]:
        """Set strawberry's `pre_execution_errors`; an empty list means valid."""
        self.execution_context.pre_execution_errors = list(self._errors())
        if self._parsed.executable is not None:
            self.execution_context.graphql_document = self._parsed.executable
        yield

    async def on_execute(self) -> AsyncIterator[None]:
        """Execute the query, in a slot of the concurrency limit if it is expensive.

        Introspection runs in a thread, since it would block the event loop for long.
        """
        request = self.execution_context
        async with request.context.slot():
            if self._parsed.is_introspection and request.graphql_document is not None:
                execute = partial(execute_sync, request.schema._schema, request.graphql_document)  # noqa: SLF001 - graphql-core's own
                request.result = await INTROSPECTION.run(
                    partial(execute, variable_values=request.variables, operation_name=request.operation_name)
                )
            yield

    def _errors(self) -> tuple[GraphQLError, ...]:
        request = self.execution_context
        schema, variables = request.schema._schema, request.variables or {}  # noqa: SLF001 - graphql-core's own
        try:
            costs = query_cost.check_query(schema, self._parsed.document, variables)
            if len(costs) == 1 or request.operation_name in costs:
                request.context.cost = costs.get(request.operation_name, next(iter(costs.values())))
            if errors := self._parsed.validation_errors(schema):
                return errors
            operation = get_operation_ast(self._parsed.document, request.operation_name)
            if operation is not None:
                request.context.inputs = collect_inputs(schema, operation, self._parsed.literals, variables)
        except DomainError as error:
            return (GraphQLError(error.detail, original_error=error),)
        return ()


def _over_budget(what: str) -> Invalid:
    detail = f"a query without a valid token has at most {what}; send a token in Authorization: Bearer, or ask for less"
    return Invalid(detail, code=Code.QUERY_TOO_COMPLEX)
