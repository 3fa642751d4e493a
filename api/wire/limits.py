"""Limits of one request (openapi/README.md 4.1); `GET /v1` returns all of them."""

BODY_BYTES = 1 << 20
BATCH_BODY_BYTES = 8 << 20
ROSTER_PACKAGE_BYTES = 32 << 20
"""Far above any real roster: a package of 60,000 members of staff has about 1.3 MiB."""

OBJECT_MEMBERS = 1_000
"""Members of one JSON object; the largest valid one, the role mapping, has 200."""
SPARE_VALUES = 1_000
"""Members and items that a body may have beyond the most that its command can need."""
UNBOUNDED_LIST = 1_000
"""Items assumed, when a body's values are counted, for a list without a maximum length."""
NESTED_LIST = 20
"""The same for a list inside a list; the longest real one has seven items."""
QUERY_PARAMETERS = 100
"""Parameters of one query string."""

BATCH_ITEMS = 1_000
BATCH_ERRORS = 1_000
"""Errors listed for a whole batch; further ones are only counted."""
REQUEST_ITEMS = 100
"""Items of a batch that count as one request."""
KEY_CHARACTERS = 255
"""Length of an Idempotency-Key."""

GRAPHQL_DEPTH = 10
GRAPHQL_ALIASES = 20
GRAPHQL_TOKENS = 2_000
GRAPHQL_FIRST = 100
GRAPHQL_ROWS = 2_000
"""The product of nested `first`."""
GRAPHQL_COST = 1_000
"""By the formula in `api/graphql/README.md`."""
GRAPHQL_CHARACTERS = 100_000
"""Length of a query's text. Long values belong in variables, which are parsed a hundred times as fast."""
GRAPHQL_PAIRS = 2_000
"""Pairs of fields with the same response name in one selection: graphql-core compares each with each."""
GRAPHQL_SPREADS = 100
"""Fragment spreads; graphql-core compares every two fragments."""
ANONYMOUS_TOKENS = 400
ANONYMOUS_CHARACTERS = 8 * 1024
"""Length of a query without a valid token: twice a tool's introspection query."""
INPUT_VALUES = 200_000
"""Members and items of all inputs of one query: more than a body of 1 MiB has with real data."""
COST_FORMULA = (
    "A field with a resolver costs 1 (a field of Query, or a child that is loaded for each parent, such as Leader.profile), "
    "a mutation 10, plus 1 for every 10 members of its input's items, rounded up. A list costs 1 more for every 10 "
    "rows of first (default 50), rounded up, and its selection counts once for each row. Other fields are free up to 50 in "
    "one selection; beyond that every 10 cost 1, rounded up. __schema costs 500, __type 50. A query above graphql_cost is "
    "rejected before it is executed."
)
