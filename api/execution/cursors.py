"""Paging cursors: opaque, authenticated, valid for a week.

A cursor is bound to a district, a list and its filter, and holds the day on which it was made. AES-SIV encrypts without a
random nonce, so that the same position has the same cursor all day and an unchanged page keeps its ETag.
"""

import time
from base64 import urlsafe_b64decode, urlsafe_b64encode
from collections.abc import Callable
from uuid import UUID

import msgspec
from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESSIV

from domain.shared.errors import Code, Gone, Invalid
from domain.shared.paging import Key

LIFETIME_DAYS = 7
DAY_SECONDS = 24 * 3600


class EncryptedCursors:
    """Implements `Cursors` for one district; `key` has 32 bytes."""

    def __init__(self, key: bytes, district_id: UUID, clock: Callable[[], float] = time.time) -> None:
        self._cipher = AESSIV(key)
        self._district = str(district_id)
        self._clock = clock

    def encode(self, scope: str, key: Key) -> str:
        """Return the cursor that continues the list `scope` after `key`."""
        payload = msgspec.json.encode((self._today(), self._district, scope, key))
        return urlsafe_b64encode(self._cipher.encrypt(payload, None)).decode().rstrip("=")

    def decode(self, scope: str, cursor: str) -> Key:
        """Return the key in `cursor`.

        Raises `Gone` after a week, and `Invalid` when the cursor is of another district, list or filter, or was altered.
        """
        try:
            payload = self._cipher.decrypt(urlsafe_b64decode(cursor + "=" * (-len(cursor) % 4)), None)
        except (InvalidTag, ValueError):
            raise _invalid_cursor() from None
        day, district, bound_to, key = msgspec.json.decode(payload, type=tuple[int, str, str, list[str]])
        if (district, bound_to) != (self._district, scope):
            raise _invalid_cursor()
        if day < self._today() - LIFETIME_DAYS:
            raise Gone(
                "the cursor is older than a week; request the first page again, without a cursor", code=Code.CURSOR_EXPIRED
            )
        return tuple(key)

    def _today(self) -> int:
        return int(self._clock()) // DAY_SECONDS


def _invalid_cursor() -> Invalid:
    return Invalid.at(
        "/cursor", Code.CURSOR_FOREIGN, "the cursor does not belong to this list and filter; use next_cursor as it was returned"
    )
