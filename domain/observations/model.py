"""What can be said of a visit."""

from enum import StrEnum


class Setting(StrEnum):
    """Where the leader was seen."""

    CLASSROOM = "classroom"
    MEETING = "meeting"
    COMMON_AREA = "common_area"
    ONLINE = "online"
    OTHER = "other"


class FeedbackType(StrEnum):
    """What a line of feedback is for."""

    REINFORCEMENT = "reinforcement"
    REFINEMENT = "refinement"
    QUESTION = "question"
    NEXT_STEP = "next_step"
    NOTE = "note"


class Purpose(StrEnum):
    """What evidence may be used for. Formative is the only purpose accepted."""

    FORMATIVE = "formative"
