"""Rows made into what is kept of them. Students and their families are left out here, before any other cell is looked at."""

from collections.abc import Iterable
from dataclasses import dataclass

from domain.roster.cell_parsing import CellReader
from domain.roster.csv_headers import ORG_TYPES, ROLE_TYPES, ROSTER_ROLES, SESSION_TYPES
from domain.roster.csv_tables import CsvTable
from domain.roster.model import SCHOOL_YEAR, AcademicSession, Assignment, Org, Person
from domain.roster.role_mapping import FAMILY
from domain.roster.validation_report import FindingCode, ReportBuilder


@dataclass(frozen=True, kw_only=True)
class Staff:
    """Who of the users is taken in: ``sourced_ids``; ``family`` are users whose every role is a student's or a relative's."""

    sourced_ids: frozenset[str]
    family: frozenset[str]


def staff_of(pairs: Iterable[tuple[str, str]]) -> Staff:
    """Tells staff from students and family by (user, role) of every role row."""
    roles = list(pairs)
    staff = frozenset(user for user, role in roles if role not in FAMILY)
    return Staff(sourced_ids=staff, family=frozenset(user for user, _ in roles) - staff)


def parse_orgs(table: CsvTable, notes: ReportBuilder) -> tuple[Org, ...]:
    """Every organisation of the file."""
    return tuple(_org(CellReader(file=table.file, row=row, notes=notes)) for row in table.rows)


def _org(cells: CellReader) -> Org:
    return Org(
        sourced_id=cells.required("sourcedId"),
        name=cells.required("name"),
        type=cells.one_of("type", ORG_TYPES, extensible=True),
        identifier=cells.optional("identifier"),
        parent_sourced_id=cells.optional("parentSourcedId"),
    )


def parse_sessions(table: CsvTable, notes: ReportBuilder) -> tuple[AcademicSession, ...]:
    """The school years; terms and grading periods are checked for their type and left out."""
    found = (CellReader(file=table.file, row=row, notes=notes) for row in table.rows)
    return tuple(_session(c) for c in found if c.one_of("type", SESSION_TYPES, extensible=True) == SCHOOL_YEAR)


def _session(cells: CellReader) -> AcademicSession:
    session = AcademicSession(
        sourced_id=cells.required("sourcedId"),
        title=cells.required("title"),
        begins=cells.required_date("startDate"),
        ends=cells.required_date("endDate"),
        school_year=cells.year("schoolYear"),
    )
    if session.ends < session.begins:
        cells.add_error(FindingCode.VALUE_NOT_ALLOWED, "endDate", "lies before startDate")
    return session


def parse_person(cells: CellReader) -> Person:
    """What is kept of a member of staff. The other columns are not read at all."""
    return Person(
        sourced_id=cells.required("sourcedId"),
        given_name=cells.required("givenName"),
        middle_name=cells.optional("middleName"),
        family_name=cells.required("familyName"),
        preferred_given_name=cells.optional("preferredGivenName"),
        preferred_middle_name=cells.optional("preferredMiddleName"),
        preferred_family_name=cells.optional("preferredFamilyName"),
        email=cells.optional("email"),
        username=cells.optional("username"),
        enabled=cells.flag("enabledUser"),
        user_ids=cells.user_ids("userIds"),
        identifier=cells.optional("identifier"),
    )


def role_rows(table: CsvTable) -> tuple[tuple[str, str], ...]:
    """(user, role) of every row of roles.csv."""
    return tuple((row.cells.get("userSourcedId", ""), row.cells.get("role", "")) for row in table.rows)


def parse_assignments(table: CsvTable, notes: ReportBuilder) -> tuple[Assignment, ...]:
    """The role rows of staff; a teacher's row as somebody's guardian is left out too."""
    kept = (row for row in table.rows if row.cells.get("role") not in FAMILY)
    return tuple(_assignment(CellReader(file=table.file, row=row, notes=notes)) for row in kept)


def _assignment(cells: CellReader) -> Assignment:
    return Assignment(
        sourced_id=cells.required("sourcedId"),
        person_sourced_id=cells.required("userSourcedId"),
        org_sourced_id=cells.required("orgSourcedId"),
        role_type=cells.one_of("roleType", ROLE_TYPES, extensible=False),
        role_sent=cells.one_of("role", ROSTER_ROLES, extensible=True),
        role=None,
        begins=cells.optional_date("beginDate"),
        ends=cells.optional_date("endDate"),
    )


def user_roles(table: CsvTable) -> tuple[tuple[str, str], ...]:
    """(user, role) of every row of a 1.1 users.csv, where the role is the user's own column."""
    return tuple((row.cells.get("sourcedId", ""), row.cells.get("role", "")) for row in table.rows)


def parse_user_assignments(table: CsvTable, notes: ReportBuilder) -> tuple[Assignment, ...]:
    """1.1: one assignment for each of a user's organisations, the first being the primary one.

    1.1 has no role rows, so their ids are made of user, role and organisation.
    """
    kept = (row for row in table.rows if row.cells.get("role") not in FAMILY)
    return tuple(one for row in kept for one in _assignments_of_user(CellReader(file=table.file, row=row, notes=notes)))


def _assignments_of_user(cells: CellReader) -> tuple[Assignment, ...]:
    user, role = cells.row.cells.get("sourcedId", ""), cells.one_of("role", ROSTER_ROLES, extensible=True)
    return tuple(
        Assignment(
            sourced_id=f"{user}:{role}:{org}",
            person_sourced_id=user,
            org_sourced_id=org,
            role_type="secondary" if position else "primary",
            role_sent=role,
            role=None,
            begins=None,
            ends=None,
        )
        for position, org in enumerate(cells.ids("orgSourcedIds"))
    )


def parse_people(table: CsvTable, staff: Staff, notes: ReportBuilder) -> tuple[Person, ...]:
    """The members of staff of users.csv. A user without any role is told and left out: nothing says it is staff."""
    known = staff.sourced_ids | staff.family
    for row in table.rows:
        if row.cells.get("sourcedId", "") not in known:
            detail = "no row of roles.csv names this user, who is therefore left out; give staff their role"
            notes.warn(FindingCode.WITHOUT_ROLE, detail, table.file, row.line, "sourcedId")
    kept = (row for row in table.rows if row.cells.get("sourcedId", "") in staff.sourced_ids)
    return tuple(parse_person(CellReader(file=table.file, row=row, notes=notes)) for row in kept)
