"""How much one request may ask for (openapi/README.md 4.1); ``GET /v1`` tells them all."""

BODY_BYTES = 1 << 20
BATCH_BODY_BYTES = 8 << 20
ROSTER_PACKAGE_BYTES = 32 << 20
"""A district of 60,000 members of staff packs into about 1.3 MiB; nothing real comes near this."""

OBJECT_MEMBERS = 1_000
"""Of one JSON object; the largest that is taken, the role mapping, has 200."""
SPARE_VALUES = 1_000
"""Members and items that a body may hold beyond what its command can need."""
UNBOUNDED_LIST = 1_000
"""Items of a list whose command says no number, where a body's values are counted."""
NESTED_LIST = 20
"""The same of a list that is an item of another: the longest there is has seven."""
QUERY_PARAMETERS = 100
"""Of one query string."""

BATCH_ITEMS = 1_000
BATCH_ERRORS = 1_000
"""Faults listed of a whole batch; beyond it they are counted."""
REQUEST_ITEMS = 100
"""Items of a batch that count as one request."""
KEY_CHARACTERS = 255
"""Of an Idempotency-Key."""

GRAPHQL_DEPTH = 10
GRAPHQL_ALIASES = 20
GRAPHQL_TOKENS = 2_000
GRAPHQL_FIRST = 100
GRAPHQL_ROWS = 2_000
"""The product of nested ``first``."""
GRAPHQL_COST = 1_000
"""By the formula of ``api/graphql/README.md``."""
GRAPHQL_CHARACTERS = 100_000
"""Of a query's text; what is long belongs into variables, which are read a hundred times as fast."""
GRAPHQL_PAIRS = 2_000
"""Pairs of fields that are answered in one place under one name: each has to be compared with each."""
GRAPHQL_SPREADS = 100
"""Spreads of fragments, of which each two have to be compared."""
ANONYMOUS_TOKENS = 400
ANONYMOUS_CHARACTERS = 8 * 1024
"""Of a query without a valid token: twice what a tool asks of the schema."""
INPUT_VALUES = 200_000
"""Members and items of all inputs of one query: more than a body of 1 MiB has in real data."""
COST_FORMULA = (
    "A field that asks for something costs 1 (a field of Query, and one that is looked up for each of its parents, such as "
    "Leader.profile); a mutation 10, and 1 for every 10 members of its input's items, rounded up. A list costs 1 more for "
    "every 10 rows of first (50 where it is not said), rounded up, and what is asked inside counts once for each row. "
    "Members of what was asked for cost nothing, but 1 for every 10 beyond the first 50 of one selection, rounded up. "
    "__schema costs 500, __type 50. Refused above graphql_cost, before anything runs."
)
