"""Laws of METHOD 13 that touch scores, and the arrays against the plain reference."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from domain.framework.configuration import PRODUCT
from domain.framework.evidence_sources import Source
from domain.framework.responsibilities import Responsibility
from domain.scoring.evidence_units import EvidenceUnit, form_precision
from domain.scoring.score import posteriors, profile
from domain.scoring.tally import tallies_from_units
from domain.scoring.views import Evidence
from tests.domain.scoring import reference
from tests.support.examples import examples

R = Responsibility
H, T0 = PRODUCT.half_life_days, PRODUCT.landmark
NOW = T0 + timedelta(days=7300)
ANONYMOUS = {"teacher", "staff", "peer"}
laws = examples(250)

ages = st.one_of(st.sampled_from([0, 1, 35, 365, 7300]), st.integers(0, 7300))
levels = st.one_of(st.sampled_from([1.0, 2.0, 3.0, 4.0, 5.0]), st.floats(1, 5).map(lambda x: round(x, 12)))


def campaign(minimum):
    """Units of one campaign: one age, one form."""

    def built(draw):
        xs, age, items = draw
        return [(x, form_precision(items), age) for x in xs]

    ratings = st.one_of(st.lists(levels, min_size=minimum, max_size=14), st.lists(st.just(3.0), min_size=minimum, max_size=12))
    return st.tuples(ratings, ages, st.integers(1, 5)).map(built)


visits = st.lists(st.tuples(levels, st.sampled_from([0.1, 0.3, 0.5, 1.0]), ages), max_size=5)
assessments = st.lists(st.tuples(levels, st.just(1.0), ages), max_size=3)
cells = st.fixed_dictionaries(
    {"observation": visits, "supervisor": assessments, "self": assessments.map(lambda a: a[:1])},
    optional={"teacher": campaign(5), "staff": campaign(5), "peer": campaign(5)},
)
sources = st.sampled_from(["teacher", "staff", "peer", "supervisor", "observation"])


def units_of(evidence, responsibility=R.FOCUS):
    return [
        EvidenceUnit(responsibility, Source(source), x, c, NOW - timedelta(days=age))
        for source, units in evidence.items()
        for x, c, age in units
    ]


def tallied(evidence, responsibility=R.FOCUS):
    return tallies_from_units(units_of(evidence, responsibility), H, T0)


def focus(scores):
    return next(s for s in scores if s.responsibility is R.FOCUS)


def posterior(evidence, at=NOW):
    return focus(posteriors(tallied(evidence), PRODUCT, at))


def agrees(number, exact):
    return number == pytest.approx(exact, abs=0.00006, rel=1e-6)


@laws
@given(cells, cells, st.frozensets(sources, max_size=3))
def test_arrays_and_plain_reference_agree(first, second, hidden):
    """Two responsibilities at once, with sources hidden in one of them."""
    at = NOW
    withheld = frozenset((R.FOCUS, Source(s)) for s in hidden if s in ANONYMOUS)
    found = profile(tallied(first) + tallied(second, R.VISIBILITY), PRODUCT, at, withheld)
    by = {s.responsibility: s for s in found}
    for responsibility, held, gone in ((R.FOCUS, first, {s for _, s in withheld}), (R.VISIBILITY, second, set())):
        plain = reference.score({k: [(x, c, at - timedelta(days=a)) for x, c, a in u] for k, u in held.items()}, at, gone)
        assert_matches(by[responsibility], plain, gone)
    others = [s for s in found if s.responsibility not in {R.FOCUS, R.VISIBILITY}]
    assert {(s.evidence, s.estimate, s.prior_share) for s in others} == {(Evidence.NONE, None, 1.0)}


def assert_matches(score, plain, gone):
    assert score.evidence == plain["evidence"]
    assert {s.source for s in score.sources if s.withheld} == gone
    assert [s.source for s in score.sources] == [s for s in reference.ORDER if s in plain["sources"] or s in gone]
    if plain["evidence"] == "none":
        assert (score.estimate, score.sd, score.interval, score.p_below_target, score.self_gap) == (None,) * 5
        return
    assert agrees(score.estimate, plain["theta"])
    assert agrees(score.sd, plain["sd"])
    assert agrees(score.interval.low, max(1, plain["theta"] - 1.959964 * plain["sd"]))
    assert agrees(score.interval.high, min(5, plain["theta"] + 1.959964 * plain["sd"]))
    assert agrees(score.p_below_target, plain["below"])
    assert agrees(score.prior_share, plain["prior_share"])
    assert agrees(score.reliability, 1 - plain["prior_share"])
    assert score.disagreement == plain["disagreement"]
    for share in score.sources:
        for name, value in plain["sources"].get(share.source, {}).items():
            shown = getattr(share, name)
            assert shown == value if name in {"n", "se_basis"} else agrees(shown, value), name
    assert_gap(score.self_gap, plain["gap"])


def assert_gap(gap, plain):
    assert (gap is None) == (plain is None)
    if gap is not None:
        assert (gap.classification, gap.flag, gap.reference) == (plain["class"], plain["flag"], plain["reference"])
        assert agrees(gap.value, plain["value"])
        assert agrees(gap.interval.low, plain["low"])
        assert agrees(gap.interval.high, plain["high"])


@laws
@given(cells, st.randoms(use_true_random=False))
def test_order_of_arrival_does_not_matter(evidence, random):
    units = units_of(evidence)
    one, other = (tallies_from_units(u, H, T0) for u in (units, random.sample(units, len(units))))
    assert profile(one, PRODUCT, NOW) == profile(random.sample(other, len(other)), PRODUCT, NOW)


@laws
@given(cells, sources, levels, st.sampled_from([0.1, 0.5, 1.0]), ages)
def test_more_evidence_never_widens_the_interval(evidence, source, x, c, age):
    assume(source not in ANONYMOUS or evidence.get(source))
    more = {**evidence, source: [*evidence.get(source, []), (x, c, age)]}
    before, after = posterior(evidence), posterior(more)
    assert after.sd <= before.sd
    assert after.n == before.n + 1


@laws
@given(cells, levels, ages)
def test_self_never_moves_the_estimate(evidence, x, age):
    other = {**evidence, "self": [(x, 1.0, age)]}
    assert posterior(other) == posterior(evidence)
    one, two = (focus(profile(tallied(h), PRODUCT, NOW)) for h in (evidence, other))
    assert replace(one, self_gap=None) == replace(two, self_gap=None)


@laws
@given(cells, st.integers(1, 1500))
def test_without_new_evidence_means_stay_and_sd_never_falls(evidence, days):
    later = NOW + timedelta(days=days)
    before, after = (focus(profile(tallied(evidence), PRODUCT, at)) for at in (NOW, later))
    still = {s.source: s.current_mean for s in after.sources}
    assert {s.source: s.current_mean for s in before.sources if s.source in still} == still
    assert posterior(evidence, later).sd >= posterior(evidence).sd * (1 - 1e-12)


@laws
@given(cells)
def test_in_the_end_the_assumed_average_is_left(evidence):
    far = posterior(evidence, NOW + timedelta(days=365 * 60))
    assert (far.theta, far.sd, far.evidence) == (pytest.approx(3.6), pytest.approx(0.4), Evidence.NONE)


@laws
@given(cells)
def test_an_estimate_lies_between_the_average_and_the_sources(evidence):
    score = focus(profile(tallied(evidence), PRODUCT, NOW))
    ends = [3.6, *(s.current_mean for s in score.sources)]
    assert min(ends) - 1e-4 <= posterior(evidence).theta <= max(ends) + 1e-4
    assert sum(s.share for s in score.sources) + score.prior_share == pytest.approx(1, abs=4e-4)


@laws
@given(cells, st.sampled_from(["teacher", "staff", "peer"]), campaign(1))
def test_a_hidden_source_leaves_nothing_but_its_name(evidence, source, answers):
    without = {k: v for k, v in evidence.items() if k != source}
    cell = frozenset({(R.FOCUS, Source(source))})
    hidden = focus(profile(tallied({**without, source: answers}), PRODUCT, NOW, cell))
    bare = focus(profile(tallied(without), PRODUCT, NOW))
    assert [s.source for s in hidden.sources if s.withheld] == [source]
    assert replace(hidden, sources=tuple(s for s in hidden.sources if not s.withheld)) == bare
    assert posteriors(tallied({**without, source: answers}), PRODUCT, NOW, cell) == posteriors(tallied(without), PRODUCT, NOW)


@laws
@given(cells)
def test_every_number_has_four_decimals_and_is_the_posterior_s(evidence):
    score = focus(profile(tallied(evidence), PRODUCT, NOW))
    if score.estimate is not None:
        assert score.estimate == round(posterior(evidence).theta, 4)
        assert score.sd == round(posterior(evidence).sd, 4)


def test_a_day_is_a_day_everywhere():
    assert datetime(2039, 12, 27, tzinfo=UTC) == NOW
