"""The view and the sentence for the leader, made from the attributes (METHOD 12 and 1.5)."""

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
    """Return the stance for the seven `attribute_values`; `develop`: the leader wants to develop people."""
    answers = answers_in_order({a.code: a.value for a in attribute_values})
    outcome = stance_outcome(answers)
    chosen = choice(answers, urgent=urgent, develop=develop)
    return StanceView(
        group_id=group_id,
        attributes=attribute_values,
        certain=outcome.certain,
        possible=outcome.possible,
        status=outcome.status,
        ask=outcome.open_questions,
        time_saving=outcome.certain[0] if outcome.certain else None,
        developmental=outcome.certain[-1] if outcome.certain else None,
        choice=chosen,
        stance=None if chosen is None else WORD[chosen],
        sentence=stance_sentence(outcome, chosen, _reason(answers, urgent=urgent, develop=develop)),
        rule=RULE,
        configuration_version=cfg.version,
        citations=CITED,
    )


def stance_sentence(outcome: StanceOutcome, chosen: Method | None, reason: str) -> str:
    """Return a sentence for the leader: the methods the rules leave, the choice among them, and what to answer first.

    It never names a best method, only what these rules leave.
    """
    question = "" if not outcome.open_questions else _QUESTIONS[outcome.open_questions[0].attribute]
    if chosen is None:
        return f"While questions are open, these rules leave no method for certain. Answer this one first: {question}"
    names = _join_names([_NAMES[m] for m in outcome.certain])
    if len(outcome.certain) == 1:
        sentence = f"The one method that these rules leave open is to {names}; that rests on your answers."
    else:
        sentence = (
            f"The methods that these rules leave open are to {names}; they rest on your answers. {reason} {_NAMES[chosen]}."
        )
    if outcome.status is Status.PROVISIONAL:
        sentence += f" More may be open; answering this question would settle most: {question}"
    return sentence


def _reason(answers: Answers, *, urgent: bool, develop: bool) -> str:
    if urgent:
        return "The deadline is near, so the quickest of them:"
    if is_acceptance_at_stake(answers):
        return "Their acceptance is at stake, so the one that involves them most:"
    if develop:
        return "You want to develop people, so the one that involves them most:"
    return "Their acceptance is not at stake, so the quickest of them:"


def _join_names(names: Sequence[str]) -> str:
    return names[0] if len(names) == 1 else f"{', '.join(names[:-1])} or {names[-1]}"
