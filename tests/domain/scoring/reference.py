"""An independent reference: one responsibility at a time, straight from the text, in fractions and plain loops."""

from datetime import timedelta
from fractions import Fraction
from math import erf, exp, lgamma, pi, sqrt

SIGMA2 = {"teacher": 0.60, "staff": 0.60, "peer": 0.45, "supervisor": 0.36, "observation": 0.30}
OMEGA2 = {"teacher": 0.04, "staff": 0.04, "peer": 0.06, "supervisor": 0.09, "observation": 0.06}
ORDER = ("teacher", "staff", "peer", "supervisor", "observation")
ANONYMOUS = ("teacher", "staff", "peer")
MU, TAU2, TARGET, HALF_LIFE, Z = 3.6, 0.16, 4.0, 365.0, 1.959964


def normal_cdf(z):
    return (1 + erf(z / sqrt(2))) / 2


def t_cdf(t, df, steps=4000):
    """Simpson's rule on the density."""
    scale = exp(lgamma((df + 1) / 2) - lgamma(df / 2)) / sqrt(df * pi)
    h = t / steps
    total = sum(
        (1 if i in (0, steps) else 4 if i % 2 else 2) * (1 + (i * h) ** 2 / df) ** (-(df + 1) / 2) for i in range(steps + 1)
    )
    return 0.5 + scale * total * h / 3


def t_quantile(df, cache={}):  # noqa: B006
    if df not in cache:
        low, high = 1.9, 12.8
        for _ in range(45):
            middle = (low + high) / 2
            low, high = (middle, high) if t_cdf(middle, df) < 0.975 else (low, middle)
        cache[df] = (low + high) / 2
    return cache[df]


def chi2_tail(q, df):
    """The closed forms of one to four degrees of freedom."""
    h = q / 2
    odd = 1 - erf(sqrt(h))
    return {
        1: odd,
        2: exp(-h),
        3: odd + 2 * sqrt(h / pi) * exp(-h),
        4: exp(-h) * (1 + h),
    }[df]


def precision_of_form(items):
    return min(1.0, 0.60 / (0.54 + 0.24 / items))


def score(cells, at, hidden=()):
    """``cells``: {source: [(x, c, t), ...]} of one responsibility, anonymous ones a single campaign. Returns a dict."""
    shown = {}
    for source in ORDER:
        units = cells.get(source, [])
        if source in hidden or not units:
            continue
        if source in ANONYMOUS and sum(u[0] for u in units) / len(units) < 1.5 - 1e-12:
            units = [(1.5, c, t) for _, c, t in units]
        ages = [(at - t) / timedelta(days=1) for _, _, t in units]
        weights = [c * 2 ** (-age / HALF_LIFE) for (_, c, _), age in zip(units, ages, strict=True)]
        effective = sum(weights)
        if effective < 1e-9:
            continue
        y = sum(w * x for w, (x, _, _) in zip(weights, units, strict=True)) / effective
        shown[source] = (units, effective, y, SIGMA2[source] / effective + OMEGA2[source])
    precision = 1 / TAU2 + sum(1 / e for *_, e in shown.values())
    theta = (MU / TAU2 + sum(y / e for _, _, y, e in shown.values())) / precision
    sd = 1 / sqrt(precision)
    count = sum(len(units) for units, *_ in shown.values())
    evidence = "none" if not shown else "enough" if sd <= 0.30 + 1e-9 and count >= 3 else "thin"
    return {
        "theta": theta,
        "sd": sd,
        "n": count,
        "evidence": evidence,
        "below": normal_cdf((TARGET - theta) / sd),
        "prior_share": 1 / (TAU2 * precision),
        "disagreement": disagreement(shown),
        "sources": {s: share(s, shown[s], precision) for s in shown},
        "gap": gap(cells, shown),
    }


def disagreement(disclosed):
    if len(disclosed) < 2:
        return None
    total = sum(1 / e for *_, e in disclosed.values())
    centre = sum(y / e for _, _, y, e in disclosed.values()) / total
    return chi2_tail(sum((y - centre) ** 2 / e for _, _, y, e in disclosed.values()), len(disclosed) - 1) < 0.01


def published(source, units):
    """Mean, SE, and whether the SE is the sample's."""
    n = len(units)
    exact = [Fraction(x).limit_denominator(10**12) for x, _, _ in units]
    mean = sum(exact) / n
    c = units[0][1] if source in ANONYMOUS else 1.0
    variance = float(sum((x - mean) ** 2 for x in exact) / (n - 1)) if n > 1 else 0.0
    if variance >= 1e-9 and n >= (10 if source in ANONYMOUS else 2):
        return float(mean), sqrt(variance / n), True
    return float(mean), sqrt(SIGMA2[source] / (n * c)), False


def share(source, reading, precision):
    units, effective, y, e = reading
    mean, se, sample = published(source, units)
    return {
        "n": len(units),
        "mean": mean,
        "se": se,
        "se_basis": "sample" if sample else "model",
        "effective_n": effective,
        "current_mean": y,
        "reliability": TAU2 / (TAU2 + SIGMA2[source] / effective),
        "share": 1 / e / precision,
    }


def gap(cells, disclosed):
    if not cells.get("self") or not disclosed:
        return None
    source = next(s for s in ORDER if s in disclosed)
    units = disclosed[source][0]
    mean, se, sample = published(source, units)
    value = cells["self"][0][0] - mean
    half = se * (t_quantile(len(units) - 1) if sample else Z)
    c = units[0][1] if source in ANONYMOUS else 1.0
    bar = sqrt(TAU2 + SIGMA2[source] / (len(units) * c)) / 2
    reached = mean >= TARGET - 1e-9
    if value > bar and value - half > 0:
        kind = "over_estimator"
    elif value < -bar and value + half < 0:
        kind = "under_estimator"
    else:
        kind = "in_agreement_good" if reached else "in_agreement_poor"
    flags = {("over_estimator", False): "blind_spot", ("under_estimator", True): "hidden_strength"}
    return {
        "value": value,
        "low": value - half,
        "high": value + half,
        "class": kind,
        "flag": flags.get((kind, reached)),
        "reference": source,
    }
