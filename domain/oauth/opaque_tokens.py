"""Texts that only their holder knows: the district in clear, so that its fence can be set, and 256 bits nobody guesses.

What is kept of one is its SHA-256; nothing slower is needed where nothing can be tried out.
"""

import base64
import hmac
import re
import secrets
from enum import StrEnum
from hashlib import sha256
from uuid import UUID

from domain.shared.ids import DistrictId

TOKEN_FORMAT = re.compile(r"(evk[cpri])_([0-9a-f]{32})([A-Za-z0-9_-]{43})")


class OpaqueTokenKind(StrEnum):
    """What a text is for; one for one purpose is none for another."""

    CODE = "evkc"
    PENDING = "evkp"
    REFRESH = "evkr"
    INITIAL = "evki"


def new_token(kind: OpaqueTokenKind, district_id: DistrictId) -> str:
    """A new text of ``district_id``."""
    return _build_token(kind, district_id, secrets.token_bytes(32))


def derive_successor(key: bytes, presented: str, district_id: DistrictId) -> str:
    """The refresh token after ``presented``: always the same, and known to whoever holds ``key`` alone."""
    return _build_token(OpaqueTokenKind.REFRESH, district_id, hmac.digest(key, presented.encode(), "sha256"))


def district_in_token(kind: OpaqueTokenKind, text: str) -> DistrictId | None:
    """The district that ``text`` names, if it is one of ``kind``."""
    found = TOKEN_FORMAT.fullmatch(text)
    return DistrictId(UUID(found[2])) if found is not None and found[1] == kind else None


def token_digest(text: str) -> bytes:
    """What is kept of ``text``."""
    return sha256(text.encode()).digest()


def _build_token(kind: OpaqueTokenKind, district_id: DistrictId, bits: bytes) -> str:
    random = base64.urlsafe_b64encode(bits).rstrip(b"=").decode()
    return f"{kind.value}_{UUID(str(district_id)).hex}{random}"
