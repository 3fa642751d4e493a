"""Instruments and crosswalks: immutable versions, and what they may not do."""

import pytest

from domain.scoring import tally_rebuild

WALK = {
    "code": "w",
    "version": "1",
    "elements": [
        {"code": "A", "scale": {"worst": 1, "best": 4}},
        {"code": "YN", "scale": {"worst": 0, "best": 1}, "levels": [{"code": "n", "value": 0}, {"code": "y", "value": 1}]},
        {"code": "STEP", "scale": {"worst": 0, "best": 10, "step": 10}},
    ],
}
MAP = {
    "code": "m",
    "version": "1",
    "instrument": {"code": "w", "version": "1"},
    "mappings": [{"element": "A", "responsibility": "focus", "weight": 1}],
}


@pytest.fixture
async def walked(district):
    """A district with the instrument."""
    assert (await district.http.post("/v1/instruments", json=WALK)).status_code == 201
    return district


@pytest.mark.parametrize(("path", "body"), [("/v1/instruments", WALK), ("/v1/crosswalks", MAP)])
async def test_a_version_sent_twice_is_unchanged_the_second_time(walked, path, body):
    first, second = [await walked.http.post(path, json=body | {"version": "1"}) for _ in range(2)]
    assert second.json() == first.json() | {"outcome": "unchanged"}
    assert second.status_code == 200


@pytest.mark.parametrize(
    ("path", "body", "other"),
    [
        ("/v1/instruments", WALK, {"title": "New"}),
        ("/v1/crosswalks", MAP, {"mappings": [MAP["mappings"][0] | {"weight": 0.5}]}),
    ],
)
async def test_a_version_never_changes(walked, path, body, other):
    await walked.http.post(path, json=body)
    answer = await walked.http.post(path, json=body | other)
    assert (answer.status_code, answer.json()["code"]) == (409, "version_reused")


async def test_an_instrument_has_one_crosswalk_code_and_a_code_one_instrument(walked):
    await walked.http.post("/v1/crosswalks", json=MAP)
    second = await walked.http.post("/v1/crosswalks", json=MAP | {"code": "other"})
    assert (second.status_code, second.json()["code"]) == (409, "crosswalk_code_taken")
    await walked.http.post("/v1/instruments", json=WALK | {"version": "2"})
    elsewhere = await walked.http.post(
        "/v1/crosswalks", json=MAP | {"version": "2", "instrument": {"code": "w", "version": "2"}}
    )
    assert (elsewhere.status_code, elsewhere.json()["code"]) == (409, "crosswalk_code_taken")


@pytest.mark.parametrize(("element", "weight", "taken"), [("YN", 0.26, False), ("YN", 0.25, True), ("STEP", 0.3, False)])
async def test_an_element_with_two_answers_weighs_a_quarter_at_most(walked, element, weight, taken):
    mapped = MAP | {"mappings": [{"element": element, "responsibility": "focus", "weight": weight}]}
    answer = await walked.http.post("/v1/crosswalks", json=mapped)
    assert answer.status_code == (201 if taken else 422)
    if not taken:
        assert [(e["pointer"], e["code"]) for e in answer.json()["errors"]] == [("/mappings/0/weight", "weight_too_large")]


async def test_what_would_rebuild_too_much_is_refused_with_the_way_to_ask_for_a_job(walked, monkeypatch):
    visit = {
        "purpose": "formative",
        "leader": {"sourced_id": "207267"},
        "observer": {"external_name": "Coach"},
        "school": {"sourced_id": "255901001"},
        "observed_at": "2026-03-02T13:41:20Z",
        "setting": "classroom",
        "instrument": {"code": "w", "version": "1"},
        "ratings": [{"element": "A", "value": 3}, {"element": "YN", "level": "y"}],
    }
    assert (await walked.http.post("/v1/observations", json=visit)).status_code == 201
    monkeypatch.setattr(tally_rebuild, "MAX_ROWS", 1)
    answer = await walked.http.post("/v1/crosswalks", json=MAP)
    assert (answer.status_code, answer.json()["code"]) == (409, "rebuild_too_large")
    assert "Prefer: respond-async" in answer.json()["detail"]
    assert (await walked.http.get("/v1/crosswalks")).json()["items"] == []
    monkeypatch.setattr(tally_rebuild, "MAX_ROWS", 2)  # as many as there are: not over it
    assert (await walked.http.post("/v1/crosswalks", json=MAP)).status_code == 201


async def test_both_adapters_tell_the_version_that_is_held(walked):
    item = {"op": "retract", "external_id": "a"}
    items = [item | {"external_version": version} for version in ("5", "3")]
    held = await walked.http.post("/v1/observations:batch", json={"items": items})
    [_, older] = held.json()["results"]
    assert (older["status"], older["problem"]["code"], older["problem"]["current_version"]) == (409, "version_older", "5")
    query = """mutation { pushObservations(input: {items: [{retract: {externalId: "a", externalVersion: "2"}},
      {retract: {externalId: "b", externalVersion: "2"}}]}) { results { status problem { code currentVersion } } } }"""
    told = (await walked.http.post("/graphql", json={"query": query})).json()
    assert "errors" not in told, told
    assert told["data"]["pushObservations"]["results"][0]["problem"] == {"code": "version_older", "currentVersion": "5"}
