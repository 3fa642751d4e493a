"""Where evidence comes from (METHOD 3.1)."""

from enum import StrEnum


class Source(StrEnum):
    """Who looked. Members stand in the order in which a reference is chosen (METHOD 7.1); ``self`` never enters a score."""

    __hash__ = str.__hash__  # as a text hashes, since it equals one

    TEACHER = "teacher"
    STAFF = "staff"
    PEER = "peer"
    SUPERVISOR = "supervisor"
    OBSERVATION = "observation"
    SELF = "self"


ANONYMOUS: frozenset[Source] = frozenset({Source.TEACHER, Source.STAFF, Source.PEER})
"""Sources shown from the threshold upward only (METHOD 8.2)."""

IDENTIFIED: tuple[Source, ...] = tuple(s for s in Source if s not in ANONYMOUS)
"""The sources whose evidence names who gave it, in order."""

SCORED: tuple[Source, ...] = tuple(s for s in Source if s is not Source.SELF)
"""The sources that make a score, in order."""
