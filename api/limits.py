"""How much one request may ask for (contract 4); ``GET /v1`` tells them all."""

BODY_BYTES = 1 << 20
BATCH_BODY_BYTES = 8 << 20
ROSTER_PACKAGE_BYTES = 32 << 20
"""A district of 60,000 members of staff packs into about 1.3 MiB; nothing real comes near this."""

BATCH_ITEMS = 1_000
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
COST_FORMULA = (
    "A field that asks for something costs 1 (a field of Query, and one that is looked up for each of its parents, such as "
    "Leader.profile); a mutation 10, and 1 for every 10 members of its input's items, rounded up. A list costs 1 more for "
    "every 10 rows of first (50 where it is not said), rounded up, and what is asked inside counts once for each row. "
    "Members of what was asked for cost nothing. Refused above graphql_cost, before anything runs."
)
