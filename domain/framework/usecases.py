"""The framework's public pages. They need no actor and no unit: the data are code, the same for every district."""

from dataclasses import fields

from domain.framework import alignments, citations, decision_rules, focus_areas, magnitude_descriptors, phase_facts
from domain.framework.configuration import PRODUCT
from domain.framework.disclaimer import NOTICE, VERSION
from domain.framework.meta_analysis import META_ANALYSES, POOLED
from domain.framework.programme import PROGRAMME
from domain.framework.responsibilities import SECOND_ORDER_SUFFERS, SECOND_ORDER_SUPPORTS
from domain.framework.responsibility_facts import BY_CODE, RESPONSIBILITIES
from domain.framework.views import (
    AlignmentsView,
    FocusAreasView,
    FrameworkPart,
    FrameworkView,
    MagnitudeFactsView,
    PhasesView,
    ResponsibilitiesView,
    ResponsibilityDetailView,
)
from domain.shared.errors import NotFound

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
        statistics=POOLED,
        meta_analyses=META_ANALYSES,
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


def read_framework_phases() -> PhasesView:
    """The phases of a change."""
    return PhasesView(
        framework_version=VERSION,
        configuration_version=PRODUCT.version,
        items=phase_facts.PHASES,
        characteristics=phase_facts.CHARACTERISTICS,
        monitored=phase_facts.MONITORED,
        notice=NOTICE,
    )


def read_framework_magnitude() -> MagnitudeFactsView:
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
