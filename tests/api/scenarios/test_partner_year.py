"""The partner year, whole: every outcome, every number of the profiles, and the advice."""

import random

import pytest

from domain.change.usecases.magnitude import read_magnitude
from domain.recommendations.usecases import read_recommendations
from domain.stance.model import Method
from domain.stance.usecases import read_stance
from tests.support.partner_year import assert_like, assess, loaded, prepare, profiles, push, start, tally_rows
from tests.support.rest_graphql_driver import GraphQL, Rest

pytestmark = pytest.mark.official

METHODS = dict(zip(("AI", "AII", "CI", "CII", "GII"), (m.value for m in Method), strict=True))
ANSWERS = {True: "yes", False: "no", None: "unknown"}
AT = "2026-11-01"


async def play(driver):
    """The year as it was sent; what came of each item."""
    await prepare(driver)
    await assess(driver, loaded("assessments.json"))
    found = []
    for batch in loaded("observations.ndjson"):
        found += [(batch["batch"], r) for r in await push(driver, batch["items"])]
    return found


async def shuffled(driver, seed):
    """The same year, but its valid items in another order and other batches."""
    rng = random.Random(seed)  # noqa: S311 - an order, not a secret
    items = {(b["batch"], i): item for b in loaded("observations.ndjson") for i, item in enumerate(b["items"])}
    valid = [items[o["batch"], o["index"]] for o in loaded("expected-outcomes.ndjson") if o["status"] != 422]
    assessments = loaded("assessments.json")
    rng.shuffle(valid)
    rng.shuffle(assessments)
    await prepare(driver)
    while valid:
        size = rng.randint(1, 200)
        results = await push(driver, valid[:size])
        assert {r["status"] for r in results} <= {200, 201, 409}
        valid = valid[size:]
    await assess(driver, assessments)


def leaders():
    return [p["leader"]["sourced_id"] for p in loaded("expected-profiles.json")]


async def test_the_partner_year_comes_out_right_to_the_last_number(service):
    district = await service.district(roster=False)
    driver = Rest(district.http, service.app)
    outcomes = await play(driver)
    _outcomes_are_those_expected(outcomes)
    await _profiles_are_those_expected(driver)
    await _tallies_equal_evidence(driver)
    await _advice_is_that_expected(driver)


def _outcomes_are_those_expected(outcomes):
    expected = loaded("expected-outcomes.ndjson")
    found = [
        {
            "batch": batch,
            "index": r["index"],
            "external_id": r["external_id"],
            "status": r["status"],
            "outcome": r["outcome"],
            "code": r["problem"] and r["problem"]["code"],
        }
        for batch, r in outcomes
    ]
    assert len(found) == 777
    assert [f for f, e in zip(found, expected, strict=True) if f != e] == []


async def _profiles_are_those_expected(driver):
    found = await profiles(driver, leaders(), AT)
    for expected in loaded("expected-profiles.json"):
        named = expected.pop("leader")["sourced_id"]
        _write_as_this_release(expected)
        assert_like(expected, found[named], named)
        assert [s["responsibility"] for s in found[named]["scores"]] == [s["responsibility"] for s in expected["scores"]]
        assert found[named]["computed_from"] == "evidence"


def _classification(member):
    """The material is older: `classification` was `class`."""
    if member and "class" in member:
        member["classification"] = member.pop("class")


def _write_as_this_release(profile):
    """The material is older: instants had three decimals."""
    profile["as_of"] = profile["as_of"].replace(".000Z", "Z")
    for score in profile["scores"]:
        _classification(score.get("self_gap"))


async def _tallies_equal_evidence(driver):
    for named, now in (await profiles(driver, leaders())).items():
        assert now["computed_from"] == "tallies"
        # Evidence of this very hour would be in one and not in the other: the year has none.
        [then] = (await profiles(driver, [named], now["as_of"])).values()
        assert then | {"computed_from": "tallies"} == now


async def _advice_is_that_expected(driver):
    expected = loaded("expected-advice.json")
    initiative, groups = await start(driver, loaded("initiative.json"))
    names = dict(zip((g["name"] for g in loaded("initiative.json")["groups"]), groups, strict=True))
    for wanted in expected["magnitude"]:
        found = await driver.made(read_magnitude, {"initiative_id": initiative, "group_id": names[wanted.pop("name")]})
        _classification(wanted.get("difference"))
        assert_like(wanted, found)
    asked = {"initiative_id": initiative, "at": AT}
    _recommended(expected["recommendations"], await driver.made(read_recommendations, asked), names)
    _stances(expected["stance"], await driver.made(read_stance, asked), names)


def _recommended(expected, actual, names):
    wire = {"B": "index", "S": "shortfall"}
    by_group = {g["group_id"]: g for g in actual["groups"]}
    for name, wanted in expected.items():
        if name == "overall":
            assert_like(wanted.pop("gather"), actual["gather"])
            assert_like(wanted.pop("sensitive"), actual["sensitive"])
            assert wanted.pop("watch") is None
            assert actual["overall"]["watch"] == []
        advice = actual["overall"] if name == "overall" else by_group[names[name]]
        ranked = [{wire.get(k, k): v for k, v in r.items()} for r in wanted.pop("ranked")]
        assert_like(wanted | {"ranked": ranked}, advice, name)


def _stances(expected, actual, names):
    for wanted, stance in zip(expected, actual, strict=True):
        assert stance["group_id"] == names[wanted["group"]]
        assert {a["code"]: a["value"] for a in stance["attributes"]} == {k: ANSWERS[v] for k, v in wanted["attributes"].items()}
        assert stance["certain"] == [METHODS[m] for m in wanted["surely"]]
        assert stance["possible"] == [METHODS[m] for m in wanted["possibly"]]
        assert [[a["attribute"], a["settles"]] for a in stance["ask"]] == wanted["ask"]
        assert stance["stance"] == wanted["stance"]
        for name in ("time_saving", "developmental", "choice"):
            assert stance[name] == METHODS.get(wanted[name])


async def test_the_valid_items_in_any_order_and_any_batches_give_the_same_scores(service):
    districts = [await service.district(roster=False) for _ in range(4)]
    drivers = [*(Rest(d.http, service.app) for d in districts[:3]), GraphQL(districts[3].http)]
    await play(drivers[0])
    for seed, driver in enumerate(drivers[1:], 1):
        await shuffled(driver, seed)
    as_sent = await profiles(drivers[0], leaders(), AT)
    kept = await tally_rows(service.database, districts[0].id)
    assert len(kept) > 200
    for district, driver in zip(districts[1:], drivers[1:], strict=True):
        assert await profiles(driver, leaders(), AT) == as_sent
        assert await tally_rows(service.database, district.id) == kept
