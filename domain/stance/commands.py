"""Requests about how to decide (openapi/README.md 12.5)."""

from dataclasses import dataclass
from typing import Annotated

from annotated_types import MaxLen

from domain.shared.errors import Code, FieldError, Invalid
from domain.shared.fields import Examples
from domain.shared.ids import GroupId, InitiativeId
from domain.stance.model import AttributeAnswer


@dataclass(frozen=True, kw_only=True)
class ReadStance:
    """Read the stance, direct or share, for each group of an initiative."""

    initiative_id: InitiativeId
    """The initiative."""
    at: Annotated[str, MaxLen(40), Examples("2026-11-01")] | None = None
    """The moment of the scores, and from which urgency is counted: an instant with offset, or a date as its start in UTC.
    Absent: now."""


@dataclass(frozen=True, kw_only=True)
class PutStanceAnswers:
    """Replace the leader's answers for the decision with this group; a question that is left out is open again."""

    initiative_id: InitiativeId
    """The initiative."""
    group_id: GroupId
    """The group."""
    answers: Annotated[tuple[AttributeAnswer, ...], MaxLen(7), Examples([{"code": "GC", "value": "yes"}])]
    """The answers, each question at most once."""
    develop_people: bool = False
    """Whether the decision is also meant to develop people; absent: no."""

    def __post_init__(self) -> None:
        object.__setattr__(self, "answers", tuple(self.answers))
        check_unique_questions(self.answers, "/answers")


@dataclass(frozen=True, kw_only=True)
class DecideStance:
    """Compute the stance, direct or share, from answers only."""

    attributes: Annotated[
        tuple[AttributeAnswer, ...],
        MaxLen(7),
        Examples([{"code": "QR", "value": "yes"}, {"code": "LI", "value": "yes"}, {"code": "AC", "value": "no"}]),
    ]
    """The answers, each question at most once; questions left out are open."""
    urgent: bool = False
    """Whether the decision is urgent; absent: no."""
    develop_people: bool = False
    """Whether the decision is also meant to develop people; absent: no."""

    def __post_init__(self) -> None:
        object.__setattr__(self, "attributes", tuple(self.attributes))
        check_unique_questions(self.attributes, "/attributes")


def check_unique_questions(answers: tuple[AttributeAnswer, ...], pointer: str) -> None:
    """Raise `Invalid` if a question is answered twice."""
    codes = [a.code for a in answers]
    errors = [
        FieldError(pointer=f"{pointer}/{i}", code=Code.DUPLICATE, detail=f"{code} is answered above; answer it once")
        for i, code in enumerate(codes)
        if code in codes[:i]
    ]
    if errors:
        raise Invalid.of(errors)
