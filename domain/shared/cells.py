"""Cells of a CSV that a spreadsheet will open: a text that it would take for a formula gets an apostrophe before it."""

import re

STARTS = ("=", "+", "-", "@", "\t", "\r", "\n", "＝", "＋", "－", "＠")
"""What begins a formula, after OWASP; also as East Asian keyboards write it."""
NUMBER = re.compile(r"[+-]?(\d+(\.\d*)?|\.\d+)([eE][+-]?\d+)?", re.ASCII)


def safe_cell(value: str | float | None) -> str | int | float:
    """``value`` as a cell: numbers, and texts that are one, stay as they are; null is empty."""
    if value is None:
        return ""
    if not isinstance(value, str) or not value.startswith(STARTS) or NUMBER.fullmatch(value):
        return value
    return f"'{value}"
