"""Raw means and their standard errors, as far as disclosure lets them be published (METHOD 5.6)."""

from functools import lru_cache
from typing import NamedTuple

import numpy as np
from scipy.special import stdtrit

from domain.framework.configuration import Configuration
from domain.framework.evidence_sources import ANONYMOUS, SCORED
from domain.scoring.fusion import Flags, Floats, FusedScores, SourceArrays, TallyGrid

Z95 = 1.959964
"""The .975 quantile of the normal distribution, rounded (METHOD 1.2)."""
NO_VARIANCE = 1e-9
"""A sample variance below this is 0: rounding of x left it (METHOD 2.10)."""

_SCORED = len(SCORED)
_IDENTIFIED = np.array([s not in ANONYMOUS for s in SCORED])


class PublishedMeans(NamedTuple):
    """What is published of the raw ratings, each 21 by 5; meaningless where the source does not count."""

    mean: Floats
    se: Floats
    sample: Flags  # se from the spread of the units, else from the assumed variance
    unit_variance: Floats  # sigma2/(n c), what the assumed variance makes of a mean of n


@lru_cache(maxsize=4096)
def t975(df: int) -> float:
    """The .975 quantile of Student's t with ``df`` >= 1 degrees of freedom."""
    return float(stdtrit(df, 0.975))


def publish_means(
    cells: TallyGrid, fusion: FusedScores, constants: SourceArrays, configuration: Configuration
) -> PublishedMeans:
    """Mean and published SE of every cell (METHOD 5.6).

    Anonymous: model SE sqrt(sigma2/(n c)) below the bar of spread (10), sample SE from there; a mean on the floor has no spread
    (METHOD 8.3). Supervisor, observation: sample SE from two. No spread at all: model SE.
    """
    n = np.where(fusion.present, fusion.n, 1.0)
    c = np.where(_IDENTIFIED | ~fusion.present, 1.0, cells.c[:, :_SCORED])
    raw = cells.sum_x[:, :_SCORED] / n
    spread = (cells.sum_xx[:, :_SCORED] - n * raw * raw) / np.maximum(n - 1.0, 1.0)
    bar = np.where(_IDENTIFIED, 2.0, configuration.disclosure.spread_bar)
    sample = fusion.present & (n >= bar) & (spread >= NO_VARIANCE) & (raw >= constants.floor)
    unit_variance = constants.sigma2 / (n * c)
    return PublishedMeans(
        mean=np.maximum(raw, constants.floor),
        se=np.sqrt(np.where(sample, spread / n, unit_variance)),
        sample=sample,
        unit_variance=unit_variance,
    )
