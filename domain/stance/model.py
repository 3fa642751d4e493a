"""Attributes of a decision, methods of deciding it, and what may be told of them (openapi/README.md 12, METHOD 12)."""

from dataclasses import dataclass
from enum import StrEnum
from typing import Annotated

from domain.permissions.revealed_data import Revealed
from domain.shared.fields import Examples


class Attribute(StrEnum):
    """The seven questions about a decision, in the order in which they are asked (METHOD 12.1)."""

    QR = "QR"
    LI = "LI"
    ST = "ST"
    AC = "AC"
    AP = "AP"
    GC = "GC"
    CO = "CO"


class Value(StrEnum):
    """What is known of an attribute."""

    YES = "yes"
    NO = "no"
    UNKNOWN = "unknown"


class Origin(StrEnum):
    """Where an attribute's value comes from."""

    SCORE = "score"
    MAGNITUDE = "magnitude"
    ASKED = "asked"
    DEFAULT = "default"


class Method(StrEnum):
    """Ways to decide, by rising participation: AI, AII, CI, CII, GII of 1973."""

    DECIDE = "decide"
    DECIDE_WITH_FACTS = "decide_with_facts"
    CONSULT_INDIVIDUALLY = "consult_individually"
    CONSULT_GROUP = "consult_group"
    AGREE_TOGETHER = "agree_together"


class Status(StrEnum):
    """Whether the answers still missing can change the outcome."""

    SETTLED = "settled"
    PROVISIONAL = "provisional"
    OPEN = "open"


class StanceWord(StrEnum):
    """Directive or shared leadership, in one word."""

    DIRECT = "direct"
    CONSULT = "consult"
    SHARE = "share"


@dataclass(frozen=True, kw_only=True)
class AttributeAnswer:
    """An answer to one of the seven questions."""

    code: Annotated[Attribute, Examples("GC")]
    """The question."""
    value: Annotated[Value, Examples("yes")]
    """The answer; unknown is as good as none."""


@dataclass(frozen=True, kw_only=True)
class DecisionAnswers:
    """What the leader said for one decision with one group; ``develop_people``: it is also to let people grow."""

    answers: tuple[AttributeAnswer, ...]
    develop_people: bool

    @property
    def by_attribute(self) -> dict[Attribute, Value]:
        """The answers by question."""
        return {a.code: a.value for a in self.answers}


NO_ANSWERS = DecisionAnswers(answers=(), develop_people=False)
"""A decision about which the leader was not asked yet."""


@dataclass(frozen=True, kw_only=True)
class AttributeValue:
    """One attribute as it is read for this decision and group."""

    code: Attribute
    """the question"""
    value: Annotated[Value, Revealed.ESTIMATE]
    """yes, no or unknown"""
    origin: Origin | None
    """asked: answered for this decision; otherwise what it was read from; null when unknown"""
    estimated: bool
    """read from a label that the leader estimated, not from the group's own answers"""


@dataclass(frozen=True, kw_only=True)
class Ask:
    """An open question that matters."""

    attribute: Attribute
    """the question"""
    settles: int
    """in how many completions of the other open questions its answer changes the methods"""
