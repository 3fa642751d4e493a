"""Responses for profiles (openapi/README.md 6; symbols as in METHOD 4 to 7)."""

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
    """How much evidence a score has."""

    ENOUGH = "enough"
    THIN = "thin"
    NONE = "none"


class SeBasis(StrEnum):
    """The basis of a standard error: the assumed variance (model), or the spread of these ratings (sample)."""

    MODEL = "model"
    SAMPLE = "sample"


class WithheldReason(StrEnum):
    """Why a source is withheld."""

    BELOW_THRESHOLD = "below_threshold"


class GapClass(StrEnum):
    """How the self-rating compares with the rating of others."""

    OVER_ESTIMATOR = "over_estimator"
    UNDER_ESTIMATOR = "under_estimator"
    IN_AGREEMENT_GOOD = "in_agreement_good"
    IN_AGREEMENT_POOR = "in_agreement_poor"


class GapFlag(StrEnum):
    """A gap that crosses the target."""

    BLIND_SPOT = "blind_spot"
    HIDDEN_STRENGTH = "hidden_strength"


@dataclass(frozen=True, kw_only=True)
class Interval:
    """A range that contains the value with the probability `level`, under the stated assumptions."""

    low: float
    """lower limit"""
    high: float
    """upper limit"""
    level: float
    """probability, .95"""


@dataclass(frozen=True, kw_only=True)
class Withheld:
    """Why a source's numbers are withheld, and the minimum number of answers to show them."""

    reason: WithheldReason
    """below_threshold: so few people answered that they could be identified"""
    minimum: int
    """number of answers needed in one campaign"""


@dataclass(frozen=True, kw_only=True)
class SourceShare:
    """The ratings of a responsibility by one source, and its share in the estimate; numbers are null when withheld."""

    source: Source
    """who rated; never self"""
    n: int | None
    """number of units: forms of the newest disclosed campaign, assessments or visits"""
    mean: Annotated[float, Revealed.RATING] | None
    """unweighted mean of these units, 1 to 5"""
    se: float | None
    """standard error of mean"""
    se_basis: SeBasis | None
    """model: from the assumed variance; sample: from the spread of the units"""
    effective_n: float | None
    """number of units after aging"""
    current_mean: float | None
    """mean weighted by age and precision, which is used in the score"""
    reliability: float | None
    """reliability of this source alone, 0 to 1"""
    share: float | None
    """part of the estimate that comes from this source, 0 to 1"""
    withheld: Withheld | None
    """why the numbers are missing; null when they are shown"""


@dataclass(frozen=True, kw_only=True)
class SelfGap:
    """The self-rating minus the mean of the first disclosed source."""

    value: Annotated[float, Revealed.RATING]
    """self-rating minus the reference's mean"""
    interval: Interval
    """range of the gap, not clipped to a scale"""
    classification: GapClass
    """class of the gap"""
    flag: GapFlag | None
    """set when the gap crosses the target"""
    reference: Source
    """first disclosed one of teacher, staff, peer, supervisor, observation"""


@dataclass(frozen=True, kw_only=True)
class Score:
    """The score of one responsibility: an estimate that is the closer to an assumed average, the less evidence there is."""

    responsibility: Responsibility
    """code of the responsibility"""
    estimate: Annotated[float, Revealed.ESTIMATE] | None
    """1 to 5; null without evidence"""
    sd: float | None
    """standard deviation of the estimate; null without evidence"""
    interval: Interval | None
    """range of the estimate, clipped to 1 to 5"""
    p_below_target: float | None
    """probability that the true value is below the target"""
    reliability: float
    """1 - prior_share, 0 to 1"""
    evidence: Evidence
    """enough, thin or none"""
    sources: tuple[SourceShare, ...]
    """sources with evidence or withheld, in a fixed order"""
    prior_share: float
    """part of the estimate that comes from the assumed average, 0 to 1"""
    self_gap: SelfGap | None
    """null without a self-rating or without a disclosed source"""
    disagreement: bool | None
    """whether sources differ by more than chance; null with fewer than two"""


@dataclass(frozen=True, kw_only=True)
class Posterior:
    """An unrounded score for other rules; without evidence `theta` and `sd` are those of the prior.

    `theta` on 1..5, `sd` > 0, `n` the number of units over the disclosed sources except self (METHOD 5.1).
    """

    responsibility: Responsibility
    theta: float
    sd: float
    n: int
    evidence: Evidence


@fast_init
@dataclass(frozen=True, kw_only=True)
class Unclipped:
    """The limits of an interval before it was clipped to the scale."""

    responsibility: Responsibility
    """The responsibility of the interval."""
    low: float
    """Lower limit before it was clipped to 1."""
    high: float
    """Upper limit before it was clipped to 5."""


@fast_init
@dataclass(frozen=True, kw_only=True)
class ProfileWorking:
    """The rule by which the scores were computed, and its assumptions."""

    rule: str
    """The name of the rule."""
    rule_version: str
    """The version of the rule."""
    statements: tuple[str, ...]
    """What the rule does, and its assumptions."""
    unclipped: tuple[Unclipped, ...]
    """Unclipped limits of the intervals that reach beyond the scale."""


class ComputedFrom(StrEnum):
    """Whether scores were computed from the current tallies or from the evidence itself."""

    TALLIES = "tallies"
    EVIDENCE = "evidence"


@fast_init
@dataclass(frozen=True, kw_only=True)
class ProfileView:
    """A leader's 21 scores at a time, across schools. Formative use only."""

    leader_id: PersonId
    """The leader."""
    as_of: datetime
    """The time of the scores; without `at` the start of the current hour."""
    computed_from: ComputedFrom
    """tallies: the current ones; evidence: the evidence up to a past time."""
    configuration_version: int
    """The version of the constants."""
    framework_version: str
    """The framework's version."""
    scores: tuple[Score, ...]
    """All 21, in the framework's order."""
    working: ProfileWorking
    """The rule and its assumptions."""
    notice: str
    """What the scores may and may not be used for."""
    citations: tuple[Citation, ...]
    """The research behind the responsibilities."""
