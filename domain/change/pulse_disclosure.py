"""Which set of a group's answers may be shown after which (openapi/README.md 8).

A reader of two sets can subtract one from the other, since counts and means are exact. So a set shown after another must be the
same set, or add at least five lists and remove none, or remove at least five and add at least five.
"""

from collections import Counter
from collections.abc import Sequence

from domain.change.model import Answers, Pulse

MIN_LISTS_APART = 5
"""The minimum of lists in a set that is shown by itself, and therefore in a difference of two sets."""


def same_lists(one: Sequence[Answers], other: Sequence[Answers]) -> bool:
    """Return whether both have the same lists, each equally often, in any order."""
    return Counter(one) == Counter(other)


def lists_missing(disclosed: Sequence[Answers], new: Sequence[Answers]) -> int:
    """Return how many lists `new` lacks at least to be shown after `disclosed`; 0 if it may be shown.

    The smaller of two numbers: of lists to add or put back until `new` only adds lists, and of further lists to replace.
    """
    before, after = Counter(disclosed), Counter(new)
    added, removed = (after - before).total(), (before - after).total()
    if added == removed == 0:
        return 0
    lacking = max(0, MIN_LISTS_APART - added)
    if removed == 0:
        return lacking
    put_back = removed if added == 0 else removed + lacking
    return min(put_back, lacking + max(0, MIN_LISTS_APART - removed))


def is_mostly(disclosed: Sequence[Answers], new: Sequence[Answers]) -> bool:
    """Return whether the two sets share more than half of the lists of the larger one."""
    shared = (Counter(disclosed) & Counter(new)).total()
    return 2 * shared > max(len(disclosed), len(new))


def lists_missing_after(disclosed: Pulse | None, new: Pulse) -> int:
    """Return how many lists `new` lacks to be accepted while `disclosed` is the group's newest set; 0 if it is accepted.

    A set of an earlier date is never shown, so no reader can subtract it. Comparing it list by list would only reveal to a
    sender who tries sets which lists are stored. It is rejected if it is mostly the same set.
    """
    if disclosed is None or (new.on < disclosed.on and not is_mostly(disclosed.answers, new.answers)):
        return 0
    return lists_missing(disclosed.answers, new.answers)
