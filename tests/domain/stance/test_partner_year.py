"""Magnitude, recommendations and stance of the partner year's initiative, from profiles rounded to 4 decimals."""

import json
from datetime import UTC, date, datetime
from uuid import UUID

import pytest

from domain.change.model import Group, GroupAnswers, GroupRole, Initiative, Intensities, Pulse, Stakes
from domain.change.rules import GroupState, difference, estimated, group_state, measured
from domain.framework.configuration import PRODUCT
from domain.framework.responsibilities import Responsibility
from domain.recommendations.rules import recommend
from domain.scoring.views import Evidence, Posterior
from domain.shared.ids import GroupId, InitiativeId, PersonId
from domain.stance.attributes import Decision, is_urgent, read_attributes
from domain.stance.model import Method, Value
from domain.stance.presentation import stance_view
from tests.support.reference_material import sample

pytestmark = pytest.mark.official

CLOSE = 0.00006
ROUNDED = 0.0003
"""Scores come rounded to 4 decimals here, which moves what is computed from them."""

METHODS = dict(zip(("AI", "AII", "CI", "CII", "GII"), Method, strict=True))


def loaded(name: str):
    return json.loads((sample("partner-year") / name).read_text())


@pytest.fixture(scope="module")
def expected():
    return loaded("expected-advice.json")


@pytest.fixture(scope="module")
def scores() -> tuple[Posterior, ...]:
    leader = loaded("initiative.json")["leader"]
    (profile,) = [p for p in loaded("expected-profiles.json") if p["leader"] == leader]
    return tuple(
        Posterior(
            responsibility=Responsibility(s["responsibility"]),
            theta=3.6 if s["estimate"] is None else s["estimate"],
            sd=0.4 if s["sd"] is None else s["sd"],
            n=sum(source["n"] or 0 for source in s["sources"]),
            evidence=Evidence(s["evidence"]),
        )
        for s in profile["scores"]
    )


@pytest.fixture(scope="module")
def group_answers() -> tuple[GroupAnswers, ...]:
    return tuple(
        GroupAnswers(
            group=Group(
                id=GroupId(UUID(int=i)),
                initiative_id=InitiativeId(UUID(int=9)),
                name=g["name"],
                size=g["size"],
                role=GroupRole(g["role"]),
                must_change_practice=g["must_change_practice"],
                estimate=tuple(g["estimate"]),
                phases=Intensities(**{p: g["phases"].get(p, 0.0) for p in Intensities.__dataclass_fields__}),
                external_id=None,
                created_at=datetime(2026, 9, 1, tzinfo=UTC),
                version=1,
            ),
            pulse=None if g["answers"] is None else Pulse(on=date(2026, 10, 20), answers=tuple(map(tuple, g["answers"]))),
        )
        for i, g in enumerate(loaded("initiative.json")["groups"])
    )


@pytest.fixture(scope="module")
def groups(group_answers) -> tuple[GroupState, ...]:
    return tuple(group_state(g, PRODUCT) for g in group_answers)


def test_magnitude_of_the_partner_year(group_answers, groups, expected):
    for group, state, expected_values in zip(group_answers, groups, expected["magnitude"], strict=True):
        m = None if group.pulse is None else measured(group.pulse, group.group.size, PRODUCT)
        e = estimated(group.group.estimate, PRODUCT.magnitude)
        assert state.magnitude.label == expected_values["current_label"]
        assert (e.mean, e.label) == (
            pytest.approx(expected_values["estimated"]["mean"], abs=CLOSE),
            expected_values["estimated"]["label"],
        )
        if m is None:
            assert expected_values["measured"] is expected_values["difference"] is None
            continue
        actual = {"n": m.n, "mean": m.mean, "low": m.low, "high": m.high, "q": m.q, "label": m.label, "reason": m.reason}
        assert actual == pytest.approx(expected_values["measured"], abs=CLOSE)
        d = difference(e, m)
        actual = {"value": d.value, "low": d.low, "high": d.high, "class": d.judgement, "critical": d.critical}
        assert actual == pytest.approx(expected_values["difference"], abs=CLOSE)


def test_recommendations_of_the_partner_year(scores, groups, expected):
    advice = recommend(scores, groups, PRODUCT)
    expected_values = expected["recommendations"]
    for name, actual in (*zip((g.name for g in groups), advice.groups, strict=True), ("overall", advice.overall)):
        for name_of_list in ("strengthen", "use", "tie"):
            assert list(getattr(actual, name_of_list)) == expected_values[name][name_of_list]
        assert list(actual.watch) == (expected_values[name]["watch"] or [])
        assert actual.p_none == pytest.approx(expected_values[name]["p_none"], abs=ROUNDED)
        assert [r.responsibility for r in actual.ranked] == [r["responsibility"] for r in expected_values[name]["ranked"]]
        for r, w in zip(actual.ranked, expected_values[name]["ranked"], strict=True):
            assert r.multiplier == pytest.approx(w["multiplier"], abs=CLOSE)
            assert (r.index, r.shortfall, r.p_top) == pytest.approx((w["B"], w["S"], w["p_top"]), abs=ROUNDED)
    assert list(advice.gather) == expected_values["overall"]["gather"]
    assert list(advice.sensitive) == expected_values["overall"]["sensitive"]


def test_stance_of_the_partner_year(scores, groups, expected):
    payload = loaded("initiative.json")
    initiative = Initiative(
        id=InitiativeId(UUID(int=9)),
        leader_id=PersonId(UUID(int=8)),
        title=payload["title"],
        focus_area=None,
        practice=None,
        school_id=None,
        starts_on=None,
        ends_on=None,
        decide_by=date.fromisoformat(payload["decide_by"]),
        stakes=Stakes(payload["stakes"]),
        goal_tied_to_student_learning=payload["goal_tied_to_student_learning"],
        about_teaching_and_learning=payload["about_teaching_and_learning"],
        external_id=None,
        created_at=datetime(2026, 9, 1, tzinfo=UTC),
        version=1,
    )
    urgent = is_urgent(initiative.decide_by, date.fromisoformat(expected["at"]), PRODUCT)
    posteriors = {p.responsibility: p for p in scores}
    for group, expected_values in zip(groups, expected["stance"], strict=True):
        values = read_attributes(Decision(initiative=initiative, group_state=group, posteriors=posteriors, cfg=PRODUCT), {})
        cells = {Value.YES: True, Value.NO: False, Value.UNKNOWN: None}
        assert {a.code: cells[a.value] for a in values} == expected_values["attributes"]
        view = stance_view(group.group_id, values, PRODUCT, urgent=urgent, develop=False)
        assert list(view.certain) == [METHODS[m] for m in expected_values["surely"]]
        assert list(view.possible) == [METHODS[m] for m in expected_values["possibly"]]
        for name in ("time_saving", "developmental", "choice"):
            assert getattr(view, name) == METHODS.get(expected_values[name])
        assert view.stance == expected_values["stance"]
        assert [[a.attribute, a.settles] for a in view.ask] == expected_values["ask"]
