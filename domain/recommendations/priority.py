"""The probability of being the top priority, and what counts as a tie (METHOD 11.2, 11.6 and 11.7)."""

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray
from scipy.special import ndtr

from domain.framework.configuration import Configuration

Floats = NDArray[np.float64]

NO_PRIORITY = 0.50
MAX_TIED = 3
MIN_SD = 0.005
"""Lower bound of standard deviations: a point mass has no density to integrate."""

TAIL_SDS = 8.0
PANEL_SDS = 8.0
NODES, WEIGHTS = np.polynomial.legendre.leggauss(32)
ROOT_TAU = float(np.sqrt(2 * np.pi))


def shortfall(theta: Floats, sd: Floats, target: float) -> Floats:
    """Return S, the expected points below `target`; where sd is 0, the distance. Arrays of equal shape, theta on 1..5."""
    below = target - theta
    nonzero_sd = np.where(sd > 0, sd, 1.0)
    zeta = below / nonzero_sd
    expected = below * ndtr(zeta) + sd * np.exp(-zeta * zeta / 2) / ROOT_TAU
    return np.where(sd > 0, expected, np.maximum(0.0, below))


def p_top(theta: Floats, sd: Floats, m: Floats, target: float) -> tuple[Floats, float]:
    """Return P(top-1) of each responsibility and P_none, by quadrature accurate to 1e-6; they sum to 1.

    The integral of METHOD 11.6 over the weighted shortfall x: X_r is normal with mean m (T - theta) and standard deviation
    m sd, and P_r is the integral over x > 0 of its density times the distribution functions of all others, on one common grid.
    Panels are eight of the smallest standard deviations wide. No random numbers, so the result is reproducible to the byte.
    """
    if theta.size == 0:
        return theta, 1.0
    spread = np.maximum(sd, MIN_SD)
    p_none = float(np.prod(ndtr((theta - target) / spread)))
    mean, scale = m * (target - theta), m * spread
    grid, weights = _grid(mean, scale)
    z = (grid[:, None] - mean) / scale
    below = ndtr(z)
    density = np.exp(-z * z / 2) / (ROOT_TAU * scale)
    # Where a distribution function underflows to 0, its density and the product of all do too.
    others = np.prod(below, axis=1)[:, None] / np.where(below > 0, below, 1.0)
    return weights @ (density * others), p_none


def _grid(mean: Floats, scale: Floats) -> tuple[Floats, Floats]:
    """Return nodes and weights over the part of x > 0 in which any of the variables can be the largest."""
    low = max(0.0, float(np.max(mean - TAIL_SDS * scale)))
    high = max(0.0, float(np.max(mean + TAIL_SDS * scale)))
    near = scale[mean + TAIL_SDS * scale >= low]
    panels = max(1, int(np.ceil((high - low) / (PANEL_SDS * near.min()))) if near.size else 1)
    half = (high - low) / (2 * panels)
    middles = low + half * (2 * np.arange(panels) + 1)
    return (middles[:, None] + half * NODES).ravel(), np.tile(half * WEIGHTS, panels)


def tied(ranked: Sequence[int], p: Floats, p_none: float, cfg: Configuration) -> tuple[int, ...]:
    """Return which of `ranked` (positions, best first) may be the first priority: none if there is no priority, one if clear.

    Otherwise the first and others by descending probability until `tie_mass` is covered, two or three in all.
    """
    if not ranked or p_none >= NO_PRIORITY:
        return ()
    share = p / (1 - p_none)
    tie, covered = [ranked[0]], float(share[ranked[0]])
    if covered >= cfg.single_top:
        return (ranked[0],)
    for r in sorted(ranked[1:], key=lambda r: -share[r]):
        if len(tie) == MAX_TIED or (len(tie) > 1 and covered >= cfg.tie_mass):
            break
        tie.append(r)
        covered += float(share[r])
    return tuple(tie)
