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

FORM = re.compile(r"(evk[cpri])_([0-9a-f]{32})([A-Za-z0-9_-]{43})")


class Kind(StrEnum):
    """What a text is for; one for one purpose is none for another."""

    CODE = "evkc"
    PENDING = "evkp"
    REFRESH = "evkr"
    INITIAL = "evki"


def fresh(kind: Kind, district_id: DistrictId) -> str:
    """A new text of ``district_id``."""
    return _text(kind, district_id, secrets.token_bytes(32))


def successor(key: bytes, presented: str, district_id: DistrictId) -> str:
    """The refresh token after ``presented``: always the same, and known to whoever holds ``key`` alone."""
    return _text(Kind.REFRESH, district_id, hmac.digest(key, presented.encode(), "sha256"))


def district_of(kind: Kind, text: str) -> DistrictId | None:
    """The district that ``text`` names, if it is one of ``kind``."""
    found = FORM.fullmatch(text)
    return DistrictId(UUID(found[2])) if found is not None and found[1] == kind else None


def digest(text: str) -> bytes:
    """What is kept of ``text``."""
    return sha256(text.encode()).digest()


def _text(kind: Kind, district_id: DistrictId, bits: bytes) -> str:
    random = base64.urlsafe_b64encode(bits).rstrip(b"=").decode()
    return f"{kind.value}_{UUID(str(district_id)).hex}{random}"
