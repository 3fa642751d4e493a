"""How groups feel a change, over the wire: what is kept of it, and who was misjudged most."""

import asyncio

import pytest

from tests.support.payloads import CORE, PLAN

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
async def test_nothing_of_a_pulse_is_kept_beside_it_even_under_a_key(district, initiative, over, query_database):
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
    assert await query_database("select count(*) from idempotency") == 0
    assert await query_database("select count(*) from pulse_answer") == 5


@pytest.fixture
def query_database(service):
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


MORE = [[n] * 7 for n in (1, 2, 3, 5, 5)]


async def put(district, at, on, answers):
    return await district.http.put(f"{at}/magnitude/pulses/{on}", json={"answers": answers})


@pytest.mark.parametrize("on", ["2026-10-11", "2026-10-12", "2026-10-13"])
async def test_nobody_learns_of_the_sixth_person_by_subtracting_two_reads(district, initiative, on):
    """As the attack had it: five lists, a read, one list more, a read."""
    at = f"{initiative}/groups/{await group(district, initiative, 'core', 14, answers=ANSWERS)}"
    before = (await district.http.get(f"{at}/magnitude")).json()
    answer = await put(district, at, on, [*ANSWERS, MORE[0]])
    assert (answer.status_code, answer.json()["code"], answer.json()["lists_missing"]) == (409, "pulse_overlaps", 4)
    assert "4 lists are missing" in answer.json()["detail"]
    assert answer.json()["retry"] == "never"
    assert (await district.http.get(f"{at}/magnitude")).json() == before
    assert (await put(district, at, "2026-10-13", [*ANSWERS, *MORE])).status_code == 200
    assert (await district.http.get(f"{at}/magnitude")).json()["measured"]["n"] == 10


async def test_graphql_says_how_many_lists_are_missing(district, initiative):
    made = await group(district, initiative, "core", 14, answers=ANSWERS)
    query = """mutation($g: UUID!, $i: UUID!, $a: [[Int]!]!) {
      putPulse(input: {initiativeId: $i, groupId: $g, on: "2026-10-12", answers: $a}) { answers } }"""
    variables = {"g": made, "i": initiative.rsplit("/", 1)[1], "a": [*ANSWERS, *MORE[:3]]}
    told = (await district.http.post("/graphql", json={"query": query, "variables": variables})).json()
    extensions = told["errors"][0]["extensions"]
    assert (extensions["code"], extensions["status"], extensions["lists_missing"]) == ("pulse_overlaps", 409, 2)


async def test_of_two_sets_at_once_the_second_is_compared_with_the_first(district, initiative):
    """Each could follow the set before; together they are one list apart."""
    at = f"{initiative}/groups/{await group(district, initiative, 'core', 14, answers=ANSWERS)}"
    sets = [[*ANSWERS, *MORE], [*ANSWERS, *MORE, [4] * 7]]
    answers = await asyncio.gather(*(put(district, at, f"2026-10-1{3 + n % 2}", sets[n % 2]) for n in range(8)))
    taken = [n % 2 for n, answer in enumerate(answers) if answer.status_code == 200]
    assert len(set(taken)) == 1
    assert {answer.status_code for answer in answers} == {200, 409}


async def test_the_audit_trail_has_no_digest_of_a_pulse_that_was_taken_or_refused(district, initiative, query_database):
    at = f"{initiative}/groups/{await group(district, initiative, 'core', 14, answers=ANSWERS)}"
    assert (await put(district, at, "2026-10-12", [*ANSWERS, MORE[0]])).status_code == 409
    assert await query_database("select count(*) from audit_event where action = 'put_pulse'") == 1
    assert (
        await query_database(
            "select count(*) from audit_event where action = 'put_pulse' and coalesce(before, after) is not null"
        )
        == 0
    )
    assert await query_database("select count(*) from push_head") == 0
