"""From attributes to what the leader is told (METHOD 12 and 1.5)."""

from collections.abc import Sequence

from domain.framework import citations
from domain.framework.configuration import Configuration
from domain.framework.decision_rules import DECISION_ATTRIBUTES, DECISION_METHODS
from domain.shared.ids import GroupId
from domain.stance.model import Attribute, AttributeValue, Method, Status
from domain.stance.rules import WORD, Answers, StanceOutcome, answers_in_order, choice, is_acceptance_at_stake, stance_outcome
from domain.stance.views import StanceView

RULE = "vroom_yetton_1973"
CITED = (citations.VROOM_YETTON_1973.id,)

_NAMES = {Method(f.code): f.title.lower() for f in DECISION_METHODS}
_QUESTIONS = {Attribute(f.code): f.text or f.title for f in DECISION_ATTRIBUTES}


def stance_view(
    group_id: GroupId | None,
    attribute_values: tuple[AttributeValue, ...],
    cfg: Configuration,
    *,
    urgent: bool,
    develop: bool,
) -> StanceView:
    """What the rules say to ``found``, the seven attributes; ``develop``: the leader asks to develop people."""
    cells = answers_in_order({a.code: a.value for a in attribute_values})
    left = stance_outcome(cells)
    pick = choice(cells, urgent=urgent, develop=develop)
    return StanceView(
        group_id=group_id,
        attributes=attribute_values,
        certain=left.certain,
        possible=left.possible,
        status=left.status,
        ask=left.open_questions,
        time_saving=left.certain[0] if left.certain else None,
        developmental=left.certain[-1] if left.certain else None,
        choice=pick,
        stance=None if pick is None else WORD[pick],
        sentence=stance_sentence(left, pick, _because(cells, urgent=urgent, develop=develop)),
        rule=RULE,
        configuration_version=cfg.version,
        citations=CITED,
    )


def stance_sentence(outcome: StanceOutcome, pick: Method | None, because: str) -> str:
    """For the leader: what is open, what that comes to, what to ask. Never a best method, only what these rules leave."""
    first = "" if not outcome.open_questions else _QUESTIONS[outcome.open_questions[0].attribute]
    if pick is None:
        return f"As long as questions are open, these rules leave no method for certain. Answer this one first: {first}"
    names = _join_names([_NAMES[m] for m in outcome.certain])
    if len(outcome.certain) == 1:
        told = f"The one method that these rules leave open is to {names}; that rests on your answers."
    else:
        told = f"The methods that these rules leave open are to {names}; they rest on your answers. {because} {_NAMES[pick]}."
    if outcome.status is Status.PROVISIONAL:
        told += f" More may be open; what would tell most: {first}"
    return told


def _because(cells: Answers, *, urgent: bool, develop: bool) -> str:
    if urgent:
        return "The deadline is near, so the quickest of them:"
    if is_acceptance_at_stake(cells):
        return "Their acceptance is at stake, so the one that takes them along furthest:"
    if develop:
        return "You want people to grow by it, so the one that involves them most:"
    return "Their acceptance is not at stake, so the quickest of them:"


def _join_names(names: Sequence[str]) -> str:
    return names[0] if len(names) == 1 else f"{', '.join(names[:-1])} or {names[-1]}"
