"""Interfaces that recommendations need: those of change, and scores."""

from typing import Protocol

from domain.change.ports import ChangeUnit
from domain.scoring.ports import ScoreReader


class RecommendationsUnit(ChangeUnit, Protocol):
    """The unit of work of recommendations."""

    @property
    def scores(self) -> ScoreReader: ...
