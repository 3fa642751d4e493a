from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from domain.framework.evidence_sources import Source
from domain.framework.responsibilities import Responsibility
from domain.scoring.evidence_units import (
    WeightedRating,
    assessment_units,
    check_weight,
    convert,
    form_precision,
    form_unit,
    is_two_point,
    newest_by_key,
    observation_units,
    precedence,
)
from domain.shared.errors import Invalid
from tests.support.examples import examples

R = Responsibility
T = datetime(2026, 3, 2, tzinfo=UTC)
laws = examples(200)


@pytest.mark.parametrize(
    ("value", "worst", "best", "x"),
    [(3, 1, 4, 3.6667), (2, 1, 4, 2.3333), (2, 4, 1, 3.6667), (72, 0, 100, 3.8800), (0, 0, 3, 1.0), (1, 5, 1, 5.0)],
)
def test_a_scale_is_converted_linearly(value, worst, best, x):
    assert convert(value, worst, best, "/v") == pytest.approx(x, abs=0.00006)


@pytest.mark.parametrize("value", [0, 5, -1, float("nan"), float("inf")])
def test_a_value_off_its_scale_is_refused(value):
    with pytest.raises(Invalid) as refused:
        convert(value, 4, 1, "/ratings/0/value")
    assert (refused.value.code, refused.value.errors[0].pointer) == ("out_of_scale", "/ratings/0/value")


@pytest.mark.parametrize(("worst", "best"), [(3, 3), (0, float("inf")), (float("nan"), 1)])
def test_a_scale_without_two_different_ends_is_refused(worst, best):
    with pytest.raises(Invalid) as refused:
        convert(3, worst, best, "/scale")
    assert refused.value.code == "out_of_range"


@pytest.mark.parametrize(
    ("levels", "worst", "best", "step", "two"),
    [
        (2, 0, 1, None, True),
        (0, 0, 1, 1, True),
        (0, 1, 0, 1, True),
        (3, 0, 2, None, False),
        (0, 1, 4, 1, False),
        (0, 0, 1, None, False),
    ],
)
def test_two_point_scales_are_known_by_levels_or_step(levels, worst, best, step, two):
    assert is_two_point(levels, worst, best, step) is two


@pytest.mark.parametrize(
    ("weight", "two_point", "code"),
    [
        (0.26, True, "weight_too_large"),
        (0, False, "out_of_range"),
        (1.01, False, "out_of_range"),
        (float("nan"), False, "out_of_range"),
    ],
)
def test_a_crosswalk_weight_beyond_its_limit_is_refused(weight, two_point, code):
    with pytest.raises(Invalid) as refused:
        check_weight(weight, "/mappings/0/weight", two_point=two_point)
    assert refused.value.code == code


def test_a_crosswalk_weight_within_its_limit_is_taken():
    check_weight(0.25, "/w", two_point=True)
    check_weight(1.0, "/w", two_point=False)


def test_one_visit_is_one_unit_whatever_it_rated():
    ratings = [WeightedRating(R.FOCUS, convert(3, 1, 4, ""), 1.0), WeightedRating(R.FOCUS, convert(2, 1, 4, ""), 0.5)]
    (unit,) = observation_units(ratings, T)
    assert (unit.source, unit.c, unit.t) == (Source.OBSERVATION, 1.0, T)
    assert unit.x == pytest.approx(3.2222, abs=0.00006)
    assert unit.x == round(unit.x, 12)


def test_one_element_of_weight_three_tenths_is_three_tenths_of_a_visit():
    (unit,) = observation_units([WeightedRating(R.INPUT, 5.0, 0.3)], T)
    assert (unit.x, unit.c) == (5.0, 0.3)


def test_an_element_feeds_several_responsibilities_each_with_its_weight():
    units = observation_units([WeightedRating(R.MONITORS_EVALUATES, 4.0, 0.4), WeightedRating(R.FOCUS, 4.0, 0.6)], T)
    assert [(u.responsibility, u.c) for u in units] == [(R.FOCUS, 0.6), (R.MONITORS_EVALUATES, 0.4)]


def test_nothing_rated_is_no_unit():
    assert observation_units([], T) == ()
    assert form_unit(R.FOCUS, Source.TEACHER, [], T) is None
    assert form_unit(R.FOCUS, Source.TEACHER, [None, None], T) is None


@laws
@given(
    st.lists(st.tuples(st.floats(1, 5), st.sampled_from([0.1, 0.2, 0.3, 0.5, 1.0])), min_size=1, max_size=8),
    st.randoms(use_true_random=False),
)
def test_the_order_of_ratings_in_a_visit_does_not_matter(ratings, random):
    shuffled = random.sample(ratings, len(ratings))
    one, other = ([WeightedRating(R.FOCUS, x, w) for x, w in order] for order in (ratings, shuffled))
    assert observation_units(one, T) == observation_units(other, T)


@pytest.mark.parametrize(("items", "c"), [(1, 0.7692), (2, 0.9091), (3, 0.9677), (4, 1.0), (9, 1.0)])
def test_a_short_form_weighs_less(items, c):
    assert form_precision(items) == pytest.approx(c, abs=0.00006)


def test_a_form_counts_when_half_of_its_items_are_answered():
    half = form_unit(R.FOCUS, Source.PEER, [4.0, None, 3.0, None], T)
    assert (half.x, half.c, half.source, half.t) == (3.5, 1.0, Source.PEER, T)
    assert form_unit(R.FOCUS, Source.PEER, [3.0, None, None, None], T) is None
    assert form_unit(R.FOCUS, Source.PEER, [3.0, None, None], T) is None
    assert form_unit(R.FOCUS, Source.PEER, [3.0, None], T).c == pytest.approx(0.9091, abs=0.00006)


def test_an_assessment_of_several_items_counts_their_mean():
    units = assessment_units([(R.INPUT, 4.0), (R.FOCUS, 3.0), (R.FOCUS, 4.0)], Source.SUPERVISOR, T)
    assert [(u.responsibility, u.x, u.c) for u in units] == [(R.FOCUS, 3.5, 1.0), (R.INPUT, 4.0, 1.0)]


@pytest.mark.parametrize(
    ("newer", "older"),
    [
        ((T + timedelta(seconds=1), 1, "a"), (T, 9, "z")),
        ((T, 10, "a"), (T, 9, "z")),
        ((T, 1, "b"), (T, 1, "a10")),
        ((T, 1, "é"), (T, 1, "z")),
        ((T, 1, "a"), (T, None, None)),
    ],
)
def test_newest_is_time_then_version_then_id_as_text(newer, older):
    assert precedence(*newer) > precedence(*older)


@laws
@given(
    st.lists(
        st.tuples(st.sampled_from("pq"), st.integers(0, 2), st.integers(1, 12), st.text(min_size=1, max_size=2)), unique=True
    ),
    st.randoms(use_true_random=False),
)
def test_the_order_of_arrival_decides_no_winner(claims, random):
    def rank(claim):
        return precedence(T + timedelta(days=claim[1]), claim[2], claim[3])

    def by_person(claim):
        return claim[0]

    assert newest_by_key(claims, by_person, rank) == newest_by_key(random.sample(claims, len(claims)), by_person, rank)
    assert newest_by_key(claims, by_person, rank) == {
        p: max((c for c in claims if c[0] == p), key=rank) for p in {c[0] for c in claims}
    }
