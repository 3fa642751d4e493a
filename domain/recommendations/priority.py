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
"""A smaller standard deviation is taken as this: a point mass has no density to integrate."""

TAIL_SDS = 8.0
PANEL_SDS = 8.0
NODES, WEIGHTS = np.polynomial.legendre.leggauss(32)
ROOT_TAU = float(np.sqrt(2 * np.pi))


def shortfall(theta: Floats, sd: Floats, target: float) -> Floats:
    """S: expected points below ``target``; where sd is 0, the plain distance. Arrays of equal shape, theta on 1..5."""
    below = target - theta
    safe = np.where(sd > 0, sd, 1.0)
    zeta = below / safe
    expected = below * ndtr(zeta) + sd * np.exp(-zeta * zeta / 2) / ROOT_TAU
    return np.where(sd > 0, expected, np.maximum(0.0, below))


def p_top(theta: Floats, sd: Floats, m: Floats, target: float) -> tuple[Floats, float]:
    """P(top-1) of each responsibility and P_none, by quadrature good to 1e-6; they sum to 1.

    The integral of METHOD 11.6 over the weighted shortfall x: X_r is normal with mean m (T - theta) and
    deviation m sd, and P_r = integral over x > 0 of its density times every other one's distribution. So all share one grid.
    Panels are eight of the smallest deviations wide; no seed, same bytes.
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
    # where a distribution is 0 its density is 0 to the last bit that matters, and the product of all is 0 with it
    others = np.prod(below, axis=1)[:, None] / np.where(below > 0, below, 1.0)
    return weights @ (density * others), p_none


def _grid(mean: Floats, scale: Floats) -> tuple[Floats, Floats]:
    """Nodes and weights over that part of x > 0 where anybody can be the largest."""
    low = max(0.0, float(np.max(mean - TAIL_SDS * scale)))
    high = max(0.0, float(np.max(mean + TAIL_SDS * scale)))
    near = scale[mean + TAIL_SDS * scale >= low]
    panels = max(1, int(np.ceil((high - low) / (PANEL_SDS * near.min()))) if near.size else 1)
    half = (high - low) / (2 * panels)
    middles = low + half * (2 * np.arange(panels) + 1)
    return (middles[:, None] + half * NODES).ravel(), np.tile(half * WEIGHTS, panels)


def tied(ranked: Sequence[int], p: Floats, p_none: float, cfg: Configuration) -> tuple[int, ...]:
    """Which of ``ranked`` (positions, best first) can claim the first place: none without priority, one if it is clear.

    Otherwise the leader and the others by falling probability until enough of it is covered, two or three.
    """
    if not ranked or p_none >= NO_PRIORITY:
        return ()
    share = p / (1 - p_none)
    found, covered = [ranked[0]], float(share[ranked[0]])
    if covered >= cfg.single_top:
        return (ranked[0],)
    for r in sorted(ranked[1:], key=lambda r: -share[r]):
        if len(found) == MAX_TIED or (len(found) > 1 and covered >= cfg.tie_mass):
            break
        found.append(r)
        covered += float(share[r])
    return tuple(found)
