"""Recommendations as a response."""

from dataclasses import dataclass
from datetime import datetime

from domain.framework.model import Citation
from domain.framework.responsibilities import Responsibility
from domain.recommendations.model import GroupAdvice, OverallAdvice, Sensitive
from domain.shared.ids import InitiativeId


@dataclass(frozen=True, kw_only=True)
class RecommendationsView:
    """Which responsibilities to work on, for each group and over all groups, with the working of every rank."""

    initiative_id: InitiativeId
    """the initiative"""
    as_of: datetime
    """the moment of the scores"""
    groups: tuple[GroupAdvice, ...]
    """by group, in the order they were added"""
    overall: OverallAdvice
    """over all groups, weighted by size"""
    gather: tuple[Responsibility, ...]
    """responsibilities not ranked, because more evidence is needed"""
    sensitive: tuple[Sensitive, ...]
    """variations of a coefficient by a fifth that would put another responsibility first; empty if none would"""
    statement: str
    """the rule, in words"""
    citations: tuple[Citation, ...]
    """the sources that the rule rests on"""
    configuration_version: int
    """version of the configuration used"""
    notice: str
    """what this is and is not"""
