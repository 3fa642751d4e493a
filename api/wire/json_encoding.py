"""Encode views as JSON with msgspec; instants are RFC 3339 (openapi/README.md 1.2)."""

from typing import Any, TypeVar

import msgspec

V = TypeVar("V")

_encoder = msgspec.json.Encoder()


def encode(view: Any) -> bytes:
    """Return `view` as JSON."""
    return _encoder.encode(view)


def decode(view: type[V], body: bytes) -> V:
    """Return the `view` that was encoded as `body`."""
    return msgspec.json.decode(body, type=view)
