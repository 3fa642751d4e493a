"""Scores follow what is known: new crosswalks, new constants, retractions, and looking back (openapi/README.md 5.4, 6.2 and 11)."""

import pytest

from domain.assessments.usecases import assess_as_supervisor, assess_self, retract_assessment
from domain.observations.usecases.instruments import create_crosswalk, create_instrument, list_crosswalks
from domain.observations.usecases.push import push_observation, retract_observation
from domain.roster.usecases import put_role_mapping
from domain.scoring.usecases.configuration import put_configuration, read_configuration
from domain.scoring.usecases.profile import read_profile
from tests.support.consistency import assert_whole
from tests.support.payloads import CROSSWALK, INSTRUMENT, SELF, SUPERVISOR_RATED, visit
from tests.support.rest_graphql_driver import Rest

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


async def newest(service, district, responsibility, source="observation"):
    """The kept moment of the newest piece of evidence."""
    kept = await assert_whole(service, district)
    [row] = [values for key, values in kept.items() if key[1:] == (responsibility, source)]
    return row[-1].isoformat().replace("+00:00", "Z")


class TestCrosswalks:
    async def test_unmapped_elements_are_named_and_score_once_they_are_mapped(self, driver, leader, district, service):
        pushed = await driver.made(push_observation, visit("v", "1", DAYS[0], ("visibility", 4), ("A", 3), ("Z", 2)))
        assert [(w["pointer"], w["code"]) for w in pushed["warnings"]] == [
            ("/ratings/1/element", "unmapped"),
            ("/ratings/2/element", "unmapped"),
        ]
        assert "month-walk" in pushed["warnings"][0]["detail"]
        assert await scores(driver, leader) == {"visibility": {"observation": (1, 4.0)}}
        made = await driver.made(create_crosswalk, CROSSWALK)
        assert made["current"]
        # A is 3 on 1..4, 3.6667: with the direct 4 the mean of one visit, and half a rating of focus.
        assert await scores(driver, leader) == {
            "visibility": {"observation": (1, pytest.approx(3.8333, abs=0.0001))},
            "focus": {"observation": (1, pytest.approx(3.6667, abs=0.0001))},
        }
        again = await driver.made(push_observation, visit("v", "1", DAYS[0], ("visibility", 4), ("A", 3), ("Z", 2)))
        assert [w["pointer"] for w in again["warnings"]] == ["/ratings/2/element"]
        await assert_whole(service, district)

    async def test_a_new_version_scores_old_observations_and_the_old_version_stays_readable(
        self, driver, leader, district, service
    ):
        await driver.made(create_crosswalk, CROSSWALK)
        for n, (day, value) in enumerate(zip(DAYS, (1, 2, 4), strict=True)):
            await driver.made(push_observation, visit(f"v-{n}", "1", day, ("A", value), ("input", 2)))
        assert set(await scores(driver, leader)) == {"visibility", "focus", "input"}
        moved = [{"element": "A", "responsibility": "resources", "weight": 0.5}]
        await driver.made(create_crosswalk, CROSSWALK | {"version": "2", "mappings": moved})
        assert await scores(driver, leader) == {
            "input": {"observation": (3, 2.0)},
            "resources": {"observation": (3, pytest.approx((1 + 7 / 3 + 5) / 3, abs=0.0001))},
        }
        await assert_whole(service, district)
        shown = (await driver.made(list_crosswalks))["items"]
        assert [(c["version"], c["current"], len(c["mappings"])) for c in shown] == [("1", False, 4), ("2", True, 1)]

    async def test_what_is_retracted_or_replaced_after_a_new_version_leaves_nothing_behind(
        self, driver, leader, district, service
    ):
        await driver.made(create_crosswalk, CROSSWALK)
        made = await driver.made(push_observation, visit("v-1", "1", DAYS[0], ("A", 3)))
        await driver.made(push_observation, visit("v-2", "1", DAYS[1], ("A", 4), ("C", 2)))
        moved = [{"element": "A", "responsibility": "resources", "weight": 0.5}]
        await driver.made(create_crosswalk, CROSSWALK | {"version": "2", "mappings": moved})
        await driver.made(retract_observation, {"observation_id": made["id"]})
        await driver.made(push_observation, visit("v-2", "2", DAYS[1], ("A", 2)))
        assert await scores(driver, leader) == {"resources": {"observation": (1, pytest.approx(7 / 3, abs=0.0001))}}
        await assert_whole(service, district)

    async def test_looking_back_uses_the_crosswalk_of_now(self, driver, leader):
        await driver.made(push_observation, visit("v-1", "1", DAYS[0], ("A", 4)))
        assert await scores(driver, leader, AT) == {}
        await driver.made(create_crosswalk, CROSSWALK)
        assert await scores(driver, leader, AT) == {"visibility": {"observation": (1, 5.0)}, "focus": {"observation": (1, 5.0)}}

    async def test_the_same_version_again_is_harmless_and_changes_no_score(self, driver, district, service):
        first = await driver.made(create_crosswalk, CROSSWALK)
        await driver.made(push_observation, visit("v-1", "1", DAYS[0], ("A", 4)))
        before = await assert_whole(service, district)
        assert await driver.made(create_crosswalk, CROSSWALK) == first | {"outcome": "unchanged"}
        assert await assert_whole(service, district) == before
        other = CROSSWALK | {"mappings": CROSSWALK["mappings"][:1]}
        assert (await driver.expect_error(create_crosswalk, other))[:3] == (409, "version_reused", "never")


class TestConfiguration:
    async def changed(self, driver, **change):
        held = await driver.made(read_configuration)
        sent = {name: value for name, value in held.items() if name != "version"} | change
        return await driver.made(put_configuration, sent, version=held["version"])

    async def two_visits(self, driver):
        await driver.made(push_observation, visit("v-1", "1", "2025-11-02T00:00:00Z", ("focus", 5)))
        await driver.made(push_observation, visit("v-2", "1", "2026-04-01T00:00:00Z", ("focus", 1)))

    async def test_a_new_half_life_rebuilds_the_tallies_and_says_so(self, driver, leader, district, service):
        await self.two_visits(driver)
        before = await assert_whole(service, district)
        made = await self.changed(driver, half_life_days=150.0)
        assert made["version"] == 2
        after = await assert_whole(service, district)
        assert before.keys() == after.keys()
        assert before != after
        # 150 days, one half-life: weights 1/2 and 1, so (5/2 + 1) / (3/2) and 3/2.
        profile = await driver.made(read_profile, {"leader_id": leader, "at": AT})
        [source] = [s for score in profile["scores"] for s in score["sources"]]
        assert (source["current_mean"], source["effective_n"]) == (pytest.approx(2.3333, abs=0.0001), 1.5)
        assert profile["configuration_version"] == 2
        now = await driver.made(read_profile, {"leader_id": leader})
        [kept] = [s for score in now["scores"] for s in score["sources"]]
        assert kept["current_mean"] == pytest.approx(2.3333, abs=0.0001)

    async def test_a_new_landmark_changes_the_sums_and_no_score(self, driver, leader, district, service):
        await self.two_visits(driver)
        asked = {"leader_id": leader}
        before, kept = await driver.made(read_profile, asked), await assert_whole(service, district)
        await self.changed(driver, landmark="2022-01-01T00:00:00Z")
        assert await assert_whole(service, district) != kept
        after = await driver.made(read_profile, asked | {"at": before["as_of"]})
        assert after["scores"] == before["scores"]

    async def test_pushes_after_a_rebuild_join_it(self, driver, leader, district, service):
        await self.two_visits(driver)
        await self.changed(driver, half_life_days=90.0)
        await driver.made(push_observation, visit("v-3", "1", DAYS[0], ("focus", 3)))
        await driver.made(push_observation, visit("v-1", "2", "2025-11-02T00:00:00Z", ("input", 2)))
        await self.changed(driver, half_life_days=365.0)
        assert await scores(driver, leader) == {"focus": {"observation": (2, 2.0)}, "input": {"observation": (1, 2.0)}}
        await assert_whole(service, district)

    async def test_a_new_target_moves_what_is_computed_and_not_what_is_kept(self, driver, leader, district, service):
        await self.two_visits(driver)
        kept = await assert_whole(service, district)
        before = await driver.made(read_profile, {"leader_id": leader, "at": AT})
        await self.changed(driver, target=3.0)
        after = await driver.made(read_profile, {"leader_id": leader, "at": AT})
        assert await assert_whole(service, district) == kept

        def below(profile):
            return next(s["p_below_target"] for s in profile["scores"] if s["responsibility"] == "focus")

        assert below(after) < below(before)


class TestRetractedEvidence:
    async def test_the_newest_moment_is_looked_up_again(self, driver, district, service):
        made = [await driver.made(push_observation, visit(f"v-{n}", "1", day, ("focus", 3))) for n, day in enumerate(DAYS)]
        assert await newest(service, district, "focus") == DAYS[2]
        await driver.made(retract_observation, {"observation_id": made[0]["id"]})
        assert await newest(service, district, "focus") == DAYS[2]
        await driver.made(retract_observation, {"observation_id": made[2]["id"]})
        assert await newest(service, district, "focus") == DAYS[1]
        await driver.made(push_observation, visit("v-1", "2", DAYS[0], ("focus", 3)))
        assert await newest(service, district, "focus") == DAYS[0]

    async def test_two_of_the_same_moment_and_one_taken_back(self, driver, district, service):
        made = [await driver.made(push_observation, visit(f"v-{n}", "1", DAYS[0], ("focus", 3))) for n in range(2)]
        await driver.made(retract_observation, {"observation_id": made[0]["id"]})
        assert await newest(service, district, "focus") == DAYS[0]

    async def test_retracting_an_assessment_brings_back_the_one_before(self, driver, leader, district, service):
        async def supervisor_rating(value, at, supervisor="207247", **more):
            said = SUPERVISOR_RATED | {"leader_id": leader, "assessed_at": at, "supervisor": {"sourced_id": supervisor}, **more}
            return await driver.made(assess_as_supervisor, said | {"ratings": [{"responsibility": "focus", "value": value}]})

        await supervisor_rating(4, DAYS[0])
        latest = await supervisor_rating(1, DAYS[2])
        await supervisor_rating(2.5, DAYS[1])
        assert await scores(driver, leader) == {"focus": {"supervisor": (1, 5.0)}}
        await driver.made(retract_assessment, {"assessment_id": latest["id"]})
        assert await scores(driver, leader) == {"focus": {"supervisor": (1, 3.0)}}
        assert await newest(service, district, "focus", "supervisor") == DAYS[1]
        await supervisor_rating(4, DAYS[0], supervisor="207285")
        assert await scores(driver, leader) == {"focus": {"supervisor": (2, 2.0)}}
        await assert_whole(service, district)

    async def test_of_equal_times_the_higher_version_then_the_higher_external_id_counts(self, driver, leader):
        said = SUPERVISOR_RATED | {"leader_id": leader, "assessed_at": DAYS[0]}
        for name, version, value in (("b", "2", 1), ("c", "1", 4), ("a", "2", 2.5)):
            rated = [{"responsibility": "focus", "value": value}]
            await driver.made(assess_as_supervisor, said | {"external_id": name, "external_version": version, "ratings": rated})
        assert await scores(driver, leader) == {"focus": {"supervisor": (1, 5.0)}}

    async def test_each_responsibility_has_its_own_newest_self_assessment(self, driver, leader, district, service):
        def said(at, **rated):
            return SELF | {
                "leader_id": leader,
                "assessed_at": at,
                "ratings": [{"responsibility": r, "value": v} for r, v in rated.items()],
            }

        await driver.made(push_observation, visit("v", "1", DAYS[0], ("focus", 3), ("input", 3)))
        await driver.made(assess_self, said(DAYS[0], focus=2, input=5))
        latest = await driver.made(assess_self, said(DAYS[1], focus=4))

        async def gaps():
            profile = await driver.made(read_profile, {"leader_id": leader, "at": AT})
            return {s["responsibility"]: s["self_gap"]["value"] for s in profile["scores"] if s["self_gap"]}

        assert await gaps() == {"focus": 1.0, "input": 2.0}
        await driver.made(retract_assessment, {"assessment_id": latest["id"]})
        assert await gaps() == {"focus": -1.0, "input": 2.0}
        assert set(await scores(driver, leader)) == {"focus", "input"}
        await assert_whole(service, district)
