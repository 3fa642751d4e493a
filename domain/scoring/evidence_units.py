"""Convert ratings to units of evidence (METHOD 3)."""

from collections import defaultdict
from collections.abc import Callable, Iterable, Sequence
from datetime import datetime
from math import ceil, fsum
from typing import NamedTuple, TypeVar

from domain.framework.evidence_sources import Source
from domain.framework.responsibilities import Responsibility
from domain.shared.errors import Code, Invalid

TWO_POINT_WEIGHT = 0.25
"""The largest crosswalk weight of an element with a two-point scale."""

_POSITION = {r: i for i, r in enumerate(Responsibility)}

T = TypeVar("T")
K = TypeVar("K")


class EvidenceUnit(NamedTuple):
    """One piece of evidence about one responsibility. A tuple for speed, as a push has hundreds.

    `x` on 1..5, rounded to 12 decimals; `c` precision weight in (0, 1]; `t` an aware instant.
    """

    responsibility: Responsibility
    source: Source
    x: float
    c: float
    t: datetime


class WeightedRating(NamedTuple):
    """One rating of one responsibility: `x` on 1..5 and the crosswalk weight `w` in (0, 1], 1 for a direct rating."""

    responsibility: Responsibility
    x: float
    w: float


def check_scale(worst: float, best: float, pointer: str) -> None:
    """Raise `Invalid` (`out_of_range`) if the ends of a scale are equal or not finite; `worst` may be the larger."""
    if not 0 < abs(best - worst) < float("inf"):
        raise Invalid.at(pointer, Code.OUT_OF_RANGE, "worst and best must be different numbers; worst may be the larger one")


def convert(value: float, worst: float, best: float, pointer: str) -> float:
    """Return `value` on a scale from `worst` to `best` as x on 1..5: x = 1 + 4 (v - worst)/(best - worst) (METHOD 3.2).

    A change of units, not an equating of instruments. Raises `Invalid` for a value outside the scale (`out_of_scale`) and for a
    scale with equal ends (`out_of_range`).
    """
    check_scale(worst, best, pointer)
    if not min(worst, best) <= value <= max(worst, best):
        low, high = sorted((worst, best))
        raise Invalid.at(pointer, Code.OUT_OF_SCALE, f"{value:g} is not on this scale; give a value from {low:g} to {high:g}")
    return 1.0 + 4.0 * (value - worst) / (best - worst)


def is_two_point(levels: int, worst: float, best: float, step: float | None = None) -> bool:
    """Return whether a scale has only two points: exactly two levels, or a step as wide as the scale (METHOD 3.5)."""
    return levels == 2 or (step is not None and abs(step) >= abs(best - worst))


def check_weight(weight: float, pointer: str, *, two_point: bool) -> None:
    """Raise `Invalid` for a weight outside (0, 1] (`out_of_range`) or over .25 on a two-point scale (`weight_too_large`)."""
    if not 0 < weight <= 1:
        raise Invalid.at(
            pointer, Code.OUT_OF_RANGE, "a weight must be greater than 0 and at most 1; for 0 leave the element out"
        )
    if two_point and weight > TWO_POINT_WEIGHT:
        detail = f"an element with a two-point scale has a weight of at most {TWO_POINT_WEIGHT}; lower the weight"
        raise Invalid.at(pointer, Code.WEIGHT_TOO_LARGE, detail)


def observation_units(ratings: Iterable[WeightedRating], observed_at: datetime) -> tuple[EvidenceUnit, ...]:
    """Return the units of one observation, one per responsibility, in framework order (METHOD 3.5).

    x = sum(w x)/sum(w), c = min(1, sum w): many elements of one visit are one unit. Sums are exactly rounded, so the order of
    the ratings does not matter.
    """
    by: dict[Responsibility, list[WeightedRating]] = defaultdict(list)
    for rating in ratings:
        by[rating.responsibility].append(rating)
    return tuple(_observation_unit(r, by[r], observed_at) for r in sorted(by, key=_POSITION.__getitem__))


def _observation_unit(responsibility: Responsibility, ratings: list[WeightedRating], observed_at: datetime) -> EvidenceUnit:
    if len(ratings) == 1:
        [(_, x, w)] = ratings
        return EvidenceUnit(responsibility, Source.OBSERVATION, round(x, 12), min(1.0, w), observed_at)
    weight = fsum(r.w for r in ratings)
    x = fsum(r.w * r.x for r in ratings) / weight
    return EvidenceUnit(responsibility, Source.OBSERVATION, round(x, 12), min(1.0, weight), observed_at)


def form_precision(items: int) -> float:
    """Return a form's precision weight c = min(1, .60/(.54 + .24/J)), with J = `items` >= 1 per responsibility (METHOD 3.4)."""
    return min(1.0, 10 * items / (9 * items + 4))  # the same formula in integers, so that four items give exactly 1


def form_mean(answers: Sequence[float | None]) -> float | None:
    """Return the mean of the answered items, or None if less than half (J/2 rounded up) were answered (METHOD 3.4)."""
    answered = [a for a in answers if a is not None]
    return fsum(answered) / len(answered) if answered and len(answered) >= ceil(len(answers) / 2) else None


def form_unit(
    responsibility: Responsibility,
    source: Source,
    answers: Sequence[float | None],
    closed_at: datetime,
) -> EvidenceUnit | None:
    """Return the unit of one form of a teacher, staff member or peer; None when less than half was answered (METHOD 3.4).

    `answers` on 1..5, one for each item of the responsibility on the form, None where nothing was rated. `closed_at` is the
    campaign's close date, 00:00Z (for a `live` campaign the date of the block).
    """
    x = form_mean(answers)
    return None if x is None else EvidenceUnit(responsibility, source, round(x, 12), form_precision(len(answers)), closed_at)


def assessment_units(
    ratings: Iterable[tuple[Responsibility, float]],
    source: Source,
    assessed_at: datetime,
) -> tuple[EvidenceUnit, ...]:
    """Return the units of one assessment in framework order; x is the mean of a responsibility's ratings, c is 1."""
    by: dict[Responsibility, list[float]] = defaultdict(list)
    for responsibility, x in ratings:
        by[responsibility].append(x)
    return tuple(
        EvidenceUnit(r, source, round(fsum(by[r]) / len(by[r]), 12), 1.0, assessed_at)
        for r in Responsibility
        if r in by
    )  # fmt: skip


def precedence(at: datetime, external_version: int | None, external_id: str | None) -> tuple[datetime, int, str]:
    """Return the sort key of "newest": time, then version, then id as text by code point (METHOD 3.6).

    The order of arrival does not count. An item without version or id ranks below one with.
    """
    return (at, -1 if external_version is None else external_version, external_id or "")


def newest_by_key(
    items: Iterable[T],
    key_of: Callable[[T], K],
    rank: Callable[[T], tuple[datetime, int, str]],
) -> dict[K, T]:
    """Return the item with the highest `rank` for each key (for example a person and a responsibility)."""
    newest: dict[K, T] = {}
    for item in items:
        key = key_of(item)
        if key not in newest or rank(item) > rank(newest[key]):
            newest[key] = item
    return newest
