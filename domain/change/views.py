"""What is shown of initiatives, groups and what they feel (openapi/README.md 12)."""

from dataclasses import dataclass
from datetime import date, datetime
from typing import Annotated

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

    id: InitiativeId
    """its id"""
    external_id: str | None
    """the sender's id"""
    leader_id: PersonId
    """whose initiative it is"""
    title: str
    """its name"""
    focus_area: str | None
    """what it is to improve"""
    practice: str | None
    """the practice it brings"""
    school_id: SchoolId | None
    """where; null if not one school"""
    starts_on: date | None
    """first day"""
    ends_on: date | None
    """last day"""
    decide_by: date | None
    """when the decision is due"""
    stakes: Stakes | None
    """what hangs on the quality of the decision"""
    goal_tied_to_student_learning: bool
    """whether its goal is tied to what students learn"""
    about_teaching_and_learning: bool
    """whether the decision is about teaching and learning"""
    created_at: datetime
    """when it was first described"""
    version: int
    """counts edits; name it in the next one"""


@dataclass(frozen=True, kw_only=True)
class InitiativeReceiptView:
    """What came of describing an initiative."""

    id: InitiativeId
    """its id, the same in all its versions"""
    external_id: str | None
    """the sender's id"""
    external_version: str | None
    """the version now held"""
    outcome: Outcome
    """created, replaced or unchanged"""
    initiative: InitiativeView
    """as it is now"""


@dataclass(frozen=True, kw_only=True)
class GroupView:
    """People who will feel a change roughly alike."""

    id: GroupId
    """its id"""
    initiative_id: InitiativeId
    """its initiative"""
    external_id: str | None
    """the sender's id"""
    name: str
    """its name"""
    size: int
    """how many people"""
    role: GroupRole
    """what it has to do with the change"""
    must_change_practice: bool | None
    """whether its own practice must change"""
    estimate: Annotated[tuple[int | None, ...] | None, Revealed.LABEL]
    """the leader's seven answers for the group"""
    phases: Intensities
    """intensities as they were set"""
    created_at: datetime
    """when it was added"""
    version: int
    """counts edits of the group, its estimate and its phases; name it in the next one"""


@dataclass(frozen=True, kw_only=True)
class GroupReceiptView:
    """What came of adding a group."""

    id: GroupId
    """its id, the same in all its versions"""
    external_id: str | None
    """the sender's id"""
    external_version: str | None
    """the version now held"""
    outcome: Outcome
    """created, replaced or unchanged"""
    group: GroupView
    """as it is now"""


@dataclass(frozen=True, kw_only=True)
class PulseView:
    """What was kept of a pulse. Nothing of it can be joined to a person."""

    group_id: GroupId
    """the group"""
    on: date
    """the date, all that is kept of the time"""
    answers: int
    """how many lists, five or more"""
    receipt: str
    """what is kept and what could still be guessed, in words"""


@dataclass(frozen=True, kw_only=True)
class MeasuredView:
    """What the group answered in its newest pulse."""

    on: date
    """date of the pulse"""
    n: int
    """people who answered enough"""
    mean: float
    """mean of their scores, 1 first-order to 5 second-order"""
    low: float
    """lower 95 % limit of mean"""
    high: float
    """upper 95 % limit of mean"""
    q: float
    """share of people above the midpoint"""
    q_low: float
    """lower 95 % limit of q"""
    q_high: float
    """upper 95 % limit of q"""
    label: Annotated[Magnitude, Revealed.LABEL]
    """how the group experiences the change"""
    reason: Reason | None
    """why it is mixed: the group divides, or too little is known"""
    low_response: bool
    """less than half of the group answered"""
    more_answers_than_people: bool
    """more answers than the group has people; check its size"""


@dataclass(frozen=True, kw_only=True)
class EstimatedView:
    """What the leader expects the group to answer."""

    mean: float
    """mean of the leader's answers, 1 to 5"""
    label: Annotated[Magnitude, Revealed.LABEL]
    """label of that mean"""
    adjusted: float | None
    """mean moved by the leader's usual error; null until that error is clear over initiatives"""


@dataclass(frozen=True, kw_only=True)
class DifferenceView:
    """Estimate minus measurement."""

    value: Annotated[float, Revealed.LABEL]
    """below 0: felt more deeply than expected"""
    low: float
    """lower 95 % limit"""
    high: float
    """upper 95 % limit"""
    classification: Judgement
    """how the two stand to each other"""
    critical: bool
    """expected first-order, experienced as second-order"""
    beyond_chance: float
    """what of the difference chance would not easily give; orders groups"""


@dataclass(frozen=True, kw_only=True)
class AccuracyView:
    """How well the leader foresees what groups feel, over initiatives."""

    initiatives: int
    """initiatives with a group both estimated and measured"""
    bias: Annotated[float, Revealed.LABEL]
    """mean error drawn toward none; below 0: underestimates"""
    low: float
    """lower 95 % limit of bias"""
    high: float
    """upper 95 % limit of bias"""
    p_underestimates: float
    """probability that the leader underestimates"""
    mean_abs: float
    """mean size of the error, not drawn toward none"""
    sentence: str | None
    """for the leader; null until it is clear"""


@dataclass(frozen=True, kw_only=True)
class MagnitudeView:
    """How a group experiences the change: estimated, measured, and the two against each other."""

    group_id: GroupId
    """the group"""
    measured: MeasuredView | None
    """null without a pulse, or for a group below five people"""
    estimated: EstimatedView | None
    """null without an estimate"""
    difference: DifferenceView | None
    """null unless both are there"""
    current_label: Annotated[Magnitude, Revealed.LABEL]
    """measured if shown, else estimated, else unknown"""
    current_basis: Basis
    """what the label rests on; assumed: taken as mixed for want of both"""
    accuracy: AccuracyView | None
    """null until something was both estimated and measured"""
    sentence: str
    """for the leader"""
    rule: str
    """the rule: our own, not validated"""
    citations: tuple[str, ...]
    """ids of the publications it starts from"""
    configuration_version: int
    """the configuration used"""


@dataclass(frozen=True, kw_only=True)
class MagnitudesView:
    """How the groups of an initiative experience the change, the most misjudged first."""

    initiative_id: InitiativeId
    """the initiative"""
    groups: tuple[MagnitudeView, ...]
    """by how far the estimate misses beyond chance; what can't be compared comes last"""
    configuration_version: int
    """the configuration used"""


@dataclass(frozen=True, kw_only=True)
class ActivePhase:
    """A phase that is under way."""

    phase: Phase
    """the phase"""
    intensity: float
    """how strongly, 0 to 1"""


@dataclass(frozen=True, kw_only=True)
class TransitionsOffer:
    """Whether managing personal transitions is for this group."""

    offered: bool
    """false while the group experiences the change as first-order"""
    reason: str | None
    """why it is not offered; null when it is"""
    intensity: float
    """the intensity that was set; counts nothing while not offered"""


@dataclass(frozen=True, kw_only=True)
class GroupPhasesView:
    """The phases under way for one group."""

    group_id: GroupId
    """the group"""
    name: str
    """its name"""
    current_label: Annotated[Magnitude, Revealed.LABEL]
    """how it experiences the change"""
    current_basis: Basis
    """what the label rests on"""
    active: tuple[ActivePhase, ...]
    """phases with an intensity above 0, a set and not a step"""
    manage_transitions: TransitionsOffer
    """whether managing personal transitions is offered"""


@dataclass(frozen=True, kw_only=True)
class PhasesView:
    """The phases under way for each group of an initiative."""

    initiative_id: InitiativeId
    """the initiative"""
    groups: tuple[GroupPhasesView, ...]
    """its groups, in the order they were added"""
    rule: str
    """the rule, in words"""
    citations: tuple[str, ...]
    """ids of the publications it starts from"""
    configuration_version: int
    """the configuration used"""
