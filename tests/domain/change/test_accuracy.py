import pytest

from domain.change.accuracy import InitiativeError, accuracy, accuracy_sentence, adjusted_estimate, initiative_error
from domain.change.rules import Difference, Judgement
from domain.framework.configuration import PRODUCT

CLOSE = 0.00006
C = PRODUCT.magnitude


def off_by(value: float, se: float) -> Difference:
    return Difference(
        value=value, se=se, low=value, high=value, judgement=Judgement.ABOUT_RIGHT, beyond_chance=0.0, critical=False
    )


# M1: sums 29..26 of nine of twelve people against 17; W10's office of eight against 2.0
FIRST = initiative_error((off_by(17 / 7 - 229 / 63, 0.116752), off_by(2 - 62 / 35, 0.113389)))


def test_m1_initiatives_are_the_units():
    assert (FIRST.value, FIRST.se) == pytest.approx((-0.4889, 0.0814), abs=CLOSE)
    third = initiative_error((off_by(-0.90, 0.25), off_by(-0.30, 0.18)))
    assert (third.value, third.se) == pytest.approx((-0.6, 0.1540), abs=CLOSE)


def test_m1_three_initiatives_tell_a_leader_who_underestimates():
    third = initiative_error((off_by(-0.90, 0.25), off_by(-0.30, 0.18)))
    a = accuracy((FIRST, InitiativeError(value=-0.70, se=0.20), third), C)
    assert a is not None
    assert (a.bias, a.sd, a.low, a.high) == pytest.approx((-0.4341, 0.2582, -0.9402, 0.0720), abs=CLOSE)
    assert (a.p_underestimates, a.mean_abs) == pytest.approx((0.9536, 0.5963), abs=CLOSE)
    assert a.significant
    assert "more deeply" in (accuracy_sentence(a) or "")
    assert adjusted_estimate(2.0, a) == pytest.approx(2.4341, abs=CLOSE)
    assert adjusted_estimate(4.9, a) == 5


def test_m1_one_initiative_tells_nothing():
    a = accuracy((FIRST,), C)
    assert a is not None
    assert (a.bias, a.sd, a.p_underestimates) == pytest.approx((-0.2412, 0.3559, 0.7511), abs=CLOSE)
    assert (a.significant, accuracy_sentence(a), adjusted_estimate(2.0, a)) == (False, None, None)


def test_one_initiative_is_never_enough_however_clear():
    a = accuracy((InitiativeError(value=-3.9, se=0.01),), C)
    assert a is not None
    assert a.p_underestimates > 0.9
    assert not a.significant


def test_a_leader_who_overestimates_is_told_so():
    a = accuracy((InitiativeError(value=1.5, se=0.1),) * 3, C)
    assert a is not None
    assert "less deeply" in (accuracy_sentence(a) or "")


def test_nothing_measured_gives_no_accuracy():
    assert accuracy((), C) is None
