"""Compare the self-rating with the ratings of others (METHOD 7)."""

from typing import NamedTuple

import numpy as np

from domain.framework.configuration import Configuration
from domain.framework.responsibilities import Responsibility
from domain.scoring.fusion import TOLERANCE, Floats, FusedScores, TallyGrid
from domain.scoring.published_means import Z95, PublishedMeans, t975
from domain.scoring.views import GapClass, GapFlag

_EVERY = np.arange(len(Responsibility))


class Gaps(NamedTuple):
    """The gaps, one element per responsibility; undefined where `exists` is false."""

    exists: list[bool]
    reference: list[int]  # column of the reference
    value: Floats
    low: Floats
    high: Floats
    kind: list[GapClass]
    flag: list[GapFlag | None]


def gap_class(gap: float, low: float, high: float, sd_norm: float, *, reaches: bool) -> GapClass:
    """Return the class of a gap: beyond half of SD_norm and beyond chance, or in agreement (METHOD 7.2).

    `reaches`: the others' mean is at or above the target.
    """
    if gap > 0.5 * sd_norm and low > 0:
        return GapClass.OVER_ESTIMATOR
    if gap < -0.5 * sd_norm and high < 0:
        return GapClass.UNDER_ESTIMATOR
    return GapClass.IN_AGREEMENT_GOOD if reaches else GapClass.IN_AGREEMENT_POOR


def gap_flag(kind: GapClass, *, reaches: bool) -> GapFlag | None:
    """Return blind spot for over-estimators below the target, hidden strength for under-estimators not below (METHOD 7.2)."""
    if kind is GapClass.OVER_ESTIMATOR and not reaches:
        return GapFlag.BLIND_SPOT
    if kind is GapClass.UNDER_ESTIMATOR and reaches:
        return GapFlag.HIDDEN_STRENGTH
    return None


def gaps(cells: TallyGrid, fusion: FusedScores, published: PublishedMeans, configuration: Configuration) -> Gaps:
    """Return the gap of every responsibility to its first disclosed source (METHOD 7.1).

    The interval is by t(n-1) for a sample SE, by z for a model SE; SD_norm = sqrt(tau2 + sigma2/(n c)).
    """
    reference = fusion.present.argmax(axis=1)
    own = cells.sum_x[:, -1] / np.maximum(cells.n[:, -1], 1.0)
    mean, se, unit_variance = (a[_EVERY, reference] for a in (published.mean, published.se, published.unit_variance))
    sample = published.sample[_EVERY, reference].tolist()
    n = fusion.n[_EVERY, reference].tolist()
    value = own - mean
    half = se * np.array([t975(int(k) - 1) if by_t else Z95 for by_t, k in zip(sample, n, strict=True)])
    low, high = value - half, value + half
    reaches = (mean >= configuration.target - TOLERANCE).tolist()
    sd_norm = np.sqrt(configuration.tau2 + unit_variance)
    rows = zip(value.tolist(), low.tolist(), high.tolist(), sd_norm.tolist(), reaches, strict=True)
    kind = [gap_class(v, a, b, s, reaches=r) for v, a, b, s, r in rows]
    return Gaps(
        exists=(fusion.own & (fusion.counted > 0)).tolist(),
        reference=reference.tolist(),
        value=value,
        low=low,
        high=high,
        kind=kind,
        flag=[gap_flag(k, reaches=r) for k, r in zip(kind, reaches, strict=True)],
    )
