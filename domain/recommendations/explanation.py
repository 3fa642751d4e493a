"""The working of a rank: its inputs, its multipliers and the sources they rest on (METHOD 1.3)."""

import math
from collections.abc import Sequence
from typing import Any

import numpy as np

from domain.change.rules import GroupState
from domain.framework import citations
from domain.framework.configuration import Configuration
from domain.framework.responsibilities import Responsibility
from domain.recommendations.model import Input, InputSource, Multiplier, RankRange, Working
from domain.recommendations.relevance import PHASES, Floats, Relevance, relation
from domain.scoring.views import Posterior
from domain.shared.fast_dataclass import fast_constructor

DECIMALS = 4
RULE = "expected_shortfall"
STATEMENT = (
    "Expected points below target, times how much the responsibility matters in the phases that are under way, times how "
    "deeply the group experiences the change. The multipliers are our working rule: inferred, editable, not validated. The "
    "constant pooled_r / prior_sd is the same for all and changes no order; the 21 correlations cannot be told apart "
    "statistically, so they do not rank anything. That a responsibility comes out first does not mean that working on it "
    "helps: that is not known."
)
CITED = (citations.PAPER_2003, citations.BOOK_2005, citations.CONNECTING_2007)
"""Sources for: the correlations; which responsibilities relate to second-order change; the phases."""

_IDS = tuple(c.id for c in CITED)

_new_multiplier = fast_constructor(Multiplier)
_new_working = fast_constructor(Working)


def rank_inputs(posterior: Posterior, cfg: Configuration) -> tuple[Input, ...]:
    """Return the score of one responsibility and the constants that its rank is computed from."""
    score, constant = InputSource.SCORE, InputSource.CONFIGURATION
    return (
        Input(name="estimate", value=round(posterior.theta, DECIMALS), source=score),
        Input(name="sd", value=round(posterior.sd, DECIMALS), source=score),
        Input(name="n", value=float(posterior.n), source=score),
        Input(name="target", value=cfg.target, source=constant),
        Input(name="pooled_r", value=cfg.pooled_r, source=constant),
        Input(name="prior_sd", value=round(math.sqrt(cfg.tau2), DECIMALS), source=constant),
    )


def multipliers(
    groups: Sequence[GroupState],
    codes: Sequence[Responsibility],
    group_relevance: Relevance,
    shares: Floats,
) -> list[list[Multiplier]]:
    """Return the multipliers by group and by position in `codes`; `shares` has the weight of each group, 0..1."""
    phase, magnitude, combined = (
        _rounded(a) for a in (group_relevance.phase, group_relevance.magnitude, group_relevance.combined)
    )
    strongest, weights, intensities = (
        group_relevance.strongest_phase.tolist(),
        group_relevance.weights.tolist(),
        group_relevance.intensities.tolist(),
    )
    relations = [relation(r) for r in codes]
    return [
        [
            _new_multiplier(
                group_id=group.group_id,
                size_share=share,
                phase=None if (p := strongest[g][r]) < 0 else PHASES[p],
                intensity=0.0 if p < 0 else intensities[g][p],
                phase_weight=0.0 if p < 0 else weights[p][r],
                phase_factor=phase[g][r],
                relation=relations[r],
                q=round(group.magnitude.q, DECIMALS),
                q_basis=group.magnitude.basis,
                magnitude_factor=magnitude[g][r],
                combined=combined[g][r],
            )
            for r in range(len(codes))
        ]
        for g, (group, share) in enumerate(zip(groups, _rounded(shares), strict=True))
    ]


def rank_working(cfg: Configuration, inputs: tuple[Input, ...], factors: tuple[Multiplier, ...], ranks: RankRange) -> Working:
    """Return the working of one rank."""
    return _new_working(
        rule=RULE,
        rule_version=cfg.constants,
        inputs=inputs,
        multipliers=factors,
        citations=_IDS,
        sensitivity=ranks,
    )


def _rounded(values: Floats) -> Any:
    """Return the rounded values as nested lists."""
    return np.round(values, DECIMALS).tolist()
