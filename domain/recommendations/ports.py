"""What giving advice needs of the outside: what change keeps, and scores."""

from typing import Protocol

from domain.change.ports import ChangeUnit
from domain.scoring.ports import ScoreReader


class RecommendationsUnit(ChangeUnit, Protocol):
    """What recommendations need."""

    @property
    def scores(self) -> ScoreReader: ...
