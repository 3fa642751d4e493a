"""How groups experience a change, measured and estimated, as responses (openapi/README.md 12)."""

from dataclasses import dataclass
from datetime import date
from typing import Annotated

from domain.change.rules import Basis, Judgement, Reason
from domain.framework.magnitude import Magnitude
from domain.permissions.revealed_data import Revealed
from domain.shared.ids import GroupId, InitiativeId


@dataclass(frozen=True, kw_only=True)
class PulseView:
    """What is stored of a pulse. Nothing in it can be linked to a person."""

    group_id: GroupId
    """the group"""
    on: date
    """the date; no time is stored"""
    answers: int
    """number of lists of answers, five or more"""
    receipt: str
    """what is stored and what could still be guessed, in words"""


@dataclass(frozen=True, kw_only=True)
class MeasuredView:
    """What the group answered in its newest pulse."""

    on: date
    """date of the pulse"""
    n: int
    """number of people who answered enough items"""
    mean: float
    """mean of their scores, 1 first-order to 5 second-order"""
    low: float
    """lower 95 % limit of mean"""
    high: float
    """upper 95 % limit of mean"""
    q: float
    """share of people above the midpoint"""
    q_low: float
    """lower 95 % limit of q"""
    q_high: float
    """upper 95 % limit of q"""
    label: Annotated[Magnitude, Revealed.LABEL]
    """how the group experiences the change"""
    reason: Reason | None
    """why the label is mixed: the group is split, or the interval is too wide"""
    low_response: bool
    """less than half of the group answered"""
    more_answers_than_people: bool
    """more answers than the group has people; check its size"""


@dataclass(frozen=True, kw_only=True)
class EstimatedView:
    """What the leader expects the group to answer."""

    mean: float
    """mean of the leader's answers, 1 to 5"""
    label: Annotated[Magnitude, Revealed.LABEL]
    """label of that mean"""
    adjusted: float | None
    """mean corrected by the leader's usual error; null until that error is significant over initiatives"""


@dataclass(frozen=True, kw_only=True)
class DifferenceView:
    """Estimate minus measurement."""

    value: Annotated[float, Revealed.LABEL]
    """estimate minus measurement; below 0: the change goes deeper than the leader expected"""
    low: float
    """lower 95 % limit"""
    high: float
    """upper 95 % limit"""
    classification: Judgement
    """the leader's estimate against the measurement"""
    critical: bool
    """expected first-order, experienced as second-order"""
    beyond_chance: float
    """how far the difference exceeds its 95 % margin, 0 or more; groups are sorted by it"""


@dataclass(frozen=True, kw_only=True)
class AccuracyView:
    """How well the leader's estimates agree with measurements, over initiatives."""

    initiatives: int
    """initiatives with a group both estimated and measured"""
    bias: Annotated[float, Revealed.LABEL]
    """mean error, shrunk toward 0; below 0: the leader underestimates"""
    low: float
    """lower 95 % limit of bias"""
    high: float
    """upper 95 % limit of bias"""
    p_underestimates: float
    """probability that the leader underestimates"""
    mean_abs: float
    """mean absolute error, not shrunk"""
    sentence: str | None
    """a sentence for the leader; null until the error is significant"""


@dataclass(frozen=True, kw_only=True)
class MagnitudeView:
    """How a group experiences the change: estimated, measured, and the difference of the two."""

    group_id: GroupId
    """the group"""
    measured: MeasuredView | None
    """null without a pulse, or for a group below five people"""
    estimated: EstimatedView | None
    """null without an estimate"""
    difference: DifferenceView | None
    """null unless the group is both measured and estimated"""
    current_label: Annotated[Magnitude, Revealed.LABEL]
    """the measured label if there is one, else the estimated one, else unknown"""
    current_basis: Basis
    """what the label rests on; assumed: neither is available, and rules take the group as mixed"""
    accuracy: AccuracyView | None
    """null until a group of the leader was both estimated and measured"""
    sentence: str
    """a sentence for the leader"""
    rule: str
    """the rule, in words; it is our own and not validated"""
    citations: tuple[str, ...]
    """ids of the publications that the rule is based on"""
    configuration_version: int
    """version of the configuration used"""


@dataclass(frozen=True, kw_only=True)
class MagnitudesView:
    """How the groups of an initiative experience the change, the most misjudged first."""

    initiative_id: InitiativeId
    """the initiative"""
    groups: tuple[MagnitudeView, ...]
    """its groups, sorted by how far the estimate misses beyond chance; those without a difference come last"""
    configuration_version: int
    """version of the configuration used"""
