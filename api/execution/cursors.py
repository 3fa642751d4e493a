"""Cursors that tell nothing, can't be made up, and hold for a week.

The same place has the same cursor all day, so that a page has the same ETag while it shows the same: AES-SIV encrypts and
signs without anything random. What is inside is of a list, a filter and a district, and names the day it was made.
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

KEPT_DAYS = 7
DAY_SECONDS = 24 * 3600


class EncryptedCursors:
    """``Cursors`` of one district, under a key of 32 bytes."""

    def __init__(self, key: bytes, district_id: UUID, clock: Callable[[], float] = time.time) -> None:
        self._cipher = AESSIV(key)
        self._district = str(district_id)
        self._clock = clock

    def encode(self, scope: str, key: Key) -> str:
        """The opaque cursor that continues after ``key``."""
        said = msgspec.json.encode((self._today(), self._district, scope, key))
        return urlsafe_b64encode(self._cipher.encrypt(said, None)).decode().rstrip("=")

    def decode(self, scope: str, cursor: str) -> Key:
        """The key inside; ``Gone`` after a week, ``Invalid`` when it is of another district, list or filter."""
        try:
            said = self._cipher.decrypt(urlsafe_b64decode(cursor + "=" * (-len(cursor) % 4)), None)
        except (InvalidTag, ValueError):
            raise _invalid_cursor() from None
        day, district, bound_to, key = msgspec.json.decode(said, type=tuple[int, str, str, list[str]])
        if (district, bound_to) != (self._district, scope):
            raise _invalid_cursor()
        if day < self._today() - KEPT_DAYS:
            raise Gone("this cursor is older than a week; begin the list again", code=Code.CURSOR_EXPIRED)
        return tuple(key)

    def _today(self) -> int:
        return int(self._clock()) // DAY_SECONDS


def _invalid_cursor() -> Invalid:
    return Invalid.at(
        "/cursor", Code.CURSOR_FOREIGN, "this cursor is not of this list with this filter; use next_cursor as it was given"
    )
