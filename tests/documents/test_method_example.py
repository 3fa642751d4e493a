"""The example of METHOD 15: its numbers are read from the page, and the code computes the same ones from its inputs."""

from dataclasses import replace
from datetime import UTC, date, datetime
from math import exp, pi, sqrt
from uuid import UUID

from domain.change.accuracy import accuracy, initiative_error
from domain.change.model import NO_PHASES, Initiative, Pulse
from domain.change.rules import Estimated, GroupState, Judgement, Measured, difference, estimated, measured, perceived_magnitude
from domain.framework.configuration import PRODUCT
from domain.framework.evidence_sources import Source
from domain.framework.magnitude import Magnitude
from domain.framework.responsibilities import R
from domain.recommendations.model import GroupAdvice
from domain.recommendations.rules import recommend
from domain.scoring.evidence_units import EvidenceUnit, WeightedRating, assessment_units, convert, observation_units
from domain.scoring.fusion import NO_CELLS, fuse, source_arrays, tally_grid
from domain.scoring.score import posteriors, profile
from domain.scoring.tally import Tally, tallies_from_units
from domain.scoring.views import Evidence, GapClass, Posterior
from domain.shared.ids import GroupId, InitiativeId, PersonId
from domain.stance.attributes import Decision, read_attributes
from domain.stance.model import Attribute, StanceWord, Status, Value
from domain.stance.rules import WORD, answers_in_order, choice, stance_outcome
from tests.support.markdown import METHOD, section, table, tables

ROUNDING = 0.00005 + 1e-9
AT = datetime(2026, 10, 1, tzinfo=UTC)
INSPIRES = list(R).index(R.INSPIRES)


def values(number):
    """What the page computes in section ``number``, by symbol."""
    rows = [row for heads, rows in tables(section(METHOD, number)) if heads[0] == "symbol" for row in rows]
    found = {symbol: float(value) for symbol, _, value in rows}
    assert len(found) == len(rows), "a symbol stands twice"
    return found


def inputs(number):
    """What section ``number`` takes as given, by name."""
    return {name: float(value) for name, value, _ in table(METHOD, number, "input")}


def ratings():
    """The rows of 15.1 by their name."""
    rows = {}
    for name, source, day, value, worst, best, weight in table(METHOD, "15.1", "rating"):
        x = convert(float(value), float(worst), float(best), "")
        rows[name] = (Source(source), datetime.fromisoformat(day).replace(tzinfo=UTC), x, float(weight))
    return rows


def units() -> list[EvidenceUnit]:
    rows = ratings()
    found: list[EvidenceUnit] = []
    for visit in ("A", "B"):
        parts = [row for name, row in rows.items() if name.startswith(visit)]
        found += observation_units([WeightedRating(R.INSPIRES, x, w) for _, _, x, w in parts], parts[0][1])
    for source, at, x, _ in (rows["C1"], rows["D1"]):
        found += assessment_units([(R.INSPIRES, x)], source, at)
    return found


def example_tallies() -> tuple[Tally, ...]:
    return tallies_from_units(units(), PRODUCT.half_life_days, PRODUCT.landmark)


def of_inspires() -> Posterior:
    return posteriors(example_tallies(), PRODUCT, AT)[INSPIRES]


def people():
    """The lists of 15.3: those of the five people, and the leader's."""
    rows = {name: tuple(int(a) for a in given.split()) for name, given in table(METHOD, "15.3", "person")}
    leader = rows.pop("leader")
    return tuple(rows.values()), leader


def size() -> int:
    return int(inputs("15.3")["N"])


def the_measured() -> Measured:
    lists, _ = people()
    found = measured(Pulse(on=date(2026, 9, 15), answers=lists), size(), PRODUCT)
    assert found is not None
    return found


def the_estimated() -> Estimated:
    found = estimated(people()[1], PRODUCT.magnitude)
    assert found is not None
    return found


def the_group() -> GroupState:
    return GroupState(
        group_id=GroupId(UUID(int=1)),
        name="the group",
        size=size(),
        magnitude=perceived_magnitude(the_measured(), the_estimated()),
        phases=replace(NO_PHASES, implement=inputs("15.4")["implement"]),
        must_change_practice=True,
        measured=the_measured(),
    )


def advice() -> GroupAdvice:
    theta, sd = (inputs("15.4")[f"{name}_relationships"] for name in ("theta", "sd"))
    other = Posterior(responsibility=R.RELATIONSHIPS, theta=theta, sd=sd, n=3, evidence=Evidence.ENOUGH)
    [found] = recommend([of_inspires(), other], [the_group()], PRODUCT).groups
    return found


def the_decision() -> Decision:
    initiative = Initiative(
        id=InitiativeId(UUID(int=2)),
        leader_id=PersonId(UUID(int=3)),
        title="the change",
        focus_area=None,
        practice=None,
        school_id=None,
        starts_on=None,
        ends_on=None,
        decide_by=None,
        stakes=None,
        goal_tied_to_student_learning=True,
        about_teaching_and_learning=False,
        external_id=None,
        created_at=AT,
        version=1,
    )
    return Decision(initiative=initiative, group_state=the_group(), posteriors={}, cfg=PRODUCT)


def density(x):
    return exp(-x * x / 2) / sqrt(2 * pi)


def same(document, computed):
    """Both name the same symbols, and each number is the computed one to 4 decimals."""
    assert document.keys() == computed.keys()
    wrong = {name: (document[name], value) for name, value in computed.items() if abs(document[name] - value) > ROUNDING}
    assert wrong == {}


def test_the_estimate_and_the_gap_are_those_that_the_page_computes():
    rows, (visit, *_) = ratings(), units()
    score = profile(example_tallies(), PRODUCT, AT)[INSPIRES]
    fusion = fuse(tally_grid(example_tallies(), NO_CELLS), source_arrays(PRODUCT), PRODUCT, AT)
    p, y = fusion.p[INSPIRES], fusion.y[INSPIRES]
    supervisor, observation = list(Source).index(Source.SUPERVISOR), list(Source).index(Source.OBSERVATION)
    shares = {s.source: s for s in score.sources}
    gap = score.self_gap
    assert gap is not None
    assert score.interval is not None
    centre = (p * y).sum() / p.sum()
    computed = {
        "x_A1": rows["A1"][2],
        "x_A2": rows["A2"][2],
        "x_A": visit.x,
        "c_A": visit.c,
        "L_observation": shares[Source.OBSERVATION].effective_n,
        "y_observation": shares[Source.OBSERVATION].current_mean,
        "e_observation": 1 / p[observation],
        "p_observation": p[observation],
        "e_supervisor": 1 / p[supervisor],
        "p_supervisor": p[supervisor],
        "P": fusion.precision[INSPIRES],
        "theta": score.estimate,
        "sd": score.sd,
        "low": score.interval.low,
        "high": score.interval.high,
        "p_below_target": score.p_below_target,
        "share_observation": shares[Source.OBSERVATION].share,
        "share_supervisor": shares[Source.SUPERVISOR].share,
        "share_prior": score.prior_share,
        "Q": (p * (y - centre) ** 2).sum(),
        "gap": gap.value,
        "gap_se": shares[Source.SUPERVISOR].se,
        "gap_low": gap.interval.low,
        "gap_high": gap.interval.high,
        "sd_norm": sqrt(PRODUCT.tau2 + PRODUCT.by_source[Source.SUPERVISOR].sigma2),
    }
    same(values("15.2"), computed)
    assert score.evidence is Evidence.ENOUGH
    assert score.disagreement is False
    assert gap.classification is GapClass.IN_AGREEMENT_POOR
    assert gap.reference is Source.SUPERVISOR


def test_the_magnitude_of_the_five_answers_is_the_one_that_the_page_computes():
    m, e = the_measured(), the_estimated()
    d = difference(e, m)
    a = accuracy([initiative_error([d])], PRODUCT.magnitude)
    assert a is not None
    computed = {
        "M": m.mean,
        "s": m.sd,
        "f": m.se * sqrt(m.n) / m.sd,
        "SE": m.se,
        "half": m.half,
        "M_low": m.low,
        "M_high": m.high,
        "q": m.q,
        "q_low": m.q_low,
        "q_high": m.q_high,
        "E": e.mean,
        "d": d.value,
        "d_low": d.low,
        "d_high": d.high,
        "bias": a.bias,
        "bias_sd": a.sd,
        "P_underestimates": a.p_underestimates,
    }
    same(values("15.3"), computed)
    assert (m.label, e.label) == (Magnitude.SECOND_ORDER, Magnitude.FIRST_ORDER)
    assert (d.judgement, d.critical, a.significant) == (Judgement.UNDERESTIMATED, True, False)


def test_the_index_of_the_recommendation_is_the_one_that_the_page_computes():
    found, score = advice(), of_inspires()
    first, second = found.ranked
    [factor] = first.working.multipliers
    zeta = (PRODUCT.target - score.theta) / score.sd
    computed = {
        "zeta": zeta,
        "phi_zeta": density(zeta),
        "S": first.shortfall,
        "phase": factor.phase_factor,
        "magnitude": factor.magnitude_factor,
        "m": first.multiplier,
        "index": first.index,
        "S_relationships": second.shortfall,
        "index_relationships": second.index,
        "P_top": first.p_top,
        "P_top_relationships": second.p_top,
    }
    same(values("15.4"), computed)
    assert found.strengthen == (R.INSPIRES, R.RELATIONSHIPS)
    assert found.tie == (R.INSPIRES,)
    assert found.watch == (R.COMMUNICATION, R.COMMUNITY, R.INPUT, R.STRUCTURES_AND_ROUTINES)


def test_the_stance_is_open_until_the_question_on_goals_is_answered_and_then_to_share():
    read = {Attribute(code): Value(value) for code, value, _ in table(METHOD, "15.5", "question", "value")}
    assert {a.code: a.value for a in read_attributes(the_decision(), {})} == read
    left = stance_outcome(answers_in_order(read))
    settles = {code: int(count) for code, _, count in table(METHOD, "15.5", "question", "calculation")}
    assert left.status is Status.OPEN
    assert {a.attribute: a.settles for a in left.open_questions} == settles
    assert left.open_questions[0].attribute is Attribute.GC
    answered = answers_in_order(read | {Attribute.GC: Value.YES})
    pick = choice(answered, urgent=False, develop=False)
    assert stance_outcome(answered).status is Status.SETTLED
    assert pick is not None
    assert WORD[pick] is StanceWord.SHARE
