"""The framework's pages as they are answered."""

from dataclasses import dataclass

from domain.framework.alignments import AlignmentRow, Standard
from domain.framework.configuration import MagnitudeConstants
from domain.framework.focus_areas import DistrictResponsibility
from domain.framework.magnitude_descriptors import Descriptor, MagnitudeLabel
from domain.framework.meta_analysis import MetaAnalysis, PooledStatistics
from domain.framework.model import Citation, Fact, ResponsibilityFacts
from domain.framework.phase_facts import PhaseFacts
from domain.framework.programme import ProgrammePart
from domain.framework.responsibilities import Responsibility


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
