"""The dirty rosters of the world give a report that an administrator can act on, and change nothing."""

from pathlib import Path

import pytest

from domain.roster.package_reader import read_package
from tests.support.reference_material import sample

PERSONAL = ("Password", "john", "mary", "anna", "jones", "Jones", "6037778888", "6031234567", "he/him")

pytestmark = pytest.mark.official


def findings(name: str):
    reading = read_package(sample(name).read_bytes())
    assert reading.roster is None
    told = [(f.file, f.line, f.column, f.code.value) for f in reading.report.findings]
    text = " ".join(f.detail for f in reading.report.findings)
    assert not any(value in text for value in PERSONAL)
    return told, text


def test_dirty_1_2_is_reported_by_file_and_line():
    told, text = findings("dirty-oneroster-1.2.zip")
    assert {
        ("roles.csv", 1, "dateLastModified", "header_missing"),
        ("roles.csv", 1, "userProfileSourcedId", "header_missing"),
        ("users.csv", 1, "preferredGivenName", "header_missing"),
        ("users.csv", 2, "status", "not_blank"),
        ("users.csv", 2, "dateLastModified", "not_blank"),
        ("users.csv", 2, "enabledUser", "value_not_allowed"),
        ("orgs.csv", 2, "parentSourcedId", "reference"),
        ("academicSessions.csv", 2, "status", "not_blank"),
    } <= set(told)
    for said in ("dataLastModified", "prefferedGivenName", "1/05/2023", "tobedeleted", "TRUE"):
        assert said in text


def test_dirty_1_1_is_reported_by_file_and_line():
    told, text = findings("dirty-oneroster-1.1.zip")
    assert {
        ("users.csv", 2, "status", "not_blank"),
        ("users.csv", 5, "enabledUser", "value_not_allowed"),
        ("orgs.csv", 2, "parentSourcedId", "reference"),
        ("academicSessions.csv", 4, "status", "not_blank"),
    } <= set(told)
    assert "inactive" in text


def test_the_demo_roster_is_the_samples():
    ours = Path(__file__).parents[3] / "api" / "demo" / "grand-bend-oneroster-1.2-bulk.zip"
    assert ours.read_bytes() == sample(ours.name).read_bytes()
