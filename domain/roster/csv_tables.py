"""Read CSV files of the binding: UTF-8, an exact header, one record per line."""

import csv
import io
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from difflib import get_close_matches

from domain.roster.csv_headers import BLANK_IN_BULK, NEVER_READ
from domain.roster.validation_report import FindingCode, ReportBuilder

EXTENSION_PREFIX = "metadata."
MAX_ROWS, MAX_FULL_ROWS = 2_000_000, 500_000
"""Limits over all files of a package: rows, and rows of which every cell is read into memory.

The largest district has 140,000 members of staff with one or two roles each, and a million students, of whom only the ids are
read: half as much memory. The size of the ZIP is no limit, as a million empty rows compress to a few kilobytes."""
IDENTIFYING_COLUMNS = frozenset({"sourcedId", "userSourcedId", "role", *BLANK_IN_BULK})
"""The columns of a skipped row that the checks need."""
MAX_COLUMNS = 500
"""The binding has at most 22; extensions follow them."""


@dataclass(kw_only=True)
class RowBudget:
    """The rows that may still be read from a package: `rows` in all, `full_rows` with every cell."""

    rows: int = field(default_factory=lambda: MAX_ROWS)
    full_rows: int = field(default_factory=lambda: MAX_FULL_ROWS)


@dataclass(frozen=True, kw_only=True, slots=True)
class CsvRow:
    """One record. `cells` maps each expected column that may be read to its text.

    A skipped row has only its non-empty `IDENTIFYING_COLUMNS`. `line` is where the record begins in the file, counted from 1;
    `well_formed` is false when there are too many or too few cells.
    """

    line: int
    cells: dict[str, str]
    well_formed: bool


@dataclass(frozen=True, kw_only=True)
class CsvTable:
    """The records of a file in their order. `file` is its name in the binding, with `.csv`."""

    file: str
    rows: tuple[CsvRow, ...]


Lines = Iterator[tuple[int, list[str]]]
SkipPredicate = Callable[[Mapping[str, str]], bool]


def skip_none(_cells: Mapping[str, str]) -> bool:
    """Skip no row."""
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
    """Return the records of `content`, and report deviations from `header` and the binding in `notes`.

    A misspelt column is read as the expected one, so that one upload shows every error. Rows for which `skip` is true keep
    only their `IDENTIFYING_COLUMNS`. `budget` is shared by the files of a package and decreases with each row.
    """
    if not _is_utf8(file, content, notes):
        return CsvTable(file=file, rows=())
    budget = budget or RowBudget()
    lines = _lines(file, content, notes, budget)
    actual = next(lines, (1, []))[1]
    columns = _columns(file, actual, header, notes)
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
            detail = f"too many rows; at most {MAX_FULL_ROWS:,} rows that are not about students and families are read"
            notes.error(FindingCode.PACKAGE_TOO_LARGE, detail, file, line)
            break
        rows.append(row)
    return CsvTable(file=file, rows=tuple(rows))


def _is_utf8(file: str, content: bytes, notes: ReportBuilder) -> bool:
    try:
        content.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = content.count(b"\n", 0, error.start) + 1
        notes.error(FindingCode.NOT_UTF8, "this line is not UTF-8; export the file as UTF-8", file, line)
        return False
    return True


def _lines(file: str, content: bytes, notes: ReportBuilder, budget: RowBudget) -> Lines:
    """Yield each record with the line it begins on; empty lines are skipped."""
    # Decoded as a stream: the whole text in memory would take up to four times as much.
    reader = csv.reader(io.TextIOWrapper(io.BytesIO(content), encoding="utf-8-sig", newline=""), strict=True)
    begins = 1
    try:
        for cells in reader:
            if budget.rows < 0:
                detail = f"too many rows; at most {MAX_ROWS:,} rows of all files together are read"
                notes.error(FindingCode.PACKAGE_TOO_LARGE, detail, file, begins)
                return
            if cells:
                budget.rows -= 1
                yield begins, cells
            begins = reader.line_num + 1
    except csv.Error:
        notes.error(
            FindingCode.NOT_CSV,
            "from here the file is not CSV: look for a quotation mark that is not doubled or not closed",
            file,
            begins,
        )


def _columns(file: str, actual: list[str], header: tuple[str, ...], notes: ReportBuilder) -> tuple[str, ...] | None:
    """Return the expected name of each column ("" for a column that is not read), or null when the first line is no header."""
    if len(actual) > MAX_COLUMNS:
        detail = f"the header has {len(actual)} columns; at most {MAX_COLUMNS} are read"
        notes.error(FindingCode.HEADER_UNKNOWN, detail, file, 1)
        return None
    names = [name.strip() for name in actual]
    while names and names[-1].startswith(EXTENSION_PREFIX):
        names.pop()
    if tuple(names) != header:
        if not set(names) & set(header):
            notes.error(FindingCode.HEADER_MISSING, f"the first line must be the header {','.join(header)}", file, 1)
            return None
        names = _repaired_header(file, names, header, notes)
    return tuple(name if name in header and name not in NEVER_READ else "" for name in names) + ("",) * (
        len(actual) - len(names)
    )


def _repaired_header(file: str, actual: list[str], header: tuple[str, ...], notes: ReportBuilder) -> list[str]:
    """Return `actual` with misspelt columns renamed. Unlike names are not quoted: they could be personal data."""
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
        notes.error(FindingCode.HEADER_ORDER, f"the columns must be in this order: {','.join(header)}", file, 1)
    return actual


def _misspelt(name: str, actual: list[str], header: tuple[str, ...]) -> str | None:
    unexpected = [each for each in actual if each not in header]
    alike = get_close_matches(name.lower(), [each.lower() for each in unexpected], n=1, cutoff=0.8)
    return next((each for each in unexpected if each.lower() in alike), None)


def _position_hint(name: str, header: tuple[str, ...]) -> str:
    position = header.index(name)
    return f"; it comes after {header[position - 1]}" if position else "; it is the first"


def _add_unexpected_column(file: str, position: int, name: str, *, duplicate: bool, notes: ReportBuilder) -> None:
    unknown = "is not a column of OneRoster (extensions are named metadata.… and come last)" if name else "has no name"
    problem = "occurs twice" if duplicate else unknown
    notes.error(FindingCode.HEADER_UNKNOWN, f"column {position} {problem}; remove it", file, 1)


def _row(file: str, line: int, cells: list[str], columns: tuple[str, ...], notes: ReportBuilder) -> CsvRow:
    well_formed = len(cells) == len(columns)
    if not well_formed:
        more = "; is a comma inside a value without quotation marks?" if len(cells) > len(columns) else ""
        notes.error(
            FindingCode.ROW_LENGTH,
            f"this line has {len(cells)} values, the header has {len(columns)} columns{more}",
            file,
            line,
        )
    paired = zip(columns, cells, strict=False)
    return CsvRow(line=line, cells={name: cell.strip() for name, cell in paired if name}, well_formed=well_formed)
