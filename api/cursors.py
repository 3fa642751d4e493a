"""Cursors that tell nothing, can't be made up, and hold for a week (Fernet: encrypted, signed, time-stamped)."""

import time
from uuid import UUID

import msgspec
from cryptography.fernet import Fernet, InvalidToken

from domain.shared.errors import Code, Gone, Invalid
from domain.shared.paging import Key

KEPT_SECONDS = 7 * 24 * 3600


class SealedCursors:
    """``Cursors`` of one district."""

    def __init__(self, fernet: Fernet, district_id: UUID) -> None:
        self._fernet = fernet
        self._district = str(district_id)

    def seal(self, scope: str, key: Key) -> str:
        """The opaque cursor that continues after ``key``."""
        return self._fernet.encrypt(msgspec.json.encode([self._district, scope, key])).decode()

    def open(self, scope: str, cursor: str) -> Key:
        """The key inside; ``Gone`` after a week, ``Invalid`` when it is of another district, list or filter."""
        try:
            district, bound_to, key = msgspec.json.decode(
                self._fernet.decrypt(cursor.encode()), type=tuple[str, str, list[str]]
            )
        except (InvalidToken, UnicodeEncodeError):
            raise _foreign() from None
        if (district, bound_to) != (self._district, scope):
            raise _foreign()
        if self._fernet.extract_timestamp(cursor.encode()) < time.time() - KEPT_SECONDS:
            raise Gone("this cursor is older than a week; begin the list again", code=Code.CURSOR_EXPIRED)
        return tuple(key)


def _foreign() -> Invalid:
    return Invalid.at(
        "/cursor", Code.CURSOR_FOREIGN, "this cursor is not of this list with this filter; use next_cursor as it was given"
    )
