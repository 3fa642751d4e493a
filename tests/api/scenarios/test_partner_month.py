"""A partner's month of our own: few pushes, every turn that the contract has for them, outcomes and scores by hand."""

from datetime import UTC, datetime

import pytest

from domain.assessments.usecases import assess_as_supervisor, assess_self
from domain.observations.usecases.instruments import create_crosswalk, create_instrument
from domain.roster.usecases import put_role_mapping
from tests.domain.scoring.reference import score
from tests.support.partner_year import person, profiles, push, tally_rows
from tests.support.payloads import CROSSWALK, INSTRUMENT, LEADER, OTHER, SELF, SUPERVISOR_RATED, TEACHER, retract, visit
from tests.support.rest_graphql_driver import GraphQL, Rest

AT = "2026-04-01"


def turned(item):
    """The same said otherwise: members in another order, the instant at another offset, nulls spelt out."""
    other = {name: item[name] for name in reversed(item)}
    return other | {"observed_at": "2026-03-02T14:00:00Z", "announced": None, "feedback": []}


M1 = visit("m-1", "1", "2026-03-02T08:00:00-06:00", ("A", 3), ("B", "emerging"))
DAY3, DAY4, DAY9, DAY20 = (f"2026-03-{day}T09:00:00Z" for day in ("03", "04", "09", "20"))

MONTH = (
    (
        (M1, 201, "created", None),
        (visit("m-2", "1", DAY3, ("visibility", 4), ("focus", 2), ("input", None)), 201, "created", None),
        (visit("m-3", "1", DAY3, ("visibility", 5), leader={"sourced_id": OTHER}), 201, "created", None),
        (visit("m-4", "2", DAY4, ("C", 2)), 201, "created", None),
        (visit("m-5", "1", "2026-03-03T09:00:00", ("visibility", 4)), 422, None, "naive_time"),
        (visit("m-6", "1", DAY3, ("visibility", 4), leader={"sourced_id": TEACHER}), 422, None, "subject_not_leader"),
        (retract("m-7", "3"), 200, "retracted", None),
        (visit(None, None, DAY9, ("Z", 3), ("A", 4)), 201, "created", None),
    ),
    (
        (turned(M1), 200, "unchanged", None),
        (visit("m-2", "2", DAY3, ("visibility", 3), ("focus", 2)), 200, "replaced", None),
        (visit("m-3", "1", DAY3, ("visibility", 4), leader={"sourced_id": OTHER}), 409, None, "version_reused"),
        (visit("m-4", "1", DAY4, ("C", 1)), 409, None, "version_older"),
        (retract("m-4", "3"), 200, "retracted", None),
        (visit("m-7", "2", DAY9, ("input", 1)), 409, None, "version_older"),
        (visit("m-8", "9", DAY9, ("visibility", 1)), 409, None, "version_older"),
        (visit("m-8", "000000000000000010", DAY9, ("visibility", 2)), 201, "created", None),
        (visit("m-9", "1", DAY20, ("focus", 4)), 201, "created", None),
        (visit("m-9", "01", DAY20, ("focus", 4)), 200, "unchanged", None),
        (visit("m-10", "1", DAY20, ("focus", 1)), 409, None, "version_older"),
        (retract("m-10", "2"), 200, "retracted", None),
        (visit("m-11", "1", DAY20, ("focus", 1), colour="red"), 422, None, "unknown_member"),
        (visit("m-12", "1", DAY20, ("focus", 6)), 422, None, "out_of_scale"),
        (visit("m-13", "1", DAY20, ("B", "superb")), 422, None, "level_not_found"),
        (visit("m-14", "1", DAY20, ("Q", 1)), 422, None, "element_not_found"),
        (visit("m-15", "1", DAY20, ("focus", 1), observer={"sourced_id": LEADER}), 422, None, "observer_is_leader"),
        (visit("m-16", "1", DAY20, ("focus", 1), leader={"sourced_id": "none"}), 422, None, "person_not_found"),
        (visit("m-17", "1", DAY20, ("focus", 1), purpose="evaluative"), 422, None, "purpose_not_accepted"),
        ({"external_id": "m-18"}, 422, None, "missing"),
    ),
    (
        (visit("m-4", "3", DAY4, ("C", 2)), 409, None, "version_reused"),
        (visit("m-7", "4", DAY20, ("input", 4)), 200, "replaced", None),
        (retract("m-3", "2"), 200, "retracted", None),
        (retract("m-1", "1"), 409, None, "version_reused"),
    ),
    (
        (visit("m-4", "4", DAY4, ("C", 4)), 200, "replaced", None),
        (retract("m-3", "2"), 200, "unchanged", None),
        (retract("m-3", "1"), 409, None, "version_older"),
    ),
    ((retract("m-3", "1"), 409, None, "version_older"), (visit("m-1", "0", DAY4, ("A", 1)), 409, None, "version_older")),
)
"""Batches of (what is sent, status, outcome, code)."""


def moment(text):
    return datetime.fromisoformat(text).astimezone(UTC)


THIRDS = 11 / 3
VISITS = {
    "visibility": [
        (THIRDS, 1.0, moment("2026-03-02T14:00:00Z")),
        (3.0, 1.0, moment(DAY3)),
        (5.0, 1.0, moment(DAY9)),
        (2.0, 1.0, moment(DAY9)),
    ],
    "focus": [
        ((0.5 * THIRDS + 0.6 * 7 / 3) / 1.1, 1.0, moment("2026-03-02T14:00:00Z")),
        (2.0, 1.0, moment(DAY3)),
        (5.0, 0.5, moment(DAY9)),
        (4.0, 1.0, moment(DAY20)),
    ],
    "input": [(2.0, 0.4, moment(DAY4)), (4.0, 1.0, moment(DAY20))],
}
"""What of the month counts in the end, by hand: (x, c, t) of each visit."""

SUPERVISED = {"visibility": [(THIRDS, 1.0, moment("2026-03-12T10:00:00Z"))]}
"""Of two by the same supervisor the newer counts: 2 on a scale from 4 down to 1."""


@pytest.fixture
async def driver(district, service):
    rest = Rest(district.http, service.app)
    await rest.made(put_role_mapping, {"systemAdministrator": "supervisor"})
    await rest.made(create_instrument, INSTRUMENT)
    await rest.made(create_crosswalk, CROSSWALK)
    return rest


def outcome_of(result):
    return result["status"], result["outcome"], result["problem"] and result["problem"]["code"]


async def test_every_push_of_the_month_has_the_outcome_of_the_contract(driver):
    for batch in MONTH:
        results = await push(driver, [item for item, *_ in batch])
        assert [outcome_of(r) for r in results] == [tuple(expected) for _, *expected in batch]
        assert [r["external_id"] for r in results] == [item.get("external_id") for item, *_ in batch]


async def test_the_scores_of_the_month_are_those_computed_by_hand(driver):
    leader = await person(driver, LEADER)
    for batch in MONTH:
        await push(driver, [item for item, *_ in batch])
    rated = [{"responsibility": "visibility", "value": 5}]
    older = SUPERVISOR_RATED | {"ratings": [{"responsibility": "visibility", "value": 1}]}
    newer = SUPERVISOR_RATED | {
        "ratings": [{"responsibility": "visibility", "value": 2}],
        "assessed_at": "2026-03-12T10:00:00Z",
    }
    await driver.made(assess_self, SELF | {"leader_id": leader, "ratings": rated})
    for assessment in (newer, older):
        await driver.made(assess_as_supervisor, assessment | {"leader_id": leader})
    found = await profiles(driver, [LEADER, OTHER], AT)
    assert [s["evidence"] for s in found[OTHER]["scores"]] == ["none"] * 21
    for shown in found[LEADER]["scores"]:
        _is_by_hand(shown)


def _is_by_hand(mapping):
    name = mapping["responsibility"]
    if name not in VISITS:
        assert (mapping["evidence"], mapping["sources"], mapping["estimate"]) == ("none", [], None)
        return
    cells = {"observation": VISITS[name], "supervisor": SUPERVISED.get(name, [])}
    cells |= {"self": [(5.0, 1.0, moment("2026-03-10T10:00:00Z"))]} if name == "visibility" else {}
    by_hand = score(cells, moment("2026-04-01T00:00:00Z"))
    near = {"abs": 0.0001}
    assert mapping["estimate"] == pytest.approx(by_hand["theta"], **near)
    assert mapping["sd"] == pytest.approx(by_hand["sd"], **near)
    assert mapping["p_below_target"] == pytest.approx(by_hand["below"], **near)
    assert mapping["prior_share"] == pytest.approx(by_hand["prior_share"], **near)
    assert mapping["reliability"] == pytest.approx(1 - by_hand["prior_share"], **near)
    assert (mapping["evidence"], mapping["disagreement"]) == (by_hand["evidence"], by_hand["disagreement"])
    assert [s["source"] for s in mapping["sources"]] == list(by_hand["sources"])
    assert sum(s["share"] for s in mapping["sources"]) + mapping["prior_share"] == pytest.approx(1, abs=0.0002)
    for source in mapping["sources"]:
        expected = by_hand["sources"][source["source"]]
        assert {n: source[n] for n in expected} == {
            n: v if isinstance(v, str) else pytest.approx(v, **near) for n, v in expected.items()
        }
    gap = by_hand["gap"]
    if gap is None:
        assert mapping["self_gap"] is None
        return
    assert mapping["self_gap"]["value"] == pytest.approx(gap["value"], **near)
    assert mapping["self_gap"]["interval"] == {
        "low": pytest.approx(gap["low"], **near),
        "high": pytest.approx(gap["high"], **near),
        "level": 0.95,
    }
    assert [mapping["self_gap"][n] for n in ("classification", "flag", "reference")] == [
        gap[n] for n in ("class", "flag", "reference")
    ]


async def test_the_month_in_reverse_order_leaves_the_same_scores_over_both_adapters(driver, service, district):
    for batch in MONTH:
        await push(driver, [item for item, *_ in batch])
    kept = await tally_rows(service.database, district.id)
    again = await service.district()
    graphql = GraphQL(again.http)
    await graphql.made(create_instrument, INSTRUMENT)
    await graphql.made(create_crosswalk, CROSSWALK)
    taken = [item for batch in MONTH for item, status, _, code in batch if status != 422 and code != "version_reused"]
    for item in reversed(taken):
        [result] = await push(graphql, [item])
        assert result["status"] in {200, 201, 409}
    assert await tally_rows(service.database, again.id) == kept
