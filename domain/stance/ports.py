"""Interfaces that the stance needs: those of recommendations, and the leader's answers for decisions."""

from collections.abc import Mapping
from typing import Protocol

from domain.recommendations.ports import RecommendationsUnit
from domain.shared.ids import GroupId, InitiativeId
from domain.stance.model import DecisionAnswers


class StanceAnswerStore(Protocol):
    """Stores the leader's answers for decisions, one set for each group."""

    async def of(self, initiative_id: InitiativeId) -> Mapping[GroupId, DecisionAnswers]:
        """Return the answers by group, for those groups of the initiative that have any."""
        ...

    async def put(self, group_id: GroupId, answers: DecisionAnswers) -> None:
        """Replace the answers for the group; the group's version does not change."""
        ...


class StanceUnit(RecommendationsUnit, Protocol):
    """The unit of work of the stance."""

    @property
    def stance_answers(self) -> StanceAnswerStore: ...
