"""How a group perceives a change; it belongs to the perceiver, never to the initiative (FRAMEWORK 5.1)."""

from enum import StrEnum


class Magnitude(StrEnum):
    """A group's label for a change."""

    FIRST_ORDER = "first_order"
    SECOND_ORDER = "second_order"
    MIXED = "mixed"
    UNKNOWN = "unknown"
