from datetime import datetime
from zoneinfo import ZoneInfo

from api.rest.example_ids import VISIT


async def test_a_pushed_observation_shows_in_the_profile(district):
    leader = await district.person("207267")
    answer = await district.http.post("/v1/observations", json=VISIT)
    assert (answer.status_code, answer.json()["outcome"]) == (201, "created")
    scores = (await district.http.get(f"/v1/leaders/{leader}/profile")).json()["scores"]
    assert {s["responsibility"] for s in scores if s["evidence"] != "none"} == {"visibility", "focus"}


async def test_a_district_tells_its_school_year_by_the_roster_in_its_own_zone(service):
    district = await service.district(roster=False)
    year = (await district.http.get("/v1/districts/current")).json()["school_year"]
    assert year["begins_on"].endswith("-07-01")
    await district.import_grand_bend()
    held = [(2026, "2025-08-18", "2026-05-29"), (2027, "2026-08-17", "2027-05-28")]
    shown = (await district.http.get("/v1/districts/current")).json()
    year = shown["school_year"]
    today = datetime.now(ZoneInfo(shown["time_zone"])).date()
    expected = [h for h in held if h[1] <= today.isoformat() <= h[2]]
    # Grand Bend's calendar ends in May 2027: from then on July to June is what is left.
    assert (year["name"], year["begins_on"], year["ends_on"]) in expected or not expected
