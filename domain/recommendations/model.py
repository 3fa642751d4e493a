"""Recommendations: lists, their ranking, and the working of every rank (openapi/README.md 12; symbols as in METHOD 11)."""

from dataclasses import dataclass
from enum import StrEnum
from typing import Annotated

from domain.change.rules import Basis
from domain.framework.model import SecondOrder
from domain.framework.phases import Phase
from domain.framework.responsibilities import Responsibility
from domain.permissions.revealed_data import Revealed
from domain.shared.ids import GroupId


class InputSource(StrEnum):
    """Where an input of a rank comes from."""

    SCORE = "score"
    CONFIGURATION = "configuration"


class Coefficient(StrEnum):
    """Coefficients whose size is our judgement and which are therefore varied."""

    KAPPA_PHASE = "kappa_phase"
    KAPPA_7 = "kappa_7"
    KAPPA_4 = "kappa_4"


@dataclass(frozen=True, kw_only=True)
class Input:
    """One number that a rank is computed from."""

    name: str
    """what it is: estimate, sd, n, target, pooled_r or prior_sd"""
    value: float
    """the number, to 4 decimals"""
    source: InputSource
    """the leader's score, or the configuration"""


@dataclass(frozen=True, kw_only=True)
class Multiplier:
    """The multiplier of one group: how much the responsibility matters there, 1 or more; 1 if nothing is known to matter."""

    group_id: GroupId
    """the group"""
    size_share: float
    """the group's weight in this list: 1 in its own list, its share of all people in the overall list"""
    phase: Phase | None
    """the active phase in which the responsibility matters most; null if it matters in none"""
    intensity: float
    """effective intensity of that phase, 0 to 1"""
    phase_weight: float
    """weight of the responsibility in that phase: 1 primary, .5 secondary; inferred"""
    phase_factor: float
    """1 + kappa_phase x intensity x weight"""
    relation: SecondOrder
    """the relation of the responsibility to second-order change"""
    q: float
    """share of the group that is taken to experience the change as second-order, 0 to 1"""
    q_basis: Basis
    """measured, from the leader's estimate, or assumed if there is neither"""
    magnitude_factor: float
    """1 + kappa x q; 1 for a neutral responsibility"""
    combined: float
    """phase_factor x magnitude_factor"""


@dataclass(frozen=True, kw_only=True)
class RankRange:
    """The ranks of a responsibility when each coefficient is a fifth smaller or larger, one at a time."""

    rank: int
    """rank in this list, from 1"""
    best_rank: int
    """best rank among the variations"""
    worst_rank: int
    """worst rank among the variations"""


@dataclass(frozen=True, kw_only=True)
class Working:
    """How a rank was computed."""

    rule: str
    """id of the rule"""
    rule_version: str
    """version of its constants"""
    inputs: tuple[Input, ...]
    """the numbers that the rank is computed from, with their sources"""
    multipliers: tuple[Multiplier, ...]
    """the multiplier of each group; one in a group's own list"""
    citations: tuple[str, ...]
    """ids of the sources, listed beside the recommendations"""
    sensitivity: RankRange
    """how the rank depends on our coefficients"""


@dataclass(frozen=True, kw_only=True)
class Ranked:
    """One responsibility with enough evidence, in rank order."""

    responsibility: Responsibility
    """code of the responsibility"""
    index: float
    """sort key of the list, highest first; it has no unit and is not a gain in achievement"""
    shortfall: Annotated[float, Revealed.ESTIMATE]
    """expected points below target, uncertainty included"""
    multiplier: float
    """relevance by phase and magnitude, 1 or more"""
    p_top: float
    """probability of coming out first, given these ratings and our weights"""
    working: Working
    """how the rank was computed"""


@dataclass(frozen=True, kw_only=True)
class GroupAdvice:
    """Recommendations for one group. Lists hold codes of responsibilities, in rank order unless stated otherwise."""

    group_id: GroupId
    """the group"""
    strengthen: Annotated[tuple[Responsibility, ...], Revealed.ESTIMATE]
    """to work on; empty if there is no priority"""
    for_this_group: tuple[Responsibility, ...]
    """those in strengthen that are not in the overall list"""
    use: tuple[Responsibility, ...]
    """strengths to use now"""
    watch: tuple[Responsibility, ...]
    """those that often suffer in deep change: protect and share them, never do less; sorted by code"""
    tie: tuple[Responsibility, ...]
    """those that may be the first priority: one if it is clear, none if there is no priority"""
    ranked: tuple[Ranked, ...]
    """all responsibilities with enough evidence"""
    p_none: float
    """probability that all responsibilities with enough evidence are at or above target"""


@dataclass(frozen=True, kw_only=True)
class OverallAdvice:
    """Recommendations over all groups, weighted by size; `strengthen` is the leader's active set."""

    strengthen: Annotated[tuple[Responsibility, ...], Revealed.ESTIMATE]
    """the active set, at most three"""
    use: tuple[Responsibility, ...]
    """strengths to use now"""
    watch: tuple[Responsibility, ...]
    """always empty: only groups have such a list"""
    tie: tuple[Responsibility, ...]
    """as in a group"""
    ranked: tuple[Ranked, ...]
    """all responsibilities with enough evidence"""
    p_none: float
    """as in a group"""


@dataclass(frozen=True, kw_only=True)
class Sensitive:
    """A variation of one coefficient that would put another responsibility first overall."""

    coefficient: Coefficient
    """the coefficient that is varied"""
    value: float
    """its varied value"""
    top: Responsibility
    """the responsibility that would come first"""


@dataclass(frozen=True, kw_only=True)
class Advice:
    """All results of the rule for one leader and one initiative."""

    groups: tuple[GroupAdvice, ...]
    overall: OverallAdvice
    gather: tuple[Responsibility, ...]
    sensitive: tuple[Sensitive, ...]
