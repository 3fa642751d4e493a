"""What is refused is named in full, in order, with its place; and nothing of it stays behind.

A member written twice in one JSON object is no fault: the last one counts (RFC 8259 4 leaves it open), for every reader here.
"""

import gzip
import json
from collections.abc import AsyncIterator
from dataclasses import dataclass
from typing import Any

import asyncpg
import httpx
import pytest
import pytest_asyncio

from api.rest.change import GROUP_BODY, INITIATIVE_BODY, PULSE
from api.rest.example_ids import OBSERVATION_BODY, UNKNOWN_ID
from api.rest.observations import CROSSWALK_BODY, INSTRUMENT_BODY
from api.rest.scoring import CONFIGURATION_BODY, SELF_ASSESSMENT_BODY, SUPERVISOR_ASSESSMENT_BODY
from domain.shared.errors import Code
from tests.support.service import serving

pytestmark = pytest.mark.asyncio(loop_scope="module")
JSON = {"Content-Type": "application/json"}
TABLES = """
select format('select %L as name, count(*) as n from %I.%I', n.nspname || '.' || c.relname, n.nspname, c.relname) as said
from pg_class c join pg_namespace n on n.oid = c.relnamespace where c.relkind = 'r' and n.nspname in ('public', 'control') and c.relname <> 'audit_event'
"""
"""The trail grows by refusals, and is meant to."""
PROBLEM = {"type", "title", "status", "detail", "instance", "code", "request_id", "retry", "errors"}


@dataclass
class Attacked:
    """A district that is sent nonsense, with a look behind the fence."""

    http: httpx.AsyncClient
    places: dict[str, str]
    admin: asyncpg.Connection
    counting: str

    async def counts(self) -> dict[str, int]:
        return {row["name"]: row["n"] for row in await self.admin.fetch(self.counting)}

    async def assert_rejected(self, method: str, path: str, status: int | None = None, **sent: Any) -> httpx.Response:
        """The answer, which is a refusal as openapi/README.md 2 has it and left nothing behind."""
        before = await self.counts()
        answer = await self.http.request(method, path.format_map(self.places), **sent)
        assert answer.status_code >= 400, answer.text
        if status is not None:
            assert answer.status_code == status, answer.text
        well_formed(answer)
        assert await self.counts() == before
        return answer

    async def errors_of(self, method: str, path: str, body: Any, **headers: str) -> list[tuple[str, str]]:
        """Place and code of every fault of ``body``."""
        named = {"if-match": '"1"'} if path == "/v1/configuration" else {}
        answer = await self.assert_rejected(method, path, 422, content=json.dumps(body), headers=JSON | named | headers)
        return [(e["pointer"], e["code"]) for e in answer.json()["errors"]]


def well_formed(answer: httpx.Response) -> None:
    """What every refusal has."""
    problem = answer.json()
    assert answer.headers["content-type"] == "application/problem+json"
    assert set(problem) >= PROBLEM
    assert problem["status"] == answer.status_code < 500
    assert problem["code"] in set(Code)
    assert problem["type"] == f"urn:evenkeel:problem:{problem['code']}"
    assert problem["detail"]
    assert problem["retry"] in {"never", "same", "later"}
    assert problem["request_id"] == answer.headers["x-request-id"]
    for error in problem["errors"]:
        assert set(error) == {"pointer", "code", "detail"}
        assert error["code"] in set(Code)
        assert error["pointer"] == "" or error["pointer"].startswith("/")
        assert error["detail"]
    if problem["errors"]:
        assert problem["errors"][0]["code"] == problem["code"]


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def attacked(module_database):
    async with serving(module_database) as running:
        district = await running.district()
        initiative = (await district.http.post("/v1/initiatives", json=INITIATIVE_BODY)).json()["id"]
        group = (await district.http.post(f"/v1/initiatives/{initiative}/groups", json=GROUP_BODY)).json()["id"]
        await district.http.post("/v1/instruments", json=INSTRUMENT_BODY)
        held = (await district.http.post("/v1/observations", json=OBSERVATION_BODY)).json()["id"]
        places = {
            "leader": await district.person("207267"),
            "initiative": initiative,
            "group": group,
            "held": held,
            "nobody": UNKNOWN_ID,
        }
        admin = await asyncpg.connect(module_database.admin_url)
        counting = " union all ".join(row["said"] for row in await admin.fetch(TABLES))
        yield Attacked(district.http, places, admin, counting)
        await admin.close()


def without(body: dict[str, Any], *names: str) -> dict[str, Any]:
    return {name: value for name, value in body.items() if name not in names}


GROUP = "/v1/initiatives/{initiative}/groups/{group}"
OBSERVATIONS, INSTRUMENTS, CROSSWALKS = "/v1/observations", "/v1/instruments", "/v1/crosswalks"
ASSESSED = "/v1/leaders/{leader}/self-assessments"

SHAPES: dict[str, tuple[str, str, Any, list[tuple[str, str]]]] = {
    "all members missing": (
        "POST",
        OBSERVATIONS,
        {},
        [(f"/{m}", "missing") for m in ("purpose", "leader", "observer", "school", "observed_at", "setting", "ratings")],
    ),
    "in the order of the document, missing ones last": (
        "POST",
        OBSERVATIONS,
        {
            "bogus": 1,
            "ratings": [
                {"responsibility": "focus", "value": "3"},
                {"responsibility": "input"},
                {"q": 1, "element": "A", "value": 1},
            ],
            "observed_at": "2026-03-02T10:00:00",
            "setting": 3,
            "leader": {},
            "purpose": "evaluation",
            "duration_minutes": 0,
            "external_id": "",
        },
        [
            ("/bogus", "unknown_member"),
            ("/ratings/0/value", "wrong_type"),
            ("/ratings/1", "exactly_one"),
            ("/ratings/2/q", "unknown_member"),
            ("/observed_at", "naive_time"),
            ("/setting", "not_allowed"),
            ("/leader", "exactly_one"),
            ("/purpose", "purpose_not_accepted"),
            ("/duration_minutes", "out_of_range"),
            ("/external_id", "empty"),
            ("/observer", "missing"),
            ("/school", "missing"),
        ],
    ),
    "faults between members, once each is sound by itself": (
        "POST",
        OBSERVATIONS,
        without(OBSERVATION_BODY, "external_id")
        | {"ratings": [{"element": "A", "value": 1}, {"responsibility": "focus", "value": 3}, {"element": "A", "value": 2}]},
        [("/ratings/2", "duplicate"), ("/external_id", "missing"), ("/instrument", "missing")],
    ),
    "no ratings": ("POST", OBSERVATIONS, OBSERVATION_BODY | {"ratings": []}, [("/ratings", "empty")]),
    "too many ratings": (
        "POST",
        OBSERVATIONS,
        OBSERVATION_BODY | {"ratings": [{"responsibility": "focus", "value": 1}] * 201},
        [("/ratings", "too_long")],
    ),
    "a text too long": (
        "POST",
        OBSERVATIONS,
        OBSERVATION_BODY
        | {"external_id": "x" * 201, "feedback": [{"type": "note", "text": "x" * 4001}, {"type": "praise", "text": ""}]},
        [
            ("/external_id", "too_long"),
            ("/feedback/0/text", "too_long"),
            ("/feedback/1/type", "not_allowed"),
            ("/feedback/1/text", "empty"),
        ],
    ),
    "several ways to name one thing": (
        "POST",
        OBSERVATIONS,
        OBSERVATION_BODY
        | {
            "leader": {"sourced_id": "1", "email": "a@b.org"},
            "observer": {"external_name": "x", "id": UNKNOWN_ID},
            "school": {},
        },
        [("/leader", "exactly_one"), ("/observer", "exactly_one"), ("/school", "exactly_one")],
    ),
    "a reference of its own shape": (
        "POST",
        OBSERVATIONS,
        OBSERVATION_BODY | {"leader": {"user_id": {"type": "State"}}, "observer": "coach", "school": {"id": "42"}},
        [("/leader/user_id/value", "missing"), ("/observer", "wrong_type"), ("/school/id", "malformed")],
    ),
    "versions that are none": (
        "POST",
        OBSERVATIONS,
        OBSERVATION_BODY | {"external_version": "1" * 19},
        [("/external_version", "malformed")],
    ),
    "a version in other digits": (
        "POST",
        OBSERVATIONS,
        OBSERVATION_BODY | {"external_version": "٣"},
        [("/external_version", "malformed")],
    ),
    "a version as a number": (
        "POST",
        OBSERVATIONS,
        OBSERVATION_BODY | {"external_version": 1},
        [("/external_version", "wrong_type")],
    ),
    "true is no number, 1 is no truth": (
        "POST",
        OBSERVATIONS,
        OBSERVATION_BODY
        | {"announced": 1, "duration_minutes": True, "ratings": [{"responsibility": "focus", "not_observed": False}]},
        [("/announced", "wrong_type"), ("/duration_minutes", "wrong_type"), ("/ratings/0/not_observed", "not_allowed")],
    ),
    "a count of seconds": (
        "POST",
        OBSERVATIONS,
        OBSERVATION_BODY | {"observed_at": 1772458880},
        [("/observed_at", "wrong_type")],
    ),
    "a count of seconds in a text": (
        "POST",
        OBSERVATIONS,
        OBSERVATION_BODY | {"observed_at": "1772458880"},
        [("/observed_at", "malformed")],
    ),
    "a day is no moment": (
        "POST",
        OBSERVATIONS,
        OBSERVATION_BODY | {"observed_at": "2026-03-02"},
        [("/observed_at", "malformed")],
    ),
    "another age": (
        "POST",
        OBSERVATIONS,
        OBSERVATION_BODY | {"observed_at": "0001-01-01T00:00:00Z"},
        [("/observed_at", "out_of_range")],
    ),
    "the end of time": (
        "POST",
        OBSERVATIONS,
        OBSERVATION_BODY | {"observed_at": "9999-12-31T23:59:59-23:59"},
        [("/observed_at", "out_of_range")],
    ),
    "a NUL in texts": (
        "POST",
        OBSERVATIONS,
        OBSERVATION_BODY | {"external_id": "a\0", "setting": "x", "feedback": [{"type": "note", "text": "\0"}]},
        [("/external_id", "malformed"), ("/setting", "not_allowed"), ("/feedback/0/text", "malformed")],
    ),
    "not an object": ("POST", OBSERVATIONS, [OBSERVATION_BODY], [("", "wrong_type")]),
    "null": ("POST", OBSERVATIONS, None, [("", "wrong_type")]),
    "a member with a name that a pointer escapes": (
        "POST",
        OBSERVATIONS,
        OBSERVATION_BODY | {"a/b~c": 1},
        [("/a~1b~0c", "unknown_member")],
    ),
    "an envelope": (
        "POST",
        "/v1/observations:batch",
        {"atomicity": "some", "x": 1},
        [("/atomicity", "not_allowed"), ("/x", "unknown_member"), ("/items", "missing")],
    ),
    "a batch of nothing": ("POST", "/v1/observations:batch", {"items": []}, [("/items", "empty")]),
    "a batch that is no list": (
        "POST",
        "/v1/observations:batch",
        {"items": {"0": OBSERVATION_BODY}},
        [("/items", "wrong_type")],
    ),
    "a retraction": (
        "POST",
        "/v1/observations/{held}:retract",
        {"external_version": "0x1", "why": "?"},
        [("/external_version", "malformed"), ("/why", "unknown_member")],
    ),
    "an assessment": (
        "POST",
        ASSESSED,
        SELF_ASSESSMENT_BODY
        | {
            "leader_id": UNKNOWN_ID,
            "scale": {"worst": 1, "best": 1},
            "ratings": [
                {"responsibility": "focus", "value": "4"},
                {"responsibility": "input", "value": 4},
                {"responsibility": "input", "value": 3},
            ],
            "external_version": "2",
        },
        [
            ("/scale", "out_of_range"),
            ("/ratings/0/value", "wrong_type"),
            ("/leader_id", "unknown_member"),
        ],
    ),
    "an assessment that rates twice, as a version of nothing": (
        "POST",
        ASSESSED,
        SELF_ASSESSMENT_BODY | {"ratings": [{"responsibility": "input", "value": 4}] * 2, "external_version": "2"},
        [("/ratings/1/responsibility", "duplicate"), ("/external_id", "missing")],
    ),
    "a supervisor's assessment": (
        "POST",
        "/v1/leaders/{leader}/supervisor-assessments",
        without(SUPERVISOR_ASSESSMENT_BODY, "purpose") | {"supervisor": {"external_name": "x"}},
        [("/supervisor/external_name", "unknown_member"), ("/purpose", "missing")],
    ),
    "an instrument": (
        "POST",
        INSTRUMENTS,
        {
            "code": "",
            "version": 1,
            "elements": [
                {"code": "A", "scale": {"worst": 1, "best": 1}},
                {
                    "code": "A",
                    "scale": {"worst": 1, "best": 4},
                    "levels": [{"code": "x", "value": 9}, {"code": "x", "value": 2}],
                },
                {"code": "B", "scale": {"worst": 1, "best": 4, "step": 0}},
            ],
            "y": 2,
        },
        [
            ("/code", "empty"),
            ("/version", "wrong_type"),
            ("/elements/0/scale", "out_of_range"),
            ("/elements/1/levels/0/value", "out_of_scale"),
            ("/elements/1/levels/1/code", "duplicate"),
            ("/elements/2/scale/step", "out_of_range"),
            ("/y", "unknown_member"),
        ],
    ),
    "an element named twice": (
        "POST",
        INSTRUMENTS,
        INSTRUMENT_BODY | {"elements": [INSTRUMENT_BODY["elements"][0]] * 2},
        [("/elements/1/code", "duplicate")],
    ),
    "a crosswalk": (
        "POST",
        CROSSWALKS,
        {"code": "x", "version": "", "instrument": {"code": "walk"}, "mappings": [{"element": "A1", "weight": None}]},
        [
            ("/version", "empty"),
            ("/instrument/version", "missing"),
            ("/mappings/0/weight", "wrong_type"),
            ("/mappings/0/responsibility", "missing"),
        ],
    ),
    "a crosswalk that says a pair twice": (
        "POST",
        CROSSWALKS,
        CROSSWALK_BODY
        | {
            "instrument": {"code": "nothing", "version": "1"},
            "mappings": [{"element": "A1", "responsibility": "focus", "weight": 1}] * 2,
        },
        [("/mappings/1", "duplicate")],
    ),
    "a crosswalk whose weights are none": (
        "POST",
        CROSSWALKS,
        CROSSWALK_BODY
        | {
            "mappings": [
                {"element": "A1", "responsibility": "focus", "weight": 3},
                {"element": "A1", "responsibility": "input", "weight": 0},
            ]
        },
        [("/mappings/0/weight", "out_of_range"), ("/mappings/1/weight", "out_of_range")],
    ),
    "a configuration": (
        "POST",
        "/v1/configuration",
        CONFIGURATION_BODY
        | {
            "target": 9,
            "tau2": "x",
            "sources": CONFIGURATION_BODY["sources"][:4],
            "landmark": "2020-01-01T00:00:00",
            "disclosure": CONFIGURATION_BODY["disclosure"] | {"k": 3},
            "active": True,
            "version": 7,
        },
        [
            ("/tau2", "wrong_type"),
            ("/sources", "empty"),
            ("/landmark", "naive_time"),
            ("/active", "wrong_type"),
            ("/version", "unknown_member"),
        ],
    ),
    "a target off the scale": ("POST", "/v1/configuration", CONFIGURATION_BODY | {"target": 9}, [("/target", "out_of_range")]),
    "fewer than may be shown": (
        "POST",
        "/v1/configuration",
        CONFIGURATION_BODY | {"disclosure": CONFIGURATION_BODY["disclosure"] | {"k": 3}},
        [("/disclosure/k", "out_of_range")],
    ),
    "a landmark from which weights would leave the range of a float": (
        "POST",
        "/v1/configuration",
        CONFIGURATION_BODY | {"landmark": "1950-01-01T00:00:00Z"},
        [("/landmark", "out_of_range")],
    ),
    "an initiative": (
        "POST",
        "/v1/initiatives",
        INITIATIVE_BODY
        | {
            "leader": {},
            "title": "",
            "decide_by": "2026-13-01",
            "stakes": "big",
            "starts_on": "2026-02-02",
            "ends_on": "2026-01-01",
            "external_version": "1",
            "school": None,
        },
        [
            ("/leader", "exactly_one"),
            ("/title", "empty"),
            ("/decide_by", "malformed"),
            ("/stakes", "not_allowed"),
        ],
    ),
    "an initiative that ends before it starts": (
        "POST",
        "/v1/initiatives",
        INITIATIVE_BODY | {"starts_on": "2026-02-02", "ends_on": "2026-01-01", "external_version": "1"},
        [("/ends_on", "out_of_range"), ("/external_id", "missing")],
    ),
    "days that are none": (
        "POST",
        "/v1/initiatives",
        INITIATIVE_BODY | {"starts_on": "1772409600", "ends_on": "2026-03-02T00:00:00Z", "decide_by": 20260302},
        [("/decide_by", "wrong_type"), ("/starts_on", "malformed"), ("/ends_on", "malformed")],
    ),
    "a group": (
        "POST",
        "/v1/initiatives/{initiative}/groups",
        {"size": 0, "role": "cheering", "must_change_practice": "yes", "initiative_id": UNKNOWN_ID},
        [
            ("/size", "out_of_range"),
            ("/role", "not_allowed"),
            ("/must_change_practice", "wrong_type"),
            ("/initiative_id", "unknown_member"),
            ("/name", "missing"),
        ],
    ),
    "a group larger than any": (
        "POST",
        "/v1/initiatives/{initiative}/groups",
        GROUP_BODY | {"size": 10**40},
        [("/size", "out_of_range")],
    ),
    "an estimate": (
        "PUT",
        GROUP + "/estimate",
        {"items": [1, 2, 3, 4, 0, 6, "x"], "expected_version": 1},
        [("/items/6", "wrong_type"), ("/expected_version", "unknown_member")],
    ),
    "an estimate off the scale": (
        "PUT",
        GROUP + "/estimate",
        {"items": [1, 2, 3, 4, 0, 6, 5]},
        [("/items/4", "out_of_range"), ("/items/5", "out_of_range")],
    ),
    "an estimate of six": ("PUT", GROUP + "/estimate", {"items": [1] * 6}, [("/items", "empty")]),
    "an estimate of four answers": (
        "PUT",
        GROUP + "/estimate",
        {"items": [1, 2, 3, 4, None, None, None]},
        [("/items", "out_of_range")],
    ),
    "a pulse of four": ("PUT", GROUP + "/magnitude/pulses/2026-10-12", {"answers": PULSE[:4]}, [("/answers", "empty")]),
    "a pulse": (
        "PUT",
        GROUP + "/magnitude/pulses/2026-10-12",
        {"answers": [[1] * 7, [1] * 7, [1] * 7, [1] * 7, [1.5, 1, 1, 1, 1, 1, 1]], "on": "2026-10-12"},
        [("/answers/4/0", "wrong_type"), ("/on", "unknown_member")],
    ),
    "a pulse off the scale": (
        "PUT",
        GROUP + "/magnitude/pulses/2026-10-12",
        {"answers": [[1] * 6, [9, 1, 1, 1, 1, 1, 0], [None] * 7, [1] * 7, [1] * 7]},
        [
            ("/answers/0", "out_of_range"),
            ("/answers/1/0", "out_of_range"),
            ("/answers/1/6", "out_of_range"),
            ("/answers/2", "out_of_range"),
        ],
    ),
    "a pulse of no day": ("PUT", GROUP + "/magnitude/pulses/2026-99-12", {"answers": PULSE}, [("/on", "malformed")]),
    "a pulse of a count": ("PUT", GROUP + "/magnitude/pulses/1772409600", {"answers": PULSE}, [("/on", "malformed")]),
    "a pulse to come": ("PUT", GROUP + "/magnitude/pulses/2099-01-01", {"answers": PULSE}, [("/on", "in_future")]),
    "phases": (
        "PUT",
        GROUP + "/phases",
        {"implement": "1", "create_demand": -1, "monitor_evaluate": True, "rest": 1},
        [
            ("/implement", "wrong_type"),
            ("/create_demand", "out_of_range"),
            ("/monitor_evaluate", "wrong_type"),
            ("/rest", "unknown_member"),
        ],
    ),
    "answers for the stance": (
        "PUT",
        GROUP + "/stance-answers",
        {
            "answers": [
                {"code": "GC", "value": "yes"},
                {"code": "GC", "value": "no"},
                {"code": "XX", "value": "no"},
                {"code": "QR"},
            ]
        },
        [("/answers/2/code", "not_allowed"), ("/answers/3/value", "missing")],
    ),
    "two answers to one question": (
        "PUT",
        GROUP + "/stance-answers",
        {"answers": [{"code": "GC", "value": "yes"}, {"code": "GC", "value": "no"}]},
        [("/answers/1", "duplicate")],
    ),
    "a stance from answers": (
        "POST",
        "/v1/stance",
        {"attributes": [{"code": "QR", "value": "perhaps"}], "urgent": 1},
        [("/attributes/0/value", "not_allowed"), ("/urgent", "wrong_type")],
    ),
    "a mapping": (
        "PUT",
        "/v1/roster/role-mapping",
        {"principal": "king", "teacher": 1, "aide": None, "a\0": "teacher"},
        [("/principal", "not_allowed"), ("/teacher", "not_allowed"), ("/a\0", "malformed")],
    ),
    "a mapping of what no roster says": (
        "PUT",
        "/v1/roster/role-mapping",
        {"": "teacher", "janitor": "staff"},
        [("/", "not_allowed"), ("/janitor", "not_allowed")],
    ),
    "a mapping that is a list": ("PUT", "/v1/roster/role-mapping", [], [("", "wrong_type")]),
}


@pytest.mark.parametrize("case", SHAPES)
async def test_every_fault_of_shape_is_named_in_document_order(attacked, case):
    method, path, body, expected = SHAPES[case]
    assert await attacked.errors_of(method, path, body) == expected


REFERENCES: dict[str, tuple[str, str, Any, list[tuple[str, str]]]] = {
    "an observation": (
        "POST",
        OBSERVATIONS,
        OBSERVATION_BODY
        | {
            "external_id": "refs",
            "leader": {"sourced_id": "nobody"},
            "observer": {"email": "nobody@example.org"},
            "school": {"id": UNKNOWN_ID},
            "instrument": {"code": "nothing", "version": "1"},
            "ratings": [{"responsibility": "charisma", "value": 9}, {"responsibility": "focus", "level": "x"}],
        },
        [
            ("/leader", "person_not_found"),
            ("/observer", "person_not_found"),
            ("/school", "school_not_found"),
            ("/instrument", "instrument_not_found"),
            ("/ratings/0/responsibility", "responsibility_not_found"),
            ("/ratings/0/value", "out_of_scale"),
            ("/ratings/1/level", "level_not_found"),
        ],
    ),
    "an element": (
        "POST",
        OBSERVATIONS,
        OBSERVATION_BODY
        | {
            "external_id": "refs",
            "instrument": {"code": "walk", "version": "2026.2"},
            "ratings": [{"element": "Z9", "value": 1}, {"element": "A1", "value": 5}, {"element": "B1", "level": "maybe"}],
        },
        [("/ratings/0/element", "element_not_found"), ("/ratings/1/value", "out_of_scale"), ("/ratings/2/level", "level_not_found")],
    ),
    "a teacher observed": ("POST", OBSERVATIONS, OBSERVATION_BODY | {"external_id": "t", "leader": {"sourced_id": "207219"}}, [("/leader", "subject_not_leader")]),
    "a leader observing themselves": (
        "POST",
        OBSERVATIONS,
        OBSERVATION_BODY | {"external_id": "s", "observer": {"sourced_id": "207267"}},
        [("/observer", "observer_is_leader")],
    ),
    "a visit to come": ("POST", OBSERVATIONS, OBSERVATION_BODY | {"external_id": "f", "observed_at": "2199-01-01T00:00:00Z"}, [("/observed_at", "in_future")]),
    "an assessment": (
        "POST",
        ASSESSED,
        SELF_ASSESSMENT_BODY | {"ratings": [{"responsibility": "charisma", "value": 9}, {"responsibility": "focus", "value": 0}]},
        [
            ("/ratings/0/responsibility", "responsibility_not_found"),
            ("/ratings/0/value", "out_of_scale"),
            ("/ratings/1/value", "out_of_scale"),
        ],
    ),
    "somebody who supervises nobody": (
        "POST",
        "/v1/leaders/{leader}/supervisor-assessments",
        SUPERVISOR_ASSESSMENT_BODY | {"supervisor": {"sourced_id": "207219"}},
        [("/supervisor", "not_a_supervisor")],
    ),
    "a crosswalk": (
        "POST",
        CROSSWALKS,
        CROSSWALK_BODY
        | {
            "instrument": {"code": "walk", "version": "2026.2"},
            "mappings": [
                {"element": "Z9", "responsibility": "charisma", "weight": 1},
                {"element": "A1", "responsibility": "focus", "weight": 1},
            ],
        },
        [
            ("/mappings/0/element", "element_not_found"),
            ("/mappings/0/responsibility", "responsibility_not_found"),
        ],
    ),
    "a crosswalk of nothing": ("POST", CROSSWALKS, CROSSWALK_BODY | {"instrument": {"code": "nothing", "version": "1"}}, [("/instrument", "instrument_not_found")]),
    "an initiative": (
        "POST",
        "/v1/initiatives",
        INITIATIVE_BODY | {"leader": {"sourced_id": "nobody"}, "school": {"sourced_id": "nowhere"}},
        [("/leader", "person_not_found"), ("/school", "school_not_found")],
    ),
    "an initiative of a teacher": ("POST", "/v1/initiatives", INITIATIVE_BODY | {"leader": {"sourced_id": "207219"}}, [("/leader", "subject_not_leader")]),
}  # fmt: skip


@pytest.mark.parametrize("case", REFERENCES)
async def test_every_fault_of_references_is_named(attacked, case):
    method, path, body, expected = REFERENCES[case]
    assert await attacked.errors_of(method, path, body) == expected


async def test_references_are_looked_up_only_where_the_shape_is_right(attacked):
    body = REFERENCES["an observation"][2] | {"setting": "attic"}
    assert await attacked.errors_of("POST", OBSERVATIONS, body) == [("/setting", "not_allowed")]


async def test_a_batch_names_the_faults_of_each_item_from_the_items_root(attacked):
    items = [
        OBSERVATION_BODY | {"setting": "x", "y": 1},
        7,
        {"op": "erase"},
        {"op": "retract"},
        OBSERVATION_BODY | {"leader": {"sourced_id": "nobody"}, "external_id": "n"},
    ]
    answer = await attacked.assert_rejected("POST", "/v1/observations:batch", 422, json={"items": items})
    found = [[(e["pointer"], e["code"]) for e in r["problem"]["errors"]] for r in answer.json()["results"]]
    assert found == [
        [("/setting", "not_allowed"), ("/y", "unknown_member")],
        [("", "wrong_type")],
        [("/op", "not_allowed")],
        [("/external_id", "missing"), ("/external_version", "missing")],
        [("/leader", "person_not_found")],
    ]
    assert [r["external_id"] for r in answer.json()["results"]] == ["walk-4711", None, None, None, "n"]


async def test_of_all_or_nothing_nothing_is_kept(attacked):
    good = [OBSERVATION_BODY | {"external_id": f"all-{n}"} for n in range(20)]
    answer = await attacked.assert_rejected(
        "POST", "/v1/observations:batch", 422, json={"atomicity": "all", "items": [*good, OBSERVATION_BODY | {"ratings": []}]}
    )
    assert {r["status"] for r in answer.json()["results"][:20]} == {424}
    assert answer.json()["counts"] == [{"status": 422, "n": 1}, {"status": 424, "n": 20}]


QUERIES: dict[str, tuple[str, list[tuple[str, str]]]] = {
    "unknown and unreadable": ("/v1/observations?bogus=1&limit=x&a/b=2", [("/bogus", "unknown_member"), ("/a~1b", "unknown_member"), ("/limit", "malformed")]),
    "repeated": ("/v1/observations?limit=2&limit=3&state=live&state=live", [("/limit", "duplicate"), ("/state", "duplicate")]),
    "none on a page": ("/v1/people?limit=0", [("/limit", "out_of_range")]),
    "too many on a page": ("/v1/people?limit=101", [("/limit", "out_of_range")]),
    "more than any number": ("/v1/people?limit=" + "9" * 40, [("/limit", "out_of_range")]),
    "no number": ("/v1/people?limit=", [("/limit", "malformed")]),
    "a number with a point": ("/v1/people?limit=100.0", [("/limit", "malformed")]),
    "a truth by another word": ("/v1/me/notifications?unread=yes", [("/unread", "malformed")]),
    "a NUL": ("/v1/people?email=a%00b", [("/email", "malformed")]),
    "a text too long": ("/v1/people?email=" + "x" * 321, [("/email", "too_long")]),
    "no id": ("/v1/observations?leader_id=42", [("/leader_id", "malformed")]),
    "no state": ("/v1/observations?state=dead", [("/state", "not_allowed")]),
    "a moment without offset": ("/v1/observations?observed_from=2026-01-01T00:00:00", [("/observed_from", "naive_time")]),
    "a count of seconds": ("/v1/observations?observed_from=1772458880", [("/observed_from", "malformed")]),
    "no cursor": ("/v1/people?cursor=abc", [("/cursor", "cursor_foreign")]),
    "a cursor of other letters": ("/v1/people?cursor=%C3%A9%F0%9F%98%80", [("/cursor", "cursor_foreign")]),
    "a long cursor": ("/v1/people?cursor=" + "x" * 5000, [("/cursor", "cursor_foreign")]),
    "a version of nothing": ("/v1/configuration?version=0", [("/version", "out_of_range")]),
    "a version beyond counting": ("/v1/configuration?version=99999999999", [("/version", "out_of_range")]),
    "a week": ("/v1/leaders/{leader}/profile?at=2026-W01-1", [("/at", "malformed")]),
    "a day without hyphens": ("/v1/leaders/{leader}/profile?at=20261101", [("/at", "malformed")]),
    "an at without offset": ("/v1/leaders/{leader}/profile?at=2026-11-01T00:00:00", [("/at", "naive_time")]),
    "an at to come": ("/v1/leaders/{leader}/profile?at=2199-01-01", [("/at", "in_future")]),
    "an at of another age": ("/v1/leaders/{leader}/profile?at=0001-01-01", [("/at", "out_of_range")]),
    "advice to come": ("/v1/initiatives/{initiative}/recommendations?at=2199-01-01", [("/at", "in_future")]),
    "a stance to come": ("/v1/initiatives/{initiative}/stance?at=2199-01-01", [("/at", "in_future")]),
    "a query where none is": ("/v1/leaders/{leader}?x=1&y=2", [("/x", "unknown_member"), ("/y", "unknown_member")]),
}  # fmt: skip


@pytest.mark.parametrize("case", QUERIES)
async def test_every_fault_of_a_query_is_named(attacked, case):
    path, expected = QUERIES[case]
    answer = await attacked.assert_rejected("GET", path, 422)
    assert [(e["pointer"], e["code"]) for e in answer.json()["errors"]] == expected


async def test_a_query_on_what_takes_a_body_is_refused(attacked):
    answer = await attacked.assert_rejected("POST", "/v1/observations?dry_run=1&x=2", 422, json=OBSERVATION_BODY)
    assert [e["pointer"] for e in answer.json()["errors"]] == ["/dry_run", "/x"]
    answer = await attacked.assert_rejected(
        "POST", "/v1/roster-imports?dry_run=perhaps&x=2", 422, content=b"", headers={"Content-Type": "application/zip"}
    )
    assert [e["pointer"] for e in answer.json()["errors"]] == ["/x", "/dry_run"]


def other(character: str) -> str:
    """A letter that is another one, whichever the cursor happens to have."""
    return "B" if character == "A" else "A"


async def test_a_cursor_holds_for_its_list_its_filter_its_district_and_a_week(attacked, monkeypatch):
    first = (await attacked.http.get("/v1/people?limit=2")).json()["next_cursor"]
    assert (await attacked.http.get(f"/v1/people?limit=7&cursor={first}")).status_code == 200
    for path in (
        f"/v1/leaders?cursor={first}",
        f"/v1/people?email=a@b.org&cursor={first}",
        f"/v1/people?cursor={first[:-2] + other(first[-2]) + first[-1]}",
        f"/v1/people?cursor={other(first[0]) + first[1:]}",
    ):
        answer = await attacked.assert_rejected("GET", path, 422)
        assert answer.json()["code"] == "cursor_foreign", path
    monkeypatch.setattr("api.execution.cursors.KEPT_DAYS", -1)
    answer = await attacked.assert_rejected("GET", f"/v1/people?cursor={first}", 410)
    assert answer.json()["code"] == "cursor_expired"


BODIES: dict[str, tuple[bytes, str]] = {
    "cut off": (b'{"purpose":', "malformed"),
    "words": (b"purpose=formative", "malformed"),
    "two documents": (b"{}{}", "malformed"),
    "no UTF-8": (b'{"purpose":"\xff"}', "malformed"),
    "half a character": (b'{"purpose":"\\ud800"}', "malformed"),
    "nested deeply": (b'{"purpose":' * 20_000 + b"1" + b"}" * 20_000, "malformed"),
    "lists nested deeply": (b"[" * 100_000, "malformed"),
    "deep in a member": (b'{"items":[' + b"[" * 20_000 + b"]" * 20_000 + b"]}", "malformed"),
    "not a number": (b'{"purpose":NaN}', "malformed"),
    "5,000 digits": (b'{"purpose":' + b"9" * 5000 + b"}", "malformed"),
    "a comment": (b"{} // no", "malformed"),
}  # fmt: skip
TAKERS = {
    OBSERVATIONS: "POST",
    "/v1/observations:batch": "POST",
    "/v1/initiatives/{initiative}": "PUT",
    "/v1/initiatives/{initiative}/groups": "POST",
    GROUP + "/estimate": "PUT",
    "/v1/configuration": "POST",
    "/v1/roster/role-mapping": "PUT",
    ASSESSED: "POST",
}


@pytest.mark.parametrize("path", TAKERS)
@pytest.mark.parametrize("case", BODIES)
async def test_what_is_no_json_is_refused_wherever_it_is_sent(attacked, path, case):
    answer = await attacked.assert_rejected(
        TAKERS[path], path, 422, content=BODIES[case][0], headers=JSON | {"If-Match": '"1"'}
    )
    assert answer.json()["code"] in {
        "malformed",
        "wrong_type",
        "purpose_not_accepted",
        "missing",
        "unknown_member",
        "not_allowed",
    }
    if case in {"cut off", "words", "two documents"}:
        assert answer.json()["code"] == "malformed"


async def test_numbers_beyond_any_scale_are_refused(attacked):
    for number in ("1e400", "-1e400", "NaN", "Infinity", "9" * 5000, "1e308"):
        body = json.dumps(OBSERVATION_BODY | {"external_id": "n"}).replace('"value": 4', f'"value": {number}')
        await attacked.assert_rejected("POST", OBSERVATIONS, 422, content=body, headers=JSON)


async def test_of_a_member_written_twice_the_last_counts(attacked):
    body = json.dumps(OBSERVATION_BODY)[:-1] + ', "setting": "attic", "leader": {"sourced_id": "nobody"}, "setting": "meeting"}'
    answer = await attacked.assert_rejected("POST", OBSERVATIONS, 422, content=body.replace("walk-4711", "last"), headers=JSON)
    assert [(e["pointer"], e["code"]) for e in answer.json()["errors"]] == [("/leader", "person_not_found")]


async def test_no_body_is_an_empty_object(attacked):
    for sent in ({}, {"content": b""}, {"content": b" \n", "headers": JSON}):
        answer = await attacked.assert_rejected("POST", OBSERVATIONS, 422, **sent)
        assert answer.json()["errors"][0] == {"pointer": "/purpose", "code": "missing", "detail": "this member is required"}


async def test_another_kind_of_body_is_415(attacked):
    for media in (
        "text/plain",
        "application/x-www-form-urlencoded",
        "multipart/form-data; boundary=x",
        "application/xml",
        "json",
    ):
        answer = await attacked.assert_rejected(
            "POST", OBSERVATIONS, 415, content=json.dumps(OBSERVATION_BODY), headers={"Content-Type": media}
        )
        assert "application/json" in answer.json()["detail"]
    answer = await attacked.assert_rejected("POST", "/v1/roster-imports", 415, content=b"{}", headers=JSON)
    assert "application/zip" in answer.json()["detail"]
    for encoding in ("br", "deflate", "gzip, gzip", "zstd"):
        await attacked.assert_rejected("POST", OBSERVATIONS, 415, content=b"x", headers=JSON | {"Content-Encoding": encoding})


async def piecewise(body: bytes, size: int = 65_536) -> AsyncIterator[bytes]:
    for at in range(0, len(body), size):
        yield body[at : at + size]


async def test_a_body_over_its_limit_is_413_and_names_the_limit(attacked):
    for path, limit in ((OBSERVATIONS, 2**20), ("/v1/observations:batch", 2**23), ("/v1/roster-imports", 2**25)):
        headers = {"Content-Type": "application/zip"} if "roster" in path else JSON
        for content in (b" " * (limit + 1), piecewise(b" " * (limit + 1))):
            answer = await attacked.assert_rejected("POST", path, 413, content=content, headers=headers)
            assert answer.json()["code"] == "too_large"
            assert answer.json()["limit"] == limit
            assert f"{limit:,}" in answer.json()["detail"]
    body = json.dumps(OBSERVATION_BODY | {"setting": "attic"}).encode()
    await attacked.assert_rejected("POST", OBSERVATIONS, 422, content=body + b" " * (2**20 - len(body)), headers=JSON)


ZIPPED = JSON | {"Content-Encoding": "gzip"}


async def test_a_bomb_is_refused_once_the_limit_is_passed(attacked):
    bomb = gzip.compress(b" " * (200 << 20))
    for content in (bomb, piecewise(bomb, 1000)):
        answer = await attacked.assert_rejected("POST", "/v1/observations:batch", 413, content=content, headers=ZIPPED)
        assert answer.json()["limit"] == 2**23


async def test_gzip_that_is_none_ends_early_or_goes_on_is_refused(attacked):
    packed = gzip.compress(json.dumps(OBSERVATION_BODY).encode())
    for content in (b"no gzip", packed[:-5], packed + b"more", packed + packed, b"", packed[:5] + b"\xff" + packed[6:30]):
        answer = await attacked.assert_rejected("POST", OBSERVATIONS, 422, content=content, headers=ZIPPED)
        assert answer.json()["code"] == "malformed", content


async def test_a_stream_that_goes_on_and_unpacks_to_nothing_is_ended(attacked):
    nothing = gzip.compress(b"")[:10] + b"\x00\x00\x00\xff\xff" * 300_000
    await attacked.assert_rejected("POST", OBSERVATIONS, 413, content=piecewise(nothing), headers=ZIPPED)


async def test_a_packed_body_is_taken(attacked):
    answer = await attacked.http.post(
        "/v1/observations:batch", content=gzip.compress(json.dumps({"items": [OBSERVATION_BODY]}).encode()), headers=ZIPPED
    )
    assert answer.json()["counts"] == [{"status": 200, "n": 1}]


async def test_an_idempotency_key_has_1_to_255_characters(attacked):
    for key in ("", '""', "x" * 256, '"' + "x" * 256 + '"'):
        answer = await attacked.assert_rejected(
            "POST", OBSERVATIONS, 422, json=OBSERVATION_BODY, headers={"Idempotency-Key": key}
        )
        assert "255" in answer.json()["detail"]
    assert (
        await attacked.http.post(OBSERVATIONS, json=OBSERVATION_BODY, headers={"Idempotency-Key": f'"{"x" * 255}"'})
    ).status_code == 200


async def test_an_edit_names_the_version_it_changes(attacked):
    path = "/v1/initiatives/{initiative}"
    missing = await attacked.assert_rejected("PUT", path, 428, json=INITIATIVE_BODY)
    assert missing.json()["code"] == "if_match_missing"
    for said in ("abc", "1", 'W/"1"', '"1", "2"', "*", '"9999999999"', '"-1"', '""', '"0x1"'):
        malformed = await attacked.assert_rejected("PUT", path, 422, json=INITIATIVE_BODY, headers={"If-Match": said})
        assert (malformed.json()["code"], "If-Match" in malformed.json()["detail"]) == ("malformed", True), said
    stale = await attacked.assert_rejected("PUT", path, 412, json=INITIATIVE_BODY, headers={"If-Match": '"7"'})
    assert (stale.json()["code"], stale.headers["etag"]) == ("stale", '"1"')
    for path in (GROUP + "/estimate", GROUP + "/phases", GROUP):
        body = GROUP_BODY if path == GROUP else {"items": [1] * 7} if "estimate" in path else {}
        stale = await attacked.assert_rejected("PUT", path, 412, json=body, headers={"If-Match": '"7"'})
        assert stale.headers["etag"] == '"1"'
    stale = await attacked.assert_rejected(
        "POST", "/v1/configuration", 412, json=CONFIGURATION_BODY, headers={"If-Match": '"7"'}
    )
    assert stale.headers["etag"] == '"1"'


async def test_what_is_no_id_or_nobodys_is_not_found(attacked):
    for path in (
        "/v1/people/{}",
        "/v1/leaders/{}/profile",
        "/v1/schools/{}",
        "/v1/observations/{}",
        "/v1/initiatives/{}/stance",
        "/v1/roster-imports/{}",
    ):
        for said in ("42", UNKNOWN_ID, "%00", "..%2f..", "x" * 3000, "'; drop table person; --", "%F0%9F%98%80"):
            answer = await attacked.http.get(path.format(said))
            assert answer.status_code == 404, (path, said)
            well_formed(answer)


async def test_versions_that_contradict_what_is_held_are_conflicts_and_leave_it_as_it_is(attacked):
    reused = await attacked.assert_rejected("POST", OBSERVATIONS, 409, json=OBSERVATION_BODY | {"setting": "online"})
    assert (reused.json()["code"], reused.json()["retry"]) == ("version_reused", "never")
    older = await attacked.assert_rejected("POST", OBSERVATIONS, 409, json=OBSERVATION_BODY | {"external_version": "0"})
    assert (older.json()["code"], older.json()["current_version"]) == ("version_older", "1")
    reused = await attacked.assert_rejected("POST", "/v1/observations/{held}:retract", 409, json={"external_version": "1"})
    assert reused.json()["code"] == "version_reused"


async def test_without_a_token_or_its_scope_nothing_is_looked_at(attacked):
    bare = {"Authorization": ""}
    for method, path in (
        ("GET", "/v1/people"),
        ("POST", OBSERVATIONS),
        ("PUT", "/v1/initiatives/{initiative}"),
        ("POST", "/v1/roster-imports"),
    ):
        answer = await attacked.assert_rejected(method, path, 401, headers=bare, content=b"\xff")
        assert answer.json()["code"] == "unauthenticated"
        assert answer.headers["www-authenticate"].startswith("Bearer ")
