"""A OneRoster CSV bulk package (1.2 or 1.1), read whole: the roster it holds, or everything that is wrong with it."""

from dataclasses import dataclass
from typing import TypeVar
from zipfile import ZipFile

from domain.roster import row_parsing
from domain.roster.csv_headers import HEADERS, MANIFEST, ORGS, READ, REQUIRED, ROLES, SESSIONS, USERS, Version
from domain.roster.csv_tables import LeavesOut, Room, Table, nobody, table
from domain.roster.manifest import FILE, Manifest, manifest
from domain.roster.model import IncomingRoster, LeftOut, Rostered
from domain.roster.role_mapping import FAMILY
from domain.roster.row_checks import check_blank, check_references, check_unique
from domain.roster.validation_report import FindingCode, Notes, Report
from domain.roster.zip_package import open_archive, unpack
from domain.shared.safe_zip import shown

T = TypeVar("T", bound=Rostered)
Tables = dict[str, Table]


@dataclass(frozen=True, kw_only=True)
class Reading:
    """What came of a package. ``roster`` is null if and only if the report has errors."""

    roster: IncomingRoster | None
    report: Report


def read_package(package: bytes) -> Reading:
    """Reads a package; never raises for what is in it.

    Of users.csv only the columns that are kept are looked at, and only of staff.
    """
    notes = Notes()
    found = _roster(package, notes)
    report = notes.report()
    return Reading(roster=None if report.errors else found, report=report)


def _roster(package: bytes, notes: Notes) -> IncomingRoster | None:
    archive = open_archive(package, notes)
    if archive is None:
        return None
    names = _names(archive, notes)
    said = _manifest(archive, names, notes)
    if said is None:
        return None
    tables = _tables(archive, names, said, notes)
    for each in tables.values():
        check_blank(each, notes)
        check_unique(each, notes)
    return _assembled(tables, said.version, notes)


def _names(archive: ZipFile, notes: Notes) -> dict[str, str]:
    """The entry of each file that may be read. Another letter case is understood, and told."""
    expected = {f"{name}.csv".lower(): f"{name}.csv" for name in (MANIFEST, *READ[Version.V1_2])}
    names = {}
    for entry in archive.namelist():
        file = expected.get(entry.lower())
        if file is not None:
            names[file] = entry
            if file != entry:
                notes.warn(FindingCode.FILE_NAME, f"was read as {file}; the binding writes it so", shown(entry))
    return names


def _manifest(archive: ZipFile, names: dict[str, str], notes: Notes) -> Manifest | None:
    if FILE not in names:
        notes.error(FindingCode.FILE_MISSING, "manifest.csv is missing; it names the version and the files", FILE)
        return None
    content = unpack(archive, names[FILE], notes)
    return None if content is None else manifest(content, notes)


def _tables(archive: ZipFile, names: dict[str, str], said: Manifest, notes: Notes) -> Tables:
    tables: Tables = {}
    room = Room()
    # Users last: their roles tell who is left out, of whom no more is held than names them.
    for name in sorted(READ[said.version], key=USERS.__eq__):
        file = f"{name}.csv"
        if file in names and name in said.bulk:
            content = unpack(archive, names[file], notes)
            if content is not None:
                out = _leaves_out(name, tables)
                tables[name] = table(file, content, HEADERS[said.version][name], notes, room=room, leaves_out=out)
        elif name in said.bulk:
            notes.error(FindingCode.FILE_MISSING, "the manifest says bulk, but the file is not in the ZIP", file)
        elif file in names:
            notes.error(
                FindingCode.FILE_UNEXPECTED, "is in the ZIP, but the manifest does not say bulk; correct one of them", file
            )
    return {name: tables[name] for name in READ[said.version] if name in tables}


def _leaves_out(name: str, tables: Tables) -> LeavesOut:
    """Which rows of the file ``name`` are students' and families', as far as the roles tell that were read before."""
    if name == USERS and ROLES in tables:
        staff = row_parsing.staff_of(row_parsing.role_rows(tables[ROLES])).sourced_ids
        return lambda cells: cells.get("sourcedId") not in staff
    if name in {USERS, ROLES}:
        return lambda cells: cells.get("role") in FAMILY
    return nobody


def _assembled(tables: Tables, version: Version, notes: Notes) -> IncomingRoster | None:
    if not set(REQUIRED[version]) <= tables.keys():
        return None
    check_references(tables, notes)
    users, roles = tables[USERS], tables.get(ROLES)
    staff = row_parsing.staff_of(row_parsing.user_roles(users) if roles is None else row_parsing.role_rows(roles))
    of_staff = row_parsing.assignments_of_users(users, notes) if roles is None else row_parsing.assignments(roles, notes)
    calendar = tables.get(SESSIONS)
    years = None if calendar is None else row_parsing.sessions(calendar, notes)
    return IncomingRoster(
        orgs=_sorted(row_parsing.orgs(tables[ORGS], notes)),
        people=_sorted(row_parsing.people(users, staff, notes)),
        assignments=_sorted(of_staff),
        sessions=None if years is None else _sorted(years),
        left_out=_left_out(users, staff, other_sessions=len(calendar.rows) - len(years or ()) if calendar else 0),
    )


def _left_out(users: Table, staff: row_parsing.Staff, *, other_sessions: int) -> LeftOut:
    kinds = [_is_family(row.cells.get("sourcedId", ""), staff) for row in users.rows]
    return LeftOut(students_and_family=kinds.count(True), without_role=kinds.count(False), other_sessions=other_sessions)


def _is_family(user: str, staff: row_parsing.Staff) -> bool | None:
    """Whether a user who is left out is a student or family; null for staff."""
    return None if user in staff.sourced_ids else user in staff.family


def _sorted(rows: tuple[T, ...]) -> tuple[T, ...]:
    return tuple(sorted(rows, key=lambda row: row.identity))
