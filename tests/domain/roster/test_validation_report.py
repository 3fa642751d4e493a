"""Every way in which a package can be wrong is told by file, line and column, with what is expected, and keeps it out."""

import pytest

from domain.roster.errors import PACKAGE_FILES
from domain.roster.package_reader import read_package
from domain.roster.row_checks import BULK_HINT
from domain.roster.validation_report import without_values
from tests.support.roster_packages import CLEAN, CLEAN_1_1, ROLES, USERS, clean, clean_1_1, spoilt, zipped

PERSONAL = ("Ann", "Apple", "Paula", "Pupilwright", "Secret", "555-01", "paula@", "ann@")

ODD = (
    *("2026-10-24T08:25:43.511Z", "2026-10-24T08:25:43", "1/5/23T:::", "1.5.2023T1:2:", "31-12-99T.Z", "1/05/2023", "12/31/99"),
    *(
        "2026-10-24T08:25:43+02:00",
        "2026-10-24 08:25:43",
        "24 Oct: 2026",
        "a, not b: c",
        "555-0123",
        "Ann",
        ": a bulk",
        "٢٠٢٦-١-١",
    ),
)


def errors(package: bytes):
    reading = read_package(package)
    found = [f for f in reading.report.findings if f.severity == "error"]
    assert (reading.roster is None) == bool(found)
    assert reading.report.errors >= len(found)
    for finding in reading.report.findings:
        assert not any(value in finding.detail for value in PERSONAL)
    return found


def only(package: bytes):
    (finding,) = errors(package)
    return finding


@pytest.mark.parametrize(
    "message",
    [
        ("orgs", "s1,,,Hill", "s1,active,,Hill", 3, "status", "not_blank", "not active"),
        ("orgs", "s1,,,Hill", "s1,,1/05/2023,Hill", 3, "dateLastModified", "not_blank", "not 1/05/2023"),
        ("orgs", "s1,,,Hill", "s1,,6037778888,Hill", 3, "dateLastModified", "not_blank", "must be blank:"),
        ("orgs", "s2,,,Dale School,school", "s2,,,Dale School,School", 4, "type", "value_not_allowed", "do you mean school?"),
        ("orgs", "s2,,,Dale School,", "s2,,,,", 4, "name", "value_missing", "must not be empty"),
        ("orgs", "S2,d", "S2,nowhere", 4, "parentSourcedId", "reference", "orgs.csv"),
        ("orgs", "s2,,,Dale", "s1,,,Dale", 4, "sourcedId", "duplicate", "line 3"),
        ("roles", "u1,primary,principal", "u1,primary,principle", 2, "role", "value_not_allowed", "do you mean principal?"),
        ("roles", "u1,primary", "u1,first", 2, "roleType", "value_not_allowed", "primary, secondary"),
        ("roles", "2020-08-01", "1/05/2023", 2, "beginDate", "value_malformed", "not 1/05/2023"),
        ("roles", "2020-08-01", "2023-02-30", 2, "beginDate", "value_malformed", "such as 2026-08-17"),
        ("roles", "2020-08-01", "20230201", 2, "beginDate", "value_malformed", "such as 2026-08-17"),
        ("roles", "2020-08-01,,s1", "2020-08-01,,s9", 2, "orgSourcedId", "reference", "orgs.csv"),
        ("users", "u1,,,true", "u1,,,yes", 2, "enabledUser", "value_not_allowed", "true or false"),
        ("users", "Ann,Apple", ",Apple", 2, "givenName", "value_missing", "must not be empty"),
        ("users", "{State:11}", "State:11", 2, "userIds", "value_malformed", "{type:id},{type:id}"),
        ("users", "Ann,Apple", f"{'A' * 201},Apple", 2, "givenName", "value_too_long", "200 characters"),
        ("users", "Ann,Apple", "An\x00n,Apple", 2, "givenName", "value_malformed", "control character"),
        ("academicSessions", "2027-05-28,,2027", "2027-05-28,,26/27", 2, "schoolYear", "value_malformed", "2027"),
        ("academicSessions", "2026-08-17,2027-05-28", "2027-08-17,2027-05-28", 2, "endDate", "value_not_allowed", "startDate"),
        ("academicSessions", "2027-05-28,,", ",,", 2, "endDate", "value_missing", "must not be empty"),
        ("academicSessions", "schoolYear,2", "schoolyear,2", 2, "type", "value_not_allowed", "do you mean schoolYear?"),
        ("manifest", "users,bulk", "users,delta", 7, "value", "delta", "send a bulk package"),
        ("manifest", "users,bulk", "users,", 7, "value", "manifest", "absent or bulk"),
        ("manifest", "manifest.version,1.0", "manifest.version,2.0", 2, "value", "manifest", "1.0"),
        ("manifest", "version,1.2", "version,2.0", 3, "value", "manifest", "1.2 or 1.1"),
        ("manifest", "file.orgs,bulk", "file.orgs,bulk\nfile.orgs,bulk", 6, "propertyName", "duplicate", "keep one"),
    ],
)
def test_a_faulty_cell_is_named_by_file_line_and_column_with_what_is_expected(message):
    name, old, new, line, column, code, says = message
    found = errors(spoilt(name, old, new))
    assert (found[0].file, found[0].line, found[0].column, found[0].code) == (f"{name}.csv", line, column, code)
    assert says in found[0].detail


def test_a_user_missing_from_users_is_a_reference_of_roles():
    users = "\n".join(line for line in CLEAN["users.csv"].splitlines() if not line.startswith("u2"))
    finding = only(clean(users=users))
    assert (finding.file, finding.line, finding.column, finding.code) == ("roles.csv", 3, "userSourcedId", "reference")


def test_a_misspelt_header_names_the_header_expected():
    finding = only(spoilt("users", "preferredGivenName", "prefferedGivenName"))
    assert (finding.file, finding.line, finding.column, finding.code) == (
        "users.csv",
        1,
        "preferredGivenName",
        "header_missing",
    )
    assert finding.detail == "the header says prefferedGivenName; it must read preferredGivenName"


def test_the_letter_case_of_a_header_counts():
    assert only(spoilt("orgs", "sourcedId", "SourcedId")).detail == "the header says SourcedId; it must read sourcedId"


def test_a_missing_column_names_its_place():
    roles = "\n".join(line.rsplit(",", 1)[0] for line in CLEAN["roles.csv"].splitlines())
    assert only(clean(roles=roles)).detail == "the column userProfileSourcedId is missing; it comes after orgSourcedId"


def test_the_order_of_headers_counts():
    roles = CLEAN["roles.csv"].replace("roleType,role", "role,roleType").replace("primary,principal", "principal,primary")
    found = errors(clean(roles=roles))
    assert found[0].code == "header_order"
    assert ROLES in found[0].detail


def test_an_unknown_column_is_told_by_its_place_and_not_by_its_name():
    users = "\n".join(f"{line},Secret-{n}" for n, line in enumerate(CLEAN["users.csv"].splitlines()))
    finding = only(clean(users=users))
    assert finding.code == "header_unknown"
    assert finding.detail.startswith("column 23 ")


def test_a_file_without_a_header_is_told_and_its_first_line_never_printed():
    users = CLEAN["users.csv"].split("\n", 1)[1]
    found = errors(clean(users=users))
    assert USERS in next(f for f in found if f.file == "users.csv").detail


def test_a_line_with_too_many_or_too_few_values_is_told_and_its_cells_not_guessed_at():
    found = errors(spoilt("users", "Ann,Apple", "Ann,Apple,Jr"))
    assert [(f.line, f.code) for f in found] == [(2, "row_length")]
    found = errors(spoilt("users", "s1,she", "s1"))
    assert [(f.line, f.code) for f in found] == [(2, "row_length")]


def test_line_numbers_are_the_files_own():
    users = CLEAN["users.csv"].replace("\nu2", "\n\nu2").replace("Ben,Berry", '"Be\nn",Berry')
    found = errors(clean(users=users.replace("u3,,,true", "u2,,,true")))
    assert [(f.line, f.column) for f in found] == [(4, "givenName"), (6, "sourcedId")]


def test_a_file_that_is_not_utf8_or_not_csv_says_where():
    finding = next(
        f for f in errors(clean(orgs=CLEAN["orgs.csv"].replace("Dale", "D\xe9le").encode("latin-1"))) if f.file == "orgs.csv"
    )
    assert (finding.line, finding.code) == (4, "not_utf8")
    finding = next(f for f in errors(spoilt("orgs", "Dale School", '"Dale" School')) if f.file == "orgs.csv")
    assert (finding.line, finding.code) == (4, "not_csv")


def test_a_required_file_must_be_there_and_the_manifest_must_agree():
    assert [(f.file, f.code) for f in errors(clean(roles=None))] == [("roles.csv", "file_missing")]
    found = errors(spoilt("manifest", "roles,bulk", "roles,absent"))
    assert {(f.file, f.code) for f in found} == {("manifest.csv", "file_missing"), ("roles.csv", "file_unexpected")}
    assert only(clean(manifest=None)).code == "file_missing"


def test_a_wrong_value_for_a_file_that_is_not_read_is_only_a_warning():
    reading = read_package(clean(manifest=CLEAN["manifest.csv"] + "file.userProfiles,\nfile.classes,delta\n"))
    assert reading.roster is not None
    assert [(f.line, f.severity) for f in reading.report.findings] == [(8, "warning")]


def test_an_unknown_organisation_of_a_1_1_user_is_told():
    finding = only(clean_1_1(users=CLEAN_1_1["users.csv"].replace("true,s2,teacher", 'true,"s2,s9",teacher')))
    assert (finding.file, finding.line, finding.column) == ("users.csv", 3, "orgSourcedIds")


def test_one_mistake_on_every_line_does_not_hide_another():
    rows = "".join(f"x{n},active,,School {n},school,,d\n" for n in range(3000))
    report = read_package(clean(orgs=CLEAN["orgs.csv"] + rows + "z,,,Z,skool,,d\n")).report
    assert report.errors == 3001
    assert len(report.findings) <= 1000
    assert any(f.code == "value_not_allowed" and f.line == 3005 for f in report.findings)
    assert {(c.code, c.n) for c in report.counts} == {("not_blank", 3000), ("value_not_allowed", 1)}


def test_errors_come_before_warnings():
    users = CLEAN["users.csv"].replace("u1,,,true", "u1,,,TRUE").replace("Ben,", ",")
    assert [f.severity for f in read_package(clean(users=users)).report.findings] == ["error", "warning"]


@pytest.mark.parametrize("cell", ODD)
def test_nothing_of_a_cell_remains_in_what_is_kept(cell):
    orgs = CLEAN["orgs.csv"].replace("s1,,,Hill", f's1,,"{cell}",Hill')
    roles = CLEAN["roles.csv"].replace("2020-08-01,,s1", f'2020-08-01,"{cell}",s1')
    kept = without_values(read_package(clean(orgs=orgs, roles=roles)).report, PACKAGE_FILES).findings
    assert {f.detail for f in kept} == {
        f"dateLastModified must be blank: {BULK_HINT}",
        "endDate must be a date such as 2026-08-17",
    }


def test_what_is_kept_of_a_report_quotes_no_cell_and_no_strange_name():
    files = {name: text for name, text in CLEAN.items() if name != "orgs.csv"}
    orgs = CLEAN["orgs.csv"].replace("s1,,,Hill", "s1,active,1/05/2023,Hill")
    reports = [
        read_package(zipped(files | {"orgs.csv": orgs})).report,
        read_package(zipped(CLEAN | {"Ann Apple/users.csv": "x"})).report,
    ]
    said = [(f.file, f.detail) for report in reports for f in report.findings]
    kept = [(f.file, f.detail) for report in reports for f in without_values(report, PACKAGE_FILES).findings]
    assert any("1/05/2023" in detail for _, detail in said)
    assert any("not active" in detail for _, detail in said)
    assert any("Apple" in (file or "") for file, _ in said)
    assert len(kept) == len(said)
    assert not any("1/05/2023" in detail or "not active" in detail or "Apple" in (file or "") for file, detail in kept)
    assert {file for file, _ in kept} == {"orgs.csv", None}
