"""Cells of a CSV that a spreadsheet will open: a text that it would take for a formula gets an apostrophe before it."""

import csv
import io
import re
from collections.abc import Iterable, Sequence

FORMULA_PREFIXES = ("=", "+", "-", "@", "|", "%", "\t", "\r", "\n", "＝", "＋", "－", "＠")
"""What begins a formula or a command, after OWASP; also as East Asian keyboards write it, and behind blanks."""
NUMBER = re.compile(r"[+-]?(\d+(\.\d*)?|\.\d+)([eE][+-]?\d+)?", re.ASCII)


def escape_formula(value: object) -> object:
    """``value`` as a cell: numbers, dates and texts that are a number stay as they are; null is empty."""
    if value is None:
        return ""
    if not isinstance(value, str) or NUMBER.fullmatch(value):
        return value
    return f"'{value}" if value.startswith(FORMULA_PREFIXES) or value.lstrip().startswith(FORMULA_PREFIXES) else value


def csv_lines(rows: Iterable[Sequence[object]]) -> bytes:
    """``rows`` as lines of CSV (RFC 4180), every cell in quotes."""
    written = io.StringIO(newline="")
    lines = csv.writer(written, quoting=csv.QUOTE_ALL, lineterminator="\r\n")
    lines.writerows([escape_formula(cell) for cell in row] for row in rows)
    return written.getvalue().encode()
