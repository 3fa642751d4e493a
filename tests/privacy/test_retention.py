"""What has had its time goes, to the day; what is held stays; scores follow and are what the evidence that is left makes."""

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from uuid import UUID

import pytest

from api.worker.schedule import PERIODIC_TASKS
from domain.observations.usecases.push import push_observation
from domain.people.commands import GrantRole
from domain.people.usecases.role_grants import grant_role
from domain.privacy.commands import (
    ApplyRetention,
    ApplyRetentionByTheClock,
    PutLegalHold,
    PutRetention,
    ReadRetention,
    ReadRetentionPreview,
    ReleaseLegalHold,
)
from domain.privacy.retention_policy import BY_KIND, RetentionKind, RetentionPolicy, RetentionRule
from domain.privacy.usecases.erase_person import erase_person
from domain.privacy.usecases.legal_holds import put_legal_hold, release_legal_hold
from domain.privacy.usecases.retention import (
    apply_retention,
    apply_retention_by_the_clock,
    put_retention,
    read_retention,
    read_retention_preview,
    start_retention,
)
from domain.roster.usecases import import_roster
from domain.scoring.usecases.profile import read_profile
from domain.shared.errors import Invalid
from domain.shared.legal_holds import ActiveHolds, HoldAbout, HoldId, HoldReason, LegalHold
from domain.shared.roles import Role
from tests.support.payloads import SUPERVISOR, TEACHER, visit
from tests.support.people import operate, person
from tests.support.rest_graphql_driver import GraphQL, Rest
from tests.support.service import GRAND_BEND
from tests.support.units import tenant_connection
from tests.support.workers import ended, worker

NOW = datetime(2026, 11, 22, 12, tzinfo=UTC)
K = RetentionKind


def test_a_policy_counts_back_from_now_and_falls_back_to_the_product():
    policy = RetentionPolicy(version=1, own=(RetentionRule(kind=K.PULSES, days=90),))
    assert policy.cutoff(K.PULSES, NOW) == datetime(2026, 8, 24, 12, tzinfo=UTC)
    assert policy.days(K.OBSERVATIONS) == 1826
    assert policy.cutoff(K.OBSERVATIONS, NOW) == datetime(2021, 11, 22, 12, tzinfo=UTC)


def test_periods_out_of_bounds_and_kinds_named_twice_are_refused_together():
    rules = (
        RetentionRule(kind=K.PULSES, days=89),
        RetentionRule(kind=K.PULSES, days=90),
        RetentionRule(kind=K.OBSERVATIONS, days=3654),
    )
    with pytest.raises(Invalid) as refused:
        PutRetention(rules=rules)
    assert [(f.pointer, f.code) for f in refused.value.errors] == [
        ("/rules/0/days", "out_of_range"),
        ("/rules/1/kind", "duplicate"),
        ("/rules/2/days", "out_of_range"),
    ]
    for kind in BY_KIND.values():
        PutRetention(rules=(RetentionRule(kind=kind.kind, days=kind.min_days),))
        PutRetention(rules=(RetentionRule(kind=kind.kind, days=kind.max_days),))


def test_a_hold_stands_until_the_moment_it_runs_out_or_is_released():
    def hold(**said):
        at = {"set_by": "operator", "set_at": NOW, "until": None}
        person = {"about": HoldAbout.PERSON, "person_id": UUID(int=1), "reason": HoldReason.LITIGATION}
        return LegalHold(**{"id": HoldId(UUID(int=9)), **person, **at, **said})

    until = NOW + timedelta(days=1)
    assert hold().is_active(NOW + timedelta(days=9999))
    assert hold(until=until).is_active(until - timedelta(microseconds=1))
    assert not hold(until=until).is_active(until)
    assert not hold(released_at=NOW, released_by="x").is_active(NOW)
    over_all = hold(about=HoldAbout.DISTRICT, person_id=None)
    assert ActiveHolds.of([hold(until=NOW), over_all], NOW) == ActiveHolds(district=True, people=frozenset())
    assert ActiveHolds.of([hold(until=NOW)], NOW).is_empty


async def run(filled, now, *, preview=False):
    held = await filled.here.do(read_retention, ReadRetention(), filled.district.id)
    applied = (apply_retention, ApplyRetention(version=held.version))
    use_case, command = (read_retention_preview, ReadRetentionPreview()) if preview else applied
    return await filled.here.do(use_case, command, filled.district.id, now=now)


async def put_rules(filled, **days):
    rules = tuple(RetentionRule(kind=K(kind), days=n) for kind, n in days.items())
    await filled.here.do(put_retention, PutRetention(rules=rules), filled.district.id)


def rows_by_table(view, kind):
    return {c.table: c.rows for c in next(k for k in view.kinds if k.kind is kind).rows}


async def test_visits_go_to_the_day_and_scores_are_what_the_rest_makes(filled):
    """Visits of 2 March, 11 April and 20 September 2026, kept for a year: on 12 April 2027 the first two have had their time."""
    await put_rules(filled, observations=365, superseded=3653)
    leader = filled.ids["leader"]
    before = await filled.here.rows(filled.district.id)
    early = await run(filled, datetime(2027, 3, 2, 14, tzinfo=UTC))
    assert rows_by_table(early, K.OBSERVATIONS) == {}
    tried = await run(filled, datetime(2027, 4, 12, tzinfo=UTC), preview=True)
    unchanged = await filled.here.rows(filled.district.id)
    assert {k: v for k, v in unchanged.items() if k != "idempotency"} == {k: v for k, v in before.items() if k != "idempotency"}
    done = await run(filled, datetime(2027, 4, 12, tzinfo=UTC))
    assert rows_by_table(done, K.OBSERVATIONS) == rows_by_table(tried, K.OBSERVATIONS) == {"observation": 3, "rating": 6}
    assert [(str(i.leader_id), i.fate) for i in done.scores] == [(leader, "changed")]
    assert tried.scores == done.scores
    assert await filled.here.wrong_scores(filled.district.id) == []
    shown = await filled.driver.made(read_profile, {"leader_id": leader})
    visits = {s["responsibility"]: [x["n"] for x in s["sources"] if x["source"] == "observation"] for s in shown["scores"]}
    assert visits["visibility"] == [1]
    assert (await run(filled, datetime(2027, 4, 12, tzinfo=UTC))).leaders_changed == 0
    # what had its time does not come back when a partner sends its history again
    twice = visit("v-1", "1", "2026-04-11T14:00:00Z", ("A", 4), ("B", "solid"))
    assert (await filled.driver.made(push_observation, twice))["outcome"] == "unchanged"


async def test_text_and_observers_go_before_the_ratings_do(filled):
    seen = visit("v-t", "1", "2026-03-03T14:00:00Z", ("focus", 4), observer={"sourced_id": TEACHER})
    seen["feedback"] = [{"type": "note", "text": "A long story."}]
    await filled.driver.made(push_observation, seen)
    leader = filled.ids["leader"]
    scores = (await filled.driver.made(read_profile, {"leader_id": leader}))["scores"]
    await put_rules(filled, feedback_text=30, observer_identity=30)
    done = await run(filled, datetime(2026, 11, 22, tzinfo=UTC))
    assert rows_by_table(done, K.FEEDBACK_TEXT) == {"feedback": 1}
    assert rows_by_table(done, K.OBSERVER_IDENTITY) == {"observation.observer_id": 6}
    rows = await filled.here.rows(filled.district.id)
    assert rows["feedback"] == []
    assert not any("Visiting coach" in row for row in rows["observation"])
    # nor does a digest tell, to whoever holds the key, what was forgotten
    assert sum(row.endswith(r'"\\x")') for row in rows["push_head"]) == 4
    assert (await filled.driver.made(push_observation, seen))["outcome"] == "unchanged"
    assert done.scores == ()
    assert (await filled.driver.made(read_profile, {"leader_id": leader}))["scores"] == scores


async def test_superseded_versions_pulses_and_assessments_have_their_own_time(filled):
    await put_rules(filled, superseded=30, pulses=90, assessments=365)
    soon = datetime.now(UTC) + timedelta(days=31)
    done = await run(filled, soon)
    assert rows_by_table(done, K.SUPERSEDED)["observation"] == 2
    assert done.scores == ()
    day = date(2026, 10, 20)
    last = datetime(day.year, day.month, day.day, tzinfo=UTC) + timedelta(days=90)
    assert rows_by_table(await run(filled, last), K.PULSES) == {}
    assert rows_by_table(await run(filled, last + timedelta(days=1)), K.PULSES) == {"pulse_answer": 5}
    done = await run(filled, datetime(2027, 3, 11, tzinfo=UTC))
    assert rows_by_table(done, K.ASSESSMENTS) == {"assessment": 2, "assessment_rating": 2}
    assert [i.fate for i in done.scores] == ["changed"]
    assert await filled.here.wrong_scores(filled.district.id) == []


async def test_what_is_held_is_passed_over_until_the_hold_runs_out(filled):
    await put_rules(filled, observations=365, superseded=30, feedback_text=30, observer_identity=30, assessments=365)
    until = datetime(2027, 12, 1, tzinfo=UTC)
    leader = UUID(filled.ids["leader"])
    command = PutLegalHold(about=HoldAbout.PERSON, person_id=leader, reason=HoldReason.LITIGATION, until=until)
    await filled.here.do(put_legal_hold, command, filled.district.id)
    before = await filled.here.rows(filled.district.id)
    done = await run(filled, until - timedelta(seconds=1))
    assert (done.held_people, done.leaders_changed) == (1, 0)
    after = await filled.here.rows(filled.district.id)
    for table in ("observation", "rating", "feedback", "assessment", "tally", "person", "pulse_answer"):
        assert after[table] == before[table], table
    done = await run(filled, until)
    assert (done.held_people, rows_by_table(done, K.OBSERVATIONS)["observation"]) == (
        0,
        5 - rows_by_table(done, K.SUPERSEDED).get("observation", 0),
    )


async def test_a_hold_over_the_district_stops_everything(filled):
    await put_rules(filled, observations=365)
    command = PutLegalHold(about=HoldAbout.DISTRICT, reason=HoldReason.INVESTIGATION)
    await filled.here.do(put_legal_hold, command, filled.district.id)
    before = await filled.here.rows(filled.district.id)
    done = await run(filled, datetime(2040, 1, 1, tzinfo=UTC))
    assert (done.held_district, done.kinds) == (True, ())
    assert await filled.here.rows(filled.district.id) == before


async def test_who_left_goes_with_everything_and_may_come_back_as_somebody_new(filled):
    from tests.support.roster_packages import clean

    leader = filled.ids["leader"]
    await filled.driver.made(import_roster, {"package": clean(), "force": True})
    left = datetime.now(UTC)
    await put_rules(filled, roster_leavers=365, observations=3653, assessments=3653, superseded=3653)
    assert rows_by_table(await run(filled, left + timedelta(days=364)), K.ROSTER_LEAVERS) == {}
    done = await run(filled, left + timedelta(days=366))
    assert rows_by_table(done, K.ROSTER_LEAVERS)["person"] == 68
    assert (leader, "gone") in [(str(i.leader_id), i.fate) for i in done.scores]
    rows = await filled.here.rows(filled.district.id)
    assert (rows["tally"], rows["observation"], len(rows["person"])) == ([], [], 2)
    again = await filled.driver.made(import_roster, {"package": GRAND_BEND.read_bytes(), "force": True})
    assert again["left_out"]["erased"] == 0


@pytest.mark.parametrize("driver_kind", ["rest", "graphql"])
async def test_rules_are_put_by_version_and_read_with_their_bounds(filled, driver_kind):
    driver = filled.driver if driver_kind == "rest" else GraphQL(filled.district.http)
    first = await driver.made(read_retention)
    assert first["version"] == 0
    assert {r["kind"]: r["days"] for r in first["rules"]}["pulses"] == 1096
    made = await driver.made(put_retention, {"rules": [{"kind": "pulses", "days": 400}]})
    assert (made["version"], {r["kind"]: r["days"] for r in made["rules"]}["pulses"]) == (1, 400)
    assert (await driver.made(put_retention, {"rules": [{"kind": "pulses", "days": 400}]}))["version"] == 1
    other = {"rules": [{"kind": "pulses", "days": 500}]}
    assert (await driver.expect_error(put_retention, other))[1] == "if_match_missing"
    assert (await driver.expect_error(put_retention, other, version=7))[1] == "stale"
    assert (await driver.made(put_retention, other, version=1))["version"] == 2
    assert (await driver.expect_error(put_retention, {"rules": [{"kind": "pulses", "days": 1}]}, version=2))[3] == [
        ("/rules/0/days", "out_of_range")
    ]
    preview = await driver.made(read_retention_preview)
    assert (preview["preview"], preview["leaders_changed"]) == (True, 0)


@pytest.mark.parametrize("driver_kind", ["rest", "graphql"])
async def test_holds_and_erasure_over_the_wire(filled, driver_kind):
    driver = Rest(filled.district.http, filled.service.app) if driver_kind == "rest" else GraphQL(filled.district.http)
    from domain.privacy.usecases.erase_person import read_erasure_preview
    from domain.privacy.usecases.legal_holds import list_legal_holds, release_legal_hold

    supervisor = await filled.district.person(SUPERVISOR)
    held = await driver.made(put_legal_hold, {"about": "person", "person_id": supervisor, "reason": "records_request"})
    assert (held["stands"], held["set_by"].split(":")[0]) == (True, "client")
    assert (await driver.expect_error(erase_person, {"person_id": supervisor}))[:2] == (409, "legal_hold")
    assert (await driver.expect_error(read_erasure_preview, {"person_id": supervisor}))[:2] == (409, "legal_hold")
    assert [h["id"] for h in (await driver.made(list_legal_holds))["items"]] == [held["id"]]
    released = await driver.made(release_legal_hold, {"hold_id": held["id"]})
    assert not released["stands"]
    assert await driver.made(release_legal_hold, {"hold_id": held["id"]}) == released
    tried = await driver.made(read_erasure_preview, {"person_id": supervisor})
    done = await driver.made(erase_person, {"person_id": supervisor})
    assert {**tried, "preview": False, "certificate": done["certificate"]} == done
    past = {"about": "district", "reason": "litigation", "until": "2026-01-01T00:00:00Z"}
    assert (await driver.expect_error(put_legal_hold, past))[1] == "out_of_range"
    nobody = {"about": "person", "reason": "litigation", "person_id": supervisor}
    assert (await driver.expect_error(put_legal_hold, nobody))[1] == "person_not_found"
    assert (await driver.expect_error(put_legal_hold, {"about": "person", "reason": "litigation"}))[1] == "exactly_one"


CHICAGO = "America/Chicago"


@pytest.mark.parametrize(
    ("version", "applied_on", "now", "due"),
    [
        (0, None, "2026-11-22T08:00Z", None),  # nobody has decided anything
        (1, None, "2026-11-22T06:59Z", None),  # 00:59
        (1, None, "2026-11-22T07:00Z", date(2026, 11, 22)),
        (1, None, "2026-11-22T10:59Z", date(2026, 11, 22)),
        (1, None, "2026-11-22T11:00Z", None),  # 05:00
        (1, date(2026, 11, 22), "2026-11-22T10:00Z", None),
        (1, date(2026, 11, 22), "2026-11-23T08:00Z", date(2026, 11, 23)),
        (3, date(2026, 11, 20), "2026-11-23T08:00Z", date(2026, 11, 23)),
        (1, date(2026, 11, 1), "2026-11-01T07:30Z", None),  # one o'clock comes twice, once each side of the change
        (1, None, "2026-03-08T08:30Z", date(2026, 3, 8)),  # there is no two o'clock: 03:30
        (1, None, "2026-07-01T05:59Z", None),
        (1, None, "2026-07-01T06:00Z", date(2026, 7, 1)),
    ],
)
def test_periods_are_due_once_in_a_districts_own_night_and_only_where_it_has_decided(version, applied_on, now, due):
    policy = RetentionPolicy(version=version, own=(), applied_on=applied_on)
    assert policy.due(datetime.fromisoformat(now), CHICAGO) == due
    assert replace(policy, applied_on=date(2026, 11, 22)).replaced_by([RetentionRule(kind=K.PULSES, days=90)]).applied_on


async def test_the_clock_applies_what_a_district_decided_and_tells_who_runs_it(filled):
    """Visits of 2 March, 11 April and 20 September 2026 kept for a year; at 2 in the night of 12 April 2027 two have had it."""

    async def tick(now, district=filled.district):
        return await filled.here.do(apply_retention_by_the_clock, ApplyRetentionByTheClock(), district.id, now=now)

    async def stored_rows(query, district=filled.district):
        async with tenant_connection(filled.service.database.app_url, district.id) as raw:
            return [tuple(row) for row in await raw.fetch(query)]

    night = datetime(2027, 4, 12, 7, tzinfo=UTC)
    before = await filled.here.rows(filled.district.id)
    assert await tick(night) is None  # the product's periods alone delete nothing by themselves
    await put_rules(filled, observations=365, superseded=3653)
    admin = await person(filled.district, "207288")
    await operate(filled.district, grant_role, GrantRole(person_id=admin.id, role=Role.DISTRICT_ADMIN))
    assert await tick(night.replace(hour=12)) is None
    hold = PutLegalHold(about=HoldAbout.DISTRICT, reason=HoldReason.LITIGATION)
    held = await filled.here.do(put_legal_hold, hold, filled.district.id)
    assert (await tick(night)).held_district
    assert (await filled.here.rows(filled.district.id))["observation"] == before["observation"]
    await filled.here.do(release_legal_hold, ReleaseLegalHold(hold_id=held.id), filled.district.id)
    assert rows_by_table(await tick(night), K.OBSERVATIONS) == {"observation": 3, "rating": 6}
    assert await tick(night + timedelta(hours=1)) is None
    assert await tick(night, filled.neighbour) is None
    assert await stored_rows("select applied_on from retention_policy") == [(date(2027, 4, 12),)]
    told_to = "select person_id, kind, object_kind, object_id from notification"
    assert await stored_rows(told_to) == [(admin.id, "retention_applied", "retention", "2027-04-12")]
    assert (await tick(night + timedelta(days=1))).kinds  # nothing is left to go: applied, and nobody is told
    assert len(await stored_rows(told_to)) == 1
    acts = "select actor_kind, count(*) from audit_event where action = 'apply_retention_by_the_clock' group by 1"
    assert await stored_rows(acts) == [("operator", 2)]
    assert PERIODIC_TASKS[1].use_case is apply_retention_by_the_clock


async def test_a_run_names_the_version_that_was_previewed_and_can_be_a_job(filled):
    for driver in (filled.driver, GraphQL(filled.district.http)):
        assert (await driver.expect_error(apply_retention, {"version": 7}))[:2] == (412, "stale")
    await put_rules(filled, feedback_text=30)
    job = await GraphQL(filled.district.http).made(start_retention, {"version": 1})
    stale = await filled.driver.made(start_retention, {"version": 0})
    async with worker(filled.service.database):
        done = await ended(filled.district.http, job["id"])
        assert (done["state"], done["result_url"]) == ("succeeded", None)
        assert (await ended(filled.district.http, stale["id"]))["problem"]["code"] == "stale"
    assert (await filled.here.rows(filled.district.id))["feedback"] == []
