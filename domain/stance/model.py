"""Attributes of a decision and methods of deciding it (openapi/README.md 12, METHOD 12)."""

from dataclasses import dataclass
from enum import StrEnum
from typing import Annotated

from domain.permissions.revealed_data import Revealed
from domain.shared.fields import Examples


class Attribute(StrEnum):
    """The seven questions about a decision, in the order in which they are asked."""

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
    """Methods of deciding, by rising participation: AI, AII, CI, CII, GII of Vroom and Yetton (1973)."""

    DECIDE = "decide"
    DECIDE_WITH_FACTS = "decide_with_facts"
    CONSULT_INDIVIDUALLY = "consult_individually"
    CONSULT_GROUP = "consult_group"
    AGREE_TOGETHER = "agree_together"


class Status(StrEnum):
    """Whether missing answers can change the outcome."""

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
    """The answer; unknown counts as no answer."""


@dataclass(frozen=True, kw_only=True)
class DecisionAnswers:
    """The leader's answers for the decision with one group; `develop_people`: it is also meant to develop people."""

    answers: tuple[AttributeAnswer, ...]
    develop_people: bool

    @property
    def by_attribute(self) -> dict[Attribute, Value]:
        """The answers by question."""
        return {a.code: a.value for a in self.answers}


NO_ANSWERS = DecisionAnswers(answers=(), develop_people=False)
"""A decision for which the leader has not answered anything."""


@dataclass(frozen=True, kw_only=True)
class AttributeValue:
    """One attribute of the decision with a group."""

    code: Attribute
    """the question"""
    value: Annotated[Value, Revealed.ESTIMATE]
    """yes, no or unknown"""
    origin: Origin | None
    """asked: answered for this decision; otherwise what the value was derived from; null when unknown"""
    estimated: bool
    """whether it was derived from the leader's estimate and not from the group's own answers"""


@dataclass(frozen=True, kw_only=True)
class Ask:
    """An open question whose answer can change the methods."""

    attribute: Attribute
    """the question"""
    settles: int
    """number of combinations of answers to the other open questions in which this answer changes the methods"""
