"""Parse rows into records. Students and families are left out before any other cell of theirs is read."""

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
    """Users by role: `sourced_ids` of those who are imported; `family` have only roles of students or relatives."""

    sourced_ids: frozenset[str]
    family: frozenset[str]


def staff_of(pairs: Iterable[tuple[str, str]]) -> Staff:
    """Separate staff from students and families by `pairs`, (user, role) of every role row."""
    roles = list(pairs)
    staff = frozenset(user for user, role in roles if role not in FAMILY)
    return Staff(sourced_ids=staff, family=frozenset(user for user, _ in roles) - staff)


def parse_orgs(table: CsvTable, notes: ReportBuilder) -> tuple[Org, ...]:
    """Return every organisation of the file."""
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
    """Return the school years; terms and grading periods are left out."""
    readers = (CellReader(file=table.file, row=row, notes=notes) for row in table.rows)
    return tuple(_session(c) for c in readers if c.one_of("type", SESSION_TYPES, extensible=True) == SCHOOL_YEAR)


def _session(cells: CellReader) -> AcademicSession:
    session = AcademicSession(
        sourced_id=cells.required("sourcedId"),
        title=cells.required("title"),
        begins=cells.required_date("startDate"),
        ends=cells.required_date("endDate"),
        school_year=cells.year("schoolYear"),
    )
    if session.ends < session.begins:
        cells.add_error(FindingCode.VALUE_NOT_ALLOWED, "endDate", "is before startDate")
    return session


def parse_person(cells: CellReader) -> Person:
    """Return the stored fields of a member of staff. No other column is read."""
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
    """Return (user, role) of every row of roles.csv."""
    return tuple((row.cells.get("userSourcedId", ""), row.cells.get("role", "")) for row in table.rows)


def parse_assignments(table: CsvTable, notes: ReportBuilder) -> tuple[Assignment, ...]:
    """Return the role rows of staff, without those of a student's relatives (a teacher may be a guardian too)."""
    rows = (row for row in table.rows if row.cells.get("role") not in FAMILY)
    return tuple(_assignment(CellReader(file=table.file, row=row, notes=notes)) for row in rows)


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
    """Return (user, role) of every row of a 1.1 users.csv, where the role is a column of the user."""
    return tuple((row.cells.get("sourcedId", ""), row.cells.get("role", "")) for row in table.rows)


def parse_user_assignments(table: CsvTable, notes: ReportBuilder) -> tuple[Assignment, ...]:
    """Return an assignment for each organisation of a 1.1 user; the first one is primary.

    1.1 has no role rows, so the sourcedId is made of user, role and organisation.
    """
    rows = (row for row in table.rows if row.cells.get("role") not in FAMILY)
    return tuple(one for row in rows for one in _assignments_of_user(CellReader(file=table.file, row=row, notes=notes)))


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
    """Return the members of staff of users.csv. A user without any role is left out with a warning."""
    with_role = staff.sourced_ids | staff.family
    for row in table.rows:
        if row.cells.get("sourcedId", "") not in with_role:
            detail = "no row of roles.csv is about this user, who is left out; add a role if it is a member of staff"
            notes.warn(FindingCode.WITHOUT_ROLE, detail, table.file, row.line, "sourcedId")
    rows = (row for row in table.rows if row.cells.get("sourcedId", "") in staff.sourced_ids)
    return tuple(parse_person(CellReader(file=table.file, row=row, notes=notes)) for row in rows)
