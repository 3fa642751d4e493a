"""What must hold between the rows of a bulk package: nothing marked, nothing twice, nothing pointing outside."""

from dataclasses import dataclass

from domain.roster.cell_parsing import Cells, is_like_a_date
from domain.roster.csv_headers import BLANK_IN_BULK, ORGS, ROLES, USERS
from domain.roster.csv_tables import Row, Table
from domain.roster.role_mapping import FAMILY
from domain.roster.validation_report import FindingCode, Notes, not_

BULK = "a bulk file lists everybody and marks nothing; if this is a delta, send a bulk package of the whole roster"
STATUSES = frozenset({"active", "inactive", "tobedeleted"})


def check_blank(table: Table, notes: Notes) -> None:
    """Refuse a status or a change date: a delta taken for a bulk would end everybody it does not list."""
    for row in table.rows:
        for column in BLANK_IN_BULK:
            value = row.cells.get(column)
            if value:
                detail = f"must be blank{_not(value)}: {BULK}"
                Cells(file=table.file, row=row, notes=notes).fault(FindingCode.NOT_BLANK, column, detail)


def _not(value: str) -> str:
    """The cell, where it is a status or a date and so nobody's data."""
    return not_(value) if value in STATUSES or is_like_a_date(value) else ""


def check_unique(table: Table, notes: Notes) -> None:
    """Refuse a sourcedId that stands twice in a file."""
    first: dict[str, int] = {}
    for row in table.rows:
        sourced_id = row.cells.get("sourcedId", "")
        line = first.setdefault(sourced_id, row.line)
        if sourced_id and line != row.line:
            detail = f"the same sourcedId as on line {line}; every row needs its own"
            notes.error(FindingCode.DUPLICATE, detail, table.file, row.line, "sourcedId")


@dataclass(frozen=True, kw_only=True)
class _Target:
    """A file that is pointed at, and the sourcedIds in it."""

    file: str
    sourced_ids: frozenset[str]


def check_references(tables: dict[str, Table], notes: Notes) -> None:
    """Refuse rows that point at an organisation or a user the package does not hold; a bulk is complete in itself.

    Rows of students and families are not looked at: they are left out in any case.
    """
    orgs, users = _target(tables[ORGS]), _target(tables[USERS])
    for row in tables[ORGS].rows:
        _check(Cells(file=orgs.file, row=row, notes=notes), "parentSourcedId", orgs)
    for row in _staff_rows(tables.get(ROLES)):
        cells = Cells(file=f"{ROLES}.csv", row=row, notes=notes)
        _check(cells, "userSourcedId", users)
        _check(cells, "orgSourcedId", orgs)
    for row in _staff_rows(tables[USERS]):
        _check(Cells(file=users.file, row=row, notes=notes), "orgSourcedIds", orgs)


def _staff_rows(table: Table | None) -> tuple[Row, ...]:
    return tuple(row for row in table.rows if row.cells.get("role") not in FAMILY) if table else ()


def _target(table: Table) -> _Target:
    return _Target(file=table.file, sourced_ids=frozenset(row.cells.get("sourcedId", "") for row in table.rows))


def _check(cells: Cells, column: str, target: _Target) -> None:
    value = cells.row.cells.get(column, "")
    named = [each.strip() for each in value.split(",")] if column == "orgSourcedIds" else [value]
    if any(each and each not in target.sourced_ids for each in named):
        cells.fault(
            FindingCode.REFERENCE, column, f"names something that is not in {target.file}; a bulk is complete in itself"
        )
