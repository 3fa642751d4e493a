"""Optimistic locking: who changes something names the version that they read."""

import pytest

from domain.shared.errors import Code, Invalid, Stale
from domain.shared.versions import check_version


def test_the_version_that_is_stored_may_be_changed():
    check_version(3, 3, "note")


@pytest.mark.parametrize("first", [False, True])
@pytest.mark.parametrize("expected", [2, 4])
def test_another_version_is_stale_and_the_stored_one_is_named(expected, first):
    with pytest.raises(Stale, match=r"^somebody changed the note since you read it") as error:
        check_version(3, expected, "note", first=first)
    assert error.value.extensions == {"current_version": 3}


def test_a_version_must_be_named_where_something_could_be_lost():
    with pytest.raises(Invalid, match=r"^say which version of the note you change: If-Match") as error:
        check_version(3, None, "note")
    assert error.value.code is Code.IF_MATCH_MISSING


def test_the_first_version_needs_no_name():
    check_version(0, None, "note", first=True)
