"""Rows of a CSV file that a spreadsheet shows and does not run."""

import csv
import io
from collections.abc import Iterable, Sequence

RUN = frozenset("=+-@\t\r\n\u0009\uff1d\uff0b\uff0d\uff20|%")
"""What a cell begins with that a spreadsheet takes for a formula or a command: ASCII and full-width signs."""
MARK = "'"
"""Set before such a cell: every spreadsheet then shows the rest as text."""


def safe(value: object) -> str:
    """``value`` as a cell: texts that would be run are marked, also behind blanks; numbers, dates and null are as they are."""
    if value is None:
        return ""
    text = str(value)
    if not isinstance(value, str):
        return text
    return MARK + text if text[:1] in RUN or text.lstrip()[:1] in RUN else text


def csv_lines(rows: Iterable[Sequence[object]]) -> bytes:
    """``rows`` as lines of CSV (RFC 4180), every cell in quotes."""
    written = io.StringIO(newline="")
    csv.writer(written, quoting=csv.QUOTE_ALL, lineterminator="\r\n").writerows([safe(cell) for cell in row] for row in rows)
    return written.getvalue().encode()
