"""How well a leader foresees what groups will feel, over initiatives (METHOD 9.8)."""

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
    """A leader's bias: below 0, changes are felt more deeply than the leader expects. ``mean_abs`` is not shrunk.

    ``telling`` says whether it may be put in a sentence and used to adjust an estimate.
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
    """The unit of accuracy: one initiative, from the (at least one) groups both estimated and measured."""
    se = math.sqrt(math.fsum(d.se**2 for d in differences)) / len(differences)
    return InitiativeError(value=fmean(d.value for d in differences), se=se)


def accuracy(errors: Iterable[InitiativeError], c: MagnitudeConstants) -> Accuracy | None:
    """Bias shrunk toward none; null without any initiative to judge by."""
    found = tuple(errors)
    if not found:
        return None
    weights = [1 / (c.sigma_d2 + e.se**2) for e in found]
    precision = 1 / c.tau_b2 + math.fsum(weights)
    bias = math.fsum(p * e.value for p, e in zip(weights, found, strict=True)) / precision
    sd = precision**-0.5
    p = float(ndtr(-bias / sd))
    return Accuracy(
        initiatives=len(found),
        bias=bias,
        sd=sd,
        low=bias - Z * sd,
        high=bias + Z * sd,
        p_underestimates=p,
        mean_abs=fmean(abs(e.value) for e in found),
        significant=len(found) >= MIN_INITIATIVES and not 1 - MIN_CERTAINTY < p < MIN_CERTAINTY,
    )


def adjusted_estimate(mean: float, a: Accuracy) -> float | None:
    """The estimate moved by the leader's usual error, within 1..5, to be shown beside it; null unless that error is telling."""
    return min(5.0, max(1.0, mean - a.bias)) if a.significant else None


def accuracy_sentence(a: Accuracy) -> str | None:
    """What may be said to the leader; null unless the error is telling."""
    if not a.significant:
        return None
    way = "more deeply" if a.bias < 0 else "less deeply"
    return (
        f"Over {a.initiatives} initiatives, groups felt the change {way} than you expected, by about {abs(a.bias):.1f} points "
        "of 5 under our assumptions. An estimate moved by that much is shown beside yours."
    )
