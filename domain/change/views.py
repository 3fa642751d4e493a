"""What is shown of initiatives, groups and what they feel (openapi/README.md 12)."""

from dataclasses import dataclass, field
from datetime import date, datetime

from domain.change.model import GroupRole, Intensities, Stakes
from domain.change.rules import Basis, Judgement, Reason
from domain.framework.magnitude import Magnitude
from domain.framework.phases import Phase
from domain.permissions.revealed_data import Revealed
from domain.shared.idempotent_push import Outcome
from domain.shared.ids import GroupId, InitiativeId, PersonId, SchoolId


@dataclass(frozen=True, kw_only=True)
class InitiativeView:
    """A change that a leader undertakes."""

    id: InitiativeId = field(metadata={"description": "its id"})
    external_id: str | None = field(metadata={"description": "the sender's id"})
    leader_id: PersonId = field(metadata={"description": "whose initiative it is"})
    title: str = field(metadata={"description": "its name"})
    focus_area: str | None = field(metadata={"description": "what it is to improve"})
    practice: str | None = field(metadata={"description": "the practice it brings"})
    school_id: SchoolId | None = field(metadata={"description": "where; null if not one school"})
    starts_on: date | None = field(metadata={"description": "first day"})
    ends_on: date | None = field(metadata={"description": "last day"})
    decide_by: date | None = field(metadata={"description": "when the decision is due"})
    stakes: Stakes | None = field(metadata={"description": "what hangs on the quality of the decision"})
    goal_tied_to_student_learning: bool = field(metadata={"description": "whether its goal is tied to what students learn"})
    about_teaching_and_learning: bool = field(metadata={"description": "whether the decision is about teaching and learning"})
    created_at: datetime = field(metadata={"description": "when it was first described"})
    version: int = field(metadata={"description": "counts edits; name it in the next one"})


@dataclass(frozen=True, kw_only=True)
class InitiativeReceiptView:
    """What came of describing an initiative."""

    id: InitiativeId = field(metadata={"description": "its id, the same in all its versions"})
    external_id: str | None = field(metadata={"description": "the sender's id"})
    external_version: str | None = field(metadata={"description": "the version now held"})
    outcome: Outcome = field(metadata={"description": "created, replaced or unchanged"})
    initiative: InitiativeView = field(metadata={"description": "as it is now"})


@dataclass(frozen=True, kw_only=True)
class GroupView:
    """People who will feel a change roughly alike."""

    id: GroupId = field(metadata={"description": "its id"})
    initiative_id: InitiativeId = field(metadata={"description": "its initiative"})
    external_id: str | None = field(metadata={"description": "the sender's id"})
    name: str = field(metadata={"description": "its name"})
    size: int = field(metadata={"description": "how many people"})
    role: GroupRole = field(metadata={"description": "what it has to do with the change"})
    must_change_practice: bool | None = field(metadata={"description": "whether its own practice must change"})
    estimate: tuple[int | None, ...] | None = field(
        metadata={"reveals": Revealed.LABEL, "description": "the leader's seven answers for the group"}
    )
    phases: Intensities = field(metadata={"description": "intensities as they were set"})
    created_at: datetime = field(metadata={"description": "when it was added"})
    version: int = field(
        metadata={"description": "counts edits of the group, its estimate and its phases; name it in the next one"}
    )


@dataclass(frozen=True, kw_only=True)
class GroupReceiptView:
    """What came of adding a group."""

    id: GroupId = field(metadata={"description": "its id, the same in all its versions"})
    external_id: str | None = field(metadata={"description": "the sender's id"})
    external_version: str | None = field(metadata={"description": "the version now held"})
    outcome: Outcome = field(metadata={"description": "created, replaced or unchanged"})
    group: GroupView = field(metadata={"description": "as it is now"})


@dataclass(frozen=True, kw_only=True)
class PulseView:
    """What was kept of a pulse. Nothing of it can be joined to a person."""

    group_id: GroupId = field(metadata={"description": "the group"})
    on: date = field(metadata={"description": "the date, all that is kept of the time"})
    answers: int = field(metadata={"description": "how many lists, five or more"})
    receipt: str = field(metadata={"description": "what is kept and what could still be guessed, in words"})


@dataclass(frozen=True, kw_only=True)
class MeasuredView:
    """What the group answered in its newest pulse."""

    on: date = field(metadata={"description": "date of the pulse"})
    n: int = field(metadata={"description": "people who answered enough"})
    mean: float = field(metadata={"description": "mean of their scores, 1 first-order to 5 second-order"})
    low: float = field(metadata={"description": "lower 95 % limit of mean"})
    high: float = field(metadata={"description": "upper 95 % limit of mean"})
    q: float = field(metadata={"description": "share of people above the midpoint"})
    q_low: float = field(metadata={"description": "lower 95 % limit of q"})
    q_high: float = field(metadata={"description": "upper 95 % limit of q"})
    label: Magnitude = field(metadata={"reveals": Revealed.LABEL, "description": "how the group experiences the change"})
    reason: Reason | None = field(metadata={"description": "why it is mixed: the group divides, or too little is known"})
    low_response: bool = field(metadata={"description": "less than half of the group answered"})
    more_answers_than_people: bool = field(metadata={"description": "more answers than the group has people; check its size"})


@dataclass(frozen=True, kw_only=True)
class EstimatedView:
    """What the leader expects the group to answer."""

    mean: float = field(metadata={"description": "mean of the leader's answers, 1 to 5"})
    label: Magnitude = field(metadata={"reveals": Revealed.LABEL, "description": "label of that mean"})
    adjusted: float | None = field(
        metadata={"description": "mean moved by the leader's usual error; null until that error is clear over initiatives"},
    )


@dataclass(frozen=True, kw_only=True)
class DifferenceView:
    """Estimate minus measurement."""

    value: float = field(metadata={"reveals": Revealed.LABEL, "description": "below 0: felt more deeply than expected"})
    low: float = field(metadata={"description": "lower 95 % limit"})
    high: float = field(metadata={"description": "upper 95 % limit"})
    classification: Judgement = field(metadata={"description": "how the two stand to each other"})
    critical: bool = field(metadata={"description": "expected first-order, experienced as second-order"})
    beyond_chance: float = field(metadata={"description": "what of the difference chance would not easily give; orders groups"})


@dataclass(frozen=True, kw_only=True)
class AccuracyView:
    """How well the leader foresees what groups feel, over initiatives."""

    initiatives: int = field(metadata={"description": "initiatives with a group both estimated and measured"})
    bias: float = field(
        metadata={"reveals": Revealed.LABEL, "description": "mean error drawn toward none; below 0: underestimates"}
    )
    low: float = field(metadata={"description": "lower 95 % limit of bias"})
    high: float = field(metadata={"description": "upper 95 % limit of bias"})
    p_underestimates: float = field(metadata={"description": "probability that the leader underestimates"})
    mean_abs: float = field(metadata={"description": "mean size of the error, not drawn toward none"})
    sentence: str | None = field(metadata={"description": "for the leader; null until it is clear"})


@dataclass(frozen=True, kw_only=True)
class MagnitudeView:
    """How a group experiences the change: estimated, measured, and the two against each other."""

    group_id: GroupId = field(metadata={"description": "the group"})
    measured: MeasuredView | None = field(metadata={"description": "null without a pulse, or for a group below five people"})
    estimated: EstimatedView | None = field(metadata={"description": "null without an estimate"})
    difference: DifferenceView | None = field(metadata={"description": "null unless both are there"})
    current_label: Magnitude = field(
        metadata={"reveals": Revealed.LABEL, "description": "measured if shown, else estimated, else unknown"}
    )
    current_basis: Basis = field(metadata={"description": "what the label rests on; assumed: taken as mixed for want of both"})
    accuracy: AccuracyView | None = field(metadata={"description": "null until something was both estimated and measured"})
    sentence: str = field(metadata={"description": "for the leader"})
    rule: str = field(metadata={"description": "the rule: our own, not validated"})
    citations: tuple[str, ...] = field(metadata={"description": "ids of the publications it starts from"})
    configuration_version: int = field(metadata={"description": "the configuration used"})


@dataclass(frozen=True, kw_only=True)
class MagnitudesView:
    """How the groups of an initiative experience the change, the most misjudged first."""

    initiative_id: InitiativeId = field(metadata={"description": "the initiative"})
    groups: tuple[MagnitudeView, ...] = field(
        metadata={"description": "by how far the estimate misses beyond chance; what can't be compared comes last"}
    )
    configuration_version: int = field(metadata={"description": "the configuration used"})


@dataclass(frozen=True, kw_only=True)
class ActivePhase:
    """A phase that is under way."""

    phase: Phase = field(metadata={"description": "the phase"})
    intensity: float = field(metadata={"description": "how strongly, 0 to 1"})


@dataclass(frozen=True, kw_only=True)
class TransitionsOffer:
    """Whether managing personal transitions is for this group."""

    offered: bool = field(metadata={"description": "false while the group experiences the change as first-order"})
    reason: str | None = field(metadata={"description": "why it is not offered; null when it is"})
    intensity: float = field(metadata={"description": "the intensity that was set; counts nothing while not offered"})


@dataclass(frozen=True, kw_only=True)
class GroupPhasesView:
    """The phases under way for one group."""

    group_id: GroupId = field(metadata={"description": "the group"})
    name: str = field(metadata={"description": "its name"})
    current_label: Magnitude = field(metadata={"reveals": Revealed.LABEL, "description": "how it experiences the change"})
    current_basis: Basis = field(metadata={"description": "what the label rests on"})
    active: tuple[ActivePhase, ...] = field(metadata={"description": "phases with an intensity above 0, a set and not a step"})
    manage_transitions: TransitionsOffer = field(metadata={"description": "whether managing personal transitions is offered"})


@dataclass(frozen=True, kw_only=True)
class PhasesView:
    """The phases under way for each group of an initiative."""

    initiative_id: InitiativeId = field(metadata={"description": "the initiative"})
    groups: tuple[GroupPhasesView, ...] = field(metadata={"description": "its groups, in the order they were added"})
    rule: str = field(metadata={"description": "the rule, in words"})
    citations: tuple[str, ...] = field(metadata={"description": "ids of the publications it starts from"})
    configuration_version: int = field(metadata={"description": "the configuration used"})
