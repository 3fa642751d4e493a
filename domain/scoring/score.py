"""Compute a leader's 21 scores from tallies (METHOD 4 to 8; openapi/README.md 6).

The whole profile is computed and rounded in arrays before views are made of it: this is the product's hot path.
"""

from collections.abc import Iterable, Iterator
from collections.abc import Set as AbstractSet
from datetime import datetime
from typing import NamedTuple

import numpy as np
from scipy.special import ndtr

from domain.framework.configuration import Configuration
from domain.framework.evidence_sources import SCORED, Source
from domain.framework.responsibilities import Responsibility
from domain.scoring.fusion import (
    DISAGREEMENT_ALPHA,
    NO_CELLS,
    CellKey,
    Floats,
    FusedScores,
    SourceArrays,
    TallyGrid,
    disagreements,
    fuse,
    source_arrays,
    tally_grid,
)
from domain.scoring.published_means import Z95, PublishedMeans, publish_means
from domain.scoring.self_other_gap import Gaps, gaps
from domain.scoring.tally import Tally
from domain.scoring.views import Evidence, Interval, Posterior, Score, SeBasis, SelfGap, SourceShare, Withheld, WithheldReason
from domain.shared.fast_dataclass import fast_constructor

CONFIDENCE_LEVEL = 0.95
"""The probability of every interval."""

_SCORE_COLUMNS = 10  # columns of the score; six for each source follow
_SOURCE_COLUMNS = 6
_PLACES = 1e4
_ORDER = tuple(Responsibility)

_new_score = fast_constructor(Score)
_new_share = fast_constructor(SourceShare)
_new_gap = fast_constructor(SelfGap)
_new_interval = fast_constructor(Interval)

Hidden = dict[Responsibility, set[Source]]


class _RoundedProfile(NamedTuple):
    """A computed profile: rounded numbers by responsibility, and flags."""

    rows: list[list[float]]
    present: list[list[bool]]
    n: list[list[int]]
    sample: list[list[bool]]
    doubtful: list[bool]
    counted: list[int]
    evidence: list[Evidence]
    gaps: Gaps


def profile(
    tallies: Iterable[Tally],
    configuration: Configuration,
    at: datetime,
    withheld: AbstractSet[CellKey] = NO_CELLS,
) -> tuple[Score, ...]:
    """Return all 21 scores in framework order, rounded to 4 decimals (METHOD 5 to 7).

    `tallies`: at most one per responsibility and source, of disclosed evidence; source `self` counts in the gap only. `at`: an
    aware time to which evidence is aged. `withheld`: cells below the threshold without disclosed evidence, which are marked as
    withheld and do not count (METHOD 8.1). A source whose tally is below the threshold is treated likewise.
    """
    constants = source_arrays(configuration)
    cells = tally_grid(tallies, withheld)
    fusion = fuse(cells, constants, configuration, at)
    sheet = _rounded_profile(cells, fusion, constants, configuration)
    hidden = _hidden(cells, constants, withheld)
    note = Withheld(reason=WithheldReason.BELOW_THRESHOLD, minimum=configuration.disclosure.k)
    return tuple(_score(i, responsibility, sheet, hidden.get(responsibility), note) for i, responsibility in enumerate(_ORDER))


def posteriors(
    tallies: Iterable[Tally],
    configuration: Configuration,
    at: datetime,
    withheld: AbstractSet[CellKey] = NO_CELLS,
) -> tuple[Posterior, ...]:
    """Return the 21 scores unrounded, in framework order (METHOD 5.1). Arguments as in `profile`."""
    fusion = fuse(tally_grid(tallies, withheld), source_arrays(configuration), configuration, at)
    columns = (fusion.theta.tolist(), fusion.sd.tolist(), fusion.n.sum(axis=1).tolist(), _evidence(fusion))
    return tuple(
        Posterior(responsibility=r, theta=theta, sd=sd, n=int(n), evidence=evidence)
        for r, theta, sd, n, evidence in zip(_ORDER, *columns, strict=True)
    )


def _evidence(fusion: FusedScores) -> list[Evidence]:
    """Return the grade of each score: none without a source, enough with small sd and enough units, else thin (METHOD 5.4)."""
    return [
        Evidence.NONE if not counted else Evidence.ENOUGH if enough else Evidence.THIN
        for counted, enough in zip(fusion.counted.tolist(), fusion.enough.tolist(), strict=True)
    ]


def _hidden(cells: TallyGrid, constants: SourceArrays, withheld: AbstractSet[CellKey]) -> Hidden:
    """Return the withheld sources: those of `withheld`, and those whose tally is below the threshold (METHOD 8.2)."""
    hidden: Hidden = {}
    for responsibility, source in withheld:
        hidden.setdefault(Responsibility(responsibility), set()).add(source)
    n = cells.n[:, : len(SCORED)]
    below = (n > 0) & (n < constants.min_n)
    if below.any():
        for row, column in np.argwhere(below).tolist():
            hidden.setdefault(_ORDER[row], set()).add(SCORED[column])
    return hidden


def _rounded_profile(
    cells: TallyGrid, fusion: FusedScores, constants: SourceArrays, configuration: Configuration
) -> _RoundedProfile:
    published = publish_means(cells, fusion, constants, configuration)
    gap = gaps(cells, fusion, published, configuration)
    numbers = _numbers(fusion, published, gap, configuration)
    return _RoundedProfile(
        rows=(np.rint(numbers * _PLACES) / _PLACES + 0.0).tolist(),  # + 0.0 turns negative zero into zero
        present=fusion.present.tolist(),
        n=fusion.n.astype(int).tolist(),
        sample=published.sample.tolist(),
        doubtful=(disagreements(fusion) < DISAGREEMENT_ALPHA).tolist(),
        counted=fusion.counted.tolist(),
        evidence=_evidence(fusion),
        gaps=gap,
    )


def _numbers(fusion: FusedScores, published: PublishedMeans, gap: Gaps, configuration: Configuration) -> Floats:
    """Return all numbers of the profile, unrounded: 21 rows, ten columns of the score, then six per source."""
    theta, sd, precision = fusion.theta, fusion.sd, fusion.precision
    prior_share = 1.0 / (configuration.tau2 * precision)
    out = np.empty((len(theta), _SCORE_COLUMNS + _SOURCE_COLUMNS * len(SCORED)))
    out[:, 0] = theta
    out[:, 1] = sd
    out[:, 2] = np.maximum(theta - Z95 * sd, 1.0)
    out[:, 3] = np.minimum(theta + Z95 * sd, 5.0)
    out[:, 4] = ndtr((configuration.target - theta) / sd)
    out[:, 5] = 1.0 - prior_share
    out[:, 6] = prior_share
    out[:, 7] = gap.value
    out[:, 8] = gap.low
    out[:, 9] = gap.high
    out[:, _SCORE_COLUMNS::_SOURCE_COLUMNS] = published.mean
    out[:, _SCORE_COLUMNS + 1 :: _SOURCE_COLUMNS] = published.se
    out[:, _SCORE_COLUMNS + 2 :: _SOURCE_COLUMNS] = fusion.effective_n
    out[:, _SCORE_COLUMNS + 3 :: _SOURCE_COLUMNS] = fusion.y
    out[:, _SCORE_COLUMNS + 4 :: _SOURCE_COLUMNS] = configuration.tau2 / (configuration.tau2 + fusion.variance)
    out[:, _SCORE_COLUMNS + 5 :: _SOURCE_COLUMNS] = fusion.p / precision[:, None]
    return out


def _score(i: int, responsibility: Responsibility, sheet: _RoundedProfile, hidden: set[Source] | None, note: Withheld) -> Score:
    theta, sd, low, high, below, reliability, prior_share = sheet.rows[i][:7]
    none = sheet.evidence[i] is Evidence.NONE
    return _new_score(
        responsibility=responsibility,
        estimate=None if none else theta,
        sd=None if none else sd,
        interval=None if none else _new_interval(low=low, high=high, level=CONFIDENCE_LEVEL),
        p_below_target=None if none else below,
        reliability=reliability,
        evidence=sheet.evidence[i],
        sources=tuple(_shares(i, sheet, hidden or (), note)),
        prior_share=prior_share,
        self_gap=_self_gap(i, sheet) if sheet.gaps.exists[i] else None,
        disagreement=sheet.doubtful[i] if sheet.counted[i] > 1 else None,
    )


def _shares(i: int, sheet: _RoundedProfile, hidden: Iterable[Source], note: Withheld) -> Iterator[SourceShare]:
    row, present = sheet.rows[i], sheet.present[i]
    for j, source in enumerate(SCORED):
        if present[j]:
            start = _SCORE_COLUMNS + _SOURCE_COLUMNS * j
            mean, se, effective_n, current_mean, reliability, share = row[start : start + _SOURCE_COLUMNS]
            yield _new_share(
                source=source,
                n=sheet.n[i][j],
                mean=mean,
                se=se,
                se_basis=SeBasis.SAMPLE if sheet.sample[i][j] else SeBasis.MODEL,
                effective_n=effective_n,
                current_mean=current_mean,
                reliability=reliability,
                share=share,
                withheld=None,
            )
        elif source in hidden:
            yield _withheld(source, note)


def _withheld(source: Source, note: Withheld) -> SourceShare:
    return SourceShare(
        source=source,
        n=None,
        mean=None,
        se=None,
        se_basis=None,
        effective_n=None,
        current_mean=None,
        reliability=None,
        share=None,
        withheld=note,
    )


def _self_gap(i: int, sheet: _RoundedProfile) -> SelfGap:
    value, low, high = sheet.rows[i][7:_SCORE_COLUMNS]
    return _new_gap(
        value=value,
        interval=_new_interval(low=low, high=high, level=CONFIDENCE_LEVEL),
        classification=sheet.gaps.kind[i],
        flag=sheet.gaps.flag[i],
        reference=SCORED[sheet.gaps.reference[i]],
    )
