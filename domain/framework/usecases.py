"""The framework's public pages. They need no actor and no unit: the data are code, the same for every district."""

from dataclasses import dataclass, fields

from domain.framework import alignments, citations, decision_rules, focus_areas, magnitude_descriptors, phase_facts
from domain.framework import meta_analysis as statistics
from domain.framework.alignments import AlignmentRow, Standard
from domain.framework.configuration import PRODUCT, MagnitudeConstants
from domain.framework.disclaimer import NOTICE, VERSION
from domain.framework.focus_areas import DistrictResponsibility
from domain.framework.magnitude_descriptors import Descriptor, MagnitudeLabel
from domain.framework.meta_analysis import MetaAnalysis, PooledStatistics
from domain.framework.model import Citation, Fact, ResponsibilityFacts
from domain.framework.phase_facts import PhaseFacts
from domain.framework.programme import PROGRAMME, ProgrammePart
from domain.framework.responsibilities import SECOND_ORDER_SUFFERS, SECOND_ORDER_SUPPORTS, Responsibility
from domain.framework.responsibility_facts import BY_CODE, RESPONSIBILITIES
from domain.shared.errors import NotFound


@dataclass(frozen=True, kw_only=True)
class FrameworkPart:
    """A page of the framework, by the name it has in its address, and how many things it lists."""

    name: str
    count: int


@dataclass(frozen=True, kw_only=True)
class FrameworkView:
    """What the framework is made of, where it comes from, and what its figures do and do not say."""

    framework_version: str
    """Version of these data; scores and advice name it."""
    configuration_version: int
    """The product's own configuration, which these pages show."""
    parts: tuple[FrameworkPart, ...]
    practices: int
    """How many practices this version lists; editions differ."""
    statistics: PooledStatistics
    meta_analyses: tuple[MetaAnalysis, ...]
    programme: tuple[ProgrammePart, ...]
    decision_methods: tuple[Fact, ...]
    decision_attributes: tuple[Fact, ...]
    decision_rules: tuple[Fact, ...]
    citations: tuple[Citation, ...]
    """Every publication that a fact names."""
    notice: str


@dataclass(frozen=True, kw_only=True)
class ResponsibilityDetailView(ResponsibilityFacts):
    """One responsibility on a page of its own, with what goes beside every page."""

    framework_version: str
    notice: str


@dataclass(frozen=True, kw_only=True)
class ResponsibilitiesView:
    """The 21 responsibilities in framework order."""

    framework_version: str
    items: tuple[ResponsibilityFacts, ...]
    notice: str


@dataclass(frozen=True, kw_only=True)
class PhasesView:
    """The phases of a change; weights are those of the product's own configuration, which a district can override."""

    framework_version: str
    configuration_version: int
    items: tuple[PhaseFacts, ...]
    characteristics: tuple[Fact, ...]
    monitored: tuple[Fact, ...]
    """What monitoring a change looks at."""
    notice: str


@dataclass(frozen=True, kw_only=True)
class MagnitudeFactsView:
    """How a group may experience a change, the items that ask, and which responsibilities it touches.

    ``constants`` are those of the product's own configuration, which a district can override.
    """

    framework_version: str
    configuration_version: int
    items: tuple[Descriptor, ...]
    """Estimates and pulses answer the first seven, in order."""
    labels: tuple[MagnitudeLabel, ...]
    rules: tuple[Fact, ...]
    supports: tuple[Responsibility, ...]
    """The seven that carry deep change, first the strongest."""
    suffers: tuple[Responsibility, ...]
    """The four often seen to slip in deep change; protect and share them."""
    constants: MagnitudeConstants
    notice: str


@dataclass(frozen=True, kw_only=True)
class FocusAreasView:
    """Where leadership can be directed, and how to check that it is not directed at the wrong thing."""

    framework_version: str
    items: tuple[Fact, ...]
    focus_failures: tuple[Fact, ...]
    community_characteristics: tuple[Fact, ...]
    efficacy_sources: tuple[Fact, ...]
    high_reliability: tuple[Fact, ...]
    district_responsibilities: tuple[DistrictResponsibility, ...]
    notice: str


@dataclass(frozen=True, kw_only=True)
class AlignmentsView:
    """How the framework meets two others, as we read them."""

    framework_version: str
    reading: str
    """Whose reading it is, and what a mark means; show it with the matrix."""
    columns: tuple[Fact, ...]
    items: tuple[AlignmentRow, ...]
    behaviours: tuple[Fact, ...]
    standards: tuple[Standard, ...]
    notice: str


_PARTS = (
    FrameworkPart(name="responsibilities", count=len(RESPONSIBILITIES)),
    FrameworkPart(name="phases", count=len(phase_facts.PHASES)),
    FrameworkPart(name="magnitude", count=len(magnitude_descriptors.DESCRIPTORS)),
    FrameworkPart(name="focus-areas", count=len(focus_areas.AREAS)),
    FrameworkPart(name="alignments", count=len(alignments.ROWS)),
)


def read_framework() -> FrameworkView:
    """The framework as a whole."""
    return FrameworkView(
        framework_version=VERSION,
        configuration_version=PRODUCT.version,
        parts=_PARTS,
        practices=sum(len(r.practices) for r in RESPONSIBILITIES),
        statistics=statistics.POOLED,
        meta_analyses=statistics.META_ANALYSES,
        programme=PROGRAMME,
        decision_methods=decision_rules.DECISION_METHODS,
        decision_attributes=decision_rules.DECISION_ATTRIBUTES,
        decision_rules=decision_rules.DECISION_RULES,
        citations=citations.ALL,
        notice=NOTICE,
    )


def list_responsibilities() -> ResponsibilitiesView:
    """All 21."""
    return ResponsibilitiesView(framework_version=VERSION, items=RESPONSIBILITIES, notice=NOTICE)


def read_responsibility(code: str) -> ResponsibilityDetailView:
    """The one with ``code``; ``NotFound`` when there is none."""
    if code not in BY_CODE:
        raise NotFound("there is no such responsibility; the list of the 21 names all codes")
    facts = BY_CODE[code]
    shown = {f.name: getattr(facts, f.name) for f in fields(facts)}
    return ResponsibilityDetailView(**shown, framework_version=VERSION, notice=NOTICE)


def read_phases() -> PhasesView:
    """The phases of a change."""
    return PhasesView(
        framework_version=VERSION,
        configuration_version=PRODUCT.version,
        items=phase_facts.PHASES,
        characteristics=phase_facts.CHARACTERISTICS,
        monitored=phase_facts.MONITORED,
        notice=NOTICE,
    )


def read_magnitude() -> MagnitudeFactsView:
    """First order and second order."""
    return MagnitudeFactsView(
        framework_version=VERSION,
        configuration_version=PRODUCT.version,
        items=magnitude_descriptors.DESCRIPTORS,
        labels=magnitude_descriptors.LABELS,
        rules=magnitude_descriptors.MAGNITUDE_RULES,
        supports=SECOND_ORDER_SUPPORTS,
        suffers=SECOND_ORDER_SUFFERS,
        constants=PRODUCT.magnitude,
        notice=NOTICE,
    )


def read_focus_areas() -> FocusAreasView:
    """Focus areas, community, efficacy, reliability and the district's level."""
    return FocusAreasView(
        framework_version=VERSION,
        items=focus_areas.AREAS,
        focus_failures=focus_areas.FOCUS_FAILURES,
        community_characteristics=focus_areas.COMMUNITY_CHARACTERISTICS,
        efficacy_sources=focus_areas.EFFICACY_SOURCES,
        high_reliability=focus_areas.HIGH_RELIABILITY,
        district_responsibilities=focus_areas.DISTRICT_RESPONSIBILITIES,
        notice=NOTICE,
    )


def read_alignments() -> AlignmentsView:
    """The matrix against two other frameworks."""
    return AlignmentsView(
        framework_version=VERSION,
        reading=alignments.OUR_READING,
        columns=alignments.COLUMNS,
        items=alignments.ROWS,
        behaviours=alignments.BEHAVIOURS,
        standards=alignments.STANDARDS,
        notice=NOTICE,
    )
