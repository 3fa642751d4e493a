"""A client of another district sees nothing of this one, by any route."""

import re
from dataclasses import dataclass

import asyncpg
import pytest

from api.demo.seeder import PARTNER_SCOPES
from domain.assessments.usecases import assess_as_supervisor
from domain.change.usecases.groups import create_group
from domain.change.usecases.initiatives import create_initiative, list_initiatives
from domain.change.usecases.magnitude import put_pulse
from domain.directory.usecases.people_and_schools import list_leaders, list_people, list_schools
from domain.jobs.usecases.manage import list_jobs
from domain.jobs.usecases.start import start_crosswalk
from domain.observations.usecases.instruments import create_crosswalk, create_instrument, list_crosswalks, list_instruments
from domain.observations.usecases.push import push_observation, retract_observation
from domain.observations.usecases.read import list_observations, read_observation
from domain.privacy.usecases.legal_holds import list_legal_holds, put_legal_hold
from domain.roster.usecases import import_roster, put_role_mapping
from domain.scoring.usecases.configuration import put_configuration, read_configuration
from domain.scoring.usecases.profile import read_profile
from tests.support.payloads import CORE, CROSSWALK, INSTRUMENT, PLAN, PULSE, SELF, SUPERVISOR_RATED, visit
from tests.support.permission_walk import RATED, sample_requests
from tests.support.rest_graphql_driver import GraphQL, Rest
from tests.support.service import GRAND_BEND

DAY, LATER = "2026-03-02T14:00:00Z", "2026-03-03T14:00:00Z"
UUIDS = re.compile(r"[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}")
LISTS = (
    (list_schools, {}),
    (list_people, {}),
    (list_leaders, {}),
    (list_observations, {}),
    (list_instruments, {}),
    (list_crosswalks, {}),
    (list_initiatives, {}),
    (list_jobs, {}),
    (list_legal_holds, {}),
)
NODES = """
query($school: UUID!, $person: UUID!, $import: UUID!, $observation: UUID!, $initiative: UUID!, $group: UUID!) {
  school(input: {schoolId: $school}) { id }
  person(input: {personId: $person}) { id }
  leader(input: {leaderId: $person}) { id }
  rosterImport(input: {importId: $import}) { id }
  observation(input: {observationId: $observation}) { id }
  initiative(input: {initiativeId: $initiative}) { id }
  group(input: {initiativeId: $initiative, groupId: $group}) { id }
}
"""


@dataclass
class Two:
    """A district with one of everything, and another with nothing but the same roster."""

    ours: object
    theirs: object
    ids: dict
    all_ids: set
    drivers: tuple
    own: Rest


@pytest.fixture
async def two(service):
    theirs, ours = await service.district("Here"), await service.district("There")
    own = Rest(theirs.http, service.app)
    ids = await _fill(own, theirs)
    drivers = (Rest(ours.http, service.app), GraphQL(ours.http))
    return Two(ours, theirs, ids, await _ids_of(service, theirs), drivers, own)


async def _fill(own, district) -> dict:
    """One of everything, two of what is listed; their ids."""
    await own.made(put_role_mapping, {"systemAdministrator": "supervisor"})
    for version in ("1", "2"):
        await own.made(create_instrument, INSTRUMENT | {"version": version})
        await own.made(
            create_crosswalk, CROSSWALK | {"code": f"map-{version}", "instrument": {"code": "month-walk", "version": version}}
        )
    ids = {"leader": await district.person("207267")}
    for at in (DAY, LATER):
        ids["observation"] = (await own.made(push_observation, visit(f"o-{at}", "1", at, ("A", 3)))).get("id")
        ids["initiative"] = (await own.made(create_initiative, PLAN | {"external_id": f"i-{at}"}))["id"]
    ids["group"] = (await own.made(create_group, CORE | {"initiative_id": ids["initiative"]}))["id"]
    at = {"initiative_id": ids["initiative"], "group_id": ids["group"]}
    await own.made(put_pulse, at | {"on": "2026-10-20", "answers": PULSE})
    at_leader = f"/v1/leaders/{ids['leader']}"
    ids["assessment"] = (await district.http.post(f"{at_leader}/self-assessments", json=SELF | RATED)).json()["id"]
    held = await own.made(read_configuration)
    await own.made(put_configuration, {k: v for k, v in held.items() if k != "version"} | {"target": 4.2}, version=1)
    held = {"about": "person", "person_id": await district.person("207266"), "reason": "litigation"}
    for _ in (DAY, LATER):
        ids["hold"] = (await own.made(put_legal_hold, held))["id"]
    ids["import"] = (await own.made(import_roster, {"package": GRAND_BEND.read_bytes()}))["id"]
    for version in ("1", "2"):
        ids["job"] = (await own.made(start_crosswalk, CROSSWALK | {"version": version}))["id"]
    ids["school"] = (await own.made(list_schools))["items"][0]["id"]
    return ids | {"person": ids["leader"]}


async def _ids_of(service, district) -> set:
    """Every id in every row of the district, but its own."""
    connection = await asyncpg.connect(service.database.admin_url)
    try:
        tables = await connection.fetch(
            "select c.table_name from information_schema.columns c join information_schema.tables t using (table_name, table_schema)"
            " where c.table_schema = 'public' and c.column_name = 'district_id' and t.table_type = 'BASE TABLE'"
        )
        found = set()
        for (table,) in tables:
            for row in await connection.fetch(f"select t::text from {table} t where district_id = $1", district.id):
                found |= set(UUIDS.findall(row[0]))
    finally:
        await connection.close()
    return found - {str(district.id)}


async def test_every_operation_answers_that_things_of_another_district_are_not_there(two, service):
    assert set(two.ids.values()) <= two.all_ids
    held = await two.drivers[0].made(read_configuration)
    before = await _ids_of(service, two.theirs)
    for driver in two.drivers:
        looked = 0
        for use_case, members, headers in sample_requests(two.ids, held):
            if not any(named in two.all_ids for named in members.values() if isinstance(named, str)):
                continue
            answer = await driver.do(use_case, members, **headers)
            assert answer.error_summary[0] == 404, (use_case.__name__, answer.error_summary)
            assert answer.error_summary[1] in {"not_found", "observation_not_found"}
            looked += 1
        assert looked == 41
    assert await _ids_of(service, two.theirs) == before


async def test_a_global_id_of_another_district_leads_nowhere(two):
    named = {name: two.ids[name] for name in ("school", "person", "import", "observation", "initiative", "group")}
    nodes = (await two.theirs.http.post("/graphql", json={"query": NODES, "variables": named})).json()["data"]
    assert None not in nodes.values()
    for node in nodes.values():
        asked = {"query": "query($id: ID!) { node(id: $id) { id } }", "variables": {"id": node["id"]}}
        assert (await two.theirs.http.post("/graphql", json=asked)).json()["data"]["node"] == node
        answer = (await two.ours.http.post("/graphql", json=asked)).json()
        assert answer["data"] == {"node": None}
        assert answer["errors"][0]["extensions"]["status"] == 404


async def test_lists_hold_only_ones_own(two):
    for driver in two.drivers:
        for use_case, members in LISTS:
            shown = await driver.made(use_case, members)
            found = set(UUIDS.findall(str(shown)))
            assert not found & two.all_ids, use_case.__name__
            if use_case in {list_schools, list_people, list_leaders}:
                assert shown["items"]
            else:
                assert shown == {"items": [], "next_cursor": None}


async def test_a_filter_by_a_foreign_id_finds_nothing(two):
    for driver in two.drivers:
        for asked in ({"leader_id": two.ids["leader"]}, {"school_id": two.ids["school"]}, {"external_id": f"o-{DAY}"}):
            assert (await driver.made(list_observations, asked))["items"] == []
        assert (await driver.made(list_initiatives, {"leader_id": two.ids["leader"]}))["items"] == []


async def test_a_cursor_of_another_district_is_refused(two):
    for use_case, members in LISTS:
        cursor = (await two.own.made(use_case, members | {"limit": 1}))["next_cursor"]
        assert cursor is not None, use_case.__name__
        for driver in two.drivers:
            refused = await driver.expect_error(use_case, members | {"limit": 1, "cursor": cursor})
            assert refused == (422, "cursor_foreign", "never", [("/cursor", "cursor_foreign")]), use_case.__name__


async def test_references_to_things_of_another_district_are_not_found_where_they_stand(two):
    seen, leader = visit("x-1", "1", DAY, ("focus", 3)), await two.ours.person("207267")
    foreign, at = {"id": two.ids["person"]}, {"id": two.ids["school"]}
    for driver in two.drivers:
        for member, named, code in (
            ("leader", foreign, "person_not_found"),
            ("observer", foreign, "person_not_found"),
            ("school", at, "school_not_found"),
        ):
            refused = await driver.expect_error(push_observation, seen | {member: named})
            assert refused == (422, code, "never", [(f"/{member}", code)])
        rated = visit("x-1", "1", DAY, ("A", 3))
        assert (await driver.expect_error(push_observation, rated))[1:4:2] == (
            "instrument_not_found",
            [("/instrument", "instrument_not_found")],
        )
        assert (await driver.expect_error(create_crosswalk, CROSSWALK))[1] == "instrument_not_found"
        for member, named, code in (("leader", foreign, "person_not_found"), ("school", at, "school_not_found")):
            refused = await driver.expect_error(create_initiative, PLAN | {member: named})
            assert refused == (422, code, "never", [(f"/{member}", code)])
        judged = SUPERVISOR_RATED | RATED | {"leader_id": leader, "supervisor": foreign}
        assert (await driver.expect_error(assess_as_supervisor, judged))[3] == [("/supervisor", "person_not_found")]


async def test_the_same_external_id_in_another_district_is_another_thing(two):
    for driver, name in zip(two.drivers, (f"o-{DAY}", f"o-{LATER}"), strict=True):
        made = await driver.made(push_observation, visit(name, "1", DAY, ("focus", 3)))
        assert made["outcome"] == "created"
        assert made["id"] not in two.all_ids
    plan = await two.drivers[0].made(create_initiative, PLAN | {"external_id": f"i-{DAY}"})
    assert (plan["outcome"], plan["id"] in two.all_ids) == ("created", False)
    assert (await two.own.made(list_observations))["items"][0]["external_id"] == f"o-{LATER}"


async def test_codes_and_versions_are_each_districts_own(two):
    driver = two.drivers[0]
    other = INSTRUMENT | {"elements": INSTRUMENT["elements"][:1]}
    made = await driver.made(create_instrument, other)
    assert made["id"] not in two.all_ids
    assert (await driver.made(read_configuration))["version"] == 1
    mapping = (await two.ours.http.get("/v1/roster/role-mapping")).json()
    assert mapping == {}


async def test_an_idempotency_key_is_each_districts_own(two):
    seen = visit(None, None, DAY, ("focus", 3))
    for key, driver in zip(("k", "l"), two.drivers, strict=True):
        first = await two.own.made(push_observation, seen, key=key)
        answer = await driver.do(push_observation, seen | {"announced": key == "l"}, key=key)
        assert answer.expected_data["id"] != first["id"]
        assert not answer.replayed


async def test_scores_of_two_districts_do_not_touch(two):
    driver = two.drivers[0]
    profile = await driver.made(read_profile, {"leader_id": await two.ours.person("207267")})
    assert {s["evidence"] for s in profile["scores"]} == {"none"}
    assert profile["configuration_version"] == 1
    theirs = await two.own.made(read_profile, {"leader_id": two.ids["leader"]})
    assert theirs["configuration_version"] == 2
    assert {s["evidence"] for s in theirs["scores"]} != {"none"}


class TestPartners:
    """Within a district a partner sees what its own system pushed."""

    @pytest.fixture
    async def partner(self, district):
        return await district.client(PARTNER_SCOPES, "partner")

    async def test_a_partner_sees_its_own_observations_only(self, district, service, partner):
        app, other = Rest(district.http, service.app), Rest(partner, service.app)
        ours = (await other.made(push_observation, visit("p-1", "1", DAY, ("focus", 3))))["id"]
        theirs = (await app.made(push_observation, visit("a-1", "1", LATER, ("focus", 4))))["id"]
        for driver in (other, GraphQL(partner)):
            assert [o["id"] for o in (await driver.made(list_observations))["items"]] == [ours]
            assert (await driver.made(list_observations, {"external_id": "a-1"}))["items"] == []
            assert (await driver.made(read_observation, {"observation_id": ours}))["origin"] == "partner"
            for use_case in (read_observation, retract_observation):
                assert (await driver.expect_error(use_case, {"observation_id": theirs}))[:2] == (404, "observation_not_found")
        assert {o["id"] for o in (await app.made(list_observations))["items"]} == {ours, theirs}
        assert (await app.expect_error(retract_observation, {"observation_id": ours}))[:2] == (404, "observation_not_found")

    async def test_the_same_external_id_from_another_origin_is_another_thing(self, district, service, partner):
        drivers = Rest(district.http, service.app), Rest(partner, service.app)
        made = [
            await d.made(push_observation, visit("same", "1", DAY, ("focus", value)))
            for d, value in zip(drivers, (2, 4), strict=True)
        ]
        assert [m["outcome"] for m in made] == ["created", "created"]
        assert made[0]["id"] != made[1]["id"]
        profile = await drivers[0].made(read_profile, {"leader_id": await district.person("207267")})
        [source] = [s for score in profile["scores"] for s in score["sources"] if score["responsibility"] == "focus"]
        assert (source["n"], source["mean"]) == (2, 3.0)

    async def test_an_origin_outlives_its_clients(self, district, service, partner):
        made = await Rest(partner, service.app).made(push_observation, visit("same", "1", DAY, ("focus", 2)))
        again = Rest(await district.client(PARTNER_SCOPES, "partner"), service.app)
        assert (await again.made(push_observation, visit("same", "1", DAY, ("focus", 2)))) == made | {"outcome": "unchanged"}
        assert (await again.made(retract_observation, {"observation_id": made["id"]}))["outcome"] == "retracted"

    async def test_a_partner_may_not_retract_anothers_assessment(self, district, partner):
        leader = await district.person("207267")
        made = (await district.http.post(f"/v1/leaders/{leader}/self-assessments", json=SELF | RATED)).json()
        answer = await partner.post(f"/v1/assessments/{made['id']}:retract", json={})
        assert answer.status_code == 404
