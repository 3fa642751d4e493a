"""A clean package, 1.2 and 1.1: what is kept of it, and what is not."""

import asyncio
import dataclasses
import json
import threading
import time
from datetime import date
from types import SimpleNamespace

import pytest

from domain.directory.model import UserId
from domain.directory.usecases.districts_and_clients import operator_actor
from domain.roster import csv_tables, usecases
from domain.roster.commands import ImportRoster
from domain.roster.csv_headers import HEADERS, OneRosterVersion
from domain.roster.csv_headers import USERS as USERS_FILE
from domain.roster.model import AcademicSession, LeftOut, Org, Person
from domain.roster.package_reader import read_package
from domain.roster.validation_report import ReportBuilder
from tests.support.roster_packages import CLEAN, GRAND_BEND, USERS, clean, clean_1_1, spoilt


def roster(package: bytes):
    reading = read_package(package)
    assert reading.roster is not None, reading.report
    return reading.roster


def test_grand_bend_comes_in_whole():
    reading = read_package(GRAND_BEND.read_bytes())
    assert reading.report.findings == ()
    found = reading.roster
    assert found is not None
    assert found.sessions is not None
    assert (len(found.orgs), len(found.people), len(found.assignments), len(found.sessions)) == (4, 68, 69, 2)
    sent = [a.role_sent for a in found.assignments]
    assert [sent.count(r) for r in ("principal", "ext:assistantPrincipal", "districtAdministrator", "teacher")] == [3, 3, 1, 55]
    assert sum(p.email is not None for p in found.people) == 18


def test_of_a_person_only_what_the_contract_lists_is_kept():
    found = roster(clean()).people[0]
    assert found == Person(
        sourced_id="u1",
        given_name="Ann",
        middle_name="Q",
        family_name="Apple",
        preferred_given_name="Annie",
        preferred_middle_name=None,
        preferred_family_name=None,
        email="ann@example.org",
        username="apple",
        enabled=True,
        user_ids=(UserId(type="Badge", value="7"), UserId(type="State", value="11")),
        identifier="E1",
    )
    everything = json.dumps(dataclasses.asdict(roster(clean())), default=str)
    for never in ("Secret", "555-01", "she", "07"):
        assert never not in everything.replace("2026-08", "")


def test_students_and_families_are_left_out_and_counted():
    found = roster(clean())
    assert [p.sourced_id for p in found.people] == ["u1", "u2"]
    assert [a.sourced_id for a in found.assignments] == ["r1", "r2"]  # not r4: that a teacher is a guardian is family too
    assert found.left_out == LeftOut(students_and_family=1, without_role=0, other_sessions=1)
    assert "Pupilwright" not in repr(read_package(clean()))


@pytest.mark.parametrize("role", ["student", "guardian", "parent", "relative"])
def test_whoever_has_only_a_family_role_is_never_taken_in(role):
    found = roster(spoilt("roles", "u2,primary,teacher", f"u2,primary,{role}"))
    assert [p.sourced_id for p in found.people] == ["u1"]


def test_faults_in_a_students_cells_are_nobodys_business():
    assert roster(spoilt("users", "u3,,,true,pupil,,Paula", "u3,,,maybe,pupil,{odd},"))


def test_a_user_without_any_role_is_told_and_left_out():
    reading = read_package(spoilt("roles", "r2,,,u2,primary,teacher,,,s2,\n", ""))
    # u2 is still a guardian, hence family; a user nobody names is told
    assert reading.roster is not None
    reading = read_package(clean(users=CLEAN["users.csv"] + "u9,,,true,nine,,Nina,Nine,,,,,,,,,,,,,,\n"))
    assert reading.roster is not None
    assert reading.roster.left_out.without_role == 1
    (finding,) = reading.report.findings
    assert (finding.file, finding.line, finding.code, finding.severity) == ("users.csv", 5, "without_role", "warning")
    assert "Nina" not in finding.detail


def test_every_role_row_is_kept_as_sent_and_unmapped():
    found = roster(spoilt("roles", "u1,primary,principal,2020-08-01,", "u1,secondary,ext:deanOf.Things,2020-08-01,2024-06-30"))
    row = found.assignments[0]
    assert (row.role_type, row.role_sent, row.role) == ("secondary", "ext:deanOf.Things", None)
    assert (row.begins, row.ends, row.org_sourced_id) == (date(2020, 8, 1), date(2024, 6, 30), "s1")


def test_only_school_years_are_kept_of_the_sessions():
    assert roster(clean()).sessions == (
        AcademicSession(
            sourced_id="y27", title="Year 2027", begins=date(2026, 8, 17), ends=date(2027, 5, 28), school_year=2027
        ),
    )


def test_a_package_without_sessions_is_silent_on_them():
    manifest = CLEAN["manifest.csv"].replace("academicSessions,bulk", "academicSessions,absent")
    assert roster(clean(manifest=manifest, academicSessions=None)).sessions is None


def test_orgs_are_kept_with_their_parents():
    assert roster(clean()).orgs[1] == Org(
        sourced_id="s1", name="Hill School", type="school", identifier="S1", parent_sourced_id="d"
    )


def test_version_1_1_has_its_roles_on_the_user():
    found = roster(clean_1_1())
    assert [(a.sourced_id, a.role_type, a.role_sent) for a in found.assignments] == [
        ("u1:administrator:s1", "primary", "administrator"),
        ("u1:administrator:s2", "secondary", "administrator"),
        ("u2:teacher:s2", "primary", "teacher"),
    ]
    assert [p.sourced_id for p in found.people] == ["u1", "u2"]
    assert found.sessions is None


@pytest.mark.parametrize("mark", [b"", b"\xef\xbb\xbf"])
@pytest.mark.parametrize("newline", ["\n", "\r\n"])
def test_byte_order_mark_and_line_ends_make_no_difference(mark, newline):
    package = clean(**{name[:-4]: mark + text.replace("\n", newline).encode() for name, text in CLEAN.items()})
    assert roster(package) == roster(clean())


def test_extension_columns_are_ignored():
    orgs = CLEAN["orgs.csv"].splitlines()
    more = "\n".join([f"{orgs[0]},metadata.colour,metadata.size", *(f"{line},red,9" for line in orgs[1:])])
    assert roster(clean(orgs=more)) == roster(clean())


def test_accents_quotes_and_line_numbers_survive():
    users = CLEAN["users.csv"].replace("Ben,Berry", 'Bén,"Bérry, ""B"""')
    assert roster(clean(users=users)).people[1].family_name == 'Bérry, "B"'


def test_another_letter_case_of_a_file_name_is_understood_and_told():
    reading = read_package(clean(users=None, Users=CLEAN["users.csv"]))
    assert reading.roster == roster(clean())
    assert [(f.file, f.code, f.severity) for f in reading.report.findings] == [("Users.csv", "file_name", "warning")]


def test_a_boolean_in_capitals_is_understood_and_told():
    reading = read_package(spoilt("users", "u1,,,true", "u1,,,TRUE"))
    assert reading.roster == roster(clean())
    (finding,) = reading.report.findings
    assert (finding.line, finding.column, finding.severity) == (2, "enabledUser", "warning")


def test_files_that_are_not_needed_are_never_opened():
    assert roster(clean(demographics=b"\xff\xfe not even text", classes="nonsense")) == roster(clean())


def test_header_of_the_fixture_is_the_bindings():
    assert len(USERS.split(",")) == 22


@pytest.mark.parametrize(("limit", "enough"), [("MAX_FULL_ROWS", 9), ("MAX_ROWS", 15)])
def test_the_rows_of_all_files_together_are_bounded_and_those_held_whole_again(monkeypatch, limit, enough):
    """3 organisations, 2 sessions, 2 users and 2 roles of staff; with headers, a student and a guardian 16 rows."""
    monkeypatch.setattr(csv_tables, limit, enough)
    assert read_package(clean()).report.findings == ()
    monkeypatch.setattr(csv_tables, limit, enough - 1)
    assert "package_too_large" in {f.code for f in read_package(clean()).report.findings}


def test_of_who_is_left_out_no_cell_is_held_but_what_names_them():
    content = CLEAN["users.csv"].encode()
    found = csv_tables.read_table(
        "users.csv", content, HEADERS[OneRosterVersion.V1_2][USERS_FILE], ReportBuilder(), skip=lambda _cells: True
    )
    assert [row.cells for row in found.rows] == [{"sourcedId": f"u{n}"} for n in (1, 2, 3)]


async def test_packages_are_read_one_at_a_time_and_not_by_the_threads_that_look_names_up(monkeypatch):
    reading, seen = [], []

    def read(package):
        reading.append(package)
        seen.append((threading.current_thread().name, len(reading)))
        time.sleep(0.01)
        reading.remove(package)
        raise ValueError

    monkeypatch.setattr(usecases, "read_package", read)
    ctx = SimpleNamespace(actor=operator_actor("tests"))
    asked = [usecases.import_roster(ImportRoster(package=bytes([n])), ctx) for n in range(4)]
    assert [type(e) for e in await asyncio.gather(*asked, return_exceptions=True)] == [ValueError] * 4
    assert seen == [("roster_0", 1)] * 4
