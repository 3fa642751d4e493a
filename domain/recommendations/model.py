"""What advice tells: lists, their ranking, and the working of every rank (openapi/README.md 12; symbols as in METHOD 11)."""

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
    """Where a number that went into a rank comes from."""

    SCORE = "score"
    CONFIGURATION = "configuration"


class Coefficient(StrEnum):
    """Coefficients whose size is judgement and is therefore varied."""

    KAPPA_PHASE = "kappa_phase"
    KAPPA_7 = "kappa_7"
    KAPPA_4 = "kappa_4"


@dataclass(frozen=True, kw_only=True)
class Input:
    """One number that went into a rank."""

    name: str
    """what it is: estimate, sd, n, target, pooled_r or prior_sd"""
    value: float
    """the number, to 4 decimals"""
    source: InputSource
    """the leader's score, or the configuration"""


@dataclass(frozen=True, kw_only=True)
class Multiplier:
    """What one group adds to the need: 1 where nothing is known to matter, never below."""

    group_id: GroupId
    """the group"""
    size_share: float
    """what the group counts in this list: 1 in its own, its share of people overall"""
    phase: Phase | None
    """the active phase that matters most here; null if none does"""
    intensity: float
    """intensity of that phase that counts, 0 to 1"""
    phase_weight: float
    """weight of the responsibility in that phase, 1 primary, .5 secondary; inferred"""
    phase_factor: float
    """1 + kappa_phase x intensity x weight"""
    relation: SecondOrder
    """how the responsibility stands to second-order change"""
    q: float
    """share of the group taken to experience the change as second-order, 0 to 1"""
    q_basis: Basis
    """measured, from the leader's estimate, or assumed for want of both"""
    magnitude_factor: float
    """1 + kappa x q; 1 for a neutral responsibility"""
    combined: float
    """phase_factor x magnitude_factor"""


@dataclass(frozen=True, kw_only=True)
class RankRange:
    """Where the responsibility would stand if each coefficient were a fifth smaller or larger, one at a time."""

    rank: int
    """rank in this list, from 1"""
    best_rank: int
    """best rank among the variations"""
    worst_rank: int
    """worst rank among the variations"""


@dataclass(frozen=True, kw_only=True)
class Working:
    """How a rank came about."""

    rule: str
    """id of the rule"""
    rule_version: str
    """version of its constants"""
    inputs: tuple[Input, ...]
    """the numbers that went in, with their sources"""
    multipliers: tuple[Multiplier, ...]
    """what each group adds; one in a group's own list"""
    citations: tuple[str, ...]
    """ids of what the ingredients rest on, listed beside the advice"""
    sensitivity: RankRange
    """how the rank depends on our coefficients"""


@dataclass(frozen=True, kw_only=True)
class Ranked:
    """One responsibility with evidence enough, at its place."""

    responsibility: Responsibility
    """code of the responsibility"""
    index: float
    """orders the list; without unit, not a gain in achievement"""
    shortfall: Annotated[float, Revealed.ESTIMATE]
    """points below target expected, with uncertainty inside"""
    multiplier: float
    """phase and magnitude relevance, 1 or more"""
    p_top: float
    """probability, with these ratings and our weights, of coming out first"""
    working: Working
    """how this came about"""


@dataclass(frozen=True, kw_only=True)
class GroupAdvice:
    """What to lean on for one group. Lists are of codes, in rank order unless said otherwise."""

    group_id: GroupId
    """the group"""
    strengthen: Annotated[tuple[Responsibility, ...], Revealed.ESTIMATE]
    """to work on; empty when there is no priority"""
    for_this_group: tuple[Responsibility, ...]
    """those of strengthen that are not in the overall list: for this group only"""
    use: tuple[Responsibility, ...]
    """strengths to lean on now"""
    watch: tuple[Responsibility, ...]
    """often seen to slip in deep change: protect and share them, never do less; by code"""
    tie: tuple[Responsibility, ...]
    """those that may be the first, in the order found; one when that is clear, none without priority"""
    ranked: tuple[Ranked, ...]
    """all with evidence enough"""
    p_none: float
    """probability that everything well evidenced is at or above target"""


@dataclass(frozen=True, kw_only=True)
class OverallAdvice:
    """What to lean on over all groups, each counting by its size; ``strengthen`` is the leader's active set."""

    strengthen: Annotated[tuple[Responsibility, ...], Revealed.ESTIMATE]
    """the active set, at most three"""
    use: tuple[Responsibility, ...]
    """strengths to lean on now"""
    watch: tuple[Responsibility, ...]
    """always empty: watching belongs to a group"""
    tie: tuple[Responsibility, ...]
    """as in a group"""
    ranked: tuple[Ranked, ...]
    """all with evidence enough"""
    p_none: float
    """as in a group"""


@dataclass(frozen=True, kw_only=True)
class Sensitive:
    """A variation of one coefficient that would put another responsibility first overall."""

    coefficient: Coefficient
    """what is varied"""
    value: float
    """the value it takes"""
    top: Responsibility
    """what would come first"""


@dataclass(frozen=True, kw_only=True)
class Advice:
    """Everything the rule yields for one leader and one initiative."""

    groups: tuple[GroupAdvice, ...]
    overall: OverallAdvice
    gather: tuple[Responsibility, ...]
    sensitive: tuple[Sensitive, ...]
