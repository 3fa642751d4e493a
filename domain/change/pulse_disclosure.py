"""Which set of a group's answers may be shown after which (openapi/README.md 8).

Whoever reads two sets can subtract the one from the other, since counts and means are exact. So of two sets shown one after
the other the later is the same, has at least five lists more and lacks none, or has five others in the place of five at least.
"""

from collections import Counter
from collections.abc import Sequence

from domain.change.model import Answers, Pulse

MIN_LISTS_APART = 5
"""As many lists as a set needs at least to be shown by itself."""


def same_lists(one: Sequence[Answers], other: Sequence[Answers]) -> bool:
    """Whether both are the same lists, each as often; their order says nothing, and null equals null alone."""
    return Counter(one) == Counter(other)


def lists_missing(disclosed: Sequence[Answers], new: Sequence[Answers]) -> int:
    """How many lists ``new`` falls short of what may be shown after ``shown``, at least; 0 when it may be shown.

    The smaller of two numbers: of lists to add or put back until only additions are left, or to replace besides.
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
    """Whether more than half of the lists of each are those of the other."""
    shared = (Counter(disclosed) & Counter(new)).total()
    return 2 * shared > max(len(disclosed), len(new))


def lists_missing_after(disclosed: Pulse | None, new: Pulse) -> int:
    """How many lists ``new`` falls short of what is taken while ``shown`` is the newest set of the group; 0 when it is taken.

    A set of an earlier date is never shown, and no subtraction needs it; to compare it list by list would only tell whoever
    tries sets which lists are there, without a trace in what is shown. It is refused when it is mostly the same set.
    """
    if disclosed is None or (new.on < disclosed.on and not is_mostly(disclosed.answers, new.answers)):
        return 0
    return lists_missing(disclosed.answers, new.answers)
