"""What a roster's role means, and school years."""

from datetime import date

import pytest

from domain.directory.school_years import SchoolYear, school_year
from domain.roster.package_reader import read_package
from domain.roster.role_mapping import (
    NO_OVERRIDES,
    RoleCount,
    RoleMapping,
    RoleMappingEntry,
    UnmappedRole,
    roles_in,
    unmapped_roles,
    with_roles,
)
from domain.shared.roles import Role
from tests.support.roster_packages import GRAND_BEND


@pytest.mark.parametrize(
    ("sent", "role"),
    [
        ("principal", Role.PRINCIPAL),
        ("ext:assistantPrincipal", Role.ASSISTANT_PRINCIPAL),
        ("teacher", Role.TEACHER),
        ("aide", Role.STAFF),
        ("counselor", Role.STAFF),
        ("proctor", Role.STAFF),
        ("administrator", None),
        ("siteAdministrator", None),
        ("districtAdministrator", None),
        ("systemAdministrator", None),
        ("ext:otherStaff", None),
    ],
)
def test_roles_map_by_name_and_administrators_stay_unmapped(sent, role):
    assert NO_OVERRIDES.role_of(sent) == role


def test_an_override_goes_before_the_name_and_null_unmaps():
    mapping = RoleMapping(
        version=1,
        entries=(
            RoleMappingEntry(roster_role="districtAdministrator", role=Role.SUPERVISOR),
            RoleMappingEntry(roster_role="counselor", role=None),
        ),
    )
    assert mapping.role_of("districtAdministrator") is Role.SUPERVISOR
    assert mapping.role_of("counselor") is None
    assert mapping.role_of("aide") is Role.STAFF
    assert unmapped_roles([RoleCount(roster_role="counselor", rows=2)], mapping) == ()


def test_unmapped_roles_in_use_are_told_with_a_suggestion():
    roster = read_package(GRAND_BEND.read_bytes()).roster
    assert roster is not None
    assert unmapped_roles(roles_in(roster.assignments), NO_OVERRIDES) == (
        UnmappedRole(roster_role="districtAdministrator", rows=1, suggestion=Role.SUPERVISOR),
        UnmappedRole(roster_role="ext:otherStaff", rows=3, suggestion=Role.STAFF),
        UnmappedRole(roster_role="systemAdministrator", rows=2, suggestion=Role.DISTRICT_ADMIN),
    )
    roles = [a.role for a in with_roles(roster, NO_OVERRIDES).assignments]
    assert [roles.count(r) for r in (Role.PRINCIPAL, Role.ASSISTANT_PRINCIPAL, Role.TEACHER, Role.STAFF, None)] == [
        3,
        3,
        55,
        2,
        6,
    ]


def test_a_role_nobody_holds_any_more_is_not_asked_about():
    assert unmapped_roles([RoleCount(roster_role="siteAdministrator", rows=0)], NO_OVERRIDES) == ()


@pytest.mark.parametrize("sent", ["administrator", "siteAdministrator", "districtAdministrator", "systemAdministrator"])
def test_every_administrator_role_has_a_suggestion(sent):
    (found,) = unmapped_roles([RoleCount(roster_role=sent, rows=1)], NO_OVERRIDES)
    assert found.suggestion is not None


HELD = SchoolYear(name=2027, begins_on=date(2026, 8, 17), ends_on=date(2027, 5, 28))


@pytest.mark.parametrize(
    ("on", "name", "begins"),
    [
        (date(2026, 8, 17), 2027, date(2026, 8, 17)),
        (date(2027, 5, 28), 2027, date(2026, 8, 17)),
        (date(2027, 5, 29), 2027, date(2026, 7, 1)),  # after the session, before 1 July
        (date(2026, 8, 16), 2027, date(2026, 7, 1)),
        (date(2026, 6, 30), 2026, date(2025, 7, 1)),
    ],
)
def test_school_years_come_from_the_roster_else_from_1_july(on, name, begins):
    year = school_year(on, [HELD])
    assert (year.name, year.begins_on) == (name, begins)


def test_without_a_roster_a_school_year_is_july_to_june():
    assert school_year(date(2026, 7, 1), []) == SchoolYear(name=2027, begins_on=date(2026, 7, 1), ends_on=date(2027, 6, 30))
