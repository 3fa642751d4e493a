"""The correlations, pooled and checked anew by Fisher's z (FRAMEWORK 3.2 and 3.3); nothing here is shared with the data."""

import math
import statistics

import pytest
from scipy.special import chdtrc

from domain.framework.model import Provenance
from domain.framework.usecases import list_responsibilities, read_framework

ITEMS = list_responsibilities().items
SHOWN = read_framework().statistics


def pooled() -> tuple[float, float]:
    """Pooled r and heterogeneity Q, weights N - 3."""
    z = [(math.atanh(i.effect_size.r), i.effect_size.schools - 3) for i in ITEMS]
    mean = sum(v * w for v, w in z) / sum(w for _, w in z)
    return math.tanh(mean), sum(w * (v - mean) ** 2 for v, w in z)


def test_pooled_r_is_2379() -> None:
    assert pooled()[0] == pytest.approx(0.2379, abs=0.00006)
    assert SHOWN.pooled_r == 0.2379


def test_heterogeneity_is_less_than_its_degrees_of_freedom_so_no_spread_is_left() -> None:
    q = pooled()[1]
    assert q == pytest.approx(10.4752, abs=0.00006)
    assert float(chdtrc(20, q)) == pytest.approx(0.9587, abs=0.00006)
    assert max(0.0, (q - 20) / q) == 0.0
    assert (SHOWN.q, SHOWN.df, SHOWN.q_p, SHOWN.tau2, SHOWN.i2) == (10.4752, 20, 0.9587, 0.0, 0.0)


def test_simple_mean_is_2410_with_sd_0349() -> None:
    r = [i.effect_size.r for i in ITEMS]
    assert statistics.fmean(r) == pytest.approx(0.2410, abs=0.00006)
    assert statistics.stdev(r) == pytest.approx(0.0349, abs=0.00006)
    assert (SHOWN.simple_mean, SHOWN.sd) == (0.2410, 0.0349)


@pytest.mark.parametrize("item", [i for i in ITEMS if i.code != "situational_awareness"], ids=lambda i: i.code.value)
def test_printed_limits_follow_from_r_and_schools(item) -> None:
    e = item.effect_size
    half = 1.959964 / math.sqrt(e.schools - 3)
    assert math.tanh(math.atanh(e.r) - half) == pytest.approx(e.ci_low, abs=0.011)
    assert math.tanh(math.atanh(e.r) + half) == pytest.approx(e.ci_high, abs=0.011)


def test_situational_awareness_keeps_the_printed_limits_that_fisher_does_not_give() -> None:
    (item,) = (i for i in ITEMS if i.code == "situational_awareness")
    e = item.effect_size
    assert (e.r, e.ci_low, e.ci_high, e.studies, e.schools) == (0.33, 0.11, 0.51, 5, 91)
    half = 1.959964 / math.sqrt(e.schools - 3)
    assert math.tanh(math.atanh(e.r) - half) == pytest.approx(0.13, abs=0.005)
    assert math.tanh(math.atanh(e.r) + half) == pytest.approx(0.50, abs=0.005)


def test_the_figures_of_2023_are_those_of_2005_and_not_those_of_2003() -> None:
    assert all(i.effect_size.r == i.effect_size.r_2005 for i in ITEMS)
    same = {i.code.value for i in ITEMS if i.effect_size.r == i.effect_size.r_2003}
    assert same == {"communication", "focus", "inspires", "situational_awareness"}


def test_r_was_read_and_the_rest_is_known_as_marked() -> None:
    assert {i.effect_size.provenance.r for i in ITEMS} == {Provenance.PUBLISHED}
    recalled = {i.code.value for i in ITEMS if i.effect_size.provenance.interval is Provenance.RECALLED}
    assert recalled == {
        "knowledge_of_teaching_and_learning",
        "monitors_evaluates",
        "inspires",
        "structures_and_routines",
        "advocacy",
        "relationships",
        "resources",
        "situational_awareness",
        "visibility",
    }
    found_2003 = {i.code.value for i in ITEMS if i.effect_size.provenance.r_2003 is Provenance.SECONDARY}
    assert found_2003 == {
        "acknowledgement",
        "change_agent",
        "communication",
        "community",
        "involvement_in_teaching_and_learning",
        "protects",
        "situational_awareness",
    }
    for i in ITEMS:
        assert i.effect_size.provenance.interval in {Provenance.RECALLED, Provenance.SECONDARY}
        assert i.effect_size.provenance.r_2003 in {Provenance.RECALLED, Provenance.SECONDARY}


def test_the_largest_and_smallest_cannot_be_told_apart() -> None:
    by_code = {i.code.value: i.effect_size for i in ITEMS}
    most, least = by_code["situational_awareness"], by_code["relationships"]
    gap = math.atanh(most.r) - math.atanh(least.r)
    assert gap / math.sqrt(1 / (most.schools - 3) + 1 / (least.schools - 3)) == pytest.approx(1.39, abs=0.005)
    assert any("cannot be told apart" in c for c in SHOWN.caveats)
