"""Values of observations, and the rubrics that ratings refer to."""

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
    """The setting of an observed visit."""

    CLASSROOM = "classroom"
    MEETING = "meeting"
    COMMON_AREA = "common_area"
    ONLINE = "online"
    OTHER = "other"


class FeedbackType(StrEnum):
    """The intent of a line of feedback."""

    REINFORCEMENT = "reinforcement"
    REFINEMENT = "refinement"
    QUESTION = "question"
    NEXT_STEP = "next_step"
    NOTE = "note"


class Purpose(StrEnum):
    """The permitted use of evidence; only formative is accepted."""

    FORMATIVE = "formative"


class ObservationState(StrEnum):
    """Whether an observation counts in scores."""

    LIVE = "live"
    RETRACTED = "retracted"


@dataclass(frozen=True, kw_only=True)
class Scale:
    """The ends of a scale; `worst` may be the larger number."""

    worst: Annotated[float, Examples(1)]
    """The value of the weakest rating."""
    best: Annotated[float, Examples(4)]
    """The value of the strongest rating."""
    step: Annotated[float, Gt(0)] | None = None
    """The distance between two values, if fixed; a step as wide as the scale makes it a two-point scale."""

    def __post_init__(self) -> None:
        check_scale(self.worst, self.best, "")


@dataclass(frozen=True, kw_only=True)
class Level:
    """A named level of a rubric, with its value."""

    code: Annotated[str, MinLen(1), MaxLen(64), Examples("solid")]
    """The code of the level."""
    value: Annotated[float, Examples(2)]
    """The value on the element's scale."""
    label: Annotated[str, MaxLen(200)] | None = None
    """The text shown to people."""


@dataclass(frozen=True, kw_only=True)
class Element:
    """One line of a rubric or form, on its own scale."""

    code: Annotated[str, MinLen(1), MaxLen(64), Examples("A1")]
    """The code of the element."""
    scale: Annotated[Scale, Examples({"worst": 1, "best": 4})]
    """The scale of its ratings."""
    label: Annotated[str, MaxLen(500)] | None = None
    """The text shown to people."""
    levels: Annotated[tuple[Level, ...], MaxLen(50)] = ()
    """Named levels with their values, if any."""

    def __post_init__(self) -> None:
        object.__setattr__(self, "levels", tuple(self.levels))
        low, high = sorted((self.scale.worst, self.scale.best))
        errors = [
            FieldError(
                pointer=f"/levels/{i}/value",
                code=Code.OUT_OF_SCALE,
                detail=f"a level must be on the scale, {low:g} to {high:g}",
            )
            for i, level in enumerate(self.levels)
            if not low <= level.value <= high
        ]
        errors += duplicate_errors(
            [level.code for level in self.levels], "/levels/{}/code", "another level has this code; give each level its own"
        )
        if errors:
            raise Invalid.of(errors)

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
        """Whether the scale has only two points, which limits the weight (METHOD 3.5)."""
        return is_two_point(len(self.levels), self.scale.worst, self.scale.best, self.scale.step)


@dataclass(frozen=True, kw_only=True)
class ElementWeight:
    """The weight of an element as evidence of a responsibility."""

    element: Annotated[str, MinLen(1), MaxLen(64), Examples("A1")]
    """The element's code."""
    responsibility: Annotated[str, MaxLen(64), Examples("visibility")]
    """The responsibility's code."""
    weight: Annotated[float, Interval(gt=0, le=1), Examples(1.0)]
    """Greater than 0, at most 1."""


@dataclass(frozen=True, kw_only=True)
class Rubric:
    """A version of an instrument with the weights of its newest crosswalk, by which ratings become evidence.

    `origin` is the system that created it; null if unknown.
    """

    id: InstrumentId
    code: str
    version: str
    elements: Mapping[str, Element]
    weights: Mapping[str, tuple[tuple[Responsibility, float], ...]]
    origin: str | None = None


def duplicate_errors(codes: list[str], pointer: str, detail: str) -> list[FieldError]:
    """Return an error for each repeated code; `pointer` is a format string that takes its position."""
    earlier: set[str] = set()
    errors: list[FieldError] = []
    for i, code in enumerate(codes):
        if code in earlier:
            errors.append(FieldError(pointer=pointer.format(i), code=Code.DUPLICATE, detail=detail))
        earlier.add(code)
    return errors
