"""Lists come in pages: keyset only, at most 100 rows, the cursor opaque to the client."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, fields
from typing import Any, Generic, Protocol, TypeVar

from domain.shared.errors import Code, Invalid

DEFAULT_LIMIT = 50
MAX_LIMIT = 100


T = TypeVar("T")

Key = tuple[str, ...]
"""The sort key of a row, as texts, ending in its id."""


@dataclass(frozen=True, kw_only=True)
class Page(Generic[T]):
    """Up to ``limit`` items in the list's order; ``cursor_of`` seals where one stands; ``more`` says whether others follow.

    ``version``: that of the whole list, where it is replaced as a whole.
    """

    items: tuple[T, ...]
    has_more: bool
    cursor_of: Callable[[T], str]
    version: int | None = None

    @property
    def next_cursor(self) -> str | None:
        """The cursor of the next page, null on the last."""
        return self.cursor_of(self.items[-1]) if self.has_more and self.items else None


class Cursors(Protocol):
    """Seals and opens cursors; a cursor is bound to the district and to the list with its filter (``scope``)."""

    def encode(self, scope: str, key: Key) -> str:
        """The opaque cursor that continues after ``key``."""
        ...

    def decode(self, scope: str, cursor: str) -> Key:
        """The key inside. Refuses an expired cursor (``Gone``) and a foreign one (``Invalid``)."""
        ...


def check_limit(limit: int) -> None:
    """Refuse a page size outside 1..100."""
    if not 1 <= limit <= MAX_LIMIT:
        raise Invalid.at("/limit", Code.OUT_OF_RANGE, f"limit is 1 to {MAX_LIMIT}; ask for more with the cursor of the page")


def cursor_scope(command: Any) -> str:
    """What a cursor of the list ``command`` is bound to: the list and its filter, not the place in it."""
    chosen = {f.name: str(getattr(command, f.name)) for f in fields(command) if f.name not in {"limit", "cursor"}}
    return f"{type(command).__name__}{sorted(chosen.items())}"


def cursor_key(command: Any, cursors: Cursors) -> Key | None:
    """The key after which the list ``command`` goes on; None at its beginning."""
    return None if command.cursor is None else cursors.decode(cursor_scope(command), command.cursor)


def make_page(rows: Sequence[T], command: Any, cursors: Cursors, key: Callable[[T], Key]) -> Page[T]:
    """The page made of ``rows``, read with one more than the limit so that it is known whether others follow."""
    scope = cursor_scope(command)
    return Page(
        items=tuple(rows[: command.limit]),
        has_more=len(rows) > command.limit,
        cursor_of=lambda item: cursors.encode(scope, key(item)),
    )
