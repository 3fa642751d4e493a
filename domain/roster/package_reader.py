"""A OneRoster CSV bulk package (1.2 or 1.1), read whole: the roster it holds, or everything that is wrong with it."""

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
    """What came of a package. ``roster`` is null if and only if the report has errors."""

    roster: IncomingRoster | None
    report: Report


def read_package(package: bytes) -> PackageReading:
    """Reads a package; never raises for what is in it.

    Of users.csv only the columns that are kept are looked at, and only of staff.
    """
    notes = ReportBuilder()
    found = _parse_package(package, notes)
    report = notes.report()
    return PackageReading(roster=None if report.errors else found, report=report)


def _parse_package(package: bytes, notes: ReportBuilder) -> IncomingRoster | None:
    archive = open_archive(package, notes)
    if archive is None:
        return None
    names = _archive_entries(archive, notes)
    said = _read_manifest(archive, names, notes)
    if said is None:
        return None
    tables = _read_tables(archive, names, said, notes)
    for each in tables.values():
        check_blank(each, notes)
        check_unique(each, notes)
    return _build_roster(tables, said.version, notes)


def _archive_entries(archive: ZipFile, notes: ReportBuilder) -> dict[str, str]:
    """The entry of each file that may be read. Another letter case is understood, and told."""
    expected = {f"{name}.csv".lower(): f"{name}.csv" for name in (MANIFEST, *FILES_READ[OneRosterVersion.V1_2])}
    names = {}
    for entry in archive.namelist():
        file = expected.get(entry.lower())
        if file is not None:
            names[file] = entry
            if file != entry:
                notes.warn(FindingCode.FILE_NAME, f"was read as {file}; the binding writes it so", printable_name(entry))
    return names


def _read_manifest(archive: ZipFile, names: dict[str, str], notes: ReportBuilder) -> RosterManifest | None:
    if MANIFEST_FILE not in names:
        notes.error(FindingCode.FILE_MISSING, "manifest.csv is missing; it names the version and the files", MANIFEST_FILE)
        return None
    content = unpack(archive, names[MANIFEST_FILE], notes)
    return None if content is None else parse_manifest(content, notes)


def _read_tables(archive: ZipFile, names: dict[str, str], manifest: RosterManifest, notes: ReportBuilder) -> Tables:
    tables: Tables = {}
    room = RowBudget()
    # Users last: their roles tell who is left out, of whom no more is held than names them.
    for name in sorted(FILES_READ[manifest.version], key=USERS.__eq__):
        file = f"{name}.csv"
        if file in names and name in manifest.bulk:
            content = unpack(archive, names[file], notes)
            if content is not None:
                out = _skip_predicate(name, tables)
                tables[name] = read_table(file, content, HEADERS[manifest.version][name], notes, budget=room, skip=out)
        elif name in manifest.bulk:
            notes.error(FindingCode.FILE_MISSING, "the manifest says bulk, but the file is not in the ZIP", file)
        elif file in names:
            notes.error(
                FindingCode.FILE_UNEXPECTED, "is in the ZIP, but the manifest does not say bulk; correct one of them", file
            )
    return {name: tables[name] for name in FILES_READ[manifest.version] if name in tables}


def _skip_predicate(name: str, tables: Tables) -> SkipPredicate:
    """Which rows of the file ``name`` are students' and families', as far as the roles tell that were read before."""
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
    """Whether a user who is left out is a student or family; null for staff."""
    return None if user in staff.sourced_ids else user in staff.family


def _sorted(rows: tuple[T, ...]) -> tuple[T, ...]:
    return tuple(sorted(rows, key=lambda row: row.identity))
