"""Check the rows of a bulk package: no status, no duplicate, no dangling reference."""

from dataclasses import dataclass

from domain.roster.cell_parsing import CellReader, is_like_a_date
from domain.roster.csv_headers import BLANK_IN_BULK, ORGS, ROLES, USERS
from domain.roster.csv_tables import CsvRow, CsvTable
from domain.roster.role_mapping import FAMILY
from domain.roster.validation_report import FindingCode, ReportBuilder, actual_value_text

BULK_HINT = "a bulk file lists all rows without a status; if this is a delta, send a bulk package of the whole roster"
STATUSES = frozenset({"active", "inactive", "tobedeleted"})


def check_blank(table: CsvTable, notes: ReportBuilder) -> None:
    """Report a status or a change date: a delta imported as bulk would end every row it does not list."""
    for row in table.rows:
        for column in BLANK_IN_BULK:
            value = row.cells.get(column)
            if value:
                detail = f"must be blank{_safe_value_text(value)}: {BULK_HINT}"
                CellReader(file=table.file, row=row, notes=notes).add_error(FindingCode.NOT_BLANK, column, detail)


def _safe_value_text(value: str) -> str:
    """Return the text that quotes the cell if it is a status or a date, which are no personal data."""
    return actual_value_text(value) if value in STATUSES or is_like_a_date(value) else ""


def check_unique(table: CsvTable, notes: ReportBuilder) -> None:
    """Report a sourcedId that occurs twice in a file."""
    first: dict[str, int] = {}
    for row in table.rows:
        sourced_id = row.cells.get("sourcedId", "")
        line = first.setdefault(sourced_id, row.line)
        if sourced_id and line != row.line:
            detail = f"the same sourcedId as on line {line}; every row needs its own"
            notes.error(FindingCode.DUPLICATE, detail, table.file, row.line, "sourcedId")


@dataclass(frozen=True, kw_only=True)
class _ReferencedFile:
    """A file that other rows refer to, and its sourcedIds."""

    file: str
    sourced_ids: frozenset[str]


def check_references(tables: dict[str, CsvTable], notes: ReportBuilder) -> None:
    """Report references to organisations or users that the package does not contain.

    Rows of students and families are not checked, as they are not imported.
    """
    orgs, users = _referenced_file(tables[ORGS]), _referenced_file(tables[USERS])
    for row in tables[ORGS].rows:
        _check_reference(CellReader(file=orgs.file, row=row, notes=notes), "parentSourcedId", orgs)
    for row in _staff_rows(tables.get(ROLES)):
        cells = CellReader(file=f"{ROLES}.csv", row=row, notes=notes)
        _check_reference(cells, "userSourcedId", users)
        _check_reference(cells, "orgSourcedId", orgs)
    for row in _staff_rows(tables[USERS]):
        _check_reference(CellReader(file=users.file, row=row, notes=notes), "orgSourcedIds", orgs)


def _staff_rows(table: CsvTable | None) -> tuple[CsvRow, ...]:
    return tuple(row for row in table.rows if row.cells.get("role") not in FAMILY) if table else ()


def _referenced_file(table: CsvTable) -> _ReferencedFile:
    return _ReferencedFile(file=table.file, sourced_ids=frozenset(row.cells.get("sourcedId", "") for row in table.rows))


def _check_reference(cells: CellReader, column: str, target: _ReferencedFile) -> None:
    value = cells.row.cells.get(column, "")
    referenced = [each.strip() for each in value.split(",")] if column == "orgSourcedIds" else [value]
    if any(each and each not in target.sourced_ids for each in referenced):
        cells.add_error(FindingCode.REFERENCE, column, f"refers to a sourcedId that is not in {target.file}; add its row")
