"""Worked numbers of METHOD 6."""

from math import sqrt

import numpy as np
import pytest

from domain.framework.configuration import PRODUCT
from domain.scoring.evidence_units import form_mean
from domain.scoring.group_statistics import (
    InferenceScope,
    PolicyPart,
    alpha,
    difference_interval,
    finite_population_correction,
    mean_item_variance,
    mid_rank,
    model_percentile,
    one_way_anova,
    paired_differences,
    percentile,
    policy_mean,
    rwg,
    staff_mean,
    summary,
    t_interval,
)
from domain.scoring.published_means import t975
from domain.scoring.self_other_gap import gap_class, gap_flag
from domain.scoring.views import GapClass, GapFlag

ITEMS = [
    [4, 3, 4, 4],
    [3, 3, 2, 3],
    [5, 4, 4, 5],
    [2, 3, 3, 2],
    [4, 4, None, 4],
    [3, 2, 3, 3],
    [4, 4, 5, 4],
    [3, None, None, None],
]
MEANS = [3.75, 2.75, 4.5, 2.5, 4.0, 2.75, 4.25]
LEADERS = [MEANS, [4.5, 4.25, 4.75, 4.0, 4.5], [2.5, 3.0, 2.75, 3.25, 2.5, 3.0], [3.5, 4.0, 3.75, 3.25]]
NORMS = [2.9, 3.1, 3.2, 3.3, 3.4, 3.5, 3.5, 3.6, 3.7, 3.8, 3.9, 4.0, 4.1, 4.3]


def near(value):
    return pytest.approx(value, abs=0.00006)


def test_w2_a_rater_of_one_item_in_four_is_dropped():
    assert [m for row in ITEMS if (m := form_mean(row)) is not None] == MEANS
    assert (form_mean([4, 4, 3, 4]), form_mean([5, 4, 5, 5])) == (3.75, 4.75)


def test_w2_mean_and_interval():
    group = summary(MEANS)
    assert (group.n, group.mean, group.sd, group.se) == (7, near(3.5), near(0.8165), near(0.3086))
    assert t975(6) == near(2.4469)
    limits = t_interval(group)
    assert (limits.low, limits.high) == (near(2.7449), near(4.2551))


def test_w2_in_a_staff_of_twenty():
    found = staff_mean(summary(MEANS), 20)
    assert finite_population_correction(7, 20) == near(0.8062)
    assert (found.scope, found.limits.low, found.limits.high) == (InferenceScope.SAMPLE, near(2.8912), near(4.1088))


def test_when_everyone_answered_there_is_no_interval():
    found = staff_mean(summary(MEANS), 7)
    assert (found.scope, found.limits) == (InferenceScope.EVERYONE, None)


def test_more_answers_than_people_ignore_the_size():
    found = staff_mean(summary(MEANS), 6)
    assert (found.scope, found.limits) == (InferenceScope.IGNORED, t_interval(summary(MEANS)))


def test_nobody_one_and_equal_answers():
    assert summary([]) is None
    one = summary([4.0])
    assert (one.mean, one.sd, one.se, t_interval(one)) == (4.0, None, None, None)
    assert staff_mean(one, 9).limits is None
    same = summary([4.0, 4.0, 4.0])
    assert (same.sd, t_interval(same), difference_interval(same)) == (0.0, None, None)


@pytest.mark.parametrize(("values", "half"), [([4, 4, 4, 4.25], 0.1989), ([4, 4, 4, 4.25, 1], 1.7059)])
def test_more_answers_may_widen_a_raw_interval(values, half):
    group = summary(values)
    assert t975(group.n - 1) * group.se == near(half)


def test_limits_are_clipped_to_the_scale():
    limits = t_interval(summary([1.0, 5.0]))
    assert (limits.low, limits.high) == (1.0, 5.0)


def test_w3_alpha_and_agreement_over_complete_raters():
    assert (alpha(ITEMS), mean_item_variance(ITEMS), rwg(ITEMS, 5)) == (near(0.8989), near(0.9667), near(0.8105))


def test_w3_four_leaders():
    found = one_way_anova(LEADERS)
    assert (found.msb, found.msw, found.n0) == (near(2.2446), near(0.2831), near(5.4242))
    assert (found.icc1, found.icc2, found.tau2) == (near(0.5609), near(0.8739), near(0.3616))


@pytest.mark.parametrize(
    "raters",
    [[], [[3, 4], [4, 4]], [[3], [4], [5]], [[3, 4], [4, 3], [3, 4]], [[3, 4], [4, 5], [5, None]]],
)
def test_alpha_is_not_defined_for_few_raters_one_item_or_equal_totals(raters):
    assert alpha(raters) is None


def test_agreement_is_never_negative():
    assert rwg([[1, 5], [5, 1], [1, 5], [5, 1]], 5) == 0.0
    assert rwg([[4, 4], [4, 4]], 5) == 1.0
    assert rwg([[4, 4]], 5) is None
    assert mean_item_variance([]) is None


def test_icc_needs_two_leaders_and_a_second_rater_somewhere():
    assert one_way_anova([MEANS]) is None
    assert one_way_anova([[3.0], [4.0]]) is None
    assert one_way_anova([[3.0, 3.0], [3.0, 3.0]]) is None
    assert one_way_anova([[3.0, 4.0], []]) is None


def test_a_negative_icc_is_zero():
    found = one_way_anova([[1.0, 5.0], [5.0, 1.0]])
    assert (found.icc1, found.icc2, found.tau2) == (0.0, 0.0, 0.0)


def test_w4_shrinking_one_source():
    v = 0.60 / 7
    b = 0.16 / (0.16 + v)
    theta, sd = 3.60 + b * (3.5 - 3.60), sqrt(0.16 * (1 - b))
    assert (v, b, theta, sd) == (near(0.0857), near(0.6512), near(3.5349), near(0.2362))
    assert (theta - 1.959964 * sd, theta + 1.959964 * sd) == (near(3.0718), near(3.9979))


TEACHER = PolicyPart(weight=0.60, mean=3.5, variance=summary(MEANS).se ** 2, df=6)
SUPERVISOR = PolicyPart(weight=0.25, mean=3.75, variance=0.36, df=None)
OBSERVATION = PolicyPart(weight=0.15, mean=3.896853, variance=0.30 / 2.0965, df=None)


def test_w6_policy_weights():
    found = policy_mean([TEACHER, SUPERVISOR, OBSERVATION])
    assert (TEACHER.variance, OBSERVATION.variance) == (near(0.0952), near(0.1431))
    assert (found.mean, found.se, found.df) == (near(3.6220), near(0.2450), near(18.3783))
    assert (found.limits.low, found.limits.high, found.renormalised) == (near(3.1082), near(4.1359), False)
    assert (found.limits.high - found.mean) / found.se == near(2.0978)


def test_w6_without_the_supervisor_is_renormalised_and_says_so():
    found = policy_mean([TEACHER, OBSERVATION])
    assert (found.mean, found.renormalised) == (near(3.5794), True)


def test_policy_weights_of_known_variances_take_z():
    found = policy_mean([SUPERVISOR])
    assert (found.df, found.se) == (None, near(0.6))
    assert found.limits.high == near(3.75 + 1.959964 * 0.6)
    assert policy_mean([]) is None


def test_w7_gap_by_the_sample_se():
    group = summary(MEANS)
    gap, half = 4.75 - group.mean, t975(6) * group.se
    sd_norm = sqrt(PRODUCT.tau2 + 0.60 / 7)
    assert (gap, gap - half, gap + half) == (near(1.25), near(0.4949), near(2.0051))
    assert (sd_norm, gap / sd_norm, sd_norm / 2) == (near(0.4957), near(2.5217), near(0.2478))
    kind = gap_class(gap, gap - half, gap + half, sd_norm, reaches=False)
    assert (kind, gap_flag(kind, reaches=False)) == (GapClass.OVER_ESTIMATOR, GapFlag.BLIND_SPOT)


@pytest.mark.parametrize(
    ("gap", "half", "reaches", "kind", "flag"),
    [
        (0.3, 0.1, False, GapClass.OVER_ESTIMATOR, GapFlag.BLIND_SPOT),
        (0.3, 0.1, True, GapClass.OVER_ESTIMATOR, None),
        (-0.3, 0.1, True, GapClass.UNDER_ESTIMATOR, GapFlag.HIDDEN_STRENGTH),
        (-0.3, 0.1, False, GapClass.UNDER_ESTIMATOR, None),
        (0.3, 0.3, True, GapClass.IN_AGREEMENT_GOOD, None),
        (0.25, 0.1, False, GapClass.IN_AGREEMENT_POOR, None),
        (-0.25, 0.1, False, GapClass.IN_AGREEMENT_POOR, None),
    ],
)
def test_a_gap_counts_beyond_half_an_sd_and_beyond_chance(gap, half, reaches, kind, flag):
    found = gap_class(gap, gap - half, gap + half, 0.5, reaches=reaches)
    assert (found, gap_flag(found, reaches=reaches)) == (kind, flag)


def test_w8_percentiles():
    assert model_percentile(3.5, 3.60, 0.16 + 0.60 / 7) == near(42.0061)
    assert mid_rank(3.5, NORMS) == near(42.8571)


def test_no_percentile_below_thirty_leaders_or_the_threshold():
    assert percentile(summary(MEANS), NORMS, 5) is None
    assert percentile(summary(MEANS[:4]), NORMS * 3, 5) is None
    assert percentile(summary(MEANS), NORMS * 3, 5) == near(42.8571)


def test_w9_a_bootstrap_of_seven_is_too_narrow():
    rng = np.random.default_rng(12345)
    means = np.array(MEANS)[rng.integers(0, 7, size=(10000, 7))].mean(axis=1)
    low, high = np.quantile(means, [0.025, 0.975])
    assert (means.std(ddof=1), low, high) == tuple(pytest.approx(v, abs=0.01) for v in (0.2867, 2.9286, 4.0357))
    limits = t_interval(summary(MEANS))
    assert high - low < limits.high - limits.low


def test_paired_scales():
    found = paired_differences(MEANS, [3.25, 3.0, 4.0, 2.0, 3.25, 2.5, 4.0])
    assert (found.mean, found.sd, found.se) == (near(0.3571), near(0.3181), near(0.1202))
    limits = difference_interval(found)
    assert (limits.low, limits.high) == (near(0.0629), near(0.6513))
    assert paired_differences([], []) is None
