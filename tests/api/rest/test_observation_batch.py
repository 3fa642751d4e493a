"""Many acts in one request: each by itself, or all or none (openapi/README.md 3.2 and 5.7)."""

import asyncpg
import pytest

from domain.observations.usecases.instruments import create_instrument
from tests.support.partner_year import tally_rows
from tests.support.payloads import CORE, INSTRUMENT, PLAN, SELF, retract, visit
from tests.support.pushes import DAY, batch, outcome_of, pushes, rated
from tests.support.rest_graphql_driver import Rest


async def _admin(service, statement):
    connection = await asyncpg.connect(service.database.admin_url)
    try:
        await connection.execute(statement)
    finally:
        await connection.close()


@pytest.fixture
def driver(district, service):
    return Rest(district.http, service.app)


class TestBatches:
    async def test_of_several_acts_on_one_thing_the_highest_counts_and_equals_share_an_id(self, district):
        status, answer = await batch(
            district, rated("1"), rated("3", 2), rated("03", 2), retract("t-1", "2"), rated("3", 5), rated("1", name="t-2")
        )
        assert status == 200
        assert [outcome_of(r) for r in answer["results"]] == [
            (409, "version_older"),
            (201, "created"),
            (200, "unchanged"),
            (409, "version_older"),
            (409, "version_reused"),
            (201, "created"),
        ]
        ids = [r["id"] for r in answer["results"]]
        assert ids[1] == ids[2] != ids[5]
        assert answer["counts"] == [{"status": 200, "n": 1}, {"status": 201, "n": 2}, {"status": 409, "n": 3}]

    async def test_a_retraction_counts_when_it_is_the_highest(self, district, service):
        _, answer = await batch(district, retract("t-1", "3"), rated("2"), retract("t-1", "3"))
        assert [outcome_of(r) for r in answer["results"]] == [(200, "retracted"), (409, "version_older"), (200, "unchanged")]
        assert len({r["id"] for r in answer["results"]} - {None}) == 1
        assert await tally_rows(service.database, district.id) == []

    async def test_a_higher_version_that_is_refused_leaves_the_field_to_the_next(self, district):
        _, answer = await batch(district, rated("3", school={"sourced_id": "nowhere"}), rated("2"))
        assert [outcome_of(r) for r in answer["results"]] == [(422, "school_not_found"), (201, "created")]

    async def test_under_all_a_lower_version_is_no_fault_also_when_it_is_sent_again(self, district):
        items = (rated("1"), rated("2", 2), rated("1", name="t-2"))
        expected = [[(409, "version_older"), (201, "created"), (201, "created")]]
        expected.append([(409, "version_older"), (200, "unchanged"), (200, "unchanged")])
        for outcomes in expected:
            status, answer = await batch(district, *items, atomicity="all")
            assert (status, [outcome_of(r) for r in answer["results"]]) == (200, outcomes)

    @pytest.mark.parametrize(
        "error",
        [
            rated("1", name="t-3", observed_at="2026-03-02T14:00:00"),
            rated("1", name="t-3", school={"sourced_id": "nowhere"}),
            rated("1", name="held"),
            "not an observation",
        ],
        ids=["shape", "reference", "held in a newer version", "no object"],
    )
    async def test_under_all_one_fault_takes_back_the_others(self, district, service, error):
        await pushes(district, rated("2", name="held"))
        before = await tally_rows(service.database, district.id)
        status, answer = await batch(district, rated("1"), error, retract("other", "3"), atomicity="all")
        assert status == 422
        assert [r["status"] for r in answer["results"]][::2] == [424, 424]
        assert {r["problem"]["code"] for r in answer["results"][::2]} == {"not_applied"}
        assert answer["code"] == answer["results"][1]["problem"]["code"]
        assert answer["counts"][-1] == {"status": 424, "n": 2}
        assert await tally_rows(service.database, district.id) == before
        assert await pushes(district, rated("1")) == [(201, "created")]

    async def test_when_all_are_refused_the_results_stand_inside_the_refusal(self, district):
        status, answer = await batch(district, rated("1", 9), rated("1", purpose="evaluative"))
        assert (status, answer["code"], answer["retry"]) == (422, "out_of_scale", "never")
        assert [(r["index"], outcome_of(r)) for r in answer["results"]] == [
            (0, (422, "out_of_scale")),
            (1, (422, "purpose_not_accepted")),
        ]
        assert [e["pointer"] for e in answer["results"][0]["problem"]["errors"]] == ["/ratings/0/value"]
        assert answer["counts"] == [{"status": 422, "n": 2}]

    async def test_a_batch_that_only_repeats_is_taken(self, district):
        await batch(district, rated("1"), retract("t-2", "1"))
        status, answer = await batch(district, rated("1"), retract("t-2", "1"))
        assert (status, [outcome_of(r) for r in answer["results"]]) == (200, [(200, "unchanged")] * 2)

    async def test_the_warnings_stand_in_the_results(self, district, driver):
        await driver.made(create_instrument, INSTRUMENT)
        _, answer = await batch(district, visit("t-1", "1", DAY, ("A", 3), ("visibility", 4)), rated("1", name="t-2"))
        assert [[(w["pointer"], w["code"]) for w in r["warnings"]] for r in answer["results"]] == [
            [("/ratings/0/element", "unmapped")],
            [],
        ]


class TestAssessmentsAndChange:
    async def test_assessments_have_identities_of_their_own(self, district):
        leader = await district.person("207267")
        sent = SELF | {"external_id": "t-1", "ratings": [{"responsibility": "visibility", "value": 4}]}
        outcomes = []
        for change in (
            {},
            {"external_version": "1"},
            {"assessed_at": "2026-03-10T05:00:00-05:00"},
            {"scale": {"worst": 1, "best": 6}},
        ):
            answer = await district.http.post(f"/v1/leaders/{leader}/self-assessments", json=sent | change)
            outcomes.append((answer.status_code, answer.json().get("outcome") or answer.json()["code"]))
        assert outcomes == [(201, "created"), (200, "unchanged"), (200, "unchanged"), (409, "version_reused")]
        assert await pushes(district, rated("1")) == [(201, "created")]

    async def test_initiatives_and_groups_are_recognised(self, district):
        plan = PLAN | {"external_id": "t-1"}
        answers = [await district.http.post("/v1/initiatives", json=said) for said in (plan, plan | {"external_version": "01"})]
        assert [(a.status_code, a.json()["outcome"]) for a in answers] == [(201, "created"), (200, "unchanged")]
        assert answers[0].json()["id"] == answers[1].json()["id"]
        groups = f"/v1/initiatives/{answers[0].json()['id']}/groups"
        for said, status in (
            (CORE, 201),
            (CORE, 200),
            (CORE | {"size": 3}, 409),
            (CORE | {"size": 3, "external_version": "2"}, 200),
        ):
            answer = await district.http.post(groups, json={"external_id": "t-1"} | said)
            assert answer.status_code == status, answer.text
