"""The phases under way for groups, as responses (openapi/README.md 12)."""

from dataclasses import dataclass
from typing import Annotated

from domain.change.rules import Basis
from domain.framework.magnitude import Magnitude
from domain.framework.phases import Phase
from domain.permissions.revealed_data import Revealed
from domain.shared.ids import GroupId, InitiativeId


@dataclass(frozen=True, kw_only=True)
class ActivePhase:
    """A phase that is under way."""

    phase: Phase
    """the phase"""
    intensity: float
    """how strongly it is under way, 0 to 1"""


@dataclass(frozen=True, kw_only=True)
class TransitionsOffer:
    """Whether managing personal transitions is offered for a group."""

    offered: bool
    """false while the group experiences the change as first-order"""
    reason: str | None
    """why it is not offered; null when it is"""
    intensity: float
    """the intensity that was set; has no effect while not offered"""


@dataclass(frozen=True, kw_only=True)
class GroupPhasesView:
    """The phases under way for one group."""

    group_id: GroupId
    """the group"""
    name: str
    """its name"""
    current_label: Annotated[Magnitude, Revealed.LABEL]
    """how the group experiences the change"""
    current_basis: Basis
    """what the label rests on"""
    active: tuple[ActivePhase, ...]
    """phases with an intensity above 0; several may be active at once"""
    manage_transitions: TransitionsOffer
    """whether managing personal transitions is offered"""


@dataclass(frozen=True, kw_only=True)
class PhasesView:
    """The phases under way for each group of an initiative."""

    initiative_id: InitiativeId
    """the initiative"""
    groups: tuple[GroupPhasesView, ...]
    """its groups, in the order they were added"""
    rule: str
    """the rule, in words"""
    citations: tuple[str, ...]
    """ids of the publications that the rule is based on"""
    configuration_version: int
    """version of the configuration used"""
