"""A client's public keys as stored: the JWK set, or an object with its URL."""

import json
from collections.abc import Mapping
from typing import Any

from domain.directory.oauth_clients import RegisteredClient

JWKS_URI = "jwks_uri"


def serialize_jwks(client: RegisteredClient) -> str | None:
    """Return the client's keys as stored JSON; None when it has none."""
    if client.jwks_uri is not None:
        return json.dumps({JWKS_URI: client.jwks_uri})
    return None if client.jwks is None else json.dumps(client.jwks)


def parse_jwks(text: str | None) -> tuple[Mapping[str, Any] | None, str | None]:
    """Return the keys and their URL: one of the two, or neither."""
    document: dict[str, Any] | None = None if text is None else json.loads(text)
    # A set may have members that mean nothing here; one of them must not become an address that nobody judged.
    if document is not None and "keys" not in document:
        return None, document[JWKS_URI]
    return document, None
