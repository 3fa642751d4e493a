"""What a profile says of how it came about."""

from domain.framework.responsibilities import Responsibility
from domain.scoring.explanation import profile_working
from domain.scoring.views import Evidence, Interval, Score


def score(estimate, sd, low, high):
    interval = Interval(low=low, high=high, level=0.95)
    return Score(
        responsibility=Responsibility.FOCUS,
        estimate=estimate,
        sd=sd,
        interval=interval,
        p_below_target=0.5,
        reliability=0.5,
        evidence=Evidence.THIN,
        sources=(),
        prior_share=0.5,
        self_gap=None,
        disagreement=None,
    )


def test_an_interval_cut_to_the_scale_is_kept_as_it_is():
    # 4.6 + 1.959964 * .30 = 5.1880; 4.6 - .5880 = 4.0120
    [kept] = profile_working([score(4.6, 0.30, 4.0120, 5.0)]).unclipped
    assert (kept.responsibility, kept.low, kept.high) == (Responsibility.FOCUS, 4.012, 5.188)


def test_an_interval_inside_the_scale_is_not_said_twice():
    assert profile_working([score(3.6, 0.20, 3.2080, 3.9920)]).unclipped == ()


def test_it_says_that_a_change_of_units_equates_no_instruments_and_that_pooled_years_count_people_twice():
    said = " ".join(profile_working([]).statements)
    assert "no equating of instruments" in said
    assert "pooled as if other people" in said
