from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from domain.change.model import Pulse
from domain.change.presentation import most_misjudged
from domain.change.rules import (
    Basis,
    Judgement,
    Measured,
    Reason,
    agreement,
    difference,
    estimated,
    measured,
    perceived_magnitude,
)
from domain.framework.configuration import PRODUCT
from domain.framework.magnitude import Magnitude
from tests.support.examples import examples

CLOSE = 0.00006
DAY = date(2026, 3, 2)


def lists(*rows: str) -> tuple[tuple[int | None, ...], ...]:
    return tuple(tuple(None if a == "-" else int(a) for a in row) for row in rows)


def seven(total: int) -> tuple[int, ...]:
    """Return seven items with the sum `total`."""
    low, extra = divmod(total, 7)
    return tuple(low + (i < extra) for i in range(7))


TEACHERS = lists("4544354", "3433243", "5545455", "2323232", "4444344", "4454454")
OFFICE = lists("2122122", "1221121", "2232222", "2223222", "1122121")


def measure(answers, size=None) -> Measured:
    result = measured(Pulse(on=DAY, answers=answers), size, PRODUCT)
    assert result is not None
    return result


def test_w10_teachers_lean_second_order_but_are_mixed():
    m = measure(TEACHERS)
    assert (m.mean, m.low, m.high) == pytest.approx((3.7619, 2.8843, 4.6395), abs=CLOSE)
    assert (m.q, m.q_low, m.q_high) == pytest.approx((0.8333, 0.4160, 0.9840), abs=CLOSE)
    assert (m.label, m.reason) == (Magnitude.MIXED, Reason.UNCERTAIN)


def test_w10_office_is_first_order():
    m = measure(OFFICE)
    assert (m.mean, m.low, m.high, m.q) == pytest.approx((1.7714, 1.3262, 2.2167, 0), abs=CLOSE)
    assert (m.label, m.reason) == (Magnitude.FIRST_ORDER, None)


@pytest.mark.parametrize(
    ("size", "low", "high", "label"),
    [
        (6, 3.3694, 4.1544, Magnitude.SECOND_ORDER),
        (12, 3.0821, 4.4417, Magnitude.SECOND_ORDER),
        (40, 2.9386, 4.5852, Magnitude.MIXED),
    ],
)
def test_w10_the_larger_the_share_that_answered_the_narrower_the_interval(size, low, high, label):
    m = measure(TEACHERS, size)
    assert (m.low, m.high) == pytest.approx((low, high), abs=CLOSE)
    assert m.label is label
    assert m.low_response == (size == 40)


def test_five_alike_get_the_least_spread_we_assume():
    m = measure((seven(22),) * 5)
    assert (m.low, m.high, m.sd) == pytest.approx((2.7704, 3.5154, 0), abs=CLOSE)
    assert m.label is Magnitude.MIXED


def test_m1_first_group():
    m = measure(tuple(seven(s) for s in (29, 27, 25, 19, 31, 23, 21, 28, 26)), 12)
    assert m.n == 9
    assert (m.mean, m.sd, m.se, m.low, m.high) == pytest.approx((3.6349, 0.5538, 0.1168, 3.3657, 3.9041), abs=CLOSE)
    assert (m.q, m.q_low, m.q_high) == pytest.approx((0.7778, 0.4414, 0.9432), abs=CLOSE)
    assert m.label is Magnitude.SECOND_ORDER
    e = estimated(seven(17), PRODUCT.magnitude)
    assert e is not None
    assert (e.mean, e.label) == (pytest.approx(2.4286, abs=CLOSE), Magnitude.FIRST_ORDER)
    d = difference(e, m)
    assert (d.value, d.low, d.high) == pytest.approx((-1.2063, -1.4756, -0.9371), abs=CLOSE)
    assert (d.judgement, d.critical) == (Judgement.UNDERESTIMATED, True)
    assert d.beyond_chance == pytest.approx(0.9371, abs=CLOSE)


def test_m1_second_group():
    m = measure(OFFICE, 8)
    assert (m.se, m.low, m.high) == pytest.approx((0.1134, 1.4566, 2.0862), abs=CLOSE)
    e = estimated((2,) * 7, PRODUCT.magnitude)
    assert e is not None
    d = difference(e, m)
    assert (d.value, d.low, d.high) == pytest.approx((0.2286, -0.0862, 0.5434), abs=CLOSE)
    assert (d.judgement, d.critical, d.beyond_chance) == (Judgement.ABOUT_RIGHT, False, 0)


def test_a_person_with_fewer_than_five_answers_is_no_unit():
    assert measured(Pulse(on=DAY, answers=(*lists("4444---"), *OFFICE[:4])), 8, PRODUCT) is None
    assert measure((*lists("44444--"), *OFFICE[:4]), 8).n == 5


def test_a_group_below_five_people_is_never_measured():
    assert measured(Pulse(on=DAY, answers=OFFICE), 4, PRODUCT) is None


def test_more_answers_than_people_count_as_everybody_and_are_flagged():
    m, all_of_them = measure(TEACHERS, 5), measure(TEACHERS, 6)
    assert (m.low, m.high) == (all_of_them.low, all_of_them.high)
    assert (m.more_answers_than_people, all_of_them.more_answers_than_people) == (True, False)


def test_split_is_told_from_ten_answers_upward():
    assert measure((seven(14), seven(28)) * 5).reason is Reason.SPLIT
    assert measure((seven(14), seven(28)) * 4).reason is Reason.UNCERTAIN


def test_exactly_the_midpoint_is_not_above_it():
    assert measure((seven(21),) * 5).q == 0


@pytest.mark.parametrize(
    ("total", "label"),
    [(17, "first_order"), (18, "mixed"), (24, "mixed"), (25, "second_order")],
)
def test_estimate_is_labelled_by_its_cuts(total, label):
    e = estimated(seven(total), PRODUCT.magnitude)
    assert e is not None
    assert e.label == label


def test_current_label_is_measured_then_estimated_then_unknown():
    m, e = measure(TEACHERS, 12), estimated((2,) * 7, PRODUCT.magnitude)
    assert perceived_magnitude(m, e).basis is Basis.MEASURED
    assert perceived_magnitude(None, e).label is Magnitude.FIRST_ORDER
    nothing = perceived_magnitude(None, None)
    assert (nothing.label, nothing.basis, nothing.q) == (Magnitude.UNKNOWN, Basis.ASSUMED, 0.5)


def test_most_misjudged_comes_first():
    m = measure(TEACHERS, 12)
    differences = [difference(e, m) for s in (28, 14, 8) if (e := estimated(seven(s), PRODUCT.magnitude))]
    assert [round(d.value, 1) for d in sorted(differences, key=most_misjudged)] == [-2.6, -1.8, 0.2]


def test_agreement_of_w3():
    complete = lists("4344", "3323", "5445", "2332", "3233", "4454")
    assert agreement(complete, 2) == pytest.approx(0.8105, abs=CLOSE)


def test_agreement_needs_ten_complete_lists():
    nine = lists(*["4544354"] * 9)
    assert agreement((*nine, *lists("454435-")), 10) is None
    assert agreement((*nine, *lists("4544354")), 10) == 1


def test_no_agreement_beyond_even_spread():
    assert agreement(((1,) * 7, (5,) * 7) * 5, 10) == 0


answer = st.one_of(st.none(), st.integers(1, 5))
people = st.lists(st.lists(answer, min_size=7, max_size=7).map(tuple), min_size=1, max_size=25).map(tuple)
SWAPPED = {
    Magnitude.FIRST_ORDER: Magnitude.SECOND_ORDER,
    Magnitude.SECOND_ORDER: Magnitude.FIRST_ORDER,
    Magnitude.MIXED: Magnitude.MIXED,
}


@examples(300)
@given(people, st.one_of(st.none(), st.integers(5, 60)))
def test_mirroring_every_answer_mirrors_the_mean_and_swaps_the_labels(answers, size):
    mirrored = tuple(tuple(None if a is None else 6 - a for a in row) for row in answers)
    m = measured(Pulse(on=DAY, answers=answers), size, PRODUCT)
    w = measured(Pulse(on=DAY, answers=mirrored), size, PRODUCT)
    if m is None or w is None:
        assert m is w
        return
    assert (w.mean, w.low, w.high) == pytest.approx((6 - m.mean, 6 - m.high, 6 - m.low), abs=1e-9)
    if min(abs(m.mean + m.half - 3), abs(m.mean - m.half - 3)) > 1e-9:
        assert w.label is SWAPPED[m.label]
    if all(abs(sum(a) / len(a) - 3) > 1e-9 for row in answers if (a := [x for x in row if x is not None])):
        assert w.q == pytest.approx(1 - m.q)


@examples(200)
@given(people, st.randoms(use_true_random=False))
def test_order_of_the_answers_does_not_matter(answers, random):
    shuffled = list(answers)
    random.shuffle(shuffled)
    m = measured(Pulse(on=DAY, answers=answers), 30, PRODUCT)
    w = measured(Pulse(on=DAY, answers=tuple(shuffled)), 30, PRODUCT)
    assert (m is None) == (w is None)
    if m is not None and w is not None:
        assert (w.mean, w.half, w.q) == pytest.approx((m.mean, m.half, m.q), abs=1e-12)
