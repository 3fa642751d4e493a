"""One district, asked over both: the same members with the same values, names in camelCase."""

import importlib
import pkgutil
import re

import pytest
from graphql import get_named_type, is_leaf_type
from strawberry.utils.str_converters import to_camel_case

import api.rest
from api.graphql.fields import FIELD_NAMES
from api.graphql.schema import SCHEMA
from api.rest.example_ids import OBSERVATION_BODY
from domain.audit.usecases import list_audit_events
from domain.roster.usecases import read_role_mapping
from domain.shared.paging import Page
from tests.support.permission_walk import OF_PEOPLE

GRAPHQL = SCHEMA._schema
CHILDREN = {"profile", "leaderProfile"}
PULSE = [[3, 4, 3, 4, 3, 5, 4], [4, 3, 5, 5, 4, 4, 3], [4] * 7, [2, 4, 3, 3, 3, 4, 4], [2, 5, 3, 4, 5, None, 4]]
RUBRIC = {"code": "walk", "version": "1", "elements": [{"code": "A1", "scale": {"worst": 1, "best": 4}}]}
CROSSWALK = {
    "code": "map",
    "version": "1",
    "instrument": {"code": "walk", "version": "1"},
    "mappings": [{"element": "A1", "responsibility": "visibility", "weight": 1.0}],
}
INITIATIVE = {
    "leader": {"sourcedId": "207267"},
    "title": "One grading scale",
    "startsOn": "2026-08-17",
    "decideBy": "2026-12-20",
    "stakes": "high",
    "goalTiedToStudentLearning": True,
    "aboutTeachingAndLearning": True,
}


def camel(value):
    """REST's answer as GraphQL writes it."""
    if isinstance(value, list):
        return [camel(item) for item in value]
    if isinstance(value, dict):
        return {"uuid" if name == "id" and is_uuid(held) else to_camel_case(name): camel(held) for name, held in value.items()}
    return value


def is_uuid(value) -> bool:
    return isinstance(value, str) and re.fullmatch(r"[0-9a-f-]{36}", value) is not None


def everything(kind) -> str:
    """A selection of all that ``kind`` shows."""
    kind = get_named_type(kind)
    if is_leaf_type(kind):
        return ""
    names = [n for n, f in kind.fields.items() if n not in CHILDREN and not (n == "id" and "uuid" in kind.fields)]
    return "{ " + " ".join(f"{n} {everything(kind.fields[n].type)}" for n in names) + " }"


class Both:
    """A client of one district, over REST and over GraphQL."""

    def __init__(self, district) -> None:
        self.http = district.http
        self.ids: dict[str, str] = {}

    async def do(self, field: str, members: dict, **header: object) -> dict:
        """A mutation; what it answers."""
        kind = GRAPHQL.mutation_type.fields[field]
        variables = {"input": members, **header}
        declared = ", ".join(f"${name}: {kind.args[name].type}" for name in variables)
        given = ", ".join(f"{name}: ${name}" for name in variables)
        answer = await self.ask(f"mutation({declared}) {{ {field}({given}) {everything(kind.type)} }}", variables)
        assert "errors" not in answer, answer["errors"]
        return answer["data"][field]

    async def ask(self, query: str, variables: dict) -> dict:
        return (await self.http.post("/graphql", json={"query": query, "variables": variables})).json()

    async def rest(self, path: str) -> dict | list:
        answer = await self.http.get(path.format_map(self.ids))
        assert answer.status_code == 200, answer.text
        return answer.json()

    async def graphql(self, operation, path: str):
        """What the use case of ``operation`` answers, all of it."""
        field = FIELD_NAMES[operation.use_case]
        kind = GRAPHQL.query_type.fields[field]
        said = {to_camel_case(name): self.ids[name] for name in re.findall(r"{(\w+)}", path)}
        if "input" in kind.args and said:
            query = f"query($input: {kind.args['input'].type}) {{ {field}(input: $input) {everything(kind.type)} }}"
            said = {"input": said}
        else:
            declared = "(" + ", ".join(f"${n}: {kind.args[n].type}" for n in said) + ")" if said else ""
            given = "(" + ", ".join(f"{n}: ${n}" for n in said) + ")" if said else ""
            query = f"query{declared} {{ {field}{given} {everything(kind.type)} }}"
        answer = await self.ask(query, said)
        assert "errors" not in answer, (query, answer["errors"])
        return answer["data"][field]


@pytest.fixture
async def both(district):
    """A district in which everything has happened once, over GraphQL."""
    made = Both(district)
    leader, school = await district.person("207267"), (await district.http.get("/v1/schools")).json()["items"][0]["id"]
    visit = {
        to_camel_case(k): v for k, v in OBSERVATION_BODY.items() if k not in {"leader", "observer", "school", "ratings"}
    } | {
        "leader": {"sourcedId": "207267"},
        "observer": {"externalName": "Visiting coach"},
        "school": {"sourcedId": "255901001"},
        "ratings": [{"element": "A1", "value": 3}, {"responsibility": "input", "notObserved": True}],
        "instrument": {"code": "walk", "version": "1"},
    }
    await made.do("createInstrument", RUBRIC)
    await made.do("createCrosswalk", CROSSWALK)
    pushed = await made.do("pushObservation", visit, idempotencyKey="one")
    again = await made.do("pushObservation", visit, idempotencyKey="one")
    assert pushed == again
    own = {
        "leaderId": leader,
        "purpose": "formative",
        "assessedAt": "2026-05-18T15:00:00Z",
        "scale": {"worst": 1, "best": 5},
        "ratings": [{"responsibility": "visibility", "value": 5}],
    }
    await made.do("assessSelf", own)
    initiative = (await made.do("createInitiative", INITIATIVE))["initiative"]
    of_it = {"initiativeId": initiative["uuid"]}
    group = {"name": "core teachers", "size": 14, "role": "implementing", "mustChangePractice": True}
    group = (await made.do("createGroup", {**of_it, **group}))["group"]
    of_it["groupId"] = group["uuid"]
    edited = await made.do("putEstimate", {**of_it, "items": [2, 2, 3, 2, 2, 3, None]}, expectedVersion=group["version"])
    await made.do("putPhases", {**of_it, "implement": 0.6, "manageTransitions": 1}, expectedVersion=edited["version"])
    await made.do("putPulse", {**of_it, "on": "2026-10-12", "answers": PULSE})
    await made.do("putStanceAnswers", {**of_it, "answers": [{"code": "GC", "value": "yes"}]})
    imported = (await district.http.post("/v1/roster-imports?dry_run=true", **_package())).json()
    job = await made.do("startCrosswalk", CROSSWALK)
    hold = {"about": "person", "person_id": leader, "reason": "litigation"}
    held = (await district.http.post("/v1/legal-holds", json=hold)).json()
    await district.http.post(f"/v1/legal-holds/{held['id']}:release", json={})
    made.ids = {
        "job_id": job["uuid"],
        "leader_id": leader,
        "person_id": leader,
        "school_id": school,
        "observation_id": pushed["uuid"],
        "initiative_id": initiative["uuid"],
        "group_id": group["uuid"],
        "import_id": imported["id"],
        "hold_id": held["id"],
        "code": "visibility",
    }
    return made


def _package():
    from tests.support.service import GRAND_BEND

    return {"content": GRAND_BEND.read_bytes(), "headers": {"content-type": "application/zip"}}


def reads():
    """Every GET of REST whose shape is the use case's own."""
    for found in pkgutil.iter_modules(api.rest.__path__):
        router = getattr(importlib.import_module(f"api.rest.{found.name}"), "router", None)
        for operation in getattr(router, "operations", ()):
            of_people = any(example.person for example in operation.examples)  # no machine can ask these
            if operation.method == "GET" and operation.use_case is not read_role_mapping and not of_people:
                yield operation.path, operation


async def test_both_read_the_same(both):
    compared = []
    for path, operation in reads():
        if operation.use_case in OF_PEOPLE:
            continue
        told, shown = camel(await both.rest(path)), await both.graphql(operation, path)
        if operation.response_type.__name__.endswith("Page") or getattr(operation.response_type, "__origin__", None) is Page:
            shown = {"items": [edge["node"] for edge in shown["edges"]], "next": shown["pageInfo"]["hasNextPage"]}
            told = {"items": told["items"], "next": told["nextCursor"] is not None}
        if operation.use_case is list_audit_events:
            # Reading what was done is something done, and it is told once it is final: whoever asks second may see more.
            assert shown["items"][: len(told["items"])] == told["items"]
            continue
        assert shown == told, path
        compared.append(FIELD_NAMES[operation.use_case])
    assert {"profile", "recommendations", "stance", "observations", "magnitude", "framework"} <= set(compared)


async def test_both_refuse_with_the_same_codes_at_the_same_places(both):
    visit = OBSERVATION_BODY | {
        "leader": {"sourced_id": "nobody"},
        "school": {"sourced_id": "nowhere"},
        "external_id": "walk-2",
    }
    told = (await both.http.post("/v1/observations", json=visit)).json()
    said = {"input": {to_camel_case(name): value for name, value in visit.items()}}
    said["input"] |= {"leader": {"sourcedId": "nobody"}, "school": {"sourcedId": "nowhere"}}
    said["input"] |= {
        "observer": {"externalName": "Visiting coach"},
        "ratings": [{to_camel_case(n): v for n, v in r.items()} for r in OBSERVATION_BODY["ratings"]],
    }
    query = "mutation($input: PushObservationInput!) { pushObservation(input: $input) { outcome } }"
    [error] = (await both.ask(query, said))["errors"]
    assert [(e["pointer"], e["code"]) for e in error["extensions"]["errors"]] == [
        (e["pointer"], e["code"]) for e in told["errors"]
    ]
    different = {name for name in told if told[name] != error["extensions"].get(name)}
    assert different <= {"instance", "request_id"}
