"""Disclosure control (METHOD 8)."""

from dataclasses import replace
from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from domain.framework.configuration import PRODUCT
from domain.framework.evidence_sources import Source
from domain.framework.responsibilities import Responsibility
from domain.scoring.disclosure import (
    are_comments_disclosed,
    disclose_cell,
    disclosed_parts,
    is_disclosed,
    is_spread_disclosed,
    next_release,
)
from domain.scoring.evidence_units import EvidenceUnit
from tests.support.examples import examples

LIMITS = PRODUCT.disclosure
laws = examples(200)


def units(*xs, source=Source.TEACHER):
    return tuple(EvidenceUnit(Responsibility.FOCUS, source, x, 1.0, datetime(2026, 5, 1, tzinfo=UTC)) for x in xs)


@pytest.mark.parametrize(
    ("source", "forms", "answered", "disclosed"),
    [
        (Source.TEACHER, 5, 5, True),
        (Source.TEACHER, 9, 4, False),
        (Source.PEER, 4, 4, False),
        (Source.STAFF, 4, 5, False),
        (Source.SUPERVISOR, 1, 1, True),
        (Source.OBSERVATION, 1, 1, True),
        (Source.OBSERVATION, 0, 0, False),
    ],
)
def test_a_cell_is_shown_from_k_forms_and_k_units(source, forms, answered, disclosed):
    assert is_disclosed(source, forms, answered, LIMITS) is disclosed


def test_a_district_may_ask_for_more_answers():
    assert not is_disclosed(Source.TEACHER, 7, 7, replace(LIMITS, k=8))


def test_nothing_of_a_hidden_cell_is_left():
    hidden = disclose_cell(Source.TEACHER, 5, units(4, 4, 4, 4), LIMITS)
    assert (hidden.disclosed, hidden.units) == (False, ())


def test_a_mean_below_the_floor_is_the_floor_without_spread():
    found = disclose_cell(Source.TEACHER, 5, units(1, 1, 1, 2, 2), LIMITS)
    assert found.floored
    assert [u.x for u in found.units] == [1.5] * 5


def test_a_mean_at_the_floor_and_unanimous_high_ratings_stay():
    for xs in ((1, 2, 1, 2, 1.5), (5, 5, 5, 5, 5)):
        found = disclose_cell(Source.TEACHER, 5, units(*xs), LIMITS)
        assert (found.floored, [u.x for u in found.units]) == (False, list(xs))


def test_identified_sources_have_no_floor():
    assert not disclose_cell(Source.OBSERVATION, 1, units(1.0, source=Source.OBSERVATION), LIMITS).floored


def test_spread_and_comments_are_shown_from_ten():
    assert (is_spread_disclosed(Source.TEACHER, 9, LIMITS), is_spread_disclosed(Source.TEACHER, 10, LIMITS)) == (False, True)
    assert (is_spread_disclosed(Source.SUPERVISOR, 1, LIMITS), is_spread_disclosed(Source.SUPERVISOR, 2, LIMITS)) == (
        False,
        True,
    )
    assert (are_comments_disclosed(9, LIMITS), are_comments_disclosed(10, LIMITS)) == (False, True)


@laws
@given(st.lists(st.integers(1, 7), max_size=12))
def test_a_live_campaign_never_releases_fewer_than_k_new_answers(arrivals):
    waiting, released = [], []
    for n in arrivals:
        waiting += [len(waiting)] * n
        block = next_release(waiting, 5)
        if block:
            released.append(len(block))
            waiting = []
    assert all(n >= 5 for n in released)
    assert len(waiting) < 5
    assert sum(released) + len(waiting) == sum(arrivals)


@pytest.mark.parametrize(
    ("sizes", "disclosed"),
    [
        ([("a", 5), ("b", 7)], {"a", "b"}),
        ([("a", 4), ("b", 7), ("c", 9)], {"c"}),
        ([("a", 4), ("b", 3), ("c", 9)], {"c"}),
        ([("a", 4), ("b", 9), ("c", 9)], {"c"}),
        ([("a", 4)], set()),
        ([("a", 0), ("b", 5)], {"b"}),
        ([], set()),
    ],
)
def test_a_single_small_part_takes_the_next_smallest_down(sizes, disclosed):
    assert disclosed_parts(sizes) == disclosed


@laws
@given(st.lists(st.integers(0, 12), max_size=8))
def test_what_a_partition_hides_can_never_be_subtracted(sizes):
    parts = [(str(i), n) for i, n in enumerate(sizes)]
    shown = disclosed_parts(parts)
    hidden = [n for name, n in parts if n and name not in shown]
    assert all(n >= 5 for name, n in parts if name in shown)
    assert len(hidden) != 1 or not shown
