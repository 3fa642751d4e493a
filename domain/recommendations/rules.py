"""Rank the responsibilities to work on for a change (METHOD 11)."""

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from domain.change.rules import GroupState
from domain.framework.configuration import Configuration
from domain.framework.magnitude import Magnitude
from domain.framework.responsibilities import SECOND_ORDER_SUFFERS, Responsibility
from domain.recommendations.explanation import DECIMALS, multipliers, rank_inputs, rank_working
from domain.recommendations.model import Advice, GroupAdvice, Input, Multiplier, OverallAdvice, Ranked, RankRange, Sensitive
from domain.recommendations.priority import Floats, p_top, shortfall, tied
from domain.recommendations.relevance import VARIATIONS, overall_multipliers, relevance
from domain.scoring.views import Evidence, Posterior
from domain.shared.fast_dataclass import fast_constructor

COMPARED_DECIMALS = 12
"""Decimals to which two numbers are compared, so that the order of a summation does not decide a rank."""

WATCHED: tuple[Responsibility, ...] = tuple(sorted(SECOND_ORDER_SUFFERS))

Codes = tuple[Responsibility, ...]

_new_ranked = fast_constructor(Ranked)


@dataclass(frozen=True, kw_only=True)
class Candidates:
    """The R responsibilities with enough evidence, by code, as arrays; `scale` turns a shortfall into an index."""

    codes: Codes
    theta: Floats
    sd: Floats
    shortfall: Floats
    scale: float
    cfg: Configuration


@dataclass(frozen=True, kw_only=True)
class Ranking:
    """One ranking of the candidates, unrounded: `order` holds positions, best first."""

    multiplier: Floats
    order: tuple[int, ...]
    p: Floats
    p_none: float
    tie: Codes
    strengthen: Codes
    use: Codes


def recommend(posteriors: Sequence[Posterior], groups: Sequence[GroupState], cfg: Configuration) -> Advice:
    """Return the advice for each group and overall.

    `posteriors`: unrounded, each responsibility at most once; `groups`: of size 1 or more. Without any group, every overall
    multiplier is 1 and the shortfall alone ranks. Numbers are rounded to 4 decimals at the end.
    """
    enough = sorted((p for p in posteriors if p.evidence is Evidence.ENOUGH), key=lambda p: p.responsibility)
    candidates = _candidates(enough, cfg)
    group_relevance = relevance(groups, candidates.codes, cfg)
    overall = overall_multipliers(group_relevance, len(enough))
    overall_ranking = _ranking(candidates, overall[0])
    inputs = [rank_inputs(p, cfg) for p in enough]
    unweighted = multipliers(groups, candidates.codes, group_relevance, np.ones(len(groups)))
    weighted = multipliers(groups, candidates.codes, group_relevance, group_relevance.share)
    return Advice(
        groups=tuple(
            _group_advice(
                group,
                ranking := _ranking(candidates, group_relevance.combined[g]),
                overall_ranking,
                _ranked(candidates, ranking, inputs, [(m,) for m in unweighted[g]], group_relevance.varied[:, g]),
            )
            for g, group in enumerate(groups)
        ),
        overall=OverallAdvice(
            strengthen=overall_ranking.strengthen,
            use=overall_ranking.use,
            watch=(),
            tie=overall_ranking.tie,
            ranked=_ranked(candidates, overall_ranking, inputs, _by_responsibility(weighted, len(enough)), overall),
            p_none=round(overall_ranking.p_none, DECIMALS),
        ),
        gather=needs_more_evidence(posteriors, groups, cfg),
        sensitive=_sensitive(candidates, overall),
    )


def needs_more_evidence(posteriors: Sequence[Posterior], groups: Sequence[GroupState], cfg: Configuration) -> Codes:
    """Return the responsibilities without enough evidence: by overall multiplier, then sd (both descending), then code."""
    scarce = [p for p in posteriors if p.evidence is not Evidence.ENOUGH]
    group_relevance = relevance(groups, [p.responsibility for p in scarce], cfg)
    m = overall_multipliers(group_relevance, len(scarce))[0].round(COMPARED_DECIMALS).tolist()
    order = sorted(range(len(scarce)), key=lambda i: (-m[i], -round(scarce[i].sd, COMPARED_DECIMALS), scarce[i].responsibility))
    return tuple(scarce[i].responsibility for i in order)


def _candidates(enough: Sequence[Posterior], cfg: Configuration) -> Candidates:
    theta, sd = np.array([p.theta for p in enough]), np.array([p.sd for p in enough])
    return Candidates(
        codes=tuple(p.responsibility for p in enough),
        theta=theta,
        sd=sd,
        shortfall=shortfall(theta, sd, cfg.target),
        scale=cfg.pooled_r / math.sqrt(cfg.tau2),
        cfg=cfg,
    )


def _order(candidates: Candidates, m: Floats) -> NDArray[np.int64]:
    """Return positions by descending index, equal ones by code; `m` may have leading axes."""
    return np.argsort(-np.round(candidates.scale * candidates.shortfall * m, COMPARED_DECIMALS), axis=-1, kind="stable")


def _ranking(candidates: Candidates, m: Floats) -> Ranking:
    order = tuple(_order(candidates, m).tolist())
    p, p_none = p_top(candidates.theta, candidates.sd, m, candidates.cfg.target)
    tie = tied(order, p, p_none, candidates.cfg)
    below = [r for r in order if candidates.theta[r] < candidates.cfg.target]
    return Ranking(
        multiplier=m,
        order=order,
        p=p,
        p_none=p_none,
        tie=tuple(candidates.codes[r] for r in tie),
        strengthen=tuple(candidates.codes[r] for r in below[: candidates.cfg.active]) if tie else (),
        use=tuple(candidates.codes[r] for r in order if candidates.theta[r] >= candidates.cfg.target and m[r] > 1),
    )


def _ranked(
    candidates: Candidates,
    ranking: Ranking,
    inputs: Sequence[tuple[Input, ...]],
    factors: Sequence[tuple[Multiplier, ...]],
    varied: Floats,
) -> tuple[Ranked, ...]:
    m = ranking.multiplier
    numbers = np.round((candidates.scale * candidates.shortfall * m, candidates.shortfall, m, ranking.p), DECIMALS).tolist()
    index, shortfalls, multiplier, p = numbers
    ranks = _rank_ranges(candidates, varied)
    return tuple(
        _new_ranked(
            responsibility=candidates.codes[r],
            index=index[r],
            shortfall=shortfalls[r],
            multiplier=multiplier[r],
            p_top=p[r],
            working=rank_working(candidates.cfg, inputs[r], factors[r], ranks[r]),
        )
        for r in ranking.order
    )


def _rank_ranges(candidates: Candidates, varied: Floats) -> list[RankRange]:
    """Return the rank of each candidate as configured, and its best and worst rank over the variations."""
    ranks = np.argsort(_order(candidates, varied), axis=-1) + 1
    rows = (ranks[0].tolist(), ranks.min(axis=0).tolist(), ranks.max(axis=0).tolist())
    return [RankRange(rank=now, best_rank=best, worst_rank=worst) for now, best, worst in zip(*rows, strict=True)]


def _group_advice(
    group: GroupState,
    ranking: Ranking,
    overall: Ranking,
    ranked: tuple[Ranked, ...],
) -> GroupAdvice:
    return GroupAdvice(
        group_id=group.group_id,
        strengthen=ranking.strengthen,
        for_this_group=tuple(r for r in ranking.strengthen if r not in overall.strengthen),
        use=ranking.use,
        watch=() if group.magnitude.label is Magnitude.FIRST_ORDER else WATCHED,
        tie=ranking.tie,
        ranked=ranked,
        p_none=round(ranking.p_none, DECIMALS),
    )


def _by_responsibility(factors: list[list[Multiplier]], count: int) -> list[tuple[Multiplier, ...]]:
    return [tuple(of_group[r] for of_group in factors) for r in range(count)]


def _sensitive(candidates: Candidates, multipliers_by_variation: Floats) -> tuple[Sensitive, ...]:
    """Return the variations of a coefficient under which the overall index puts another responsibility first."""
    if not candidates.codes:
        return ()
    now, *others = _order(candidates, multipliers_by_variation)[:, 0].tolist()
    return tuple(
        Sensitive(coefficient=c, value=round(getattr(candidates.cfg, c) * f, DECIMALS), top=candidates.codes[r])
        for (c, f), r in zip(VARIATIONS, others, strict=True)
        if r != now
    )
