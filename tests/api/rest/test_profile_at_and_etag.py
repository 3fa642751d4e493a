"""Looking back with ?at=, and not sending again what is held (openapi/README.md 1.7 and 6.2)."""

from datetime import UTC, datetime, timedelta

import pytest

from domain.assessments.usecases import assess_as_supervisor
from domain.change.usecases.groups import create_group
from domain.change.usecases.initiatives import create_initiative
from domain.observations.usecases.instruments import create_instrument
from domain.observations.usecases.push import push_observation, retract_observation
from domain.recommendations.usecases import read_recommendations
from domain.roster.usecases import put_role_mapping
from domain.scoring.usecases.profile import read_profile
from domain.stance.usecases import read_stance
from tests.support.payloads import CORE, INSTRUMENT, PLAN, SUPERVISOR_RATED, visit
from tests.support.rest_graphql_driver import GraphQL, Rest

DAYS = ("2026-03-02T14:00:00Z", "2026-03-12T14:00:00Z", "2026-03-22T14:00:00Z")
AT = "2026-04-01"


@pytest.fixture
async def driver(district, service):
    rest = Rest(district.http, service.app)
    await rest.made(put_role_mapping, {"systemAdministrator": "supervisor", "districtAdministrator": "supervisor"})
    await rest.made(create_instrument, INSTRUMENT)
    return rest


@pytest.fixture
async def leader(district):
    return await district.person("207267")


async def scores(driver, leader, at=None):
    """{responsibility: {source: (n, mean)}} of what has evidence."""
    asked = {"leader_id": leader} | ({} if at is None else {"at": at})
    profile = await driver.made(read_profile, asked)
    return {
        s["responsibility"]: {source["source"]: (source["n"], source["mean"]) for source in s["sources"]}
        for s in profile["scores"]
        if s["sources"]
    }


class TestLookingBack:
    async def test_a_date_is_its_start_in_utc_and_an_instant_is_itself(self, driver, leader):
        await driver.made(push_observation, visit("v", "1", "2026-03-12T00:00:00Z", ("focus", 3)))
        for at, seen in (
            ("2026-03-12", True),
            ("2026-03-11", False),
            ("2026-03-12T00:00:00Z", True),
            ("2026-03-11T19:00:00-05:00", True),
            ("2026-03-12T00:59:59+01:00", False),
            ("2026-03-11T23:59:59.999Z", False),
        ):
            for way in (driver, GraphQL(driver.http)):
                assert bool(await scores(way, leader, at)) == seen, at

    async def test_what_is_no_moment_or_lies_ahead_is_refused(self, driver, leader):
        made = await driver.made(create_initiative, PLAN)
        initiative = {"initiative_id": made["id"]}
        ahead = (datetime.now(UTC) + timedelta(minutes=9)).isoformat()
        for use_case, members in (
            (read_profile, {"leader_id": leader}),
            (read_recommendations, initiative),
            (read_stance, initiative),
        ):
            for at, code in (
                ("2026-03-12T00:00:00", "naive_time"),
                (ahead, "in_future"),
                ("2199-01-01", "in_future"),
                ("soon", "malformed"),
            ):
                assert await driver.expect_error(use_case, members | {"at": at}) == (422, code, "never", [("/at", code)])
            a_little = (datetime.now(UTC) + timedelta(minutes=3)).isoformat()
            await driver.made(use_case, members | {"at": a_little})

    async def test_corrections_count_from_the_beginning(self, driver, leader):
        made = await driver.made(push_observation, visit("v-1", "1", DAYS[0], ("focus", 3)))
        await driver.made(push_observation, visit("v-2", "1", DAYS[0], ("focus", 1)))
        await driver.made(push_observation, visit("v-3", "1", "2026-05-01T00:00:00Z", ("focus", 1)))
        assert await scores(driver, leader, AT) == {"focus": {"observation": (2, 2.0)}}
        await driver.made(retract_observation, {"observation_id": made["id"]})
        await driver.made(push_observation, visit("v-2", "2", DAYS[0], ("focus", 5)))
        assert await scores(driver, leader, AT) == {"focus": {"observation": (1, 5.0)}}

    async def test_looking_back_the_newest_assessment_is_the_newest_of_then(self, driver, leader):
        for at, value in ((DAYS[0], 4), (DAYS[2], 1)):
            said = SUPERVISOR_RATED | {
                "leader_id": leader,
                "assessed_at": at,
                "ratings": [{"responsibility": "focus", "value": value}],
            }
            await driver.made(assess_as_supervisor, said)
        assert await scores(driver, leader, "2026-03-15") == {"focus": {"supervisor": (1, 1.0)}}
        assert await scores(driver, leader, AT) == {"focus": {"supervisor": (1, 5.0)}}

    async def test_recommendations_look_back_with_the_groups_of_now(self, driver):
        await driver.made(push_observation, visit("v-1", "1", DAYS[2], ("focus", 1), ("input", 2)))
        made = await driver.made(create_initiative, PLAN)
        await driver.made(create_group, CORE | {"initiative_id": made["id"]})
        before = await driver.made(read_recommendations, {"initiative_id": made["id"], "at": "2026-03-20"})
        after = await driver.made(read_recommendations, {"initiative_id": made["id"], "at": AT})
        assert [len(a["groups"]) for a in (before, after)] == [1, 1]
        assert before["overall"]["ranked"] == []
        assert "focus" in {r["responsibility"] for r in after["overall"]["ranked"]} | set(after["gather"])


class TestEtags:
    async def test_an_unchanged_profile_is_not_sent_again(self, driver, leader, district):
        path = f"/v1/leaders/{leader}/profile?at={AT}"
        first = await district.http.get(path)
        held = {"if-none-match": first.headers["etag"]}
        again = await district.http.get(path, headers=held)
        assert (again.status_code, again.content) == (304, b"")
        assert again.headers["etag"] == first.headers["etag"]
        await driver.made(push_observation, visit("v", "1", DAYS[0], ("focus", 3)))
        changed = await district.http.get(path, headers=held)
        assert (changed.status_code, changed.headers["etag"] != first.headers["etag"]) == (200, True)

    @pytest.mark.parametrize("form", ["W/{}", '"other", {}', "*"])
    async def test_a_list_of_etags_a_weak_one_and_a_star_are_understood(self, district, leader, form):
        path = f"/v1/leaders/{leader}/profile?at={AT}"
        tag = (await district.http.get(path)).headers["etag"]
        assert (await district.http.get(path, headers={"if-none-match": form.format(tag)})).status_code == 304

    async def test_the_etag_of_a_thing_is_what_if_match_takes(self, driver, district):
        made = await driver.made(create_initiative, PLAN)
        path = f"/v1/initiatives/{made['id']}"
        tag = (await district.http.get(path)).headers["etag"]
        edited = await district.http.put(path, json=PLAN | {"title": "Reading"}, headers={"if-match": tag})
        assert (edited.status_code, edited.headers["etag"]) == (200, '"2"')
        stale = await district.http.put(path, json=PLAN, headers={"if-match": tag})
        assert (stale.status_code, stale.json()["code"], stale.headers["etag"]) == (412, "stale", '"2"')
        missing = await district.http.put(path, json=PLAN)
        assert (missing.status_code, missing.json()["code"]) == (428, "if_match_missing")
        assert (await district.http.get(path, headers={"if-none-match": '"2"'})).status_code == 304
        assert (await district.http.get(path, headers={"if-none-match": tag})).status_code == 200


async def test_urgency_is_counted_in_the_districts_own_days(district):
    made = (await district.http.post("/v1/initiatives", json=PLAN | {"decide_by": "2026-06-20"})).json()
    group = (await district.http.post(f"/v1/initiatives/{made['id']}/groups", json=CORE)).json()["id"]
    values = {"QR": "yes", "LI": "yes", "ST": "yes", "AC": "yes", "AP": "yes", "GC": "yes", "CO": "no"}
    answers = {"answers": [{"code": c, "value": v} for c, v in values.items()], "develop_people": True}
    await district.http.put(f"/v1/initiatives/{made['id']}/groups/{group}/stance-answers", json=answers)
    for at, choice in (
        ("2026-06-06T04:59:59Z", "agree_together"),  # in Chicago still the 5th, 15 days before
        ("2026-06-06", "agree_together"),  # a date is its start in UTC
        ("2026-06-06T05:00:00Z", "decide"),
        ("2026-07-01", "decide"),  # past
    ):
        [stance] = (await district.http.get(f"/v1/initiatives/{made['id']}/stance", params={"at": at})).json()
        assert (stance["status"], stance["choice"]) == ("settled", choice), at
