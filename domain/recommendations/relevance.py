"""How much a responsibility matters to a group in its phases: the multipliers, and their variations (METHOD 11.3 and 11.4)."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from domain.change.rules import GroupState, intensity
from domain.framework.configuration import Configuration
from domain.framework.model import SecondOrder
from domain.framework.phases import Phase
from domain.framework.responsibilities import SECOND_ORDER_SUFFERS, SECOND_ORDER_SUPPORTS, Responsibility
from domain.recommendations.model import Coefficient

Floats = NDArray[np.float64]

PHASES = tuple(Phase)
VARIATION = 0.2
"""Each coefficient is varied by a fifth; scaling a whole multiplier would change nothing (METHOD 11.10)."""

VARIATIONS: tuple[tuple[Coefficient, float], ...] = tuple((c, f) for c in Coefficient for f in (1 - VARIATION, 1 + VARIATION))


@dataclass(frozen=True, kw_only=True)
class Relevance:
    """Multipliers of G groups for R responsibilities.

    `phase`, `magnitude` and `combined` are (G, R); `varied` is (7, G, R), the first as configured, then one for each of
    `VARIATIONS`. `strongest_phase` (G, R) is the position in `PHASES` of the phase that matters most, -1 where none does;
    `intensities` is (G, phases), `weights` (phases, R), `q` and `share` of all people (G,).
    """

    phase: Floats
    magnitude: Floats
    combined: Floats
    varied: Floats
    strongest_phase: NDArray[np.int64]
    intensities: Floats
    weights: Floats
    q: Floats
    share: Floats


def relation(responsibility: Responsibility) -> SecondOrder:
    """Return the relation of `responsibility` to second-order change (FRAMEWORK 5.3 and 5.4)."""
    if responsibility in SECOND_ORDER_SUPPORTS:
        return SecondOrder.SUPPORTS
    return SecondOrder.SUFFERS if responsibility in SECOND_ORDER_SUFFERS else SecondOrder.NEUTRAL


def relevance(groups: Sequence[GroupState], responsibilities: Sequence[Responsibility], cfg: Configuration) -> Relevance:
    """Return phase and magnitude multipliers; only the strongest phase counts, so that two phases do not add up."""
    weights = np.array([[cfg.weights.get((p, r), 0.0) for r in responsibilities] for p in PHASES])
    intensities = np.array([[intensity(g, p) for p in PHASES] for g in groups]).reshape(len(groups), len(PHASES))
    products = intensities[:, :, None] * weights
    strongest = products.max(axis=1)
    q = np.array([g.magnitude.q for g in groups])
    kappas = _varied_coefficients(cfg)
    shares = _second_order_shares(responsibilities, q)
    varied = (1 + kappas[:, 0, None, None] * strongest) * (1 + np.tensordot(kappas[:, 1:], shares, axes=1))
    sizes = np.array([float(g.size) for g in groups])
    return Relevance(
        phase=1 + cfg.kappa_phase * strongest,
        magnitude=1 + cfg.kappa_7 * shares[0] + cfg.kappa_4 * shares[1],
        combined=varied[0],
        varied=varied,
        strongest_phase=np.where(strongest > 0, products.argmax(axis=1), -1),
        intensities=intensities,
        weights=weights,
        q=q,
        share=sizes / sizes.sum() if len(groups) else sizes,
    )


def _second_order_shares(responsibilities: Sequence[Responsibility], q: Floats) -> Floats:
    """Return (2, G, R): `q` where the responsibility is one of the seven, then where it is one of the four; 0 elsewhere."""
    relations = [relation(r) for r in responsibilities]
    members = np.array(
        [[kind is x for x in relations] for kind in (SecondOrder.SUPPORTS, SecondOrder.SUFFERS)], dtype=np.float64
    )
    return q[:, None] * members[:, None, :]


def _varied_coefficients(cfg: Configuration) -> Floats:
    """Return (7, 3): the coefficients as configured, then each a fifth smaller and larger."""
    base = [getattr(cfg, c) for c in Coefficient]
    rows = [[value * (f if c is varied else 1) for c, value in zip(Coefficient, base, strict=True)] for varied, f in VARIATIONS]
    return np.array([base, *rows])


def overall_multipliers(group_relevance: Relevance, count: int) -> Floats:
    """Return (7, R): the groups' multipliers weighted by size; 1 for all `count` responsibilities if there is no group."""
    if not group_relevance.share.size:
        return np.ones((1 + len(VARIATIONS), count))
    return np.tensordot(group_relevance.share, group_relevance.varied, axes=(0, 1))
