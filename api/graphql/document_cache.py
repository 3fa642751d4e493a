"""Queries that were read before: parsed and validated once, kept within a budget.

Strawberry's caches count documents, not their size. Anybody may ask a public endpoint: 256 documents of 2,000 tokens would
fill 200 MB. A document takes up to 200 times the memory of its text, so texts are what is counted.
"""

from collections import OrderedDict
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

from graphql import (
    DocumentNode,
    FieldNode,
    GraphQLError,
    GraphQLSchema,
    GraphQLSyntaxError,
    Lexer,
    OperationDefinitionNode,
    Source,
    TokenKind,
    parse,
)

from api.graphql.document_inputs import extract_inputs
from api.graphql.document_rules import LEAF_RULES, RULES, find_errors
from api.graphql.query_cost import INTROSPECTION_COSTS
from domain.shared.errors import Code, Invalid

OPEN_BRACKETS = frozenset({TokenKind.BRACE_L, TokenKind.BRACKET_L, TokenKind.PAREN_L})
CLOSE_BRACKETS = frozenset({TokenKind.BRACE_R, TokenKind.BRACKET_R, TokenKind.PAREN_R})
MAX_BRACKET_DEPTH = 100
"""Brackets that may stand open at once, where a document could not be read."""
CACHE_CHARACTERS = 128 * 1024
MAX_CACHED_CHARACTERS = 8 * 1024
"""Characters of all texts kept, and of one that is: a client's own queries are shorter."""


@dataclass(kw_only=True)
class ParsedDocument:
    """A document and, once it was validated, what is invalid in it and how it is executed: without its inputs."""

    document: DocumentNode
    invalid: tuple[GraphQLError, ...] | None = None
    executable: DocumentNode | None = None
    literals: Mapping[str, Any] = field(default_factory=dict)

    @cached_property
    def is_introspection(self) -> bool:
        """Whether it asks about the schema and nothing else: one operation, of introspection alone."""
        selected = [d.selection_set.selections for d in self.document.definitions if isinstance(d, OperationDefinitionNode)]
        parts = selected[0] if len(selected) == 1 else ()
        return bool(parts) and all(isinstance(part, FieldNode) and part.name.value in INTROSPECTION_COSTS for part in parts)

    def validation_errors(self, schema: GraphQLSchema) -> tuple[GraphQLError, ...]:
        """What is invalid in the document."""
        if self.invalid is None:
            found = find_errors(schema, self.document, RULES)
            if not found:
                self.executable, self.literals = extract_inputs(schema, self.document)
                found = find_errors(schema, self.executable, LEAF_RULES)
            self.invalid = tuple(found)
        return self.invalid


class DocumentCache:
    """The documents asked for last, by their text."""

    def __init__(self, budget: int = CACHE_CHARACTERS, longest: int = MAX_CACHED_CHARACTERS) -> None:
        self._budget, self._longest = budget, longest
        self._entries: OrderedDict[str, ParsedDocument] = OrderedDict()
        self.size = 0

    def parse(self, text: str, most_tokens: int) -> ParsedDocument:
        """The document of ``text``; ``GraphQLError`` when it is none, or one of more than ``most_tokens``."""
        if text in self._entries:
            self._entries.move_to_end(text)
            return self._entries[text]
        try:
            known = ParsedDocument(document=parse(text, max_tokens=most_tokens))
        except GraphQLSyntaxError as error:
            refusal = _syntax_error(text, most_tokens, error)
            # Without the library's own error, which holds the text and the frames of the parser.
            raise GraphQLError(refusal.detail, source=error.source, positions=error.positions, original_error=refusal) from None
        if len(text) <= self._longest:
            self._store(text, known)
        return known

    def _store(self, text: str, parsed: ParsedDocument) -> None:
        self._entries[text] = parsed
        self.size += len(text)
        while self.size > self._budget:
            self.size -= len(self._entries.popitem(last=False)[0])


def _syntax_error(text: str, most_tokens: int, error: GraphQLSyntaxError) -> Invalid:
    """Why ``text`` could not be read: it is too much, or no document at all."""
    tokens = deep = deepest = 0
    lexer = Lexer(Source(text))
    try:
        while tokens <= most_tokens and (kind := lexer.advance().kind) is not TokenKind.EOF:
            tokens += 1
            deep += (kind in OPEN_BRACKETS) - (kind in CLOSE_BRACKETS)
            deepest = max(deepest, deep)
    except GraphQLSyntaxError:
        pass  # read no further than the parser did
    if tokens > most_tokens:
        detail = f"a query has at most {most_tokens:,} tokens; send several, and what is long in variables"
        return Invalid(detail, code=Code.QUERY_TOO_COMPLEX)
    if deepest > MAX_BRACKET_DEPTH:
        return Invalid("the query nests too deeply to be read; ask for less at a time", code=Code.QUERY_TOO_COMPLEX)
    places = [f"line {place.line}, column {place.column}" for place in error.locations or ()]
    where = f", from {places[0]} on" if places else ""
    return Invalid(f"this is no GraphQL query{where}; compare it with the grammar of GraphQL", code=Code.MALFORMED)
