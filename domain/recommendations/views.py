"""Advice as it is answered."""

from dataclasses import dataclass
from datetime import datetime

from domain.framework.model import Citation
from domain.framework.responsibilities import Responsibility
from domain.recommendations.model import GroupAdvice, OverallAdvice, Sensitive
from domain.shared.ids import InitiativeId


@dataclass(frozen=True, kw_only=True)
class RecommendationsView:
    """Which responsibilities to lean on, for each group and over all of them, with the working of every rank."""

    initiative_id: InitiativeId
    """the initiative"""
    as_of: datetime
    """the moment of the scores"""
    groups: tuple[GroupAdvice, ...]
    """by group, in the order they were added"""
    overall: OverallAdvice
    """over all groups, each counting by its size"""
    gather: tuple[Responsibility, ...]
    """to learn more about before it is ranked"""
    sensitive: tuple[Sensitive, ...]
    """coefficients a fifth smaller or larger that would put another one first; empty: none would"""
    statement: str
    """the rule in words"""
    citations: tuple[Citation, ...]
    """what its ingredients rest on"""
    configuration_version: int
    """the configuration used"""
    notice: str
    """what this is and is not"""
