"""One story, from the roster to the stance, told over REST and over GraphQL: the same data, the same refusals."""

import re
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

from api.rest.example_ids import OBSERVATION_BODY
from api.wire.observation_batch import push_batch
from domain.assessments.usecases import assess_as_supervisor, assess_self, retract_assessment
from domain.change.usecases.groups import create_group, edit_group, list_groups, read_group
from domain.change.usecases.initiatives import create_initiative, edit_initiative, list_initiatives, read_initiative
from domain.change.usecases.magnitude import put_estimate, put_pulse, read_magnitude, read_magnitudes
from domain.change.usecases.phases import put_phases, read_phases
from domain.directory.usecases.districts_and_clients import read_district
from domain.directory.usecases.people_and_schools import (
    list_leaders,
    list_people,
    list_schools,
    read_leader,
    read_person,
    read_school,
)
from domain.observations.usecases.instruments import create_crosswalk, create_instrument, list_crosswalks, list_instruments
from domain.observations.usecases.push import push_observation, retract_observation
from domain.observations.usecases.read import list_observations, read_observation
from domain.recommendations.usecases import read_recommendations
from domain.roster.usecases import import_roster, put_role_mapping, read_role_mapping, read_roster_import
from domain.scoring.usecases.configuration import put_configuration, read_configuration
from domain.scoring.usecases.profile import read_profile
from domain.stance.usecases import decide_stance, put_stance_answers, read_stance
from tests.support.partner_year import person
from tests.support.payloads import CORE, CROSSWALK, INSTRUMENT, PLAN, PULSE, SELF, SUPERVISOR_RATED, retract, visit
from tests.support.rest_graphql_driver import GraphQL, Rest
from tests.support.service import GRAND_BEND

UNKNOWN_ID = "01900000-0000-7000-8000-000000000000"
AT = "2026-11-01"
DAY = "2026-03-02T14:00:00Z"
UUIDS = re.compile(r"[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}")
MOMENTS = {"created_at", "received_at", "last_import_at", "imported_at", "at", "finished_at", "started_at"}


class Story:
    """What was told, in order; ids, cursors and moments of this telling replaced by what is the same in each."""

    def __init__(self, driver):
        self.driver = driver
        self.answers = []
        self._ids = {}

    async def does(self, use_case, members=None, **headers):
        """Done, told, and given back as it came."""
        data = await self.driver.made(use_case, members, **headers)
        self.answers.append((use_case.__name__, self._plain(data)))
        return data

    async def expect_error(self, use_case, members=None, **headers):
        """Refused, and told why."""
        answer = await self.driver.do(use_case, members, **headers)
        results = [self._plain(r) for r in answer.error.get("results", ())] if answer.error else None
        self.answers.append((use_case.__name__, answer.error_summary, results))
        return answer.error

    def _plain(self, value, name=""):
        if isinstance(value, dict):
            return {member: self._plain(value, member) for member, value in value.items()}
        if isinstance(value, list):
            return [self._plain(value) for value in value]
        if name in MOMENTS and value is not None:
            return "a moment"
        if name == "next_cursor" and value is not None:
            return "a cursor"
        if isinstance(value, str):
            return UUIDS.sub(lambda m: self._ids.setdefault(m[0], f"id {len(self._ids)}"), value)
        return value


async def play_story(driver) -> list:
    story = Story(driver)
    await _people(story)
    await _visits(story)
    await _assessments(story)
    initiative, group = await _change(story)
    await _advice(story, initiative, group)
    await _configuration(story)
    return story.answers


async def _people(story):
    await story.does(read_district)
    imported = await story.does(import_roster, {"package": GRAND_BEND.read_bytes()})
    await story.does(read_roster_import, {"import_id": imported["id"]})
    await story.expect_error(import_roster, {"package": b"not a zip"})
    await story.expect_error(read_roster_import, {"import_id": UNKNOWN_ID})
    await story.does(read_role_mapping)
    await story.does(put_role_mapping, {"systemAdministrator": "supervisor", "ext:otherStaff": None})
    await story.expect_error(put_role_mapping, {"counselor": "staff"}, version=99)
    schools = await story.does(list_schools, {"limit": 2})
    await story.does(list_schools, {"limit": 2, "cursor": schools["next_cursor"]})
    await story.expect_error(list_leaders, {"cursor": schools["next_cursor"]})
    await story.expect_error(list_people, {"cursor": "made up"})
    await story.does(read_school, {"school_id": schools["items"][0]["id"]})
    await story.does(list_people, {"sourced_id": "207267"})
    leaders = await story.does(list_leaders)
    await story.does(read_leader, {"leader_id": leaders["items"][0]["id"]})
    await story.does(read_person, {"person_id": leaders["items"][0]["id"]})
    for use_case, member in ((read_school, "school_id"), (read_person, "person_id"), (read_leader, "leader_id")):
        await story.expect_error(use_case, {member: UNKNOWN_ID})


async def _visits(story):
    await story.does(create_instrument, INSTRUMENT)
    await story.expect_error(create_instrument, INSTRUMENT | {"title": "another"})
    await story.does(create_crosswalk, CROSSWALK)
    await story.expect_error(create_crosswalk, CROSSWALK | {"code": "other", "version": "2"})
    await story.expect_error(create_crosswalk, CROSSWALK | {"instrument": {"code": "month-walk", "version": "9"}})
    for use_case in (list_instruments, list_crosswalks):
        await story.does(use_case)
    whole = visit("s-1", "1", DAY, ("A", 3), ("B", "emerging"), ("Z", 2), ("input", None))
    whole |= {"feedback": [{"type": "question", "text": "What would a pupil say?"}], "announced": True, "duration_minutes": 20}
    made = await story.does(push_observation, whole)
    await story.does(push_observation, whole)
    await story.does(push_observation, whole, key="once")
    await story.does(push_observation, whole, key="once")
    await story.expect_error(push_observation, whole | {"announced": False}, key="once")
    await story.expect_error(push_observation, whole | {"announced": False})
    await story.does(push_observation, whole | {"external_version": "2"})
    await story.expect_error(push_observation, whole)
    await story.does(read_observation, {"observation_id": made["id"]})
    await story.expect_error(read_observation, {"observation_id": UNKNOWN_ID})
    await _invalid_visits(story)
    await _batches(story)
    await story.expect_error(retract_observation, {"observation_id": made["id"], "external_version": "2"})
    await story.does(retract_observation, {"observation_id": made["id"]})
    await story.does(retract_observation, {"observation_id": made["id"]})
    await story.expect_error(retract_observation, {"observation_id": UNKNOWN_ID})
    first = await story.does(list_observations, {"limit": 3})
    await story.does(list_observations, {"limit": 3, "cursor": first["next_cursor"]})
    await story.does(list_observations, {"state": "retracted"})
    await story.expect_error(list_observations, {"limit": 3, "cursor": first["next_cursor"], "state": "retracted"})


async def _invalid_visits(story):
    ahead = (datetime.now(UTC) + timedelta(days=2)).isoformat()
    bad = visit("s-9", "1", DAY, ("visibility", 4))
    for change in (
        {"observed_at": "2026-03-02T14:00:00"},
        {"observed_at": "yesterday"},
        {"observed_at": ahead},
        {"purpose": "evaluative"},
        {"duration_minutes": 0},
        {"duration_minutes": "3"},
        {"external_id": "x" * 201},
        {"external_id": None},
        {"external_version": "v1"},
        {"leader": {"sourced_id": "207267", "email": "a@example.org"}},
        {"leader": {"sourced_id": "nobody"}, "school": {"sourced_id": "nowhere"}, "observer": {"sourced_id": "nobody"}},
        {"leader": {"sourced_id": "207219"}},
        {"observer": {"sourced_id": "207267"}},
        {"ratings": []},
        {"ratings": [{"responsibility": "charisma", "value": 9}, {"responsibility": "focus", "level": "good"}]},
        {"ratings": [{"responsibility": "focus", "value": 2}, {"responsibility": "focus", "value": 3}]},
        {"ratings": [{"responsibility": "focus"}, {"element": "A", "responsibility": "focus", "value": 2}]},
        {"ratings": [{"element": "A", "value": 2}]},
        {"colour": "red"},
        {"feedback": [{"type": "praise", "text": "x"}]},
    ):
        await story.expect_error(push_observation, bad | change)
    for name in ("leader", "setting", "ratings"):
        await story.expect_error(push_observation, {k: v for k, v in bad.items() if k != name})


async def _batches(story):
    items = [visit(f"b-{n}", "1", f"2026-03-0{n}T10:00:00Z", ("visibility", 1 + n % 5), ("C", 2)) for n in range(1, 8)]
    await story.does(push_batch, {"items": items})
    await story.does(push_batch, {"items": [retract("b-1", "2"), items[0], items[1], retract("b-0", "1")]})
    lost = visit("b-9", "1", DAY, ("visibility", 1), school={"sourced_id": "nowhere"})
    await story.expect_error(push_batch, {"atomicity": "all", "items": [visit("b-8", "1", DAY, ("focus", 1)), lost]})
    await story.expect_error(push_batch, {"items": [lost, items[0]]})
    await story.expect_error(push_batch, {"items": []})


async def _assessments(story):
    leader = await person(story.driver, "207267")
    at = {"leader_id": leader, "ratings": [{"responsibility": "visibility", "value": 4}]}
    await story.does(assess_self, SELF | at | {"external_id": "self-1"})
    await story.does(assess_self, SELF | at | {"external_id": "self-1", "external_version": "01"})
    await story.expect_error(assess_self, SELF | at | {"ratings": [{"responsibility": "visibility", "value": 6}]})
    await story.expect_error(assess_self, SELF | at | {"leader_id": UNKNOWN_ID})
    judged = await story.does(assess_as_supervisor, SUPERVISOR_RATED | at)
    await story.expect_error(assess_as_supervisor, SUPERVISOR_RATED | at | {"supervisor": {"sourced_id": "207219"}})
    await story.expect_error(assess_as_supervisor, SUPERVISOR_RATED | at | {"scale": {"worst": 2, "best": 2}})
    await story.does(read_profile, {"leader_id": leader, "at": AT})
    await story.does(retract_assessment, {"assessment_id": judged["id"]})
    await story.expect_error(retract_assessment, {"assessment_id": UNKNOWN_ID})
    await story.does(read_profile, {"leader_id": leader, "at": "2026-03-05T12:00:00+02:00"})
    for at in ("2199-01-01", "2026-03-05T12:00:00", "soon"):
        await story.expect_error(read_profile, {"leader_id": leader, "at": at})
    await story.expect_error(read_profile, {"leader_id": UNKNOWN_ID})


async def _change(story):
    made = await story.does(create_initiative, PLAN | {"external_id": "plan"})
    initiative = {"initiative_id": made["id"]}
    await story.does(create_initiative, PLAN | {"external_id": "plan", "external_version": "1"})
    await story.expect_error(create_initiative, PLAN | {"leader": {"sourced_id": "nobody"}})
    await story.expect_error(create_initiative, PLAN | {"starts_on": "2026-09-01", "ends_on": "2026-08-01"})
    await story.expect_error(create_initiative, PLAN | {"stakes": "some"})
    held = await story.does(edit_initiative, PLAN | initiative | {"title": "Reading"}, version=1)
    await story.expect_error(edit_initiative, PLAN | initiative, version=1)
    assert held["version"] == 2
    await story.does(read_initiative, initiative)
    await story.does(list_initiatives)
    group = await story.does(create_group, CORE | initiative)
    await story.expect_error(create_group, CORE | {"initiative_id": UNKNOWN_ID})
    await story.expect_error(create_group, CORE | initiative | {"size": 0})
    # Apart: GraphQL checks names, types and enums of the whole first, ranges afterwards.
    await story.expect_error(create_group, CORE | initiative | {"role": "none"})
    at = initiative | {"group_id": group["id"]}
    await story.does(edit_group, CORE | at | {"size": 15}, version=1)
    await story.does(put_estimate, at | {"items": [2, 2, 3, 2, 2, 3, 2]}, version=2)
    await story.expect_error(put_estimate, at | {"items": [2, 2, 3, 2, 2, 3, 2]})
    await story.expect_error(put_estimate, at | {"items": [2, 2]}, version=3)
    await story.does(put_phases, at | {"create_demand": 0.4, "manage_transitions": 1.0}, version=3)
    await story.expect_error(put_phases, at | {"implement": 1.5}, version=4)
    await story.does(put_pulse, at | {"on": "2026-10-20", "answers": PULSE})
    await story.expect_error(put_pulse, at | {"on": "2026-10-20", "answers": PULSE[:4]})
    await story.expect_error(put_pulse, at | {"on": "2026-10-20", "answers": [*PULSE[:4], [9, 1, 1, 1, 1, 1, 1]]})
    await story.does(read_group, at)
    await story.does(list_groups, initiative)
    return initiative, at


async def _advice(story, initiative, group):
    await story.does(read_magnitude, group)
    await story.does(read_magnitudes, initiative)
    await story.does(read_phases, initiative)
    await story.does(read_recommendations, initiative | {"at": AT})
    await story.does(read_stance, initiative | {"at": AT})
    await story.does(put_stance_answers, group | {"answers": [{"code": "GC", "value": "yes"}], "develop_people": True})
    await story.expect_error(
        put_stance_answers, group | {"answers": [{"code": "GC", "value": "yes"}, {"code": "GC", "value": "no"}]}
    )
    await story.does(read_stance, initiative | {"at": AT})
    await story.does(
        decide_stance, {"attributes": [{"code": "QR", "value": "yes"}, {"code": "AC", "value": "no"}], "urgent": True}
    )
    await story.expect_error(decide_stance, {"attributes": [{"code": "QR", "value": "perhaps"}]})
    for use_case in (read_magnitude, read_group):
        await story.expect_error(use_case, group | {"group_id": UNKNOWN_ID})
    for use_case in (read_phases, read_recommendations, read_stance, list_groups, read_initiative):
        await story.expect_error(use_case, {"initiative_id": UNKNOWN_ID})
    await story.expect_error(read_recommendations, initiative | {"at": "2199-01-01"})
    await story.expect_error(read_stance, initiative | {"at": "2026-11-01T00:00:00"})


async def _configuration(story):
    held = await story.does(read_configuration)
    sent = {name: value for name, value in held.items() if name != "version"}
    await story.expect_error(put_configuration, sent | {"disclosure": held["disclosure"] | {"k": 3}}, version=1)
    await story.does(put_configuration, sent | {"single_top": 0.7}, version=1)
    await story.expect_error(put_configuration, sent, version=1)
    await story.does(read_configuration, {"version": 1})
    await story.expect_error(read_configuration, {"version": 9})


async def test_rest_and_graphql_tell_the_same_story(service):
    rest, graphql = await service.district(roster=False), await service.district(roster=False)
    over_rest = await play_story(Rest(rest.http, service.app))
    over_graphql = await play_story(GraphQL(graphql.http))
    assert [pair for pair in zip(over_rest, over_graphql, strict=True) if pair[0] != pair[1]] == []
    assert len(over_rest) > 120


async def test_a_pushed_observation_shows_in_the_profile(district):
    leader = await district.person("207267")
    answer = await district.http.post("/v1/observations", json=OBSERVATION_BODY)
    assert (answer.status_code, answer.json()["outcome"]) == (201, "created")
    scores = (await district.http.get(f"/v1/leaders/{leader}/profile")).json()["scores"]
    assert {s["responsibility"] for s in scores if s["evidence"] != "none"} == {"visibility", "focus"}


async def test_a_district_tells_its_school_year_by_the_roster_in_its_own_zone(service):
    district = await service.district(roster=False)
    year = (await district.http.get("/v1/districts/current")).json()["school_year"]
    assert year["begins_on"].endswith("-07-01")
    await district.import_grand_bend()
    held = [(2026, "2025-08-18", "2026-05-29"), (2027, "2026-08-17", "2027-05-28")]
    shown = (await district.http.get("/v1/districts/current")).json()
    year = shown["school_year"]
    today = datetime.now(ZoneInfo(shown["time_zone"])).date()
    expected = [h for h in held if h[1] <= today.isoformat() <= h[2]]
    # Grand Bend's calendar ends in May 2027: from then on July to June is what is left.
    assert (year["name"], year["begins_on"], year["ends_on"]) in expected or not expected
