"""Cache parsed and validated documents, with a limit on the length of their texts.

Strawberry's caches count documents, not their size: 256 anonymous documents of 2,000 tokens would fill 200 MB. A document takes
up to 200 times the memory of its text, so the texts are what is counted.
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
"""Nesting of brackets above which a syntax error is reported as nested too deeply."""
CACHE_CHARACTERS = 128 * 1024
MAX_CACHED_CHARACTERS = 8 * 1024
"""Characters of all cached texts, and of one: longer documents are not cached, and a client's queries are shorter."""


@dataclass(kw_only=True)
class ParsedDocument:
    """A document and, once validated, its errors, or its executable form without inputs and the input literals."""

    document: DocumentNode
    invalid: tuple[GraphQLError, ...] | None = None
    executable: DocumentNode | None = None
    literals: Mapping[str, Any] = field(default_factory=dict)

    @cached_property
    def is_introspection(self) -> bool:
        """Whether the document is one operation with introspection fields only."""
        selected = [d.selection_set.selections for d in self.document.definitions if isinstance(d, OperationDefinitionNode)]
        parts = selected[0] if len(selected) == 1 else ()
        return bool(parts) and all(isinstance(part, FieldNode) and part.name.value in INTROSPECTION_COSTS for part in parts)

    def validation_errors(self, schema: GraphQLSchema) -> tuple[GraphQLError, ...]:
        """Return the validation errors of the document; cached."""
        if self.invalid is None:
            errors = find_errors(schema, self.document, RULES)
            if not errors:
                self.executable, self.literals = extract_inputs(schema, self.document)
                errors = find_errors(schema, self.executable, LEAF_RULES)
            self.invalid = tuple(errors)
        return self.invalid


class DocumentCache:
    """The most recently used documents, by text."""

    def __init__(self, budget: int = CACHE_CHARACTERS, longest: int = MAX_CACHED_CHARACTERS) -> None:
        self._budget, self._longest = budget, longest
        self._entries: OrderedDict[str, ParsedDocument] = OrderedDict()
        self.size = 0

    def parse(self, text: str, most_tokens: int) -> ParsedDocument:
        """Return the document of `text`. Raises `GraphQLError` for a syntax error or more than `most_tokens` tokens."""
        if text in self._entries:
            self._entries.move_to_end(text)
            return self._entries[text]
        try:
            parsed = ParsedDocument(document=parse(text, max_tokens=most_tokens))
        except GraphQLSyntaxError as error:
            invalid = _syntax_error(text, most_tokens, error)
            # "from None": the library's error holds the text and the frames of the parser.
            raise GraphQLError(invalid.detail, source=error.source, positions=error.positions, original_error=invalid) from None
        if len(text) <= self._longest:
            self._store(text, parsed)
        return parsed

    def _store(self, text: str, parsed: ParsedDocument) -> None:
        self._entries[text] = parsed
        self.size += len(text)
        while self.size > self._budget:
            self.size -= len(self._entries.popitem(last=False)[0])


def _syntax_error(text: str, most_tokens: int, error: GraphQLSyntaxError) -> Invalid:
    """Return why `text` could not be parsed: too many tokens, nested too deeply, or a syntax error."""
    tokens = depth = max_depth = 0
    lexer = Lexer(Source(text))
    try:
        while tokens <= most_tokens and (kind := lexer.advance().kind) is not TokenKind.EOF:
            tokens += 1
            depth += (kind in OPEN_BRACKETS) - (kind in CLOSE_BRACKETS)
            max_depth = max(max_depth, depth)
    except GraphQLSyntaxError:
        pass  # the parser stopped here too
    if tokens > most_tokens:
        detail = f"a query has at most {most_tokens:,} tokens; send several queries, and long values in variables"
        return Invalid(detail, code=Code.QUERY_TOO_COMPLEX)
    if max_depth > MAX_BRACKET_DEPTH:
        return Invalid("the query nests too deeply to be parsed; ask for less at a time", code=Code.QUERY_TOO_COMPLEX)
    locations = [f"line {location.line}, column {location.column}" for location in error.locations or ()]
    where = f" at {locations[0]}" if locations else ""
    return Invalid(f"the query has a syntax error{where}; correct it", code=Code.MALFORMED)
