from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from domain.framework.configuration import PRODUCT
from domain.framework.evidence_sources import Source
from domain.framework.responsibilities import Responsibility
from domain.scoring.evidence_units import EvidenceUnit, WeightedRating, convert, observation_units
from domain.scoring.tally import (
    ZERO_SUMS,
    Sums,
    add_sums,
    campaign_sums,
    contribution,
    decay,
    subtract_sums,
    sum_units,
    tallies_from_units,
    tally_from_sums,
    to_fixed_point,
)
from tests.support.examples import examples

R = Responsibility
H, T0 = 365.0, datetime(2020, 1, 1, tzinfo=UTC)
laws = examples(200)
instants = st.integers(-5_000 * 86_400, 3_000 * 86_400).map(lambda s: T0 + timedelta(seconds=s))
units = st.builds(
    EvidenceUnit,
    st.just(R.FOCUS),
    st.just(Source.OBSERVATION),
    st.floats(1, 5).map(lambda x: round(x, 12)),
    st.sampled_from([0.1, 0.3, 0.5, 0.9, 1.0]),
    instants,
)


def near(value):
    return pytest.approx(value, abs=0.00006)


def visits():
    a = observation_units(
        [WeightedRating(R.FOCUS, convert(3, 1, 4, ""), 1.0), WeightedRating(R.FOCUS, convert(2, 1, 4, ""), 0.5)],
        datetime(2026, 3, 2, tzinfo=UTC),
    )
    b = observation_units([WeightedRating(R.FOCUS, convert(4, 1, 4, ""), 0.5)], datetime(2026, 5, 11, 12, tzinfo=UTC))
    return a + b


def test_the_worked_tally():
    tally = tally_from_sums(R.FOCUS, Source.OBSERVATION, sum_units(visits(), H, T0), 1.0, visits()[-1].t)
    assert (tally.fw, tally.fwx, tally.n) == (near(113.1524), near(437.7676), 2)
    effective = tally.fw / decay(datetime(2026, 9, 18, tzinfo=UTC), H, T0)
    assert (effective, tally.fwx / tally.fw) == (near(1.0750), near(3.8688))


def test_days_count_from_the_landmark_by_the_whole_second():
    assert decay(T0, H, T0) == 1.0
    assert decay(T0 + timedelta(days=365), H, T0) == 2.0
    assert decay(T0 - timedelta(days=730), H, T0) == 0.25
    assert decay(T0 + timedelta(days=182, hours=12), H, T0) == pytest.approx(2**0.5)
    assert decay(T0 + timedelta(seconds=1, milliseconds=999), H, T0) == decay(T0 + timedelta(seconds=1), H, T0)


@pytest.mark.parametrize("at", [datetime(1, 1, 1, tzinfo=UTC), datetime(9999, 1, 1, tzinfo=UTC)])
def test_no_moment_is_too_far(at):
    assert 0 < decay(at, 30.0, T0) < float("inf")


def test_the_square_is_exact_before_it_is_rounded():
    unit = visits()[0]
    assert unit.x == 3.222222222222
    assert contribution(unit, H, T0)[2:] == (1, 3222222222222, 10382716049381)  # 3.222222222222^2 = 10.382716049381(28...)


@laws
@given(st.lists(units, max_size=12), st.randoms(use_true_random=False))
def test_order_of_arrival_leaves_no_trace(evidence, random):
    assert sum_units(evidence, H, T0) == sum_units(random.sample(evidence, len(evidence)), H, T0)


@laws
@given(st.lists(units, max_size=8), st.lists(units, max_size=4))
def test_push_then_retract_leaves_the_sums_as_before(evidence, pushed):
    before = sum_units(evidence, H, T0)
    after = add_sums(before, sum_units(pushed, H, T0))
    for unit in pushed:
        after = subtract_sums(after, contribution(unit, H, T0))
    assert after == before
    assert subtract_sums(before, before) == ZERO_SUMS


def test_a_value_is_rounded_to_twelve_places_once():
    assert to_fixed_point(3.2222222222224999) == 3222222222222
    assert to_fixed_point(1 / 3) == 333333333333


def test_anonymous_statistics_are_those_of_the_newest_campaign():
    old, new = T0 + timedelta(days=365), T0 + timedelta(days=730)
    cells = [
        [EvidenceUnit(R.FOCUS, Source.TEACHER, x, 1.0, t) for x in xs] for xs, t in (([2.0, 4.0], old), ([3.0, 3.0, 5.0], new))
    ]
    sums = campaign_sums(cells, H, T0)
    assert sums == Sums(
        fw=to_fixed_point(2 * 2 + 3 * 4),
        fwx=to_fixed_point(6 * 2 + 11 * 4),
        n=3,
        sum_x=to_fixed_point(11),
        sum_xx=to_fixed_point(43),
    )
    assert campaign_sums([], H, T0) == ZERO_SUMS


def test_units_fall_into_their_tallies():
    t = T0 + timedelta(days=1)
    held = [
        EvidenceUnit(R.INPUT, Source.SELF, 4.0, 1.0, T0),
        EvidenceUnit(R.FOCUS, Source.TEACHER, 3.0, 0.9, t),
        EvidenceUnit(R.FOCUS, Source.TEACHER, 4.0, 0.9, T0),
    ]
    found = {(x.responsibility, x.source): x for x in tallies_from_units(held, H, T0)}
    assert set(found) == {(R.INPUT, Source.SELF), (R.FOCUS, Source.TEACHER)}
    teacher = found[R.FOCUS, Source.TEACHER]
    assert (teacher.n, teacher.sum_x, teacher.c, teacher.newest_at) == (2, 7.0, 0.9, t)
    assert PRODUCT.landmark == T0
