"""What advice tells: lists, their ranking, and the working of every rank (openapi/README.md 12; symbols as in METHOD 11)."""

from dataclasses import dataclass, field
from enum import StrEnum

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

    name: str = field(metadata={"description": "what it is: estimate, sd, n, target, pooled_r or prior_sd"})
    value: float = field(metadata={"description": "the number, to 4 decimals"})
    source: InputSource = field(metadata={"description": "the leader's score, or the configuration"})


@dataclass(frozen=True, kw_only=True)
class Multiplier:
    """What one group adds to the need: 1 where nothing is known to matter, never below."""

    group_id: GroupId = field(metadata={"description": "the group"})
    size_share: float = field(
        metadata={"description": "what the group counts in this list: 1 in its own, its share of people overall"}
    )
    phase: Phase | None = field(metadata={"description": "the active phase that matters most here; null if none does"})
    intensity: float = field(metadata={"description": "intensity of that phase that counts, 0 to 1"})
    phase_weight: float = field(
        metadata={"description": "weight of the responsibility in that phase, 1 primary, .5 secondary; inferred"}
    )
    phase_factor: float = field(metadata={"description": "1 + kappa_phase x intensity x weight"})
    relation: SecondOrder = field(metadata={"description": "how the responsibility stands to second-order change"})
    q: float = field(metadata={"description": "share of the group taken to experience the change as second-order, 0 to 1"})
    q_basis: Basis = field(metadata={"description": "measured, from the leader's estimate, or assumed for want of both"})
    magnitude_factor: float = field(metadata={"description": "1 + kappa x q; 1 for a neutral responsibility"})
    combined: float = field(metadata={"description": "phase_factor x magnitude_factor"})


@dataclass(frozen=True, kw_only=True)
class RankRange:
    """Where the responsibility would stand if each coefficient were a fifth smaller or larger, one at a time."""

    rank: int = field(metadata={"description": "rank in this list, from 1"})
    best_rank: int = field(metadata={"description": "best rank among the variations"})
    worst_rank: int = field(metadata={"description": "worst rank among the variations"})


@dataclass(frozen=True, kw_only=True)
class Working:
    """How a rank came about."""

    rule: str = field(metadata={"description": "id of the rule"})
    rule_version: str = field(metadata={"description": "version of its constants"})
    inputs: tuple[Input, ...] = field(metadata={"description": "the numbers that went in, with their sources"})
    multipliers: tuple[Multiplier, ...] = field(metadata={"description": "what each group adds; one in a group's own list"})
    citations: tuple[str, ...] = field(
        metadata={"description": "ids of what the ingredients rest on, listed beside the advice"}
    )
    sensitivity: RankRange = field(metadata={"description": "how the rank depends on our coefficients"})


@dataclass(frozen=True, kw_only=True)
class Ranked:
    """One responsibility with evidence enough, at its place."""

    responsibility: Responsibility = field(metadata={"description": "code of the responsibility"})
    index: float = field(metadata={"description": "orders the list; without unit, not a gain in achievement"})
    shortfall: float = field(
        metadata={"reveals": Revealed.ESTIMATE, "description": "points below target expected, with uncertainty inside"}
    )
    multiplier: float = field(metadata={"description": "phase and magnitude relevance, 1 or more"})
    p_top: float = field(metadata={"description": "probability, with these ratings and our weights, of coming out first"})
    working: Working = field(metadata={"description": "how this came about"})


@dataclass(frozen=True, kw_only=True)
class GroupAdvice:
    """What to lean on for one group. Lists are of codes, in rank order unless said otherwise."""

    group_id: GroupId = field(metadata={"description": "the group"})
    strengthen: tuple[Responsibility, ...] = field(
        metadata={"reveals": Revealed.ESTIMATE, "description": "to work on; empty when there is no priority"}
    )
    for_this_group: tuple[Responsibility, ...] = field(
        metadata={"description": "those of strengthen that are not in the overall list: for this group only"},
    )
    use: tuple[Responsibility, ...] = field(metadata={"description": "strengths to lean on now"})
    watch: tuple[Responsibility, ...] = field(
        metadata={"description": "often seen to slip in deep change: protect and share them, never do less; by code"},
    )
    tie: tuple[Responsibility, ...] = field(
        metadata={
            "description": "those that may be the first, in the order found; one when that is clear, none without priority"
        },
    )
    ranked: tuple[Ranked, ...] = field(metadata={"description": "all with evidence enough"})
    p_none: float = field(metadata={"description": "probability that everything well evidenced is at or above target"})


@dataclass(frozen=True, kw_only=True)
class OverallAdvice:
    """What to lean on over all groups, each counting by its size; ``strengthen`` is the leader's active set."""

    strengthen: tuple[Responsibility, ...] = field(
        metadata={"reveals": Revealed.ESTIMATE, "description": "the active set, at most three"}
    )
    use: tuple[Responsibility, ...] = field(metadata={"description": "strengths to lean on now"})
    watch: tuple[Responsibility, ...] = field(metadata={"description": "always empty: watching belongs to a group"})
    tie: tuple[Responsibility, ...] = field(metadata={"description": "as in a group"})
    ranked: tuple[Ranked, ...] = field(metadata={"description": "all with evidence enough"})
    p_none: float = field(metadata={"description": "as in a group"})


@dataclass(frozen=True, kw_only=True)
class Sensitive:
    """A variation of one coefficient that would put another responsibility first overall."""

    coefficient: Coefficient = field(metadata={"description": "what is varied"})
    value: float = field(metadata={"description": "the value it takes"})
    top: Responsibility = field(metadata={"description": "what would come first"})


@dataclass(frozen=True, kw_only=True)
class Advice:
    """Everything the rule yields for one leader and one initiative."""

    groups: tuple[GroupAdvice, ...]
    overall: OverallAdvice
    gather: tuple[Responsibility, ...]
    sensitive: tuple[Sensitive, ...]
