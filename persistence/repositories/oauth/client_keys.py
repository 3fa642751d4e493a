"""How a client's keys lie in their column: the set itself, or an object that says where it is."""

import json
from collections.abc import Mapping
from typing import Any

from domain.directory.oauth_clients import RegisteredClient

JWKS_URI = "jwks_uri"


def serialize_jwks(client: RegisteredClient) -> str | None:
    """What is kept of the client's keys, as JSON; None where it has none."""
    if client.jwks_uri is not None:
        return json.dumps({JWKS_URI: client.jwks_uri})
    return None if client.jwks is None else json.dumps(client.jwks)


def parse_jwks(text: str | None) -> tuple[Mapping[str, Any] | None, str | None]:
    """The keys, and their address: one of the two, or neither."""
    found: dict[str, Any] | None = None if text is None else json.loads(text)
    # A set may have members that mean nothing here; one of them must not become an address that nobody judged.
    if found is not None and "keys" not in found:
        return None, found[JWKS_URI]
    return found, None
