"""Raw means and their standard errors, within the rules of disclosure (METHOD 5.6)."""

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
"""A smaller sample variance is a rounding error and counts as 0 (METHOD 2.10)."""

_SCORED = len(SCORED)
_IDENTIFIED = np.array([s not in ANONYMOUS for s in SCORED])


class PublishedMeans(NamedTuple):
    """Published statistics of the raw ratings, arrays of shape (21, 5); undefined where the source does not count."""

    mean: Floats
    se: Floats
    sample: Flags  # True: se from the spread of the units; False: from the assumed variance
    unit_variance: Floats  # sigma2/(n c), the assumed variance of a mean of n


@lru_cache(maxsize=4096)
def t975(df: int) -> float:
    """Return the .975 quantile of Student's t with `df` >= 1 degrees of freedom."""
    return float(stdtrit(df, 0.975))


def publish_means(
    cells: TallyGrid, fusion: FusedScores, constants: SourceArrays, configuration: Configuration
) -> PublishedMeans:
    """Return mean and published SE of every cell (METHOD 5.6).

    Anonymous sources: model SE sqrt(sigma2/(n c)) for n below `spread_bar` (10) and for a mean on the floor (METHOD 8.3), else
    sample SE. Supervisor and observation: sample SE from n = 2 on. Without any spread: model SE.
    """
    n = np.where(fusion.present, fusion.n, 1.0)
    c = np.where(_IDENTIFIED | ~fusion.present, 1.0, cells.c[:, :_SCORED])
    mean = cells.sum_x[:, :_SCORED] / n
    spread = (cells.sum_xx[:, :_SCORED] - n * mean * mean) / np.maximum(n - 1.0, 1.0)
    min_n = np.where(_IDENTIFIED, 2.0, configuration.disclosure.spread_bar)
    sample = fusion.present & (n >= min_n) & (spread >= NO_VARIANCE) & (mean >= constants.floor)
    unit_variance = constants.sigma2 / (n * c)
    return PublishedMeans(
        mean=np.maximum(mean, constants.floor),
        se=np.sqrt(np.where(sample, spread / n, unit_variance)),
        sample=sample,
        unit_variance=unit_variance,
    )
