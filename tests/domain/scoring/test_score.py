"""Worked numbers and edges of METHOD 5, 7 and 8."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from domain.framework.configuration import PRODUCT
from domain.framework.evidence_sources import Source
from domain.framework.responsibilities import Responsibility
from domain.scoring.evidence_units import EvidenceUnit, form_precision
from domain.scoring.fusion import NO_CELLS, disagreements, error_variance, fuse, source_arrays, tally_grid
from domain.scoring.score import posteriors, profile
from domain.scoring.tally import campaign_sums, tallies_from_units, tally_from_sums
from domain.scoring.views import Evidence, GapClass, GapFlag, SeBasis, Withheld, WithheldReason

R = Responsibility
H, T0 = PRODUCT.half_life_days, PRODUCT.landmark
NOW = datetime(2026, 11, 1, tzinfo=UTC)


def near(value):
    return pytest.approx(value, abs=0.00006)


def units(source, xs, age=0.0, c=1.0, at=NOW):
    return [EvidenceUnit(R.FOCUS, Source(source), x, c, at - timedelta(days=age)) for x in xs]


def make_tallies(*groups):
    return tallies_from_units([u for g in groups for u in g], H, T0)


def focus(current, at=NOW, withheld=NO_CELLS, configuration=PRODUCT):
    return next(s for s in profile(current, configuration, at, withheld) if s.responsibility is R.FOCUS)


def posterior(current, at=NOW, withheld=NO_CELLS):
    return next(p for p in posteriors(current, PRODUCT, at, withheld) if p.responsibility is R.FOCUS)


def spread(n, mean):
    """``n`` ratings around ``mean``."""
    return [mean + 0.5 * (1 if i % 2 else -1) for i in range(n - n % 2)] + [mean] * (n % 2)


def s1(at=NOW, peers=()):
    teachers = [units("teacher", spread(12, 3.25), 400), units("teacher", spread(9, 3.75), 35)]
    sums = campaign_sums(teachers, H, T0)
    rest = make_tallies(
        units("supervisor", [3.0], 500),
        units("supervisor", [4.0], 20),
        units("observation", [3.222222222222], 10),
        units("observation", [5.0], 120, c=0.5),
        units("observation", [4.0], 700),
        units("self", [4.5]),
        units("peer", peers, 35),
    )
    newest_assessment = make_tallies(units("supervisor", [4.0], 20))
    rest = tuple(t for t in rest if t.source is not Source.SUPERVISOR) + newest_assessment
    return (tally_from_sums(R.FOCUS, Source.TEACHER, sums, 1.0, NOW - timedelta(days=35)), *rest)


PEERS_HIDDEN = frozenset({(R.FOCUS, Source.PEER)})


def test_worked_s1():
    score = focus(s1(), withheld=PEERS_HIDDEN)
    assert (score.estimate, score.sd, score.p_below_target) == (near(3.6403), near(0.2016), near(0.9628))
    assert (score.interval.low, score.interval.high, score.interval.level) == (near(3.2452), near(4.0353), 0.95)
    assert (score.evidence, score.disagreement) == (Evidence.ENOUGH, False)
    assert (score.prior_share, score.reliability) == (near(0.2539), near(0.7461))
    rows = {s.source: s for s in score.sources}
    for source, n, effective, y, reliability, share in (
        ("teacher", 9, 14.0354, 3.5500, 0.7892, 0.4910),
        ("supervisor", 1, 0.9627, 4.0000, 0.2997, 0.0876),
        ("observation", 3, 1.6440, 3.7780, 0.4672, 0.1675),
    ):
        row = rows[Source(source)]
        assert row.n == n
        assert (row.effective_n, row.current_mean) == (near(effective), near(y))
        assert (row.reliability, row.share) == (near(reliability), near(share))
    assert rows[Source.TEACHER].mean == 3.75
    assert posterior(s1()).n == 13


def test_worked_s1_names_the_hidden_peers_without_a_number():
    row = next(s for s in focus(s1(), withheld=PEERS_HIDDEN).sources if s.source is Source.PEER)
    assert row.withheld == Withheld(reason=WithheldReason.BELOW_THRESHOLD, minimum=5)
    assert {row.n, row.mean, row.se, row.se_basis, row.effective_n, row.current_mean, row.reliability, row.share} == {None}


def test_worked_s1_error_variances_and_disagreement():
    constants = source_arrays(PRODUCT)
    fusion = fuse(tally_grid(s1(), NO_CELLS), constants, PRODUCT, NOW)
    row = list(R).index(R.FOCUS)
    assert [1 / p for p in fusion.p[row] if p] == [near(0.0827), near(0.4639), near(0.2425)]
    assert disagreements(fusion)[row] == near(0.7977)


def test_worked_s1_a_year_later():
    score = focus(s1(), NOW + timedelta(days=365))
    assert (score.estimate, score.sd) == (near(3.6280), near(0.2373))
    assert (score.interval.low, score.interval.high) == (near(3.1630), near(4.0930))
    assert [s.share for s in score.sources] == [near(0.4485), near(0.0672), near(0.1325)]
    assert score.prior_share == near(0.3518)


def test_worked_s1_gap_to_the_newest_campaign():
    gap = focus(s1()).self_gap
    assert (gap.value, gap.interval.low, gap.interval.high) == (near(0.75), near(0.2439), near(1.2561))
    assert (gap.classification, gap.flag, gap.reference) == (GapClass.OVER_ESTIMATOR, GapFlag.BLIND_SPOT, Source.TEACHER)
    row = focus(s1()).sources[0]
    assert (row.se, row.se_basis) == (near(0.2582), SeBasis.MODEL)


def test_letting_three_peers_in_would_tell_their_mean():
    unguarded = replace(PRODUCT.disclosure)
    object.__setattr__(unguarded, "k", 1)  # no district can set this: the test shows why
    open_house = replace(PRODUCT)
    object.__setattr__(open_house, "disclosure", unguarded)
    score = focus(s1(peers=[2.0, 2.0, 2.0]), configuration=open_house)
    assert score.estimate == near(3.3849)
    assert [s.share for s in score.sources] == [near(0.4145), near(0.1557), near(0.0739), near(0.1415)]
    assert score.prior_share == near(0.2144)


def test_a_tally_below_the_threshold_is_withheld_even_when_nobody_said_so():
    assert profile(s1(peers=[2.0, 2.0, 2.0]), PRODUCT, NOW) == profile(s1(), PRODUCT, NOW, PEERS_HIDDEN)


@pytest.mark.parametrize("groups", [(), (units("self", [5.0]),)])
def test_nothing_or_only_self_is_no_evidence(groups):
    score = focus(make_tallies(*groups))
    assert (score.estimate, score.sd, score.interval, score.p_below_target) == (None, None, None, None)
    assert (score.reliability, score.evidence, score.sources, score.prior_share) == (0.0, Evidence.NONE, (), 1.0)
    assert (score.self_gap, score.disagreement) == (None, None)
    inner = posterior(make_tallies(*groups))
    assert (inner.theta, inner.sd, inner.n, inner.evidence) == (near(3.6), near(0.4), 0, Evidence.NONE)


def test_without_evidence_a_hidden_source_is_still_named():
    score = focus(make_tallies(units("self", [4.0])), withheld=PEERS_HIDDEN)
    assert [s.source for s in score.sources] == [Source.PEER]
    assert (score.evidence, score.self_gap) == (Evidence.NONE, None)


def test_one_visit_today():
    score = focus(make_tallies(units("observation", [5.0])))
    assert (score.estimate, score.sd, score.sources[0].share) == (near(4.0308), near(0.3328), near(0.3077))
    assert (score.evidence, score.disagreement) == (Evidence.THIN, None)
    assert (score.sources[0].se_basis, score.sources[0].se) == (SeBasis.MODEL, near(0.5477))
    assert error_variance(0.30, 1.0, 0.06) == near(0.36)


def test_one_visit_twenty_half_lives_old():
    at = T0 + timedelta(days=7300)
    score = focus(make_tallies(units("observation", [5.0], at=T0)), at)
    assert (score.estimate, score.sd, score.sources[0].share) == (near(3.6), near(0.4), near(0.0))
    assert score.evidence is Evidence.THIN
    assert posterior(make_tallies(units("observation", [5.0], at=T0)), at).n == 1
    assert error_variance(0.30, 2.0**-20, 0.06) == near(314572.86)


def test_one_visit_older_than_thirty_half_lives_is_gone():
    at = T0 + timedelta(days=30 * 365)
    assert focus(make_tallies(units("observation", [5.0], at=T0)), at).evidence is Evidence.NONE
    assert focus(make_tallies(units("observation", [5.0], at=T0)), at - timedelta(days=365)).evidence is Evidence.THIN


def test_one_supervisor_today():
    score = focus(make_tallies(units("supervisor", [4.0])))
    assert (score.sd, score.evidence) == (near(0.3436), Evidence.THIN)
    assert error_variance(0.36, 1.0, 0.09) == near(0.45)


@pytest.mark.parametrize(("visits", "sd", "evidence"), [(2, 0.3013, Evidence.THIN), (3, 0.2828, Evidence.ENOUGH)])
def test_two_and_three_visits_today(visits, sd, evidence):
    score = focus(make_tallies(units("observation", [4.0] * visits)))
    assert (score.sd, score.evidence) == (near(sd), evidence)


def test_five_equal_teachers_do_not_use_the_sample_sd():
    score = focus(make_tallies(units("teacher", [3.0] * 5)))
    assert score.estimate == near(3.3)
    assert (score.interval.low, score.interval.high, score.evidence) == (near(2.7456), near(3.8544), Evidence.ENOUGH)
    assert error_variance(0.60, 5.0, 0.04) == near(0.16)


def test_nine_teachers_on_a_form_of_one_item():
    score = focus(make_tallies(units("teacher", spread(9, 3.75), c=form_precision(1))))
    assert (score.sources[0].effective_n, score.estimate, score.sd) == (near(6.9231), near(3.6837), near(0.2659))
    assert error_variance(0.60, 9 * form_precision(1), 0.04) == near(0.1267)


def test_sources_far_apart_disagree():
    tallies_held = make_tallies(
        units("teacher", spread(20, 2.4)), units("supervisor", [4.5]), units("observation", spread(4, 3.9))
    )
    score = focus(tallies_held)
    assert (score.estimate, score.sd, score.disagreement) == (near(3.1717), near(0.1821), True)
    fusion = fuse(tally_grid(tallies_held, NO_CELLS), source_arrays(PRODUCT), PRODUCT, NOW)
    assert disagreements(fusion)[list(R).index(R.FOCUS)] == near(0.0003)


def test_worked_w5_and_its_shares():
    score = focus(
        make_tallies(
            units("teacher", spread(7, 3.5)),
            units("supervisor", [3.75]),
            *(units("observation", [x], age) for x, age in ((4.0, 30), (3.0, 200), (5.0, 400))),
        )
    )
    assert (score.estimate, score.sd, score.p_below_target) == (near(3.6468), near(0.2164), near(0.9487))
    assert (score.interval.low, score.interval.high) == (near(3.2227), near(4.0710))
    assert [s.share for s in score.sources] == [near(0.3726), near(0.1041), near(0.2306)]
    assert (score.prior_share, score.sources[2].effective_n, score.sources[2].current_mean) == (
        near(0.2927),
        near(2.0965),
        near(3.8969),
    )
    assert [error_variance(*a) for a in ((0.60, 7, 0.04), (0.36, 1, 0.09), (0.30, 2.0965, 0.06))] == [
        near(0.1257),
        near(0.4500),
        near(0.2031),
    ]


def test_worked_w5_disagreement():
    groups = make_tallies(
        units("teacher", spread(7, 3.5)),
        units("supervisor", [3.75]),
        *(units("observation", [x], age) for x, age in ((4.0, 30), (3.0, 200), (5.0, 400))),
    )
    fusion = fuse(tally_grid(groups, NO_CELLS), source_arrays(PRODUCT), PRODUCT, NOW)
    assert disagreements(fusion)[list(R).index(R.FOCUS)] == near(0.7798)


def test_pooled_campaigns_of_twenty_in_three_years():
    cells = [units("teacher", spread(20, 3.6), age) for age in (730, 365, 0)]
    tally = tally_from_sums(R.FOCUS, Source.TEACHER, campaign_sums(cells, H, T0), 1.0, NOW)
    assert focus([tally]).sd == near(0.2052)
    assert focus([tally]).sources[0].n == 20


W2 = [3.75, 2.75, 4.5, 2.5, 4.0, 2.75, 4.25]


def test_worked_w7_as_published():
    score = focus(make_tallies(units("teacher", W2), units("self", [4.75])))
    gap = score.self_gap
    assert score.sources[0].se == near(0.2928)
    assert (gap.value, gap.interval.low, gap.interval.high) == (near(1.25), near(0.6762), near(1.8238))
    assert (gap.classification, gap.flag) == (GapClass.OVER_ESTIMATOR, GapFlag.BLIND_SPOT)


def test_the_sample_se_of_ten_teachers_is_published():
    nine, ten = (focus(make_tallies(units("teacher", xs))).sources[0] for xs in ([*W2, 3.0, 4.0], [*W2, 3.0, 4.0, 3.5]))
    assert (nine.se_basis, ten.se_basis) == (SeBasis.MODEL, SeBasis.SAMPLE)
    assert ten.se == near(0.2236)  # squares about 3.5: 4 (W2) + .25 + .25 = 4.5; sqrt(4.5/9/10)


def test_the_sample_se_of_two_visits_is_published_unless_they_agree():
    two = focus(make_tallies(units("observation", [3.0, 4.0]))).sources[0]
    assert (two.se, two.se_basis, two.mean) == (near(0.5), SeBasis.SAMPLE, 3.5)
    same = focus(make_tallies(units("observation", [4.0, 4.0]))).sources[0]
    assert (same.se, same.se_basis) == (near(0.3873), SeBasis.MODEL)


def test_a_gap_by_a_sample_se_takes_the_t_quantile():
    gap = focus(make_tallies(units("observation", [3.0, 4.0]), units("self", [3.5]))).self_gap
    assert (gap.interval.low, gap.interval.high) == (near(-6.3531), near(6.3531))  # 12.7062 * .5
    assert gap.classification is GapClass.IN_AGREEMENT_POOR


def test_a_gap_to_one_visit_takes_the_assumed_variance():
    gap = focus(make_tallies(units("observation", [4.5], c=0.5), units("self", [2.0]))).self_gap
    assert (gap.interval.low, gap.interval.high) == (near(-3.5735), near(-1.4265))  # -2.5 ± 1.959964 sqrt(.30)
    assert (gap.classification, gap.flag) == (GapClass.UNDER_ESTIMATOR, GapFlag.HIDDEN_STRENGTH)


def test_the_reference_is_the_first_shown_in_the_framework_s_order():
    everyone = [units(s, [4.0] * 5) for s in ("observation", "supervisor", "peer", "staff", "teacher")]
    for i, source in enumerate(("teacher", "staff", "peer", "supervisor", "observation")):
        assert focus(make_tallies(*everyone[: 5 - i], units("self", [4.0]))).self_gap.reference == source
    hidden = frozenset({(R.FOCUS, Source.TEACHER)})
    assert focus(make_tallies(*everyone, units("self", [4.0])), withheld=hidden).self_gap.reference is Source.STAFF


def test_agreement_at_the_target_is_good():
    gap = focus(make_tallies(units("observation", [3.333333333333, 4.666666666666]), units("self", [4.0]))).self_gap
    assert gap.classification is GapClass.IN_AGREEMENT_GOOD


def test_a_mean_on_the_floor_has_no_spread():
    row = focus(make_tallies(units("teacher", [1.0] * 9 + [2.0] * 3))).sources[0]
    assert (row.mean, row.current_mean, row.se_basis) == (1.5, 1.5, SeBasis.MODEL)
    observed = focus(make_tallies(units("observation", [1.0, 1.0]))).sources[0]
    assert observed.mean == 1.0


def test_self_never_moves_the_estimate():
    with_self, without = (focus(make_tallies(units("observation", [3.0, 4.0]), *own)) for own in ((units("self", [5.0]),), ()))
    assert replace(with_self, self_gap=None) == without


def test_a_profile_has_all_21_in_framework_order_from_plain_text_rows():
    rows = [t._replace(responsibility=str(t.responsibility), source=str(t.source)) for t in s1()]
    found = profile(rows, PRODUCT, NOW)
    assert [s.responsibility for s in found] == list(Responsibility)
    assert found == profile(s1(), PRODUCT, NOW)
    assert found[0].responsibility is R.ACKNOWLEDGEMENT


@pytest.mark.parametrize("at", [datetime(1, 1, 1, tzinfo=UTC), datetime(9999, 12, 31, tzinfo=UTC)])
def test_a_profile_at_any_moment_is_defined(at):
    assert len(profile(s1(), PRODUCT, at)) == 21
    assert {s.evidence for s in profile((), PRODUCT, at)} == {Evidence.NONE}


def test_no_number_is_a_negative_zero():
    gap = focus(make_tallies(units("observation", [3.33333]), units("self", [3.33332]))).self_gap
    assert str(gap.value) == "0.0"


def test_assumed_constants_may_be_replaced():
    other = replace(PRODUCT, tau2=0.01, mu=3.0)
    score = focus(make_tallies(units("observation", [5.0])), configuration=other)
    assert score.estimate == near(3.0541)  # (300 + 5/.36)/(100 + 1/.36) = 313.8889/102.7778
