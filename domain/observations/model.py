"""What can be said of a visit, and the rubrics it is said with."""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from functools import cached_property
from typing import Annotated

from annotated_types import Gt, Interval, MaxLen, MinLen

from domain.framework.responsibilities import Responsibility
from domain.scoring.evidence_units import check_scale, is_two_point
from domain.shared.errors import Code, FieldError, Invalid
from domain.shared.fields import Examples
from domain.shared.ids import InstrumentId


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


class ObservationState(StrEnum):
    """Whether an observation counts."""

    LIVE = "live"
    RETRACTED = "retracted"


@dataclass(frozen=True, kw_only=True)
class Scale:
    """The ends of a scale; ``worst`` may be the larger number."""

    worst: Annotated[float, Examples(1)]
    """The value of the weakest rating."""
    best: Annotated[float, Examples(4)]
    """The value of the strongest rating."""
    step: Annotated[float, Gt(0)] | None = None
    """The distance between two values, where that is fixed; as wide as the scale: two points."""

    def __post_init__(self) -> None:
        check_scale(self.worst, self.best, "")


@dataclass(frozen=True, kw_only=True)
class Level:
    """A word of a rubric, with the number it stands for."""

    code: Annotated[str, MinLen(1), MaxLen(64), Examples("solid")]
    """Its code."""
    value: Annotated[float, Examples(2)]
    """Its number on the element's scale."""
    label: Annotated[str, MaxLen(200)] | None = None
    """What people read."""


@dataclass(frozen=True, kw_only=True)
class Element:
    """One line of a rubric or form, on its own scale."""

    code: Annotated[str, MinLen(1), MaxLen(64), Examples("A1")]
    """Its code."""
    scale: Annotated[Scale, Examples({"worst": 1, "best": 4})]
    """Its scale."""
    label: Annotated[str, MaxLen(500)] | None = None
    """What people read."""
    levels: Annotated[tuple[Level, ...], MaxLen(50)] = ()
    """Words with their numbers, if it has any."""

    def __post_init__(self) -> None:
        object.__setattr__(self, "levels", tuple(self.levels))
        low, high = sorted((self.scale.worst, self.scale.best))
        faults = [
            FieldError(
                pointer=f"/levels/{i}/value", code=Code.OUT_OF_SCALE, detail=f"a level lies on the scale, {low:g} to {high:g}"
            )
            for i, level in enumerate(self.levels)
            if not low <= level.value <= high
        ]
        faults += duplicate_errors([level.code for level in self.levels], "/levels/{}/code", "a level's code stands once")
        if faults:
            raise Invalid.of(faults)

    @cached_property
    def low(self) -> float:
        """The smaller end of its scale."""
        return min(self.scale.worst, self.scale.best)

    @cached_property
    def high(self) -> float:
        """The larger end of its scale."""
        return max(self.scale.worst, self.scale.best)

    @property
    def two_point(self) -> bool:
        """Whether it knows two answers only, and so weighs little (METHOD 3.5)."""
        return is_two_point(len(self.levels), self.scale.worst, self.scale.best, self.scale.step)


@dataclass(frozen=True, kw_only=True)
class ElementWeight:
    """How much an element is evidence of a responsibility."""

    element: Annotated[str, MinLen(1), MaxLen(64), Examples("A1")]
    """The element's code."""
    responsibility: Annotated[str, MaxLen(64), Examples("visibility")]
    """The responsibility's code."""
    weight: Annotated[float, Interval(gt=0, le=1), Examples(1.0)]
    """Greater than 0, at most 1."""


@dataclass(frozen=True, kw_only=True)
class Rubric:
    """An instrument's version with the weights of its newest crosswalk: what turns a visit into evidence.

    ``origin`` created it; null where that is not known.
    """

    id: InstrumentId
    code: str
    version: str
    elements: Mapping[str, Element]
    weights: Mapping[str, tuple[tuple[Responsibility, float], ...]]
    origin: str | None = None


def duplicate_errors(codes: list[str], pointer: str, detail: str) -> list[FieldError]:
    """A fault for each code that stands a second time; ``pointer`` takes its position."""
    seen: set[str] = set()
    faults: list[FieldError] = []
    for i, code in enumerate(codes):
        if code in seen:
            faults.append(FieldError(pointer=pointer.format(i), code=Code.DUPLICATE, detail=detail))
        seen.add(code)
    return faults
