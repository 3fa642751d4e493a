"""What is said about how to decide (openapi/README.md 12.5)."""

from dataclasses import dataclass
from typing import Annotated

from annotated_types import MaxLen

from domain.shared.errors import Code, FieldError, Invalid
from domain.shared.fields import Examples
from domain.shared.ids import GroupId, InitiativeId
from domain.stance.model import AttributeAnswer


@dataclass(frozen=True, kw_only=True)
class ReadStance:
    """Direct or share, for each group of an initiative."""

    initiative_id: InitiativeId
    """The initiative."""
    at: Annotated[str, MaxLen(40), Examples("2026-11-01")] | None = None
    """An instant with its offset, or a date as its start in UTC: scores as they stood then, urgency counted from then.
    Absent: now."""


@dataclass(frozen=True, kw_only=True)
class PutStanceAnswers:
    """What the leader answers for this decision with this group, as a whole: what is left out is open again."""

    initiative_id: InitiativeId
    """The initiative."""
    group_id: GroupId
    """The group."""
    answers: Annotated[tuple[AttributeAnswer, ...], MaxLen(7), Examples([{"code": "GC", "value": "yes"}])]
    """The answers, each question at most once."""
    develop_people: bool = False
    """Whether the decision is also to let people grow; absent: no."""

    def __post_init__(self) -> None:
        object.__setattr__(self, "answers", tuple(self.answers))
        check_unique_questions(self.answers, "/answers")


@dataclass(frozen=True, kw_only=True)
class DecideStance:
    """Direct or share, from nothing but answers."""

    attributes: Annotated[
        tuple[AttributeAnswer, ...],
        MaxLen(7),
        Examples([{"code": "QR", "value": "yes"}, {"code": "LI", "value": "yes"}, {"code": "AC", "value": "no"}]),
    ]
    """The answers, each question at most once; those left out are open."""
    urgent: bool = False
    """Whether time presses; absent: no."""
    develop_people: bool = False
    """Whether the decision is also to let people grow; absent: no."""

    def __post_init__(self) -> None:
        object.__setattr__(self, "attributes", tuple(self.attributes))
        check_unique_questions(self.attributes, "/attributes")


def check_unique_questions(answers: tuple[AttributeAnswer, ...], pointer: str) -> None:
    """Refuse a question that is answered twice."""
    codes = [a.code for a in answers]
    faults = [
        FieldError(pointer=f"{pointer}/{i}", code=Code.DUPLICATE, detail=f"{code} is answered above already; answer it once")
        for i, code in enumerate(codes)
        if code in codes[:i]
    ]
    if faults:
        raise Invalid.of(faults)
