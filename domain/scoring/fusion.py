"""Estimate scores from tallies in arrays: decay, and fusion of sources by precision (METHOD 4.1, 4.2 and 5.1).

Rows are the 21 responsibilities in framework order, columns the sources in the order of `Source`, self last; arrays of the
score have no column for self. A cell that does not count has value 0 and precision 0, never nan.
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
"""Evidence with a smaller effective n does not count, whatever the sums are (METHOD 4.2)."""
TOLERANCE = 1e-9
"""Tolerance for rounding: a value this close to a limit has reached it."""
DISAGREEMENT_ALPHA = 0.01
"""Significance level for disagreement of sources; .01 because 21 responsibilities are tested (METHOD 5.5)."""

_ROW = {r: i * len(Source) for i, r in enumerate(Responsibility)}
_COLUMN = {s: i for i, s in enumerate(Source)}
_SHAPE = (6, len(Responsibility), len(Source))
_SCORED = len(SCORED)
_IDENTIFIED = np.array([s not in ANONYMOUS for s in SCORED])


class TallyGrid(NamedTuple):
    """Tallies as arrays of shape (21, 6)."""

    fw: Floats
    fwx: Floats
    n: Floats
    sum_x: Floats
    sum_xx: Floats
    c: Floats


class SourceArrays(NamedTuple):
    """A configuration's constants of the five sources as arrays: variances, smallest disclosed n, floor of a mean."""

    sigma2: Floats
    omega2: Floats
    min_n: Floats
    floor: Floats


class FusedScores(NamedTuple):
    """Fused sources: the first six arrays have shape (21, 5), the others (21,)."""

    present: Flags
    n: Floats
    effective_n: Floats
    y: Floats
    variance: Floats  # sigma2/L
    p: Floats
    precision: Floats  # P, including the prior
    theta: Floats
    sd: Floats
    counted: Floats  # number of sources that count
    enough: Flags
    own: Flags  # whether there is a self-rating


def error_variance(sigma2: Any, effective_n: Any, omega2: Any) -> Any:
    """Return the error variance of a source, e = sigma2/L + omega2, for numbers or arrays; L > 0 (METHOD 5.1)."""
    return sigma2 / effective_n + omega2


def source_arrays(configuration: Configuration) -> SourceArrays:
    """Return the constants of the five sources as arrays."""
    by, limits = configuration.by_source, configuration.disclosure
    return SourceArrays(
        sigma2=np.array([by[s].sigma2 for s in SCORED]),
        omega2=np.array([by[s].omega2 for s in SCORED]),
        min_n=np.where(_IDENTIFIED, 1.0, limits.k),
        floor=np.where(_IDENTIFIED, 1.0, limits.floor),
    )


def tally_grid(tallies: Iterable[Tally], withheld: AbstractSet[CellKey]) -> TallyGrid:
    """Return `tallies`, at most one per cell, as arrays, without the withheld cells (METHOD 8.1)."""
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
    """Return the estimates of all responsibilities at `at`: theta = (mu/tau2 + sum p y)/P, sd = P^-1/2 (METHOD 5.1).

    An anonymous cell below the threshold does not count, even if it was not withheld before (METHOD 8.2).
    """
    n = cells.n[:, :_SCORED]
    fw = cells.fw[:, :_SCORED]
    now = decay(at, configuration.half_life_days, configuration.landmark)
    aged = fw / now
    present = (n >= constants.min_n) & (aged >= MIN_EFFECTIVE_N)
    effective_n = np.where(present, aged, 1.0)  # 1 avoids a division by zero; precision 0 removes the cell
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
    """Return P(chi2 with k-1 df > Q) of each responsibility; 1 where fewer than two sources count (METHOD 5.5)."""
    counts = fusion.counted
    weight = np.where(counts > 0, fusion.p.sum(axis=1), 1.0)
    centre = (fusion.p * fusion.y).sum(axis=1) / weight
    q = (fusion.p * (fusion.y - centre[:, None]) ** 2).sum(axis=1)
    chance: Floats = chdtrc(np.maximum(counts - 1, 1), np.where(counts > 1, q, 0.0))
    return chance
