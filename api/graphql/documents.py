"""Queries that were read before: parsed and validated once, kept within a budget.

Strawberry's caches count documents, not their size. Anybody may ask a public endpoint: 256 documents of 2,000 tokens would
fill 200 MB. A document takes up to 200 times the memory of its text, so texts are what is counted.
"""

from collections import OrderedDict
from dataclasses import dataclass

from graphql import DocumentNode, GraphQLError, GraphQLSchema, parse, specified_rules, validate
from graphql.validation import MaxIntrospectionDepthRule

RULES = (*specified_rules, MaxIntrospectionDepthRule)
BUDGET = 128 * 1024
LONGEST = 8 * 1024
"""Characters of all texts kept, and of one that is: a client's own queries are shorter."""


@dataclass(kw_only=True)
class Known:
    """A document and, once it was validated, what is invalid in it."""

    document: DocumentNode
    invalid: tuple[GraphQLError, ...] | None = None

    def faults(self, schema: GraphQLSchema) -> tuple[GraphQLError, ...]:
        """What is invalid in the document."""
        if self.invalid is None:
            self.invalid = tuple(validate(schema, self.document, RULES))
        return self.invalid


class Documents:
    """The documents asked for last, by their text."""

    def __init__(self, budget: int = BUDGET, longest: int = LONGEST) -> None:
        self._budget, self._longest = budget, longest
        self._kept: OrderedDict[str, Known] = OrderedDict()
        self.size = 0

    def read(self, text: str, most_tokens: int) -> Known:
        """The document of ``text``; ``GraphQLError`` when it is none, or one of more than ``most_tokens``."""
        if text in self._kept:
            self._kept.move_to_end(text)
            return self._kept[text]
        known = Known(document=parse(text, max_tokens=most_tokens))
        if len(text) <= self._longest:
            self._keep(text, known)
        return known

    def _keep(self, text: str, known: Known) -> None:
        self._kept[text] = known
        self.size += len(text)
        while self.size > self._budget:
            self.size -= len(self._kept.popitem(last=False)[0])
