"""Every change and every read of evidence leaves one row, by the same commit; the row holds nothing of the content."""

import json
import re
import uuid

import pytest

from api.cli.openapi_export import use_cases
from api.wire.observation_batch import push_batch
from domain.permissions.revealed_data import revealed_by_use_case
from domain.shared.operation import find_operation, operation_of
from tests.api.scenarios.test_scenario import UNKNOWN_ID, play_story
from tests.support.audit import audit_rows
from tests.support.payloads import visit
from tests.support.rest_graphql_driver import GraphQL, Rest
from tests.support.service import serving

VISIT = visit("t-1", "1", "2026-03-02T14:00:00Z", ("focus", 4))


READING = ("read_", "list_")


def is_audited(use_case):
    """Return whether a read by `use_case` leaves a row; public reads declare nothing and leave none."""
    if find_operation(use_case) is None:
        return False
    return operation_of(use_case).audited or bool(revealed_by_use_case(use_case))


async def recorded_actions(service, district):
    """Return (action, outcome) of every row, in order."""
    return [(row["action"], row["outcome"]) for row in await audit_rows(service.database, district.id)]


@pytest.fixture(params=["rest", "graphql"])
async def audited_story(service, request):
    """A district in which the whole scenario was run, over REST or GraphQL."""
    district = await service.district(roster=False)
    story = await play_story(Rest(district.http, service.app) if request.param == "rest" else GraphQL(district.http))
    return district, story


async def test_the_whole_story_leaves_a_row_for_each_change_and_each_read_of_evidence(service, audited_story):
    district, story = audited_story
    changed = {"created", "replaced", "retracted"}
    audited = {u.__name__ for u in use_cases() if is_audited(u) and u.__name__.startswith(READING)}
    reads = [name for name, *rest in story if name in audited and len(rest) == 1]
    rows = [row for row in await audit_rows(service.database, district.id) if row["outcome"] == "done"]
    of_reads = [row for row in rows if row["action"] in audited]
    assert {row["action"] for row in of_reads} == set(reads)
    for name in set(reads) - {"list_observations"}:
        assert sum(row["action"] == name for row in of_reads) == reads.count(name), name
    for name in ("edit_initiative", "create_group", "put_estimate", "put_phases", "put_pulse", "put_configuration"):
        done = sum(1 for step, *rest in story if step == name and len(rest) == 1)
        assert sum(row["action"] == name for row in rows) == done, name
    pushed = [data for name, *rest in story if name == "push_observation" and len(rest) == 1 for data in rest]
    assert sum(row["action"] == "push_observation" for row in rows) <= len(pushed)
    assert any(data["outcome"] in changed for data in pushed)
    assert all(row["request_id"] for row in rows)


async def test_no_name_no_mail_and_nothing_that_was_sent_stands_in_a_row(service, audited_story):
    district, _ = audited_story
    rows = await audit_rows(service.database, district.id)
    texts = [value for row in rows for value in row.values() if isinstance(value, str)]
    words = set(texts) - {row["action"] for row in rows} - {row["request_id"] for row in rows}
    ids = re.compile(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}|tests")
    fixed_words = {"client", "operator", "done", "refused", "replayed", "not_found", "observation_not_found"}
    kinds = {row["object_kind"] for row in rows}
    assert {word for word in words - kinds - fixed_words if not ids.fullmatch(word)} == set()
    people = await district.http.get("/v1/people", params={"limit": "100"})
    whole = json.dumps(rows, default=lambda v: v.hex() if isinstance(v, bytes) else str(v))
    for person in people.json()["items"]:
        for name in ("given_name", "family_name", "email", "username", "sourced_id"):
            value = person.get(name)
            assert not value or len(value) < 5 or value not in whole, name


async def test_a_pulse_is_one_row_without_any_digest(service, audited_story):
    district, _ = audited_story
    [row] = await audit_rows(service.database, district.id, "put_pulse")
    assert (row["object_kind"], row["count"], row["before"], row["after"]) == ("group", 1, None, None)
    assert row["further_ids"] == []


async def test_an_edit_has_the_digests_of_before_and_after_and_a_first_description_only_the_latter(service, audited_story):
    district, _ = audited_story
    [edited] = await audit_rows(service.database, district.id, "edit_initiative")
    [created] = await audit_rows(service.database, district.id, "create_initiative")
    assert created["before"] is None
    assert created["after"] == edited["before"] != edited["after"]
    assert len(edited["after"]) == 32


async def test_a_read_names_the_leader_whose_evidence_was_shown(service, district):
    leader = await district.person("207267")
    first = await district.http.get(f"/v1/leaders/{leader}/profile")
    again = await district.http.get(f"/v1/leaders/{leader}/profile", headers={"if-none-match": first.headers["etag"]})
    assert (first.status_code, again.status_code) == (200, 304)
    rows = await audit_rows(service.database, district.id, "read_profile")
    assert [(row["object_kind"], str(row["object_id"]), row["outcome"]) for row in rows] == [("leader", leader, "done")] * 2
    assert rows[0]["actor_kind"] == "client"
    assert rows[0]["actor_id"]


async def test_a_nested_profile_in_graphql_is_a_row_for_each_leader_shown(service, district):
    response = await district.http.post(
        "/graphql", json={"query": "{ leaders(first: 10) { edges { node { uuid profile { asOf } } } } }"}
    )
    leaders = [edge["node"]["uuid"] for edge in response.json()["data"]["leaders"]["edges"]]
    rows = await audit_rows(service.database, district.id, "read_profiles")
    assert sorted(str(row["object_id"]) for row in rows) == sorted(leaders)
    assert len(leaders) > 1


async def test_a_page_of_observations_is_a_row_for_each_leader_in_it(service, district):
    await Rest(district.http, service.app).made(push_batch, {"items": [VISIT, VISIT | {"external_id": "t-2"}]})
    response = await district.http.get("/v1/observations")
    [row] = await audit_rows(service.database, district.id, "list_observations")
    assert {str(i) for i in row["further_ids"]} == {o["id"] for o in response.json()["items"]}
    assert (row["object_kind"], row["count"]) == ("leader", 2)


async def test_a_batch_is_one_row_with_how_many_and_which(service, district):
    items = [VISIT | {"external_id": f"t-{n}"} for n in range(7)]
    response = await Rest(district.http, service.app).made(push_batch, {"items": items})
    [row] = await audit_rows(service.database, district.id, "push_batch")
    assert (row["count"], {str(i) for i in row["further_ids"]}) == (7, {r["id"] for r in response["results"]})


async def test_what_is_refused_leaves_no_row_of_something_done(service, district):
    response = await district.http.post("/v1/observations", json=VISIT | {"ratings": []})
    assert response.status_code == 422
    response = await district.http.post("/v1/observations", json=VISIT | {"school": {"sourced_id": "nowhere"}})
    assert response.status_code == 422
    assert await audit_rows(service.database, district.id, "push_observation") == []


async def test_the_same_idempotency_key_again_is_recorded_as_a_replay(service, district):
    for _ in range(2):
        response = await district.http.post("/v1/observations", json=VISIT, headers={"idempotency-key": "once"})
        assert response.status_code == 201
    rows = await audit_rows(service.database, district.id, "push_observation")
    assert [row["outcome"] for row in rows] == ["done", "replayed"]


async def test_a_request_without_the_right_is_recorded_as_refused(service, district):
    small = await district.client(["directory:read", "scores:read"])
    assert (await small.post("/v1/observations", json=VISIT)).status_code == 403
    assert (await small.get(f"/v1/leaders/{UNKNOWN_ID}/profile")).status_code == 404
    assert (await small.get(f"/v1/people/{UNKNOWN_ID}")).status_code == 404
    rows = [row for row in await audit_rows(service.database, district.id) if row["outcome"] == "refused"]
    assert [(row["action"], row["code"], row["object_id"]) for row in rows] == [
        ("push_observation", "insufficient_scope", None),
        ("read_profile", "not_found", uuid.UUID(UNKNOWN_ID)),
    ]


async def test_what_reveals_nothing_is_read_without_a_row(service, district):
    before = len(await audit_rows(service.database, district.id))
    for path in ("/v1/people", "/v1/schools", "/v1/leaders", "/v1/configuration", "/v1/initiatives", "/v1/instruments"):
        assert (await district.http.get(path)).status_code == 200
    assert len(await audit_rows(service.database, district.id)) == before


async def test_every_read_that_names_evidence_is_audited():
    read_scopes = {"scores:read", "advice:read", "observations:read"}
    from tests.support.permission_walk import SCOPES

    reading = {u for scope in read_scopes for u in SCOPES[scope] if u.__name__.startswith(READING)}
    # Instruments and crosswalks reveal nothing about a person.
    unaudited = {u.__name__ for u in reading if not is_audited(u)}
    assert unaudited == {"list_instruments", "list_crosswalks"}


async def test_a_refused_audit_row_refuses_the_answer(service, district):
    from tests.support.audit import as_admin

    leader = await district.person("207267")
    await as_admin(service.database, "alter table audit_event add constraint shut check (action <> 'read_profile')")
    response = await district.http.get(f"/v1/leaders/{leader}/profile")
    assert response.status_code == 500
    assert "scores" not in response.text


async def test_audited_reads_change_nothing_else(database):
    """Without an audit log their units of work are READ ONLY, and the whole scenario is the same."""
    async with serving(database, audit=False) as service:
        district = await service.district(roster=False)
        before = len(await audit_rows(database, district.id))
        assert len(await play_story(Rest(district.http, service.app))) > 120
        assert len(await audit_rows(database, district.id)) == before
