"""What scoring tells: the words and the views of a profile (openapi/README.md 6; symbols as in METHOD 4 to 7)."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Annotated

from domain.framework.evidence_sources import Source
from domain.framework.model import Citation
from domain.framework.responsibilities import Responsibility
from domain.permissions.revealed_data import Revealed
from domain.shared.fast_dataclass import fast_init
from domain.shared.ids import PersonId


class Evidence(StrEnum):
    """How much a score rests on (METHOD 5.4)."""

    ENOUGH = "enough"
    THIN = "thin"
    NONE = "none"


class SeBasis(StrEnum):
    """Where a standard error comes from: the assumed variance, or the spread of these ratings (METHOD 5.6)."""

    MODEL = "model"
    SAMPLE = "sample"


class WithheldReason(StrEnum):
    """Why a source is not shown (METHOD 8.2)."""

    BELOW_THRESHOLD = "below_threshold"


class GapClass(StrEnum):
    """How one's own rating stands to that of the others (METHOD 7.2)."""

    OVER_ESTIMATOR = "over_estimator"
    UNDER_ESTIMATOR = "under_estimator"
    IN_AGREEMENT_GOOD = "in_agreement_good"
    IN_AGREEMENT_POOR = "in_agreement_poor"


class GapFlag(StrEnum):
    """A gap across the target (METHOD 7.2)."""

    BLIND_SPOT = "blind_spot"
    HIDDEN_STRENGTH = "hidden_strength"


@dataclass(frozen=True, kw_only=True)
class Interval:
    """A range that holds the value with the probability ``level``, under the stated assumptions."""

    low: float
    """lower limit"""
    high: float
    """upper limit"""
    level: float
    """probability, .95"""


@dataclass(frozen=True, kw_only=True)
class Withheld:
    """Why a source's numbers are not shown, and from how many answers they would be."""

    reason: WithheldReason
    """below_threshold: too few answers to hide who gave them"""
    minimum: int
    """answers needed in one campaign"""


@dataclass(frozen=True, kw_only=True)
class SourceShare:
    """What one source says about a responsibility and how much it counts; every number is null when it is withheld."""

    source: Source
    """who looked; self is never among them"""
    n: int | None
    """units: forms of the newest shown campaign, assessments or visits"""
    mean: Annotated[float, Revealed.RATING] | None
    """unweighted mean of these units, 1 to 5"""
    se: float | None
    """standard error of mean as published"""
    se_basis: SeBasis | None
    """model: from the assumed variance; sample: from the spread of the units"""
    effective_n: float | None
    """units left after aging"""
    current_mean: float | None
    """mean weighted by age and precision: what enters the score"""
    reliability: float | None
    """reliability of this source alone, 0 to 1"""
    share: float | None
    """part of the estimate that comes from this source, 0 to 1"""
    withheld: Withheld | None
    """why the numbers are missing; null when they are shown"""


@dataclass(frozen=True, kw_only=True)
class SelfGap:
    """One's own rating minus that of the first source shown."""

    value: Annotated[float, Revealed.RATING]
    """own rating minus the reference's mean"""
    interval: Interval
    """range of the gap, not clipped to a scale"""
    classification: GapClass
    """how the two stand to each other"""
    flag: GapFlag | None
    """set when the gap crosses the target"""
    reference: Source
    """first shown of teacher, staff, peer, supervisor, observation"""


@dataclass(frozen=True, kw_only=True)
class Score:
    """What is known about one responsibility: an estimate drawn toward an assumed average where evidence is little or old."""

    responsibility: Responsibility
    """code of the responsibility"""
    estimate: Annotated[float, Revealed.ESTIMATE] | None
    """1 to 5; null without evidence"""
    sd: float | None
    """standard deviation of the estimate; null without evidence"""
    interval: Interval | None
    """range of the estimate, clipped to 1 to 5"""
    p_below_target: float | None
    """probability of lying below the target"""
    reliability: float
    """1 - prior_share, 0 to 1"""
    evidence: Evidence
    """enough, thin or none"""
    sources: tuple[SourceShare, ...]
    """sources with evidence or withheld, in the order of Source"""
    prior_share: float
    """part of the estimate that comes from the assumed average, 0 to 1"""
    self_gap: SelfGap | None
    """null without an own rating or without a shown source"""
    disagreement: bool | None
    """sources differ by more than chance; null below two of them"""


@dataclass(frozen=True, kw_only=True)
class Posterior:
    """A score unrounded, for other rules: without evidence ``theta`` and ``sd`` are those of the prior.

    ``theta`` on 1..5, ``sd`` > 0, ``n`` units over the shown sources except self (METHOD 5.1).
    """

    responsibility: Responsibility
    theta: float
    sd: float
    n: int
    evidence: Evidence


@fast_init
@dataclass(frozen=True, kw_only=True)
class Unclipped:
    """The limits of an interval that is shown cut to the scale."""

    responsibility: Responsibility
    """Whose interval."""
    low: float
    """Lower limit before it was cut to 1."""
    high: float
    """Upper limit before it was cut to 5."""


@fast_init
@dataclass(frozen=True, kw_only=True)
class ProfileWorking:
    """By which rule the scores were made, and what it takes for granted."""

    rule: str
    """The rule."""
    rule_version: str
    """Its version."""
    statements: tuple[str, ...]
    """What it does, and what it takes for granted."""
    unclipped: tuple[Unclipped, ...]
    """Intervals that reach beyond the scale, as they are."""


class ComputedFrom(StrEnum):
    """Whether the running tallies were read, or the evidence itself."""

    TALLIES = "tallies"
    EVIDENCE = "evidence"


@fast_init
@dataclass(frozen=True, kw_only=True)
class ProfileView:
    """A leader's 21 scores at a moment, across schools. Formative use only."""

    leader_id: PersonId
    """The leader."""
    as_of: datetime
    """The moment; without at= this hour's beginning."""
    computed_from: ComputedFrom
    """tallies: everything now held; evidence: looked back."""
    configuration_version: int
    """The constants used."""
    framework_version: str
    """The framework's version."""
    scores: tuple[Score, ...]
    """All 21, in the framework's order."""
    working: ProfileWorking
    """By which rule, and what it takes for granted."""
    notice: str
    """What this is, and what it is not."""
    citations: tuple[Citation, ...]
    """The research behind the responsibilities."""
