"""How well a leader's estimates agree with what groups answer, over initiatives (METHOD 9.8)."""

import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from statistics import fmean

from scipy.special import ndtr

from domain.change.rules import Difference, Z
from domain.framework.configuration import MagnitudeConstants

MIN_INITIATIVES = 2
MIN_CERTAINTY = 0.90


@dataclass(frozen=True, kw_only=True)
class InitiativeError:
    """Mean difference (estimate minus measurement) over the groups of one initiative, with its standard error."""

    value: float
    se: float


@dataclass(frozen=True, kw_only=True)
class Accuracy:
    """A leader's bias with its 95 % limits; below 0, groups experience changes more deeply than the leader expects.

    `mean_abs` is not shrunk. `significant` is whether the bias may be told to the leader and used to adjust an estimate.
    """

    initiatives: int
    bias: float
    sd: float
    low: float
    high: float
    p_underestimates: float
    mean_abs: float
    significant: bool


def initiative_error(differences: Sequence[Difference]) -> InitiativeError:
    """Return the mean error of one initiative from `differences`, at least one, of its groups."""
    se = math.sqrt(math.fsum(d.se**2 for d in differences)) / len(differences)
    return InitiativeError(value=fmean(d.value for d in differences), se=se)


def accuracy(errors: Iterable[InitiativeError], c: MagnitudeConstants) -> Accuracy | None:
    """Return the bias shrunk toward 0, from one error for each initiative; None if there is none."""
    errors = tuple(errors)
    if not errors:
        return None
    weights = [1 / (c.sigma_d2 + e.se**2) for e in errors]
    precision = 1 / c.tau_b2 + math.fsum(weights)
    bias = math.fsum(p * e.value for p, e in zip(weights, errors, strict=True)) / precision
    sd = precision**-0.5
    p = float(ndtr(-bias / sd))
    return Accuracy(
        initiatives=len(errors),
        bias=bias,
        sd=sd,
        low=bias - Z * sd,
        high=bias + Z * sd,
        p_underestimates=p,
        mean_abs=fmean(abs(e.value) for e in errors),
        significant=len(errors) >= MIN_INITIATIVES and not 1 - MIN_CERTAINTY < p < MIN_CERTAINTY,
    )


def adjusted_estimate(mean: float, a: Accuracy) -> float | None:
    """Return the estimate `mean` corrected by the leader's bias, within 1..5; None unless the bias is significant."""
    return min(5.0, max(1.0, mean - a.bias)) if a.significant else None


def accuracy_sentence(a: Accuracy) -> str | None:
    """Return a sentence for the leader about the bias; None unless it is significant."""
    if not a.significant:
        return None
    direction = "more deeply" if a.bias < 0 else "less deeply"
    return (
        f"Over {a.initiatives} initiatives, groups felt the change {direction} than you expected, by about {abs(a.bias):.1f} "
        "points of 5 under our assumptions. An estimate corrected by that much is shown beside yours."
    )
