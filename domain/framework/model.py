"""The shapes of the framework's facts: every one carries its citations and how we come to know it (FRAMEWORK 1.1)."""

from dataclasses import dataclass
from enum import StrEnum

from domain.framework.responsibilities import Responsibility


class Provenance(StrEnum):
    """How we come to know a fact, strongest first.

    ``published``: read in the publication. ``secondary``: read where somebody else quotes it. ``recalled``: remembered, not
    read. ``computed``: calculated here, reproducibly. ``inferred``: our own reading or judgement.
    """

    PUBLISHED = "published"
    SECONDARY = "secondary"
    RECALLED = "recalled"
    COMPUTED = "computed"
    INFERRED = "inferred"


class Component(StrEnum):
    """The three parts of the framework that the responsibilities are grouped under (FRAMEWORK 4.1)."""

    FOCUS_OF_LEADERSHIP = "focus_of_leadership"
    MAGNITUDE_OF_CHANGE = "magnitude_of_change"
    PURPOSEFUL_COMMUNITY = "purposeful_community"


class SecondOrder(StrEnum):
    """How a responsibility went with deep change: it carried it, was seen to slip during it, or neither (FRAMEWORK 5)."""

    SUPPORTS = "supports"
    SUFFERS = "suffers"
    NEUTRAL = "neutral"


@dataclass(frozen=True, kw_only=True)
class Citation:
    """A publication. ``year`` is null for a page without a date, ``locator`` where there is nothing to look it up by."""

    id: str
    author: str
    year: int | None
    title: str
    publisher: str
    locator: str | None = None
    """Volume and pages, or the number in a catalogue."""


@dataclass(frozen=True, kw_only=True)
class Fact:
    """One thing the framework says, in our words; ``text`` is null where a title says all we may repeat."""

    code: str
    title: str
    text: str | None
    provenance: Provenance
    citations: tuple[Citation, ...]


@dataclass(frozen=True, kw_only=True)
class Practice:
    """A behaviour under a responsibility, in our words; its code holds within one version of the framework."""

    code: str
    text: str
    provenance: Provenance


@dataclass(frozen=True, kw_only=True)
class EffectSizeProvenance:
    """How we know the figures of an effect size; ``interval`` stands for the limits, the studies, the schools and r_2005."""

    r: Provenance
    interval: Provenance
    r_2003: Provenance


@dataclass(frozen=True, kw_only=True)
class EffectSize:
    """The correlation, -1..1, of a rated responsibility with a school's mean achievement (FRAMEWORK 3.2).

    It orders nothing: the 21 cannot be told apart statistically (FRAMEWORK 3.3). ``r`` is the 2023 figure, equal to that
    of the 2005 book and not to that of the 2003 paper; ``ci_low`` and ``ci_high`` are 95 % limits as printed in 2005.
    """

    r: float
    r_2005: float
    r_2003: float
    ci_low: float
    ci_high: float
    studies: int
    schools: int
    provenance: EffectSizeProvenance


@dataclass(frozen=True, kw_only=True)
class ResponsibilityProvenance:
    """How we know what is said of a responsibility; the weaker of two where two statements make one member."""

    name: Provenance
    earlier_name: Provenance
    definition: Provenance
    component: Provenance
    second_order: Provenance
    first_order_rank: Provenance


@dataclass(frozen=True, kw_only=True)
class ResponsibilityFacts:
    """One of the 21 as the framework describes it (FRAMEWORK 2 to 5).

    ``component`` is a list because Ideals/Beliefs belongs to two; all others have one. ``second_order_rank`` is 1..7 for the
    seven that support deep change and null otherwise (the order of the four that suffer is only presumed);
    ``first_order_rank`` is 1..21, two share 8. Ranks are ordinal, from one survey of principals about themselves.
    """

    code: Responsibility
    name: str
    earlier_name: str | None
    """The name until 2007; null where it has not changed."""
    definition: str
    component: tuple[Component, ...]
    second_order: SecondOrder
    second_order_rank: int | None
    first_order_rank: int
    practices: tuple[Practice, ...]
    effect_size: EffectSize
    provenance: ResponsibilityProvenance
    citations: tuple[Citation, ...]
