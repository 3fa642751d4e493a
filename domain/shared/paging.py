"""Lists come in pages: keyset only, at most 100 rows, the cursor opaque to the client."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Generic, Protocol, TypeVar

from domain.shared.errors import Code, Invalid

DEFAULT_LIMIT = 50
MOST = 100

T = TypeVar("T")

Key = tuple[str, ...]
"""The sort key of a row, as texts, ending in its id."""


@dataclass(frozen=True, kw_only=True)
class Page(Generic[T]):
    """Up to ``limit`` items in the list's order; ``cursors`` has one for each item; ``more`` says whether others follow."""

    items: tuple[T, ...]
    cursors: tuple[str, ...]
    more: bool

    @property
    def next_cursor(self) -> str | None:
        """The cursor of the next page, null on the last."""
        return self.cursors[-1] if self.more and self.cursors else None


class Cursors(Protocol):
    """Seals and opens cursors; a cursor is bound to the district and to the list with its filter (``scope``)."""

    def seal(self, scope: str, key: Key) -> str:
        """The opaque cursor that continues after ``key``."""
        ...

    def open(self, scope: str, cursor: str) -> Key:
        """The key inside. Refuses an expired cursor (``Gone``) and a foreign one (``Invalid``)."""
        ...


def check_limit(limit: int) -> None:
    """Refuse a page size outside 1..100."""
    if not 1 <= limit <= MOST:
        raise Invalid.at("/limit", Code.OUT_OF_RANGE, f"limit is 1 to {MOST}; ask for more with the cursor of the page")


def page(rows: Sequence[T], limit: int, scope: str, cursors: Cursors, key: Callable[[T], Key]) -> Page[T]:
    """The page made of ``rows``, which were read with one more than ``limit`` so that it is known whether others follow."""
    shown = tuple(rows[:limit])
    return Page(items=shown, cursors=tuple(cursors.seal(scope, key(r)) for r in shown), more=len(rows) > limit)
