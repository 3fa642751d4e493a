"""From tallies to estimates: decay, precision and the weighing of sources, over arrays (METHOD 4.1, 4.2 and 5.1).

Rows are the 21 responsibilities in framework order, columns the sources in ``Source``'s order, self last; arrays of the score
leave self out. A cell without evidence that may count holds 0 and precision 0, never nan.
"""

from collections.abc import Iterable
from collections.abc import Set as AbstractSet
from datetime import datetime
from typing import Any, NamedTuple, TypeAlias

import numpy as np
import numpy.typing as npt
from scipy.special import chdtrc

from domain.framework.configuration import Configuration
from domain.framework.evidence_sources import ANONYMOUS, SCORED, Source
from domain.framework.responsibilities import Responsibility
from domain.scoring.tally import Tally, decay

Floats: TypeAlias = npt.NDArray[np.float64]
Flags: TypeAlias = npt.NDArray[np.bool_]
CellKey: TypeAlias = tuple[Responsibility, Source]

NO_CELLS: frozenset[CellKey] = frozenset()
MIN_EFFECTIVE_N = 1e-9
"""Evidence of less effective n is gone, whatever the sums say (METHOD 4.2)."""
TOLERANCE = 1e-9
"""What rounding may have moved: a value this close to a bar has reached it."""
DISAGREEMENT_ALPHA = 0.01
"""Chance below which sources are said to disagree; .01 because 21 are looked at (METHOD 5.5)."""

_ROW = {r: i * len(Source) for i, r in enumerate(Responsibility)}
_COLUMN = {s: i for i, s in enumerate(Source)}
_SHAPE = (6, len(Responsibility), len(Source))
_SCORED = len(SCORED)
_IDENTIFIED = np.array([s not in ANONYMOUS for s in SCORED])


class TallyGrid(NamedTuple):
    """Tallies as arrays, 21 by 6."""

    fw: Floats
    fwx: Floats
    n: Floats
    sum_x: Floats
    sum_xx: Floats
    c: Floats


class SourceArrays(NamedTuple):
    """A configuration's constants of the sources, one an element of the five: variances, least n shown, floor of a mean."""

    sigma2: Floats
    omega2: Floats
    min_n: Floats
    floor: Floats


class FusedScores(NamedTuple):
    """Sources weighed together: the first six are 21 by 5, the rest one a responsibility."""

    present: Flags
    n: Floats
    effective_n: Floats
    y: Floats
    variance: Floats  # sigma2/L, what aging and n leave of the units' variance
    p: Floats
    precision: Floats  # P, the prior's included
    theta: Floats
    sd: Floats
    counted: Floats  # sources that count
    enough: Flags
    own: Flags  # an own rating is there


def error_variance(sigma2: Any, effective_n: Any, omega2: Any) -> Any:
    """Error variance of a source, e = sigma2/L + omega2, for numbers or arrays; L > 0 (METHOD 5.1)."""
    return sigma2 / effective_n + omega2


def source_arrays(configuration: Configuration) -> SourceArrays:
    """The constants of the five sources as arrays."""
    by, limits = configuration.by_source, configuration.disclosure
    return SourceArrays(
        sigma2=np.array([by[s].sigma2 for s in SCORED]),
        omega2=np.array([by[s].omega2 for s in SCORED]),
        min_n=np.where(_IDENTIFIED, 1.0, limits.k),
        floor=np.where(_IDENTIFIED, 1.0, limits.floor),
    )


def tally_grid(tallies: Iterable[Tally], withheld: AbstractSet[CellKey]) -> TallyGrid:
    """``tallies``, at most one a cell, as arrays; withheld cells are left out before anything is computed (METHOD 8.1)."""
    slots: list[int] = []
    values: list[float] = []
    for t in tallies:
        if withheld and (t[0], t[1]) in withheld:
            continue
        slots.append(_ROW[t[0]] + _COLUMN[t[1]])
        values += t[2:8]
    cells = np.zeros((_SHAPE[1] * _SHAPE[2], _SHAPE[0]))
    if slots:
        cells[slots] = np.array(values, dtype=float).reshape(-1, _SHAPE[0])
    return TallyGrid(*np.ascontiguousarray(cells.T).reshape(_SHAPE))


def fuse(cells: TallyGrid, constants: SourceArrays, configuration: Configuration, at: datetime) -> FusedScores:
    """The estimate of every responsibility at ``at``: theta = (mu/tau2 + sum p y)/P, sd = P^-1/2 (METHOD 5.1).

    An anonymous cell below the threshold counts as hidden even when nobody said so (METHOD 8.2).
    """
    n = cells.n[:, :_SCORED]
    fw = cells.fw[:, :_SCORED]
    now = decay(at, configuration.half_life_days, configuration.landmark)
    aged = fw / now
    present = (n >= constants.min_n) & (aged >= MIN_EFFECTIVE_N)
    effective_n = np.where(present, aged, 1.0)  # 1 only keeps the division quiet; precision 0 removes it
    y = np.maximum(cells.fwx[:, :_SCORED] / np.where(present, fw, 1.0), constants.floor)
    variance = constants.sigma2 / effective_n
    p = present / (variance + constants.omega2)
    prior = 1.0 / configuration.tau2
    precision = prior + p.sum(axis=1)
    sd = precision**-0.5
    n = n * present
    return FusedScores(
        present=present,
        n=n,
        effective_n=effective_n,
        y=y,
        variance=variance,
        p=p,
        precision=precision,
        theta=(configuration.mu * prior + (p * y).sum(axis=1)) / precision,
        sd=sd,
        counted=present.sum(axis=1),
        enough=(sd <= configuration.enough_sd + TOLERANCE) & (n.sum(axis=1) >= configuration.enough_n),
        own=(cells.n[:, -1] > 0) & (cells.fw[:, -1] >= MIN_EFFECTIVE_N * now),
    )


def disagreements(fusion: FusedScores) -> Floats:
    """P(chi2 with k-1 df > Q) of each responsibility; 1 where fewer than two sources count (METHOD 5.5)."""
    counts = fusion.counted
    weight = np.where(counts > 0, fusion.p.sum(axis=1), 1.0)
    centre = (fusion.p * fusion.y).sum(axis=1) / weight
    q = (fusion.p * (fusion.y - centre[:, None]) ** 2).sum(axis=1)
    chance: Floats = chdtrc(np.maximum(counts - 1, 1), np.where(counts > 1, q, 0.0))
    return chance
