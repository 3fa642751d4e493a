"""What the stance needs of the outside: what advice needs, and what the leader answered for the decision."""

from collections.abc import Mapping
from typing import Protocol

from domain.recommendations.ports import RecommendationsUnit
from domain.shared.ids import GroupId, InitiativeId
from domain.stance.model import DecisionAnswers


class StanceAnswerStore(Protocol):
    """The leader's answers about decisions, one set for each group."""

    async def of(self, initiative_id: InitiativeId) -> Mapping[GroupId, DecisionAnswers]:
        """The answers for those groups of the initiative that have any."""
        ...

    async def put(self, group_id: GroupId, answers: DecisionAnswers) -> None:
        """Put them in the place of what was answered for the group; its version stays."""
        ...


class StanceUnit(RecommendationsUnit, Protocol):
    """What the stance needs."""

    @property
    def stance_answers(self) -> StanceAnswerStore: ...
