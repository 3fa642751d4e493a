"""Explain how a profile was computed, for its reader (METHOD 1.3, 1.5 and 3 to 5)."""

from collections.abc import Iterable

from domain.scoring.published_means import Z95
from domain.scoring.views import ProfileWorking, Score, Unclipped

RULE = "precision_weighted"
RULE_VERSION = "2026.1"
LOWEST, HIGHEST = 1.0, 5.0

FUSION = (
    "Each source's mean, weighted by age and precision, is combined with an assumed average by the inverse of its variance; "
    "the assumed average enters once, and one's own rating never."
)
UNITS = "Ratings on other scales are brought to 1 to 5 by a change of units; that is no equating of instruments."
AGING = "Evidence ages: its weight halves with every half-life, and the interval widens with it. Nothing is deleted."
POOLING = (
    "Campaigns of several years are pooled as if other people had answered each time, though some are the same: with years "
    "of the same raters the interval is narrower than it ought to be."
)
ASSUMED = "The variances are assumed, not estimated from this district's data."
STATEMENTS = (FUSION, UNITS, AGING, POOLING, ASSUMED)


def profile_working(scores: Iterable[Score]) -> ProfileWorking:
    """Return the explanation of `scores`."""
    return ProfileWorking(
        rule=RULE,
        rule_version=RULE_VERSION,
        statements=STATEMENTS,
        unclipped=tuple(_unclipped(s) for s in scores if _is_clipped(s)),
    )


def _is_clipped(score: Score) -> bool:
    interval = score.interval
    return interval is not None and (interval.low <= LOWEST or interval.high >= HIGHEST)


def _unclipped(score: Score) -> Unclipped:
    estimate, half = score.estimate or 0.0, Z95 * (score.sd or 0.0)
    return Unclipped(responsibility=score.responsibility, low=round(estimate - half, 4), high=round(estimate + half, 4))
