"""Read a OneRoster CSV bulk package (1.2 or 1.1): its roster, or everything that is wrong with it."""

from dataclasses import dataclass
from typing import TypeVar
from zipfile import ZipFile

from domain.roster import row_parsing
from domain.roster.csv_headers import (
    FILES_READ,
    HEADERS,
    MANIFEST,
    ORGS,
    REQUIRED_FILES,
    ROLES,
    SESSIONS,
    USERS,
    OneRosterVersion,
)
from domain.roster.csv_tables import CsvTable, RowBudget, SkipPredicate, read_table, skip_none
from domain.roster.manifest import MANIFEST_FILE, RosterManifest, parse_manifest
from domain.roster.model import IncomingRoster, LeftOut, RosterRecord
from domain.roster.role_mapping import FAMILY
from domain.roster.row_checks import check_blank, check_references, check_unique
from domain.roster.validation_report import FindingCode, Report, ReportBuilder
from domain.roster.zip_package import open_archive, unpack
from domain.shared.safe_zip import printable_name

T = TypeVar("T", bound=RosterRecord)
Tables = dict[str, CsvTable]


@dataclass(frozen=True, kw_only=True)
class PackageReading:
    """The result of reading a package; `roster` is null if and only if the report has errors."""

    roster: IncomingRoster | None
    report: Report


def read_package(package: bytes) -> PackageReading:
    """Return the roster and the report of `package`; never raises, whatever the content.

    Only the stored columns of users.csv are read, and only the rows of staff.
    """
    notes = ReportBuilder()
    roster = _parse_package(package, notes)
    report = notes.report()
    return PackageReading(roster=None if report.errors else roster, report=report)


def _parse_package(package: bytes, notes: ReportBuilder) -> IncomingRoster | None:
    archive = open_archive(package, notes)
    if archive is None:
        return None
    names = _archive_entries(archive, notes)
    manifest = _read_manifest(archive, names, notes)
    if manifest is None:
        return None
    tables = _read_tables(archive, names, manifest, notes)
    for table in tables.values():
        check_blank(table, notes)
        check_unique(table, notes)
    return _build_roster(tables, manifest.version, notes)


def _archive_entries(archive: ZipFile, notes: ReportBuilder) -> dict[str, str]:
    """Map each file that is read to its ZIP entry; another letter case is accepted with a warning."""
    expected = {f"{name}.csv".lower(): f"{name}.csv" for name in (MANIFEST, *FILES_READ[OneRosterVersion.V1_2])}
    names = {}
    for entry in archive.namelist():
        file = expected.get(entry.lower())
        if file is not None:
            names[file] = entry
            if file != entry:
                notes.warn(FindingCode.FILE_NAME, f"was read as {file}; OneRoster spells it so", printable_name(entry))
    return names


def _read_manifest(archive: ZipFile, names: dict[str, str], notes: ReportBuilder) -> RosterManifest | None:
    if MANIFEST_FILE not in names:
        notes.error(
            FindingCode.FILE_MISSING,
            "manifest.csv is missing; add it to the ZIP",
            MANIFEST_FILE,
        )
        return None
    content = unpack(archive, names[MANIFEST_FILE], notes)
    return None if content is None else parse_manifest(content, notes)


def _read_tables(archive: ZipFile, names: dict[str, str], manifest: RosterManifest, notes: ReportBuilder) -> Tables:
    tables: Tables = {}
    budget = RowBudget()
    # Users last: their roles decide which users are skipped, of whom only the ids are read.
    for name in sorted(FILES_READ[manifest.version], key=USERS.__eq__):
        file = f"{name}.csv"
        if file in names and name in manifest.bulk:
            content = unpack(archive, names[file], notes)
            if content is not None:
                skip = _skip_predicate(name, tables)
                tables[name] = read_table(file, content, HEADERS[manifest.version][name], notes, budget=budget, skip=skip)
        elif name in manifest.bulk:
            notes.error(
                FindingCode.FILE_MISSING,
                "is bulk in the manifest, but not in the ZIP; add it or mark it as absent",
                file,
            )
        elif file in names:
            notes.error(
                FindingCode.FILE_UNEXPECTED,
                "is in the ZIP, but not bulk in the manifest; correct one of them",
                file,
            )
    return {name: tables[name] for name in FILES_READ[manifest.version] if name in tables}


def _skip_predicate(name: str, tables: Tables) -> SkipPredicate:
    """Return the predicate for rows of students and families in the file `name`, by the roles read before."""
    if name == USERS and ROLES in tables:
        staff = row_parsing.staff_of(row_parsing.role_rows(tables[ROLES])).sourced_ids
        return lambda cells: cells.get("sourcedId") not in staff
    if name in {USERS, ROLES}:
        return lambda cells: cells.get("role") in FAMILY
    return skip_none


def _build_roster(tables: Tables, version: OneRosterVersion, notes: ReportBuilder) -> IncomingRoster | None:
    if not set(REQUIRED_FILES[version]) <= tables.keys():
        return None
    check_references(tables, notes)
    users, roles = tables[USERS], tables.get(ROLES)
    staff = row_parsing.staff_of(row_parsing.user_roles(users) if roles is None else row_parsing.role_rows(roles))
    of_staff = (
        row_parsing.parse_user_assignments(users, notes) if roles is None else row_parsing.parse_assignments(roles, notes)
    )
    calendar = tables.get(SESSIONS)
    years = None if calendar is None else row_parsing.parse_sessions(calendar, notes)
    return IncomingRoster(
        orgs=_sorted(row_parsing.parse_orgs(tables[ORGS], notes)),
        people=_sorted(row_parsing.parse_people(users, staff, notes)),
        assignments=_sorted(of_staff),
        sessions=None if years is None else _sorted(years),
        left_out=_skipped_counts(users, staff, other_sessions=len(calendar.rows) - len(years or ()) if calendar else 0),
    )


def _skipped_counts(users: CsvTable, staff: row_parsing.Staff, *, other_sessions: int) -> LeftOut:
    kinds = [_is_family(row.cells.get("sourcedId", ""), staff) for row in users.rows]
    return LeftOut(students_and_family=kinds.count(True), without_role=kinds.count(False), other_sessions=other_sessions)


def _is_family(user: str, staff: row_parsing.Staff) -> bool | None:
    """Return whether a skipped user is a student or family member; null for staff."""
    return None if user in staff.sourced_ids else user in staff.family


def _sorted(rows: tuple[T, ...]) -> tuple[T, ...]:
    return tuple(sorted(rows, key=lambda row: row.identity))
