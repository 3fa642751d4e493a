"""Advice as it is answered."""

from dataclasses import dataclass, field
from datetime import datetime

from domain.framework.model import Citation
from domain.framework.responsibilities import Responsibility
from domain.recommendations.model import GroupAdvice, OverallAdvice, Sensitive
from domain.shared.ids import InitiativeId


@dataclass(frozen=True, kw_only=True)
class RecommendationsView:
    """Which responsibilities to lean on, for each group and over all of them, with the working of every rank."""

    initiative_id: InitiativeId = field(metadata={"description": "the initiative"})
    as_of: datetime = field(metadata={"description": "the moment of the scores"})
    groups: tuple[GroupAdvice, ...] = field(metadata={"description": "by group, in the order they were added"})
    overall: OverallAdvice = field(metadata={"description": "over all groups, each counting by its size"})
    gather: tuple[Responsibility, ...] = field(metadata={"description": "to learn more about before it is ranked"})
    sensitive: tuple[Sensitive, ...] = field(
        metadata={"description": "coefficients a fifth smaller or larger that would put another one first; empty: none would"},
    )
    statement: str = field(metadata={"description": "the rule in words"})
    citations: tuple[Citation, ...] = field(metadata={"description": "what its ingredients rest on"})
    configuration_version: int = field(metadata={"description": "the configuration used"})
    notice: str = field(metadata={"description": "what this is and is not"})
