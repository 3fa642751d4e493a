"""The 21 responsibilities: their codes, in the framework's order (FRAMEWORK 2.1)."""

from enum import StrEnum


class Responsibility(StrEnum):
    """One of the 21; the value is the 2023 name in snake_case. Members stand in framework order."""

    # As a text hashes, since it equals one: a column's text finds its member, and the hash is not computed in Python.
    __hash__ = str.__hash__

    ACKNOWLEDGEMENT = "acknowledgement"
    ADAPTABILITY = "adaptability"
    ADVOCACY = "advocacy"
    CELEBRATES = "celebrates"
    CHANGE_AGENT = "change_agent"
    COMMUNICATION = "communication"
    COMMUNITY = "community"
    FOCUS = "focus"
    IDEALS_BELIEFS = "ideals_beliefs"
    INPUT = "input"
    INSPIRES = "inspires"
    INTELLECTUAL_STIMULATION = "intellectual_stimulation"
    INVOLVEMENT_IN_TEACHING_AND_LEARNING = "involvement_in_teaching_and_learning"
    KNOWLEDGE_OF_TEACHING_AND_LEARNING = "knowledge_of_teaching_and_learning"
    MONITORS_EVALUATES = "monitors_evaluates"
    PROTECTS = "protects"
    RELATIONSHIPS = "relationships"
    RESOURCES = "resources"
    SITUATIONAL_AWARENESS = "situational_awareness"
    STRUCTURES_AND_ROUTINES = "structures_and_routines"
    VISIBILITY = "visibility"


R = Responsibility

SECOND_ORDER_SUPPORTS: tuple[Responsibility, ...] = (
    R.KNOWLEDGE_OF_TEACHING_AND_LEARNING,
    R.INSPIRES,
    R.INTELLECTUAL_STIMULATION,
    R.CHANGE_AGENT,
    R.MONITORS_EVALUATES,
    R.ADAPTABILITY,
    R.IDEALS_BELIEFS,
)
"""The seven related positively to second-order change, strongest first (FRAMEWORK 5.3)."""

SECOND_ORDER_SUFFERS: tuple[Responsibility, ...] = (
    R.COMMUNITY,
    R.COMMUNICATION,
    R.STRUCTURES_AND_ROUTINES,
    R.INPUT,
)
"""The four that staff see slip in second-order change: protect and watch them, never do less of them (FRAMEWORK 5.4)."""
