"""Two pulses of a group shown in succession differ by at least five lists, or not at all (openapi/README.md 8)."""

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from domain.change.model import Pulse
from domain.change.pulse_disclosure import is_mostly, lists_missing, lists_missing_after, same_lists

EARLIER, DAY = date(2026, 9, 1), date(2026, 10, 5)


def lists(*numbers: int) -> tuple:
    """Return one list for each number, distinguished by it."""
    return tuple((1 + n % 5, 1 + n // 5 % 5, 1 + n // 25 % 5, 3, 3, 3, 3) for n in numbers)


FIVE = lists(*range(5))


@pytest.mark.parametrize(
    ("disclosed", "new", "missing"),
    [
        (FIVE, FIVE[::-1], 0),
        (FIVE, lists(*range(6)), 4),
        (FIVE, lists(*range(9)), 1),
        (FIVE, lists(*range(10)), 0),
        (lists(*range(6)), FIVE, 1),
        (lists(*range(10)), FIVE, 5),
        (FIVE, lists(*range(5, 10)), 0),
        (FIVE, lists(0, *range(5, 10)), 1),
        (lists(*range(8)), lists(*range(7), 20), 5),
        (lists(*range(10)), lists(*range(6), *range(20, 25)), 1),
        (lists(*range(10)), lists(*range(5), *range(20, 24)), 1),
        (lists(*range(10)), lists(*range(5), *range(20, 25)), 0),
    ],
    ids=[
        "the same in another order",
        "one more",
        "four more",
        "five more",
        "one less",
        "five less and none instead",
        "all others",
        "all others but one that stayed, and one more",
        "one exchanged",
        "four gone, five came",
        "five gone, four came",
        "five gone, five came",
    ],
)
def test_how_many_lists_a_set_falls_short(disclosed, new, missing):
    assert lists_missing(disclosed, new) == missing


def test_lists_are_counted_as_often_as_they_stand_and_nulls_are_answers_of_their_own():
    all_alike = ((4,) * 7,)
    assert lists_missing(all_alike * 5, all_alike * 6) == 4
    assert lists_missing(all_alike * 5, all_alike * 10) == 0
    with_null = ((4, 4, 4, 4, 4, 4, None),)
    assert not same_lists(all_alike * 5, all_alike * 4 + with_null)
    assert lists_missing(all_alike * 5, all_alike * 4 + with_null) > 0
    assert same_lists(all_alike * 4 + with_null, with_null + all_alike * 4)


@given(
    st.lists(st.integers(0, 40), min_size=5, max_size=30),
    st.lists(st.integers(0, 40), min_size=5, max_size=30),
)
def test_what_is_taken_is_the_same_or_apart_by_five_on_one_side_alone_or_on_both(before, after):
    disclosed, new = lists(*before), lists(*after)
    added = sum(max(0, new.count(row) - disclosed.count(row)) for row in set(new))
    removed = sum(max(0, disclosed.count(row) - new.count(row)) for row in set(disclosed))
    may_be_shown = added == removed == 0 or (added >= 5 and (removed == 0 or removed >= 5))
    assert (lists_missing(disclosed, new) == 0) == may_be_shown
    assert lists_missing(disclosed, new) <= 10


@pytest.mark.parametrize("on", [EARLIER, DAY, date(2026, 10, 6)])
def test_one_list_more_is_refused_whatever_the_date(on):
    assert lists_missing_after(Pulse(on=DAY, answers=FIVE), Pulse(on=on, answers=lists(*range(6)))) == 4


def test_the_first_set_of_a_group_is_compared_with_nothing():
    assert lists_missing_after(None, Pulse(on=DAY, answers=FIVE)) == 0


def test_guesses_under_an_earlier_date_tell_nothing_about_the_set_that_is_shown():
    """Otherwise a sender could try all possible lists, a few thousand at a time, and see which are rejected."""
    for guessed in (lists(0, *range(20, 24)), lists(*range(2), *range(20, 23)), lists(*range(3, 100))):
        assert lists_missing(FIVE, guessed) > 0
        assert not is_mostly(FIVE, guessed)
        assert lists_missing_after(Pulse(on=DAY, answers=FIVE), Pulse(on=EARLIER, answers=guessed)) == 0
