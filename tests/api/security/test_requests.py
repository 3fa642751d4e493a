"""Requests, queries and log lines that would say more than they may."""

import asyncio
import json
import logging
import re

import pytest

from api.logging import JsonFormatter
from api.rest.change import INITIATIVE_BODY
from api.rest.example_ids import OBSERVATION_BODY
from api.rest.scoring import SELF_ASSESSMENT_BODY
from tests.support.attacks import LEADER, admin_connection, post_roster, roster_package, users_csv_with

in_module = pytest.mark.asyncio(loop_scope="module")


UNKNOWN_ID = "01900000-0000-7000-8000-000000000000"
GIVEN = {
    "district_id": "00000000-0000-4000-8000-000000000007",
    "origin": "other",
    "client_id": "other",
    "actor": "x",
    "superseded_at": None,
}


@in_module
async def test_no_body_says_whose_it_is(common):
    """Mass assignment: members of rows that are not members of commands."""
    seen = 0
    for path, operation in common.service.app.state.operations:
        body = next((e.body for e in operation.examples if isinstance(e.body, dict)), None)
        if operation.method == "GET" or body is None or path.endswith(("role-mapping", ":batch")):
            continue
        asked = re.sub(r"\{\w+\}", UNKNOWN_ID, path.replace("{on}", "2026-10-12").replace("{code}", "x"))
        strange = {name: value for name, value in GIVEN.items() if name not in body}  # a provider's client_id is said
        answer = await common.http.request(operation.method, asked, json=body | strange, headers={"If-Match": '"1"'})
        assert answer.status_code == 422, (asked, answer.text)
        refused = {e["pointer"].removeprefix("/") for e in answer.json()["errors"] if e["code"] == "unknown_member"}
        assert refused == set(strange), asked
        seen += 1
    assert seen >= 14


@in_module
@pytest.mark.parametrize(
    "clothes",
    [
        "{%s}",
        "urn:uuid:%s",
        "%%7B%s%%7D",
        "%s%%0D%%0ASet-Cookie:%%20a",
        "%s%%0A",
        "%%20%s",
        "%s%%00",
        "'%s'",
        "plain",
        "digits",
    ],
)
async def test_an_id_in_other_clothes_names_nothing_and_gets_into_no_header(common, clothes):
    """Location and Link hold the path: a thing has one address."""
    known = await common.person(LEADER)
    said = {"plain": known.replace("-", ""), "digits": known.translate({ord("0") + n: chr(0x660 + n) for n in range(10)})}
    path = said.get(clothes) or clothes % known
    for answer in (
        await common.http.get(f"/v1/leaders/{path}/profile"),
        await common.http.post(f"/v1/leaders/{path}/self-assessments", json=SELF_ASSESSMENT_BODY),
        await common.http.get(f"/v1/initiatives/{path}/groups?limit=1"),
    ):
        assert answer.status_code == 404, answer.text
        assert {"location", "link", "set-cookie"}.isdisjoint(answer.headers)


async def test_a_foreign_id_and_a_made_up_one_are_refused_in_the_same_words(service, district):
    """Nobody learns that something is there by asking for it."""
    other = await service.district("Other")
    theirs, nobody = await other.person(LEADER), "01900000-0000-7000-8000-000000000000"
    said = []
    for one in (theirs, nobody):
        answers = [
            await district.http.get(f"/v1/leaders/{one}/profile"),
            await district.http.get(f"/v1/people/{one}"),
            await district.http.post(f"/v1/leaders/{one}/self-assessments", json=SELF_ASSESSMENT_BODY),
            await district.http.post("/v1/observations", json=OBSERVATION_BODY | {"leader": {"id": one}}),
            await district.http.post("/v1/initiatives", json=INITIATIVE_BODY | {"leader": {"id": one}}),
        ]
        said.append([(a.status_code, a.text.replace(one, "").replace(a.json()["request_id"], "")) for a in answers])
    assert said[0] == said[1]
    assert {status for status, _ in said[0]} == {404, 422}


async def test_graphql_that_nests_repeats_or_goes_in_circles_costs_nothing(district):
    bombs = (
        ("{ leaders { edges { node { ...f } } } } fragment f on Leader { ...g } fragment g on Leader { ...f }", {}),
        ("query($x: ReadProfileInput!) { profile(input: $x) { asOf } }", {"x": {"leaderId": {"a": [[[]]] * 50_000}}}),
        ("query($x: Int) { leaders(first: $x) { edges { cursor } } }", {"x": 10**30}),
        ("{ " + " ".join(f"a{n}: __typename" for n in range(400)) + " }", {}),
        (
            "{ leaders(first: 100) { edges { node { profile { scores { sources { source } } } } } } " * 1
            + "x: leaders(first: 101) { edges { cursor } } }",
            {},
        ),
        ("{ __typename " + "@skip(if: false) " * 500 + "}", {}),
    )
    for query, variables in bombs:
        begun = asyncio.get_running_loop().time()
        answer = await district.http.post("/graphql", json={"query": query, "variables": variables})
        assert answer.json()["errors"], query[:80]
        assert answer.json().get("data") in ({}, None) or not any(answer.json()["data"].values())
        assert asyncio.get_running_loop().time() - begun < 30


QUOTING = """
create function quoting() returns trigger language plpgsql as $$ begin raise exception 'full at %', new.text; end $$;
create trigger quoting before insert on feedback for each row execute function quoting()
"""
"""An operator's own trigger, say: an error that quotes the row."""
SECRETS = (
    "Quokkawright",
    "quokka@example.org",
    "tell-nobody",
    "walk-secret-id",
    "Wombat plan",
    "key-of-the-kiosk",
    "kiosk-group",
)


async def test_no_line_of_the_log_holds_a_name_a_text_or_a_token(service, district, caplog):
    lines = []

    class RecordingHandler(logging.Handler):
        def emit(self, record):
            if not record.name.startswith(("httpx", "httpcore")):  # the client's own
                lines.append(JsonFormatter().format(record))

    handler = RecordingHandler(level=logging.DEBUG)
    root = logging.getLogger()
    root.addHandler(handler)
    caplog.set_level(logging.DEBUG)
    noisy = {
        "Authorization": district.http.headers["authorization"],
        "Idempotency-Key": "key-of-the-kiosk",
        "X-Request-Id": "a\r\nforged tell-nobody",
    }
    told = OBSERVATION_BODY | {
        "external_id": "walk-secret-id",
        "feedback": [{"type": "note", "text": "tell-nobody"}],
        "observer": {"external_name": "Quokkawright"},
    }
    try:
        http = district.http
        answers = [
            await http.post("/v1/observations", json=told, headers=noisy),
            await http.post("/v1/observations", json=told | {"setting": "tell-nobody", "Quokkawright": 1}),
            await http.post(
                "/v1/observations:batch", json={"items": [told, told | {"leader": {"email": "quokka@example.org"}}]}
            ),
            await http.get("/v1/people", params={"email": "quokka@example.org"}),
            await http.get("/v1/Quokkawright/tell-nobody?x=tell-nobody"),
            await http.post(
                "/v1/initiatives", json=INITIATIVE_BODY | {"title": "Wombat plan", "leader": {"username": "Quokkawright"}}
            ),
            await http.post("/graphql", json={"query": '{ people(filter: {email: "quokka@example.org"}) { nothing } }'}),
            await http.post("/graphql", json={"query": "query($x: Int) { __typename }", "variables": {"x": "tell-nobody"}}),
            await post_roster(district, roster_package(users=users_csv_with("Quokkawright"))),
            await service.anonymous().get("/v1/people", headers={"Authorization": "Bearer tell-nobody.tell-nobody.x"}),
            await service.anonymous().post(
                "/oauth/token", data={"grant_type": "client_credentials"}, auth=("tell-nobody", "tell-nobody")
            ),
        ]
        async with admin_connection(service.database) as connection:
            await connection.execute(QUOTING)
        answers.append(await http.post("/v1/observations", json=told | {"external_id": "walk-secret-id-2"}))
    finally:
        root.removeHandler(handler)
    assert [a.status_code for a in answers] == [201, 422, 200, 200, 404, 422, 200, 200, 422, 401, 401, 500]
    assert len(lines) > len(answers)
    token = noisy["Authorization"].split()[1]
    for line in lines:
        assert token not in line
        assert not [secret for secret in SECRETS if secret in line], line
        assert json.loads(line)["event"].isprintable()
