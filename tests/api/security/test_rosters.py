"""Rosters made to hurt."""

import asyncio
import json

import pytest

from tests.support.attacks import post_roster, roster_package, users_csv_with
from tests.support.roster_packages import CLEAN, USERS_1_1, zipped


def endless(rows):
    """Lines that pack well, but not as well as a bomb."""
    return "sourcedId,status\n" + "".join(f"{n * 7919 % 104729}\n" for n in range(rows))


@pytest.mark.parametrize("name", ["../users.csv", "/etc/passwd", "a\\b.csv", "C:\\x.csv", "\u202e/.csv", "=cmd|'/c calc'!A1"])
async def test_paths_in_a_package_lead_nowhere(service, name):
    district = await service.district(roster=False)
    answer = await post_roster(district, zipped(CLEAN | {"x.csv": "", name: ""}))
    assert [f["code"] for f in answer.json()["report"]["findings"]] == ["folder"]
    assert "\u202e" not in answer.text


@pytest.mark.parametrize("name", ["x\x00y", "\u202eevil", "\x1b[31mred", "a\u2028b", "a\u200bb", "M" * 10_000])
async def test_a_name_that_no_screen_should_show_is_refused(service, name):
    district = await service.district(roster=False)
    answer = await post_roster(district, roster_package(users=CLEAN["users.csv"].replace("Ann,", f"{name},", 1)))
    (finding,) = answer.json()["report"]["findings"]
    assert finding["code"] in {"value_malformed", "value_too_long"}
    assert name not in json.dumps(answer.json(), ensure_ascii=False)


@pytest.mark.parametrize(
    "cell", ["=HYPERLINK(1)", "@SUM(A1)", "+1+1", "x\x00y", "\u202eevil", "\x1b[31m", "M" * 10_000, "<script>alert(1)</script>"]
)
async def test_a_report_never_gives_a_cell_back(service, cell):
    """Nor do formulas, bidirectional marks and controls reach whoever opens a report, or the log."""
    district = await service.district(roster=False)
    answer = await post_roster(district, roster_package(users=users_csv_with(cell)))
    assert (answer.status_code, answer.json()["code"]) == (422, "roster_faulty")
    assert cell not in json.dumps(answer.json(), ensure_ascii=False)
    assert (await district.http.get("/v1/people")).json()["items"] == []


async def test_a_file_that_goes_on_for_ever_is_not_read_to_its_end(district, monkeypatch):
    monkeypatch.setattr("domain.roster.csv_tables.MAX_ROWS", 2_000)
    answer = await post_roster(district, roster_package(users=endless(20_000)))
    counts = {(c["file"], c["code"]): c["n"] for c in answer.json()["report"]["counts"]}
    assert counts["users.csv", "package_too_large"] == 1
    assert counts["users.csv", "row_length"] <= 2_002
    assert len(answer.content) < 1_000_000


async def test_a_header_that_goes_on_for_ever_is_refused_at_once(district):
    begun = asyncio.get_running_loop().time()
    answer = await post_roster(district, roster_package(users=",".join(f"h{n}" for n in range(300_000)) + ",sourcedId\n"))
    assert answer.status_code == 422
    assert "300001 columns" in answer.text
    assert asyncio.get_running_loop().time() - begun < 60


async def test_schools_times_people_do_not_multiply(district):
    schools = [f"s{n}" for n in range(5_000)]
    orgs = CLEAN["orgs.csv"] + "".join(f"{s}x,,,School,school,,d\n" for s in schools)
    listed = ",".join(f"{s}x" for s in schools)
    users = f"{USERS_1_1}\n" + "".join(f'u{n},,,true,"{listed}",teacher,a{n},,A,B,,,,,,,,\n' for n in range(200))
    manifest = "propertyName,value\nmanifest.version,1.0\noneroster.version,1.1\nfile.academicSessions,absent\nfile.orgs,bulk\nfile.users,bulk\n"
    begun = asyncio.get_running_loop().time()
    answer = await post_roster(district, zipped({"manifest.csv": manifest, "orgs.csv": orgs, "users.csv": users}))
    assert answer.status_code == 422
    assert {c["code"] for c in answer.json()["report"]["counts"]} == {"value_too_long"}
    assert asyncio.get_running_loop().time() - begun < 60
