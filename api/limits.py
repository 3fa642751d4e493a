"""How much one request may ask for (contract 4); ``GET /v1`` tells them all."""

BODY_BYTES = 1 << 20
BATCH_BODY_BYTES = 8 << 20
ROSTER_PACKAGE_BYTES = 32 << 20
"""A district of 60,000 members of staff packs into about 1.3 MiB; nothing real comes near this."""

BATCH_ITEMS = 1_000
KEY_CHARACTERS = 255
"""Of an Idempotency-Key."""

GRAPHQL_DEPTH = 10
GRAPHQL_ALIASES = 20
GRAPHQL_TOKENS = 2_000
GRAPHQL_FIRST = 100
GRAPHQL_ROWS = 2_000
"""The product of nested ``first``."""
