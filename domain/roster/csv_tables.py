"""CSV files as the binding has them: UTF-8, an exact header, one record a line."""

import csv
import io
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from difflib import get_close_matches

from domain.roster.csv_headers import BLANK_IN_BULK, NEVER_READ
from domain.roster.validation_report import FindingCode, ReportBuilder

EXTENSION_PREFIX = "metadata."
MAX_ROWS, MAX_FULL_ROWS = 2_000_000, 500_000
"""Of all files together: rows, and rows of which every cell is held. The largest district has 140,000 members of staff, with a
role or two each, and a million students, of whom no more is held than names them: half as much memory. A million times
nothing packs into a few kilobytes."""
IDENTIFYING_COLUMNS = frozenset({"sourcedId", "userSourcedId", "role", *BLANK_IN_BULK})
"""What the checks need of a row that is left out."""
MAX_COLUMNS = 500
"""The binding has 22 at most; extensions follow."""


@dataclass(kw_only=True)
class RowBudget:
    """How much a package may still bring: ``rows`` in all, ``whole`` ones of which every cell is held."""

    rows: int = field(default_factory=lambda: MAX_ROWS)
    full_rows: int = field(default_factory=lambda: MAX_FULL_ROWS)


@dataclass(frozen=True, kw_only=True, slots=True)
class CsvRow:
    """One record. ``cells`` has a pair for every expected column the file has and that may be read.

    Of one that is left out, only those of ``NAMING`` that say something. ``line`` is where the record begins in the file,
    counted from 1; ``whole`` is false when cells are too many or too few.
    """

    line: int
    cells: dict[str, str]
    well_formed: bool


@dataclass(frozen=True, kw_only=True)
class CsvTable:
    """A file's records in its order. ``file`` is the name the binding gives it, with ``.csv``."""

    file: str
    rows: tuple[CsvRow, ...]


Lines = Iterator[tuple[int, list[str]]]
SkipPredicate = Callable[[Mapping[str, str]], bool]


def skip_none(_cells: Mapping[str, str]) -> bool:
    """Every row is held whole."""
    return False


def read_table(
    file: str,
    content: bytes,
    header: tuple[str, ...],
    notes: ReportBuilder,
    *,
    budget: RowBudget | None = None,
    skip: SkipPredicate = skip_none,
) -> CsvTable:
    """The records of ``content``, read by ``header``; what differs from the binding is in ``notes``.

    A misspelt column still counts as the one expected in its place, so that one sending shows all that is wrong. Of rows
    that ``leaves_out`` only what names them is held. ``room`` is shared by the files of a package, and used up by them.
    """
    if not _is_utf8(file, content, notes):
        return CsvTable(file=file, rows=())
    budget = budget or RowBudget()
    lines = _lines(file, content, notes, budget)
    found = next(lines, (1, []))[1]
    columns = _columns(file, found, header, notes)
    if columns is None:
        return CsvTable(file=file, rows=())
    rows: list[CsvRow] = []
    for line, cells in lines:
        row = _row(file, line, cells, columns, notes)
        if skip(row.cells):
            row = replace(row, cells={name: cell for name, cell in row.cells.items() if cell and name in IDENTIFYING_COLUMNS})
        elif budget.full_rows:
            budget.full_rows -= 1
        else:
            detail = f"the file goes on; at most {MAX_FULL_ROWS:,} rows about others than students and families are read"
            notes.error(FindingCode.PACKAGE_TOO_LARGE, detail, file, line)
            break
        rows.append(row)
    return CsvTable(file=file, rows=tuple(rows))


def _is_utf8(file: str, content: bytes, notes: ReportBuilder) -> bool:
    try:
        content.decode("utf-8-sig")
    except UnicodeDecodeError as fault:
        line = content.count(b"\n", 0, fault.start) + 1
        notes.error(FindingCode.NOT_UTF8, "this line is not UTF-8; export the file as UTF-8", file, line)
        return False
    return True


def _lines(file: str, content: bytes, notes: ReportBuilder, budget: RowBudget) -> Lines:
    """Every record with the line it begins on; empty lines are passed over."""
    # Decoded as it is read: as one text in memory it takes up to four times as much.
    reader = csv.reader(io.TextIOWrapper(io.BytesIO(content), encoding="utf-8-sig", newline=""), strict=True)
    begins = 1
    try:
        for cells in reader:
            if budget.rows < 0:
                detail = f"the file goes on; at most {MAX_ROWS:,} rows are read of all files together"
                notes.error(FindingCode.PACKAGE_TOO_LARGE, detail, file, begins)
                return
            if cells:
                budget.rows -= 1
                yield begins, cells
            begins = reader.line_num + 1
    except csv.Error:
        notes.error(
            FindingCode.NOT_CSV,
            "from here the file is not CSV: look for a quotation mark that is not doubled or never closed",
            file,
            begins,
        )


def _columns(file: str, actual: list[str], header: tuple[str, ...], notes: ReportBuilder) -> tuple[str, ...] | None:
    """The expected name of each column ("" where there is none); null when the first line is no header at all."""
    if len(actual) > MAX_COLUMNS:
        detail = f"the header has {len(actual)} columns; at most {MAX_COLUMNS} are read"
        notes.error(FindingCode.HEADER_UNKNOWN, detail, file, 1)
        return None
    own = [name.strip() for name in actual]
    while own and own[-1].startswith(EXTENSION_PREFIX):
        own.pop()
    if tuple(own) != header:
        if not set(own) & set(header):
            notes.error(FindingCode.HEADER_MISSING, f"the first line must be the header {','.join(header)}", file, 1)
            return None
        own = _repaired_header(file, own, header, notes)
    return tuple(name if name in header and name not in NEVER_READ else "" for name in own) + ("",) * (len(actual) - len(own))


def _repaired_header(file: str, actual: list[str], header: tuple[str, ...], notes: ReportBuilder) -> list[str]:
    """``own`` with misspelt columns renamed. A heading is printed only if it resembles ours: it could be somebody's data."""
    missing = [name for name in header if name not in actual]
    for name in missing:
        misspelt = _misspelt(name, actual, header)
        if misspelt is None:
            notes.error(
                FindingCode.HEADER_MISSING, f"the column {name} is missing{_position_hint(name, header)}", file, 1, name
            )
        else:
            notes.error(FindingCode.HEADER_MISSING, f"the header says {misspelt}; it must read {name}", file, 1, name)
            actual = [name if each == misspelt else each for each in actual]
    for position, name in enumerate(actual, start=1):
        if name not in header or name in actual[: position - 1]:
            _add_unexpected_column(file, position, name, duplicate=name in header, notes=notes)
    if not missing and sorted(actual) == sorted(header):
        notes.error(FindingCode.HEADER_ORDER, f"the columns must stand in this order: {','.join(header)}", file, 1)
    return actual


def _misspelt(name: str, actual: list[str], header: tuple[str, ...]) -> str | None:
    strange = [each for each in actual if each not in header]
    alike = get_close_matches(name.lower(), [each.lower() for each in strange], n=1, cutoff=0.8)
    return next((each for each in strange if each.lower() in alike), None)


def _position_hint(name: str, header: tuple[str, ...]) -> str:
    position = header.index(name)
    return f"; it comes after {header[position - 1]}" if position else "; it is the first"


def _add_unexpected_column(file: str, position: int, name: str, *, duplicate: bool, notes: ReportBuilder) -> None:
    strange = "has a name the binding does not know (extensions are named metadata.… and come last)" if name else "has no name"
    what = "is there twice" if duplicate else strange
    notes.error(FindingCode.HEADER_UNKNOWN, f"column {position} {what}; take it out", file, 1)


def _row(file: str, line: int, cells: list[str], columns: tuple[str, ...], notes: ReportBuilder) -> CsvRow:
    whole = len(cells) == len(columns)
    if not whole:
        more = "; is a comma inside a value without quotation marks?" if len(cells) > len(columns) else ""
        notes.error(
            FindingCode.ROW_LENGTH,
            f"this line has {len(cells)} values, the header has {len(columns)} columns{more}",
            file,
            line,
        )
    paired = zip(columns, cells, strict=False)
    return CsvRow(line=line, cells={name: cell.strip() for name, cell in paired if name}, well_formed=whole)
