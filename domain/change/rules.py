"""How a group experiences a change, estimated and measured, and which phases follow from it (METHOD 9 and 10)."""

import math
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from statistics import fmean, stdev, variance

from scipy.special import stdtrit

from domain.change.model import Answers, GroupAnswers, Intensities, Pulse
from domain.framework.configuration import Configuration, MagnitudeConstants
from domain.framework.magnitude import Magnitude
from domain.framework.phases import Phase
from domain.shared.ids import GroupId

Z = 1.959964
"""Half-width of the central 95 % of a standard normal distribution (METHOD 1.2)."""

LOW_RESPONSE = 0.5
SPLIT_BETWEEN = (0.25, 0.75)
NEGLIGIBLE_DIFFERENCE = 0.5
UNIFORM_VARIANCE = (5**2 - 1) / 12
"""Variance of answers spread evenly over five points, the reference of the agreement index (METHOD 6.4)."""


class Reason(StrEnum):
    """Why a measured label is `mixed`: the group is split, or the interval is too wide to decide."""

    SPLIT = "split"
    UNCERTAIN = "uncertain"


class Judgement(StrEnum):
    """The leader's estimate against what the group answered."""

    ABOUT_RIGHT = "about_right"
    UNDERESTIMATED = "underestimated"
    OVERESTIMATED = "overestimated"
    NOT_DISTINGUISHABLE = "not_distinguishable"


class Basis(StrEnum):
    """What the current label rests on; `assumed` if there is neither a measurement nor an estimate."""

    MEASURED = "measured"
    ESTIMATED = "estimated"
    ASSUMED = "assumed"


@dataclass(frozen=True, kw_only=True)
class Measured:
    """A group's magnitude on one date (METHOD 9.2): `mean` with its 95 % limits on 1..5, `q` the share above the midpoint.

    `half` is the half-width of the interval before it is clipped to 1..5; `rwg` is the agreement over complete lists, None if
    there are too few.
    """

    on: date
    n: int
    mean: float
    sd: float
    se: float
    half: float
    low: float
    high: float
    q: float
    q_low: float
    q_high: float
    rwg: float | None
    label: Magnitude
    reason: Reason | None
    low_response: bool
    more_answers_than_people: bool


@dataclass(frozen=True, kw_only=True)
class Estimated:
    """What the leader expects: the mean of the same items, 1..5, and its label."""

    mean: float
    label: Magnitude


@dataclass(frozen=True, kw_only=True)
class Difference:
    """Estimate minus measurement with its 95 % limits; `beyond_chance` is how far its size exceeds the 95 % margin."""

    value: float
    se: float
    low: float
    high: float
    judgement: Judgement
    beyond_chance: float
    critical: bool


@dataclass(frozen=True, kw_only=True)
class PerceivedMagnitude:
    """How a group experiences the change as far as is known; `q` is the share (0..1) that the rules use."""

    label: Magnitude
    basis: Basis
    q: float


@dataclass(frozen=True, kw_only=True)
class GroupState:
    """The state of one group that recommendations and stance start from."""

    group_id: GroupId
    name: str
    size: int
    magnitude: PerceivedMagnitude
    phases: Intensities
    must_change_practice: bool | None
    measured: Measured | None


def person_score(answers: Answers, c: MagnitudeConstants) -> float | None:
    """Return the mean of the answered items, 1..5; None if too few of the seven were answered (METHOD 9.1)."""
    answered = [a for a in answers if a is not None]
    return fmean(answered) if len(answered) >= c.min_items else None


def measured(pulse: Pulse, size: int | None, cfg: Configuration) -> Measured | None:
    """Return the group's magnitude; None for fewer than five answers or a group of fewer than five people (METHOD 9.2).

    `size` is the number of people in the group, None if unknown; more answers than people count as a full response.
    """
    c = cfg.magnitude
    scores = [m for a in pulse.answers if (m := person_score(a, c)) is not None]
    n = len(scores)
    if n < c.min_n or (size is not None and size < c.min_n):
        return None
    mean, sd = fmean(scores), stdev(scores)
    se = max(sd, c.s_min) / math.sqrt(n) * _finite_population_factor(n, size, c.rho)
    half = float(stdtrit(n - 1, 0.975)) * se
    above = sum(m > c.midpoint for m in scores)
    q_low, q_high = share_interval(above, n)
    label = _label(mean - half, mean + half, c)
    return Measured(
        on=pulse.on,
        n=n,
        mean=mean,
        sd=sd,
        se=se,
        half=half,
        low=max(mean - half, 1.0),
        high=min(mean + half, 5.0),
        q=above / n,
        q_low=q_low,
        q_high=q_high,
        rwg=agreement(pulse.answers, cfg.stance.rwg_min_n),
        label=label,
        reason=_reason(above / n, n, cfg) if label is Magnitude.MIXED else None,
        low_response=size is not None and n / size < LOW_RESPONSE,
        more_answers_than_people=size is not None and n > size,
    )


def _finite_population_factor(n: int, size: int | None, rho: float) -> float:
    """Return the finite population correction of the standard error, 0..1 (METHOD 9.2)."""
    return 1.0 if size is None else math.sqrt(1 - rho * n / max(n, size))


def share_interval(above: int, n: int) -> tuple[float, float]:
    """Return the plus-four 95 % limits of the share `above`/`n`, clipped to 0..1 (METHOD 9.4)."""
    q4 = (above + 2) / (n + 4)
    half = Z * math.sqrt(q4 * (1 - q4) / (n + 4))
    return max(0.0, q4 - half), min(1.0, q4 + half)


def _label(low: float, high: float, c: MagnitudeConstants) -> Magnitude:
    if low > c.midpoint:
        return Magnitude.SECOND_ORDER
    return Magnitude.FIRST_ORDER if high < c.midpoint else Magnitude.MIXED


def _reason(q: float, n: int, cfg: Configuration) -> Reason:
    """Return why the label is mixed; a split is reported from `spread_bar` answers on (METHOD 9.3)."""
    low, high = SPLIT_BETWEEN
    return Reason.SPLIT if n >= cfg.disclosure.spread_bar and low <= q <= high else Reason.UNCERTAIN


def agreement(answers: tuple[Answers, ...], min_n: int) -> float | None:
    """Return rwg(J), 0..1, over the complete lists; None if there are fewer than `min_n` (METHOD 6.4, openapi/README.md 8)."""
    complete = [[a for a in row if a is not None] for row in answers if None not in row]
    if len(complete) < max(min_n, 2):
        return None
    ratio = fmean(variance(column) for column in zip(*complete, strict=True)) / UNIFORM_VARIANCE
    if ratio > 1:
        return 0.0
    agreed = len(complete[0]) * (1 - ratio)
    return agreed / (agreed + ratio)


def estimated(items: Answers, c: MagnitudeConstants) -> Estimated | None:
    """Return the leader's estimate; None if too few of the seven items were answered (METHOD 9.5)."""
    mean = person_score(items, c)
    if mean is None:
        return None
    if mean <= c.cut_first_order:
        return Estimated(mean=mean, label=Magnitude.FIRST_ORDER)
    return Estimated(mean=mean, label=Magnitude.SECOND_ORDER if mean >= c.cut_second_order else Magnitude.MIXED)


def difference(e: Estimated, m: Measured) -> Difference:
    """Return estimate minus measurement (METHOD 9.6). Critical: estimated first-order, measured second-order."""
    d = e.mean - m.mean
    return Difference(
        value=d,
        se=m.se,
        low=d - m.half,
        high=d + m.half,
        judgement=_judgement(d, m.half),
        beyond_chance=max(0.0, abs(d) - m.half),
        critical=e.label is Magnitude.FIRST_ORDER and m.label is Magnitude.SECOND_ORDER,
    )


def _judgement(d: float, half: float) -> Judgement:
    if abs(d) < NEGLIGIBLE_DIFFERENCE:
        return Judgement.ABOUT_RIGHT
    if d + half < 0:
        return Judgement.UNDERESTIMATED
    return Judgement.OVERESTIMATED if d - half > 0 else Judgement.NOT_DISTINGUISHABLE


SECOND_ORDER_SHARE = {Magnitude.FIRST_ORDER: 0.0, Magnitude.MIXED: 0.5, Magnitude.SECOND_ORDER: 1.0, Magnitude.UNKNOWN: 0.5}
"""The share used for a label that was not measured; unknown counts as mixed (METHOD 9.7)."""


def perceived_magnitude(m: Measured | None, e: Estimated | None) -> PerceivedMagnitude:
    """Return the current label and its share: measured, else estimated, else unknown (METHOD 9.7)."""
    if m is not None:
        return PerceivedMagnitude(label=m.label, basis=Basis.MEASURED, q=m.q)
    label = Magnitude.UNKNOWN if e is None else e.label
    return PerceivedMagnitude(label=label, basis=Basis.ASSUMED if e is None else Basis.ESTIMATED, q=SECOND_ORDER_SHARE[label])


def group_state(group_answers: GroupAnswers, cfg: Configuration) -> GroupState:
    """Return the current state of a group."""
    g = group_answers.group
    m = None if group_answers.pulse is None else measured(group_answers.pulse, g.size, cfg)
    e = None if g.estimate is None else estimated(g.estimate, cfg.magnitude)
    return GroupState(
        group_id=g.id,
        name=g.name,
        size=g.size,
        magnitude=perceived_magnitude(m, e),
        phases=g.phases,
        must_change_practice=g.must_change_practice,
        measured=m,
    )


def is_offered(phase: Phase, label: Magnitude) -> bool:
    """Return whether the phase is offered: managing transitions is not for a group at first-order (METHOD 10.2)."""
    return phase is not Phase.MANAGE_TRANSITIONS or label is not Magnitude.FIRST_ORDER


def intensity(group: GroupState, phase: Phase) -> float:
    """Return the effective intensity of a phase, 0..1: 0 if the phase is not offered (METHOD 10.2)."""
    return group.phases.of(phase) if is_offered(phase, group.magnitude.label) else 0.0
