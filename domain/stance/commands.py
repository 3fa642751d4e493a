"""What is said about how to decide (openapi/README.md 12.5)."""

from dataclasses import dataclass, field

from domain.shared.errors import Code, Fault, Invalid
from domain.shared.ids import GroupId, InitiativeId
from domain.stance.model import Attribute, AttributeAnswer

DEVELOP = {"description": "Whether the decision is also to let people grow; absent: no.", "examples": [False]}


@dataclass(frozen=True, kw_only=True)
class ReadStance:
    """Direct or share, for each group of an initiative."""

    initiative_id: InitiativeId = field(metadata={"description": "The initiative."})
    at: str | None = field(
        default=None,
        metadata={
            "description": "An instant with its offset, or a date as its start in UTC: scores as they stood then, urgency "
            "counted from then. Absent: now.",
            "examples": ["2026-11-01"],
            "max_length": 40,
        },
    )


@dataclass(frozen=True, kw_only=True)
class PutStanceAnswers:
    """What the leader answers for this decision with this group, as a whole: what is left out is open again."""

    initiative_id: InitiativeId = field(metadata={"description": "The initiative."})
    group_id: GroupId = field(metadata={"description": "The group."})
    answers: tuple[AttributeAnswer, ...] = field(
        metadata={
            "description": "The answers, each question at most once.",
            "examples": [[{"code": "GC", "value": "yes"}]],
            "max_length": len(Attribute),
        }
    )
    develop_people: bool = field(default=False, metadata=DEVELOP)

    def __post_init__(self) -> None:
        object.__setattr__(self, "answers", tuple(self.answers))
        check_once(self.answers, "/answers")


@dataclass(frozen=True, kw_only=True)
class DecideStance:
    """Direct or share, from nothing but answers."""

    attributes: tuple[AttributeAnswer, ...] = field(
        metadata={
            "description": "The answers, each question at most once; those left out are open.",
            "examples": [[{"code": "QR", "value": "yes"}, {"code": "LI", "value": "yes"}, {"code": "AC", "value": "no"}]],
            "max_length": len(Attribute),
        }
    )
    urgent: bool = field(default=False, metadata={"description": "Whether time presses; absent: no.", "examples": [False]})
    develop_people: bool = field(default=False, metadata=DEVELOP)

    def __post_init__(self) -> None:
        object.__setattr__(self, "attributes", tuple(self.attributes))
        check_once(self.attributes, "/attributes")


def check_once(answers: tuple[AttributeAnswer, ...], pointer: str) -> None:
    """Refuse a question that is answered twice."""
    codes = [a.code for a in answers]
    faults = [
        Fault(pointer=f"{pointer}/{i}", code=Code.DUPLICATE, detail=f"{code} is answered above already; answer it once")
        for i, code in enumerate(codes)
        if code in codes[:i]
    ]
    if faults:
        raise Invalid.of(faults)
