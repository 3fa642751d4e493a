"""Direct or share: the rules of Vroom and Yetton (1973) over answers that may be missing (METHOD 12.3 to 12.6)."""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from itertools import product

from domain.stance.model import Ask, Attribute, Method, StanceWord, Status, Value

A = Attribute
Answers = tuple[bool | None, ...]
"""One answer for each attribute, in order; None is unknown."""

METHODS = tuple(Method)
DECIDING = frozenset({Method.DECIDE, Method.DECIDE_WITH_FACTS})
NOT_AS_A_GROUP = frozenset({Method.DECIDE, Method.DECIDE_WITH_FACTS, Method.CONSULT_INDIVIDUALLY})
NOT_TOGETHER = frozenset(METHODS) - {Method.AGREE_TOGETHER}

WORD = {
    Method.DECIDE: StanceWord.DIRECT,
    Method.DECIDE_WITH_FACTS: StanceWord.DIRECT,
    Method.CONSULT_INDIVIDUALLY: StanceWord.CONSULT,
    Method.CONSULT_GROUP: StanceWord.CONSULT,
    Method.AGREE_TOGETHER: StanceWord.SHARE,
}


@dataclass(frozen=True, kw_only=True)
class StanceOutcome:
    """The methods that the rules leave, by rising participation, and the open questions that can change them."""

    certain: tuple[Method, ...]
    possible: tuple[Method, ...]
    status: Status
    open_questions: tuple[Ask, ...]


def answers_in_order(values: Mapping[Attribute, Value]) -> Answers:
    """Return the answers in the order of the attributes; a missing attribute is unknown."""
    known = {Value.YES: True, Value.NO: False}
    return tuple(known.get(values.get(a, Value.UNKNOWN)) for a in Attribute)


@cache
def feasible(qr: bool, li: bool, st: bool, ac: bool, ap: bool, gc: bool, co: bool) -> frozenset[Method]:  # noqa: PLR0917 - the seven
    """Return the methods that the seven rules leave when everything is answered; never empty."""
    at_stake = ac and not ap
    excluded = (
        (qr and not li, frozenset({Method.DECIDE})),
        (qr and not gc, frozenset({Method.AGREE_TOGETHER})),
        (qr and not li and not st, NOT_AS_A_GROUP),
        (at_stake, DECIDING),
        (at_stake and co, NOT_AS_A_GROUP),
        (at_stake and not qr, NOT_TOGETHER),
        (at_stake and qr and gc, NOT_TOGETHER),
    )
    return frozenset(METHODS).difference(*(methods for holds, methods in excluded if holds))


@cache
def stance_outcome(answers: Answers) -> StanceOutcome:
    """Return the methods over all completions of the unknown answers, and the open questions that matter."""
    completions = tuple(product(*((True, False) if a is None else (a,) for a in answers)))
    sets = [feasible(*c) for c in completions]
    certain, possible = frozenset.intersection(*sets), frozenset.union(*sets)
    status = Status.SETTLED if certain == possible else Status.PROVISIONAL if certain else Status.OPEN
    return StanceOutcome(
        certain=_in_order(certain),
        possible=_in_order(possible),
        status=status,
        open_questions=_open_questions(answers, completions),
    )


def _in_order(methods: frozenset[Method]) -> tuple[Method, ...]:
    return tuple(m for m in METHODS if m in methods)


def _open_questions(answers: Answers, completions: tuple[tuple[bool, ...], ...]) -> tuple[Ask, ...]:
    """Return the questions sorted by the number of completions in which flipping the answer changes the set, descending."""
    questions = []
    for i, attribute in enumerate(Attribute):
        if answers[i] is not None:
            continue
        settles = sum(feasible(*c) != feasible(*_flipped(c, i)) for c in completions if c[i])
        if settles:
            questions.append(Ask(attribute=attribute, settles=settles))
    return tuple(sorted(questions, key=lambda a: -a.settles))


def _flipped(completion: tuple[bool, ...], i: int) -> tuple[bool, ...]:
    return *completion[:i], not completion[i], *completion[i + 1 :]


def is_acceptance_at_stake(answers: Answers) -> bool:
    """Return True unless acceptance is known not to be needed, or known to be likely anyway."""
    ac, ap = answers[3], answers[4]
    return not (ac is False or ap is True)


def choice(answers: Answers, *, urgent: bool, develop: bool) -> Method | None:
    """Return the method that the rules choose; None while no method is certain. Urgency only picks within the set."""
    certain = stance_outcome(answers).certain
    if not certain:
        return None
    if not urgent and (develop or is_acceptance_at_stake(answers)):
        return certain[-1]
    return certain[0]
