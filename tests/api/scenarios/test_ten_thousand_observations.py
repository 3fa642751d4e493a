"""Many observations come in, over each adapter, and are read."""

from datetime import UTC, datetime, timedelta

import pytest

from api.wire.observation_batch import push_batch
from domain.change.usecases.groups import create_group
from domain.change.usecases.initiatives import create_initiative
from domain.recommendations.usecases import read_recommendations
from domain.scoring.usecases.profile import read_profile
from domain.stance.usecases import read_stance
from tests.support.partner_year import person
from tests.support.payloads import CORE, PLAN, visit
from tests.support.rest_graphql_driver import GraphQL, Rest


def many(n: int) -> list[dict]:
    """``n`` visits to the six leaders over two years, two ratings each."""
    leaders, codes = ("207267", "207266", "207264", "207263", "207246", "207248"), ("visibility", "focus", "input", "protects")
    since = datetime(2024, 9, 1, 8, tzinfo=UTC)
    return [
        visit(
            f"many-{i}",
            "1",
            (since + timedelta(minutes=97 * i)).isoformat(),
            (codes[i % 4], 1 + i % 5),
            (codes[(i + 1) % 4], 1 + i // 7 % 5),
            leader={"sourced_id": leaders[i % 6]},
        )
        for i in range(n)
    ]


@pytest.mark.parametrize("driver_kind", ["rest", "graphql"])
@pytest.mark.parametrize("number", [1_000, pytest.param(10_000, marks=pytest.mark.exhaustive)])
async def test_many_observations_come_in_and_are_read(service, driver_kind, number):
    district = await service.district()
    driver = Rest(district.http, service.app) if driver_kind == "rest" else GraphQL(district.http)
    visits = many(number)
    for first in range(0, len(visits), 1000):
        answer = await driver.made(push_batch, {"items": visits[first : first + 1000]})
        assert answer["counts"] == [{"status": 201, "n": 1000}]
    profile = await driver.made(read_profile, {"leader_id": await person(driver, "207267")})
    assert sum(source["n"] for score in profile["scores"] for source in score["sources"]) == 2 * len(range(0, number, 6))
    made = await driver.made(create_initiative, PLAN)
    await driver.made(create_group, CORE | {"initiative_id": made["id"]})
    advice = await driver.made(read_recommendations, {"initiative_id": made["id"]})
    assert {r["responsibility"] for r in advice["overall"]["ranked"]} == {"visibility", "focus", "input", "protects"}
    [stance] = await driver.made(read_stance, {"initiative_id": made["id"]})
    assert stance["status"] in {"settled", "provisional", "open"}
