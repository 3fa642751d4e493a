"""From rules to what the leader is shown of magnitude and phases (METHOD 9, 10 and 1.5)."""

from collections.abc import Sequence
from itertools import groupby

from domain.change.accuracy import Accuracy, accuracy, accuracy_sentence, adjusted_estimate, initiative_error
from domain.change.model import GroupAnswers
from domain.change.rules import (
    Basis,
    Difference,
    Estimated,
    GroupState,
    Judgement,
    Measured,
    PerceivedMagnitude,
    difference,
    estimated,
    group_state,
    intensity,
    is_offered,
    measured,
    perceived_magnitude,
)
from domain.change.views import (
    AccuracyView,
    ActivePhase,
    DifferenceView,
    EstimatedView,
    GroupPhasesView,
    MagnitudeView,
    MeasuredView,
    TransitionsOffer,
)
from domain.framework.citations import CONNECTING_2007, OVERVIEW_2023
from domain.framework.configuration import Configuration
from domain.framework.magnitude import Magnitude
from domain.framework.phases import Phase

DECIMALS = 4

RULE = "mean of the group's answers, 1 first-order to 5 second-order, with its interval; labelled by the side it lies on"
PHASES_RULE = (
    "phases run side by side, each as strongly as it was set; managing personal transitions is offered only where a group "
    "experiences the change as second-order or mixed"
)
CITED = (CONNECTING_2007.id, OVERVIEW_2023.id)
"""That magnitude is the perceiver's, and what the phases are."""

RECEIPT = (
    "Kept: the lists under random ids, shuffled, with this date and nothing else. We do not store who wrote an answer; "
    "results show from five answers; if everybody answers alike, or others tell theirs, an answer can be guessed. A share of "
    "0 or 1 tells on which side everybody is."
)

NOT_OFFERED = (
    "This group experiences the change as first-order: there is little for people to let go of, so managing personal "
    "transitions is not offered here. A new pulse or estimate may change that."
)

_LABEL_TEXT = {
    Magnitude.FIRST_ORDER: "as first-order",
    Magnitude.SECOND_ORDER: "as second-order",
    Magnitude.MIXED: "in a way that is neither clearly first-order nor clearly second-order",
    Magnitude.UNKNOWN: "in a way that is not known yet",
}
_COMPARISON_TEXT = {
    Judgement.ABOUT_RIGHT: "Your estimate is about right.",
    Judgement.UNDERESTIMATED: "It goes deeper for them than you estimated.",
    Judgement.OVERESTIMATED: "It goes less deep for them than you estimated.",
    Judgement.NOT_DISTINGUISHABLE: "Your estimate differs, but not by more than chance would easily give.",
}


def magnitude_view(group_answers: GroupAnswers, of_leader: Sequence[GroupAnswers], cfg: Configuration) -> MagnitudeView:
    """One group's magnitude, with the leader's accuracy over ``of_leader``, all groups of the same leader by initiative."""
    m = None if group_answers.pulse is None else measured(group_answers.pulse, group_answers.group.size, cfg)
    e = None if group_answers.group.estimate is None else estimated(group_answers.group.estimate, cfg.magnitude)
    d = None if m is None or e is None else difference(e, m)
    found, now = leader_accuracy(of_leader, cfg), perceived_magnitude(m, e)
    return MagnitudeView(
        group_id=group_answers.group.id,
        measured=None if m is None else _measured(m),
        estimated=None if e is None else _estimated(e, found),
        difference=None if d is None else _difference(d),
        current_label=now.label,
        current_basis=now.basis,
        accuracy=None if found is None else _accuracy(found),
        sentence=magnitude_sentence(now, d),
        rule=RULE,
        citations=CITED,
        configuration_version=cfg.version,
    )


def leader_accuracy(of_leader: Sequence[GroupAnswers], cfg: Configuration) -> Accuracy | None:
    """From all groups of a leader, those of one initiative standing together; null while none is estimated and measured."""
    errors = []
    for _, groups in groupby(of_leader, key=lambda row: row.group.initiative_id):
        judged = [d for held in groups if (d := _estimate_difference(held, cfg)) is not None]
        if judged:
            errors.append(initiative_error(judged))
    return accuracy(errors, cfg.magnitude)


def _estimate_difference(group_answers: GroupAnswers, cfg: Configuration) -> Difference | None:
    if group_answers.pulse is None or group_answers.group.estimate is None:
        return None
    m, e = measured(group_answers.pulse, group_answers.group.size, cfg), estimated(group_answers.group.estimate, cfg.magnitude)
    return None if m is None or e is None else difference(e, m)


def most_misjudged(d: DifferenceView | None) -> tuple[float, float]:
    """Sort key that puts the most misjudged group first, and last what can't be compared (METHOD 9.6)."""
    return (1.0, 0.0) if d is None else (-d.beyond_chance, -abs(d.value))


def magnitude_sentence(now: PerceivedMagnitude, d: Difference | None) -> str:
    """What may be said: how the group experiences the change, never what the change is."""
    if now.basis is Basis.ASSUMED:
        return f"This group experiences the change {_LABEL_TEXT[now.label]}; it is taken as mixed until they or you answer."
    if now.basis is Basis.ESTIMATED:
        return f"By your own estimate this group experiences the change {_LABEL_TEXT[now.label]}; ask them."
    told = f"This group experiences the change {_LABEL_TEXT[now.label]}."
    return told if d is None else f"{told} {_COMPARISON_TEXT[d.judgement]}"


def phases_view(group_answers: GroupAnswers, cfg: Configuration) -> GroupPhasesView:
    """The phases under way for one group (METHOD 10)."""
    stands = group_state(group_answers, cfg)
    return GroupPhasesView(
        group_id=stands.group_id,
        name=stands.name,
        current_label=stands.magnitude.label,
        current_basis=stands.magnitude.basis,
        active=tuple(ActivePhase(phase=p, intensity=a) for p in Phase if (a := intensity(stands, p)) > 0),
        manage_transitions=_offer(stands),
    )


def _offer(group_state: GroupState) -> TransitionsOffer:
    offered = is_offered(Phase.MANAGE_TRANSITIONS, group_state.magnitude.label)
    return TransitionsOffer(
        offered=offered,
        reason=None if offered else NOT_OFFERED,
        intensity=group_state.phases.manage_transitions,
    )


def _measured(m: Measured) -> MeasuredView:
    return MeasuredView(
        on=m.on,
        n=m.n,
        mean=round(m.mean, DECIMALS),
        low=round(m.low, DECIMALS),
        high=round(m.high, DECIMALS),
        q=round(m.q, DECIMALS),
        q_low=round(m.q_low, DECIMALS),
        q_high=round(m.q_high, DECIMALS),
        label=m.label,
        reason=m.reason,
        low_response=m.low_response,
        more_answers_than_people=m.more_answers_than_people,
    )


def _estimated(e: Estimated, accuracy: Accuracy | None) -> EstimatedView:
    moved = None if accuracy is None else adjusted_estimate(e.mean, accuracy)
    return EstimatedView(
        mean=round(e.mean, DECIMALS), label=e.label, adjusted=None if moved is None else round(moved, DECIMALS)
    )


def _difference(d: Difference) -> DifferenceView:
    return DifferenceView(
        value=round(d.value, DECIMALS),
        low=round(d.low, DECIMALS),
        high=round(d.high, DECIMALS),
        classification=d.judgement,
        critical=d.critical,
        beyond_chance=round(d.beyond_chance, DECIMALS),
    )


def _accuracy(a: Accuracy) -> AccuracyView:
    return AccuracyView(
        initiatives=a.initiatives,
        bias=round(a.bias, DECIMALS),
        low=round(a.low, DECIMALS),
        high=round(a.high, DECIMALS),
        p_underestimates=round(a.p_underestimates, DECIMALS),
        mean_abs=round(a.mean_abs, DECIMALS),
        sentence=accuracy_sentence(a),
    )
