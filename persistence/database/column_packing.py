"""Columns as texts, for batches: the driver asks of every element of an array whether it is itself an array.

That question cost a quarter of a millisecond a thousand elements, and a batch has twenty thousand. A text is encoded at once,
and the server splits it as fast as it would read the array.
"""

from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

SEPARATOR, NULL = "\x1f", "\x1e"
"""Control characters may stand in a text that people sent, so :func:`marks` looks for two that do not."""

FALLBACK_SEPARATORS = tuple(chr(code) for code in range(0xE000, 0xF8FF))


def choose_separators(columns: Iterable[Sequence[str | None]]) -> tuple[str, str]:
    """Two characters that no text of ``columns`` holds: the separator, and what stands for null."""
    said = "".join(text for column in columns for text in column if text)
    free = (mark for mark in (SEPARATOR, NULL, *FALLBACK_SEPARATORS) if mark not in said)
    return next(free), next(free)


def pack_texts(column: Sequence[str | None], separator: str, null: str) -> str:
    """A column of texts as one text."""
    return separator.join([null if text is None else text for text in column])


def pack_scalars(column: Sequence[Any]) -> str:
    """A column of numbers, ids, moments, truths or codes as one text; a comma is in none of them, null is ``-``."""
    first = next((value for value in column if value is not None), None)
    if isinstance(first, UUID | datetime):
        return ",".join(_scalar_texts(column))
    return ",".join(["-" if value is None else str(value) for value in column])


def _scalar_texts(column: Sequence[UUID | datetime | None]) -> Iterable[str]:
    """The texts of ids or moments; one that stands in many rows is the same object there, and is written once."""
    written: dict[int, str] = {id(None): "-"}
    for value in column:
        key = id(value)
        text = written.get(key)
        if text is None:
            text = written[key] = value.hex if isinstance(value, UUID) else str(value)
        yield text
