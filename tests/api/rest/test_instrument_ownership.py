"""An instrument belongs to the origin that created it; what it measures is that origin's to say, or the district's (openapi/README.md 5.5)."""

from uuid import UUID

import pytest

from api.demo.seeder import PARTNER_SCOPES
from domain.observations.commands import CreateCrosswalk, CreateInstrument, InstrumentRef
from domain.observations.model import Element, ElementWeight, Scale
from domain.observations.usecases.instruments import create_crosswalk, create_instrument
from domain.observations.usecases.preview_crosswalk import preview_crosswalk
from domain.scoring import tally_rebuild
from domain.shared.context import Actor, ActorKind
from domain.shared.errors import Forbidden
from domain.shared.roles import Role
from tests.support.attacks import admin_connection
from tests.support.audit import audit_rows
from tests.support.people import ALL, operate, person, run
from tests.support.workers import ended, worker

WALK = {"code": "theirs", "version": "1"}
INSTRUMENT = WALK | {
    "elements": [{"code": "A", "scale": {"worst": 1, "best": 4}}, {"code": "B", "scale": {"worst": 1, "best": 4}}]
}
MAP = {
    "code": "their-map",
    "version": "1",
    "instrument": WALK,
    "mappings": [{"element": "A", "responsibility": "focus", "weight": 1}],
}
NEXT = MAP | {"version": "2", "mappings": [{"element": "A", "responsibility": "visibility", "weight": 0.5}]}


def visit(n, leader):
    return {
        "external_id": f"v-{n}",
        "purpose": "formative",
        "leader": {"id": leader},
        "observer": {"external_name": "Coach"},
        "school": {"sourced_id": "255901001"},
        "observed_at": f"2026-03-0{1 + n % 9}T13:41:20Z",
        "setting": "classroom",
        "instrument": WALK,
        "ratings": [{"element": "A", "value": 1 + n % 4}],
    }


@pytest.fixture
async def theirs(district):
    """The instrument and crosswalk of one partner."""
    http = await district.client(PARTNER_SCOPES, "theirs")
    assert (await http.post("/v1/instruments", json=INSTRUMENT)).status_code == 201
    assert (await http.post("/v1/crosswalks", json=MAP)).status_code == 201
    return http


@pytest.fixture
async def observed(district, theirs):
    """As many leaders as are asked for, each observed by that partner."""

    async def observe(leaders):
        found = (await district.http.get("/v1/leaders")).json()["items"][:leaders]
        items = [visit(n, leader["id"]) for n, leader in enumerate(found)]
        answer = await theirs.post("/v1/observations:batch", json={"items": items})
        assert answer.json()["counts"] == [{"status": 201, "n": leaders}], answer.text
        return [leader["id"] for leader in found]

    return observe


@pytest.fixture
async def other(district):
    """Another partner."""
    return await district.client(PARTNER_SCOPES, "other")


def problem_summary(answer):
    problem = answer.json()
    return answer.status_code, problem["code"], problem.get("scope")


NEEDED = (403, "insufficient_scope", "configuration:write")


async def focus_of(district, leader):
    return (await district.http.get(f"/v1/leaders/{leader}/profile")).json()["scores"]


async def test_a_partner_does_not_decide_what_another_partners_instrument_measures(district, observed, other):
    """As the attack had it: fifteen estimates of a leader moved."""
    [leader] = await observed(1)
    before = await focus_of(district, leader)
    for query in ("", "?dry_run=true"):
        assert problem_summary(await other.post(f"/v1/crosswalks{query}", json=NEXT)) == NEEDED
    assert await focus_of(district, leader) == before
    query = """mutation($m: [ElementWeightInput!]!) { createCrosswalk(input: {code: "their-map", version: "2",
      instrument: {code: "theirs", version: "1"}, mappings: $m}) { outcome } }"""
    told = (await other.post("/graphql", json={"query": query, "variables": {"m": NEXT["mappings"]}})).json()
    assert told["errors"][0]["extensions"]["scope"] == "configuration:write"
    assert len((await other.get("/v1/crosswalks")).json()["items"]) == 1


async def test_the_owner_and_whoever_may_configure_the_district_publish_it(district, theirs, other):
    assert (await theirs.post("/v1/crosswalks", json=NEXT)).status_code == 201
    trusted = await district.client((*PARTNER_SCOPES, "configuration:write"), "other")
    assert (await trusted.post("/v1/crosswalks", json=NEXT | {"version": "3"})).status_code == 201
    # What is held already is harmless, whoever sends it.
    assert (await other.post("/v1/crosswalks", json=NEXT)).json()["outcome"] == "unchanged"


async def test_an_instrument_of_before_origins_were_kept_is_the_districts(district, theirs):
    async with admin_connection(district.service.database) as connection:
        await connection.execute("update instrument set origin = null")
    [shown] = (await theirs.get("/v1/instruments")).json()["items"]
    assert shown["origin"] is None
    assert problem_summary(await theirs.post("/v1/crosswalks", json=NEXT)) == NEEDED
    assert (await district.http.post("/v1/crosswalks", json=NEXT)).status_code == 201


async def test_a_code_is_the_origins_of_its_first_version(district, theirs, other):
    [shown] = (await other.get("/v1/instruments")).json()["items"]
    assert shown["origin"] == "theirs"
    assert problem_summary(await other.post("/v1/instruments", json=INSTRUMENT | {"version": "2"})) == NEEDED
    assert (await other.post("/v1/instruments", json=INSTRUMENT)).json()["outcome"] == "unchanged"
    made = await district.http.post("/v1/instruments", json=INSTRUMENT | {"version": "2"})
    assert (made.status_code, made.json()["origin"]) == (201, "app")
    # The code stays its first origin's; the version is of who made it.
    assert (await theirs.post("/v1/instruments", json=INSTRUMENT | {"version": "3"})).status_code == 201
    second = MAP | {"code": "second", "instrument": WALK | {"version": "2"}}
    assert problem_summary(await theirs.post("/v1/crosswalks", json=second)) == NEEDED


async def test_a_person_needs_the_role_and_the_scope(district, theirs):
    one = await person(district, "207219")
    command = CreateCrosswalk(
        code="their-map",
        version="2",
        instrument=InstrumentRef(code="theirs", version="1"),
        mappings=(ElementWeight(element="A", responsibility="input", weight=1),),
    )
    with pytest.raises(Forbidden) as refusal:
        await one.do(create_crosswalk, command)
    assert refusal.value.code == "role_missing"
    async with admin_connection(district.service.database) as connection:
        await connection.execute(
            "insert into role_grant (district_id, person_id, role, granted_at, granted_by) values ($1, $2, $3, now(), 'tests')",
            UUID(str(district.id)),
            one.id,
            Role.DISTRICT_ADMIN.value,
        )
    with pytest.raises(Forbidden) as refusal:
        await one.do(create_crosswalk, command, scopes=ALL - {"configuration:write"})
    assert (refusal.value.code, refusal.value.extensions) == ("insufficient_scope", {"scope": "configuration:write"})
    assert (await one.do(create_crosswalk, command)).outcome == "created"
    own = CreateInstrument(code="own", version="1", elements=(Element(code="A", scale=Scale(worst=1, best=4)),))
    assert (await one.do(create_instrument, own)).origin == f"person:{one.id}"


async def test_a_preview_says_what_publishing_then_does_and_changes_nothing(district, observed):
    leaders = await observed(6)
    before = [await focus_of(district, leader) for leader in leaders]
    shown = await district.http.post("/v1/crosswalks?dry_run=true", json=NEXT)
    assert shown.status_code == 200, shown.text
    assert [await focus_of(district, leader) for leader in leaders] == before
    assert [c["version"] for c in (await district.http.get("/v1/crosswalks")).json()["items"]] == ["1"]
    assert (await district.http.post("/v1/crosswalks", json=NEXT)).status_code == 201
    after = [await focus_of(district, leader) for leader in leaders]
    preview = shown.json()
    assert (preview["outcome"], preview["leaders"], preview["withheld"]) == ("created", 6, None)
    assert [r["responsibility"] for r in preview["responsibilities"]] == [
        old["responsibility"] for old, new in zip(before[0], after[0], strict=True) if old["estimate"] != new["estimate"]
    ]
    for told in preview["responsibilities"]:
        pairs = [
            (old["estimate"], new["estimate"])
            for olds, news in zip(before, after, strict=True)
            for old, new in zip(olds, news, strict=True)
            if old["responsibility"] == told["responsibility"] and old["estimate"] != new["estimate"]
        ]
        sizes = [abs(new - old) for old, new in pairs if old is not None and new is not None]
        assert told["leaders"] == len(pairs)
        assert told["largest_absolute_change"] == (pytest.approx(max(sizes), abs=1e-4) if sizes else None)
        assert told["mean_absolute_change"] == (pytest.approx(sum(sizes) / len(sizes), abs=1e-4) if sizes else None)
    again = (await district.http.post("/v1/crosswalks?dry_run=true", json=NEXT)).json()
    assert (again["outcome"], again["leaders"], again["responsibilities"]) == ("unchanged", 0, [])


async def test_a_change_of_a_weight_has_a_size(district, observed):
    await observed(5)
    lighter = MAP | {"version": "2", "mappings": [MAP["mappings"][0] | {"weight": 0.25}]}
    [focus] = (await district.http.post("/v1/crosswalks?dry_run=true", json=lighter)).json()["responsibilities"]
    assert focus["responsibility"] == "focus"
    assert 0 < focus["mean_absolute_change"] <= focus["largest_absolute_change"]


@pytest.mark.parametrize(("leaders", "expected"), [(4, None), (5, 5)])
async def test_who_may_not_read_scores_learns_of_no_single_leader(observed, theirs, leaders, expected):
    ids = await observed(leaders)
    lighter = MAP | {"version": "2", "mappings": [MAP["mappings"][0] | {"weight": 0.25}]}
    answer = await theirs.post("/v1/crosswalks?dry_run=true", json=lighter)
    preview = answer.json()
    reason = (
        {"reason": "below_threshold", "minimum": 5} if expected is None else {"reason": "scores_not_visible", "minimum": None}
    )
    assert (preview["leaders"], preview["withheld"]) == (expected, reason if expected is None else None)
    [focus] = preview["responsibilities"]
    assert (focus["leaders"], focus["withheld"]) == (expected, reason)
    assert (focus["mean_absolute_change"], focus["largest_absolute_change"]) == (None, None)
    assert not any(leader in answer.text for leader in ids)


async def test_both_ways_in_tell_the_same_preview(district, observed):
    await observed(5)
    query = """query($m: [ElementWeightInput!]!) { previewCrosswalk(input: {code: "their-map", version: "2",
      instrument: {code: "theirs", version: "1"}, mappings: $m}) { leaders responsibilities { responsibility leaders } } }"""
    told = (await district.http.post("/graphql", json={"query": query, "variables": {"m": NEXT["mappings"]}})).json()
    assert "errors" not in told, told
    shown = (await district.http.post("/v1/crosswalks?dry_run=true", json=NEXT)).json()
    preview = told["data"]["previewCrosswalk"]
    assert preview["leaders"] == shown["leaders"] == 5
    assert [(r["responsibility"].lower(), r["leaders"]) for r in preview["responsibilities"]] == [
        (r["responsibility"], r["leaders"]) for r in shown["responsibilities"]
    ]


async def test_a_preview_is_bounded_refuses_what_publishing_refuses_and_leaves_a_row(district, observed, monkeypatch):
    await observed(2)
    http, path = district.http, "/v1/crosswalks?dry_run=true"
    unknown = await http.post(path, json=NEXT | {"instrument": {"code": "nowhere", "version": "1"}})
    assert (unknown.status_code, unknown.json()["code"]) == (422, "instrument_not_found")
    other = await http.post(path, json=MAP | {"mappings": NEXT["mappings"]})
    assert (other.status_code, other.json()["code"]) == (409, "version_reused")
    for query in ("?dry_run=perhaps", "?dryrun=true", "?dry_run=true&dry_run=true"):
        assert (await http.post(f"/v1/crosswalks{query}", json=NEXT)).status_code == 422
    assert (await http.post(f"{path}", json=NEXT, headers={"prefer": "respond-async"})).status_code == 200
    [row] = await audit_rows(district.service.database, district.id, "preview_crosswalk")
    [instrument] = (await http.get("/v1/instruments")).json()["items"]
    assert (row["object_kind"], str(row["object_id"]), row["outcome"]) == ("instrument", instrument["id"], "done")
    monkeypatch.setattr(tally_rebuild, "MAX_ROWS", 1)
    answer = await http.post(path, json=NEXT)
    assert (answer.status_code, answer.json()["code"]) == (409, "rebuild_too_large")
    assert len((await http.get("/v1/crosswalks")).json()["items"]) == 1


async def test_a_preview_never_reaches_an_evaluation_and_is_an_operators_too(district, observed):
    await observed(1)
    command = CreateCrosswalk(
        code="their-map",
        version="2",
        instrument=InstrumentRef(code="theirs", version="1"),
        mappings=(ElementWeight(element="A", responsibility="input", weight=1),),
    )
    machine = Actor(
        kind=ActorKind.CLIENT, id="c", district_id=district.id, origin="theirs", scopes=ALL, client_id="c", evaluates=True
    )
    with pytest.raises(Forbidden) as refusal:
        await run(district.service.database, machine, preview_crosswalk, command)
    assert refusal.value.code == "purpose_locked"
    assert (await operate(district, preview_crosswalk, command)).leaders == 1


async def test_a_job_that_would_decide_about_anothers_instrument_fails(service, theirs, other):
    answer = await other.post("/v1/crosswalks", json=NEXT, headers={"prefer": "respond-async"})
    assert answer.status_code == 202
    async with worker(service.database):
        done = await ended(other, answer.json()["id"])
    assert (done["state"], done["problem"]["code"]) == ("failed", "insufficient_scope")
    assert len((await other.get("/v1/crosswalks")).json()["items"]) == 1
