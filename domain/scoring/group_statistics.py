"""Statistics of a group of raters and of several groups (METHOD 6). Plain numbers on 1..5; none of them enters a score.

`None` means "not defined", never 0.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum
from math import fsum, sqrt

from scipy.special import ndtr, stdtrit

from domain.scoring.published_means import NO_VARIANCE, Z95, t975

MIN_COMPLETE = 3
"""The smallest number of complete raters for alpha (METHOD 6.3)."""
MIN_NORM = 30
"""The smallest number of leaders for a percentile (METHOD 6.7)."""


class InferenceScope(StrEnum):
    """How the population's size was used in an interval."""

    SAMPLE = "sample"
    EVERYONE = "everyone"  # everyone answered: there is nothing to infer
    IGNORED = "ignored"  # more answers than people: show a warning


@dataclass(frozen=True, kw_only=True)
class Summary:
    """A group's ratings: `sd` with n-1 and `se` = sd/sqrt(n) from two raters on."""

    n: int
    mean: float
    sd: float | None
    se: float | None


@dataclass(frozen=True, kw_only=True)
class Limits:
    """A range of plausible values."""

    low: float
    high: float


@dataclass(frozen=True, kw_only=True)
class StaffMean:
    """A mean as a statement about "this staff"; without limits when everyone answered or nothing can be inferred."""

    scope: InferenceScope
    limits: Limits | None


@dataclass(frozen=True, kw_only=True)
class Agreement:
    """One-way analysis of several leaders' raters: icc1 of one rater, icc2 of a mean of `n0`."""

    msb: float
    msw: float
    n0: float
    icc1: float
    icc2: float
    tau2: float


@dataclass(frozen=True, kw_only=True)
class PolicyPart:
    """One source of a policy-weighted mean: weight, mean, variance of the mean, df; df None when the variance is known."""

    weight: float
    mean: float
    variance: float
    df: int | None


@dataclass(frozen=True, kw_only=True)
class PolicyMean:
    """A mean with set weights; show `renormalised` with it. `df` is None when every variance is known."""

    mean: float
    se: float
    df: float | None
    limits: Limits
    renormalised: bool


def summary(values: Sequence[float]) -> Summary | None:
    """Return mean, SD and SE of rater means; None without raters, only the mean for one (METHOD 6.1)."""
    n = len(values)
    if n == 0:
        return None
    mean = fsum(values) / n
    if n == 1:
        return Summary(n=1, mean=mean, sd=None, se=None)
    sd = sqrt(_variance(values))
    return Summary(n=n, mean=mean, sd=sd, se=sd / sqrt(n))


def t_interval(group: Summary) -> Limits | None:
    """Return mean ± t(.975, n-1) SE, clipped to 1..5; None for one rater and without variance (METHOD 6.1)."""
    return _clipped(group, _half_width(group))


def staff_mean(group: Summary, population: int) -> StaffMean:
    """Return the t-interval with SE sqrt(1 - n/N), for a report about this staff only (METHOD 6.2). `population` >= 1."""
    if group.n == population:
        return StaffMean(scope=InferenceScope.EVERYONE, limits=None)
    if group.n > population:
        return StaffMean(scope=InferenceScope.IGNORED, limits=t_interval(group))
    half = _half_width(group)
    limits = None if half is None else _clipped(group, half * finite_population_correction(group.n, population))
    return StaffMean(scope=InferenceScope.SAMPLE, limits=limits)


def finite_population_correction(n: int, population: int) -> float:
    """Return the factor sqrt(1 - n/N) of an SE, 0 < n <= N (METHOD 6.2)."""
    return sqrt(1 - n / population)


def alpha(raters: Sequence[Sequence[float | None]]) -> float | None:
    """Return Cronbach's alpha over complete raters, J/(J-1)(1 - sum var_j/var_total) (METHOD 6.3).

    One row per rater, one column per item. None below three complete raters or two items, and when totals do not vary.
    """
    rows = _complete(raters)
    items = len(rows[0]) if rows else 0
    if len(rows) < MIN_COMPLETE or items < 2:
        return None
    whole = _variance([fsum(row) for row in rows])
    if whole < NO_VARIANCE:
        return None
    return items / (items - 1) * (1 - fsum(_variance(column) for column in zip(*rows, strict=True)) / whole)


def mean_item_variance(raters: Sequence[Sequence[float | None]]) -> float | None:
    """Return the mean of the items' variances over complete raters; None below two of them."""
    rows = _complete(raters)
    if len(rows) < 2 or not rows[0]:
        return None
    columns = list(zip(*rows, strict=True))
    return fsum(_variance(column) for column in columns) / len(columns)


def rwg(raters: Sequence[Sequence[float | None]], options: int) -> float | None:
    """Return the agreement of complete raters, rwg of J items, against uniform answers on `options` >= 2 points (METHOD 6.4).

    A ratio of variances over 1 gives 0. None below two complete raters.
    """
    variance = mean_item_variance(raters)
    if variance is None:
        return None
    ratio = variance / ((options**2 - 1) / 12)
    items = len(raters[0])
    return 0.0 if ratio > 1 else items * (1 - ratio) / (items * (1 - ratio) + ratio)


def one_way_anova(leaders: Sequence[Sequence[float]]) -> Agreement | None:
    """Return the one-way analysis of variance of rater means by leader (METHOD 6.5); leaders without raters are left out.

    None below two leaders, with one rater per leader, or without any variance. A negative ICC(1) is 0, and so is ICC(2) then.
    """
    groups = [g for g in leaders if g]
    k, n = len(groups), sum(len(g) for g in groups)
    if k < 2 or n == k:
        return None
    centre = fsum(x for g in groups for x in g) / n
    means = [fsum(g) / len(g) for g in groups]
    msb = fsum(len(g) * (m - centre) ** 2 for g, m in zip(groups, means, strict=True)) / (k - 1)
    msw = fsum((x - m) ** 2 for g, m in zip(groups, means, strict=True) for x in g) / (n - k)
    n0 = (n - sum(len(g) ** 2 for g in groups) / n) / (k - 1)
    if msb + (n0 - 1) * msw < NO_VARIANCE:
        return None
    icc1 = max(0.0, (msb - msw) / (msb + (n0 - 1) * msw))
    return Agreement(
        msb=msb,
        msw=msw,
        n0=n0,
        icc1=icc1,
        icc2=n0 * icc1 / (1 + (n0 - 1) * icc1),
        tau2=max(0.0, (msb - msw) / n0),
    )


def policy_mean(parts: Sequence[PolicyPart]) -> PolicyMean | None:
    """Return the weighted mean with Welch-Satterthwaite df (METHOD 6.6); None without parts.

    Weights are renormalised to 1, which `renormalised` reports, as a missing group changes the meaning of the number. Limits
    are by t, or by z when every variance is known, and not clipped.
    """
    whole = fsum(p.weight for p in parts)
    if not whole:
        return None
    shares = [p.weight / whole for p in parts]
    mean = fsum(w * p.mean for w, p in zip(shares, parts, strict=True))
    variance = fsum(w * w * p.variance for w, p in zip(shares, parts, strict=True))
    loss = fsum((w * w * p.variance) ** 2 / p.df for w, p in zip(shares, parts, strict=True) if p.df is not None)
    df = variance**2 / loss if loss else None
    half = (Z95 if df is None else float(stdtrit(df, 0.975))) * sqrt(variance)
    return PolicyMean(
        mean=mean,
        se=sqrt(variance),
        df=df,
        limits=Limits(low=mean - half, high=mean + half),
        renormalised=abs(whole - 1) > 1e-9,
    )


def model_percentile(mean: float, mu: float, variance: float) -> float:
    """Return the percentile of a raw mean in N(mu, tau2 + sigma2/n), 0..100 (METHOD 6.7); `variance` > 0 is that sum."""
    return 100 * float(ndtr((mean - mu) / sqrt(variance)))


def mid_rank(value: float, norms: Sequence[float]) -> float:
    """Return 100 (below + equal/2)/n (METHOD 6.7), without thresholds; at least one norm."""
    below = sum(x < value for x in norms)
    equal = sum(x == value for x in norms)
    return 100 * (below + equal / 2) / len(norms)


def percentile(group: Summary, norms: Sequence[float], threshold: int) -> float | None:
    """Return the mid-rank among comparable leaders; None below 30 of them or below `threshold` raters (METHOD 6.7)."""
    return mid_rank(group.mean, norms) if len(norms) >= MIN_NORM and group.n >= threshold else None


def paired_differences(first: Sequence[float], second: Sequence[float]) -> Summary | None:
    """Return the summary of first minus second by rater, as ignoring the pairs would inflate the SE (METHOD 6.8)."""
    return summary([a - b for a, b in zip(first, second, strict=True)])


def difference_interval(group: Summary) -> Limits | None:
    """Return mean ± t(.975, n-1) SE of differences, not clipped; None where `t_interval` is None."""
    half = _half_width(group)
    return None if half is None else Limits(low=group.mean - half, high=group.mean + half)


def _half_width(group: Summary) -> float | None:
    if group.se is None or group.sd is None or group.sd**2 < NO_VARIANCE:
        return None
    return t975(group.n - 1) * group.se


def _clipped(group: Summary, half: float | None) -> Limits | None:
    return None if half is None else Limits(low=max(1.0, group.mean - half), high=min(5.0, group.mean + half))


def _variance(values: Sequence[float]) -> float:
    mean = fsum(values) / len(values)
    return fsum((x - mean) ** 2 for x in values) / (len(values) - 1)


def _complete(raters: Sequence[Sequence[float | None]]) -> list[list[float]]:
    rows = [[x for x in row if x is not None] for row in raters]
    return [answered for answered, row in zip(rows, raters, strict=True) if len(answered) == len(row)]
