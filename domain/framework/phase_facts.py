"""The four phases in our words; which responsibilities weigh in them is the configuration (FRAMEWORK 6, METHOD 2.7)."""

from dataclasses import dataclass

from domain.framework import citations
from domain.framework.configuration import PRODUCT
from domain.framework.model import Citation, Fact, Provenance
from domain.framework.phases import Phase
from domain.framework.responsibilities import SECOND_ORDER_SUFFERS, Responsibility


@dataclass(frozen=True, kw_only=True)
class PhaseResponsibility:
    """How much a responsibility weighs in a phase, 0..1; the mapping is our working rule, editable, not validated."""

    responsibility: Responsibility
    weight: float
    provenance: Provenance


@dataclass(frozen=True, kw_only=True)
class PhaseFacts:
    """One phase of a change; ``watch`` names what to protect while it lasts (FRAMEWORK 6)."""

    code: Phase
    name: str
    definition: str
    rules: tuple[Fact, ...]
    responsibilities: tuple[PhaseResponsibility, ...]
    watch: tuple[Responsibility, ...]
    provenance: Provenance
    citations: tuple[Citation, ...]


_MONOGRAPH = (citations.CONNECTING_2007,)

CHARACTERISTICS: tuple[Fact, ...] = (
    Fact(
        code="interdependent",
        title="Each phase leans on the others",
        text="Carrying a change out depends on how people get through it, and that on what is being monitored; what monitoring "
        "brings to light can raise or lower the demand for the change.",
        provenance=Provenance.PUBLISHED,
        citations=_MONOGRAPH,
    ),
    Fact(
        code="recursive",
        title="They are not steps in a line",
        text="Several phases are active at once, each more or less: demand may still need creating while a change is being "
        "carried out, and a phase comes back.",
        provenance=Provenance.PUBLISHED,
        citations=_MONOGRAPH,
    ),
    Fact(
        code="by_magnitude",
        title="They differ with how a group experiences the change",
        text="Transitions need managing only where people experience second-order change; a few may, even when most do not.",
        provenance=Provenance.PUBLISHED,
        citations=_MONOGRAPH,
    ),
    Fact(
        code="mapping_inferred",
        title="The weights are ours",
        text="The monograph's lists of responsibilities per phase could not be read, except that Adaptability is named for "
        "transitions and Monitors/Evaluates for monitoring. The weights are our working rule (inferred); editable; "
        "not validated.",
        provenance=Provenance.INFERRED,
        citations=_MONOGRAPH,
    ),
)
"""What holds for the phases together."""

MONITORED: tuple[Fact, ...] = tuple(
    Fact(code=code, title=title, text=text, provenance=Provenance.PUBLISHED, citations=_MONOGRAPH)
    for code, title, text in (
        ("quality", "Quality", "How well the new practice is done"),
        ("fidelity", "Fidelity", "How closely it keeps to what makes it work"),
        ("consistency", "Consistency", "Whether it is done by all who should, and each time"),
        ("intensity", "Intensity", "Whether it is done often and long enough"),
        ("impact_on_learning", "Impact on learning", "What it does to students' learning"),
        ("impact_on_implementers", "Impact on implementers", "What it does to the people who carry it out"),
    )
)
"""What monitoring looks at."""

_TEXTS: dict[Phase, tuple[str, str]] = {
    Phase.CREATE_DEMAND: (
        "Create demand",
        "Let a future worth reaching for, or a present nobody wants to keep, pull people until moving seems worth the risk",
    ),
    Phase.IMPLEMENT: (
        "Implement",
        "Keep at how well, faithfully, evenly and often the practice is done; enthusiasm at the start will not carry it",
    ),
    Phase.MANAGE_TRANSITIONS: (
        "Manage personal transitions",
        "Stand by those who lose something in the change, guiding some and leaving room for others; you may be one of them",
    ),
    Phase.MONITOR_EVALUATE: (
        "Monitor and evaluate",
        "Gather evidence of how the practice is done, what it does for learning and what it does to those who do it",
    ),
}


def _rule(code: str, title: str, text: str) -> Fact:
    return Fact(code=code, title=title, text=text, provenance=Provenance.INFERRED, citations=_MONOGRAPH)


_RULES: dict[Phase, tuple[Fact, ...]] = {
    Phase.CREATE_DEMAND: (
        _rule(
            "demand_reopens",
            "Demand can reopen",
            "A result of monitoring may make this phase active again, for one group or all",
        ),
    ),
    Phase.IMPLEMENT: (
        _rule(
            "demand_not_assumed", "Demand is not taken for granted", "This phase may be active together with creating demand"
        ),
    ),
    Phase.MANAGE_TRANSITIONS: (
        _rule(
            "only_where_felt",
            "Only where it is felt",
            "Offered for a group whose current label is second_order or mixed, or not known yet; counted as 0 for a "
            "first_order group",
        ),
        _rule(
            "protect_the_four",
            "Protect and share the four",
            "Community, Communication, Structures & Routines and Input are often seen to slip in deep change; protect and "
            "share them",
        ),
    ),
    Phase.MONITOR_EVALUATE: (
        _rule(
            "estimate_again",
            "Estimate again",
            "After each round compare how the groups experience the change with what was estimated, and estimate anew",
        ),
    ),
}


def _responsibilities(phase: Phase) -> tuple[PhaseResponsibility, ...]:
    return tuple(
        PhaseResponsibility(responsibility=w.responsibility, weight=w.weight, provenance=Provenance.INFERRED)
        for w in PRODUCT.phases
        if w.phase is phase
    )


PHASES: tuple[PhaseFacts, ...] = tuple(
    PhaseFacts(
        code=phase,
        name=_TEXTS[phase][0],
        definition=_TEXTS[phase][1],
        rules=_RULES[phase],
        responsibilities=_responsibilities(phase),
        watch=SECOND_ORDER_SUFFERS if phase is Phase.MANAGE_TRANSITIONS else (),
        provenance=Provenance.PUBLISHED,
        citations=_MONOGRAPH,
    )
    for phase in Phase
)
"""The four, with the weights of the product's own configuration."""
