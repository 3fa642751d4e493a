"""How groups feel a change, over the wire: what is kept of it, and who was misjudged most."""

import pytest

from tests.saying import CORE, PLAN

ANSWERS = [[3, 4, 3, 4, 3, 5, 4], [4, 3, 5, 5, 4, 4, 3], [4] * 7, [2, 4, 3, 3, 3, 4, 4], [2, 5, 3, 4, 5, None, 4]]


@pytest.fixture
async def initiative(district):
    """The path of an initiative."""
    made = await district.http.post("/v1/initiatives", json=PLAN)
    return f"/v1/initiatives/{made.json()['id']}"


async def group(district, initiative, name, size, *, estimate=None, answers=None):
    at = f"{initiative}/groups/{(await district.http.post(f'{initiative}/groups', json=CORE | {'name': name, 'size': size})).json()['id']}"
    if estimate is not None:
        assert (await district.http.put(f"{at}/estimate", json={"items": [estimate] * 7})).status_code == 200
    if answers is not None:
        pulse = await district.http.put(f"{at}/magnitude/pulses/2026-10-12", json={"answers": answers})
        assert pulse.status_code == 200, pulse.text
    return at.rsplit("/", 1)[1]


@pytest.mark.parametrize("over", ["rest", "graphql"])
async def test_nothing_of_a_pulse_is_kept_beside_it_even_under_a_key(district, initiative, over, asked_of):
    made = await group(district, initiative, "core", 14)
    key = {"Idempotency-Key": "pulse-1"}
    if over == "rest":
        path = f"{initiative}/groups/{made}/magnitude/pulses/2026-10-12"
        assert (await district.http.put(path, json={"answers": ANSWERS}, headers=key)).status_code == 200
    else:
        query = """mutation($g: UUID!, $i: UUID!, $a: [[Int]!]!) {
          putPulse(input: {initiativeId: $i, groupId: $g, on: "2026-10-12", answers: $a}) { answers } }"""
        variables = {"g": made, "i": initiative.rsplit("/", 1)[1], "a": ANSWERS}
        told = await district.http.post("/graphql", json={"query": query, "variables": variables}, headers=key)
        assert "errors" not in told.json(), told.text
    assert await asked_of("select count(*) from idempotency") == 0
    assert await asked_of("select count(*) from pulse_answer") == 5


@pytest.fixture
def asked_of(service):
    """A question to the database from behind the fence: as the superuser."""

    async def ask(query):
        import asyncpg

        connection = await asyncpg.connect(service.database.admin_url)
        try:
            return await connection.fetchval(query)
        finally:
            await connection.close()

    return ask


async def test_the_most_misjudged_group_comes_first_and_what_cannot_be_compared_last(district, initiative):
    await group(district, initiative, "chairs", 4, estimate=3)
    right = await group(district, initiative, "office", 8, estimate=4, answers=ANSWERS)
    wrong = await group(district, initiative, "core", 14, estimate=1, answers=ANSWERS)
    shown = (await district.http.get(f"{initiative}/magnitude")).json()["groups"]
    assert [view["group_id"] for view in shown[:2]] == [wrong, right]
    assert shown[0]["difference"]["beyond_chance"] > shown[1]["difference"]["beyond_chance"]
    assert shown[2]["difference"] is None
    assert shown[0]["citations"]
    one = (await district.http.get(f"{initiative}/groups/{wrong}/magnitude")).json()
    assert one == shown[0]
