"""The four phases of a change: a set with intensities, not steps in a line (FRAMEWORK 6, METHOD 10.1)."""

from enum import StrEnum


class Phase(StrEnum):
    """A phase of a change. Phases are active side by side, each with an intensity 0..1 per group."""

    CREATE_DEMAND = "create_demand"
    IMPLEMENT = "implement"
    MANAGE_TRANSITIONS = "manage_transitions"
    MONITOR_EVALUATE = "monitor_evaluate"
