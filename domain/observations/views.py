"""Responses for observations, instruments and crosswalks (openapi/README.md 5)."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Annotated

from domain.framework.responsibilities import Responsibility
from domain.observations.model import Element, ElementWeight, FeedbackType, ObservationState, Purpose, Setting
from domain.permissions.revealed_data import Revealed
from domain.shared.errors import DomainError
from domain.shared.fast_dataclass import fast_init
from domain.shared.idempotent_push import Outcome
from domain.shared.ids import CrosswalkId, InstrumentId, ObservationId, PersonId, SchoolId
from domain.shared.receipts import WarningView


@fast_init
@dataclass(frozen=True, kw_only=True)
class ItemVerdict:
    """The result of one item of a batch: an outcome or an error. `outdone`: the same batch has a higher version."""

    index: int
    external_id: str | None
    id: ObservationId | None
    outcome: Outcome | None
    warnings: tuple[WarningView, ...]
    error: DomainError | None
    outdone: bool


@dataclass(frozen=True, kw_only=True)
class InstrumentRefView:
    """One version of an instrument."""

    code: str
    """The code of the instrument."""
    version: str
    """The version of the instrument."""


@dataclass(frozen=True, kw_only=True)
class RatingView:
    """One rating, as written."""

    responsibility: str | None
    """Code of the responsibility, if rated directly, on 1 to 5."""
    element: str | None
    """Code of the element, if rated on its own scale."""
    value: Annotated[float, Revealed.RATING] | None
    """The rating as a number."""
    level: str | None
    """The rating as a level's code."""
    not_observed: bool
    """Whether there was nothing to rate."""


@dataclass(frozen=True, kw_only=True)
class FeedbackView:
    """A line of feedback from the observer to the leader."""

    type: FeedbackType
    """The intent of the feedback."""
    text: Annotated[str, Revealed.TEXT]
    """The text."""


@dataclass(frozen=True, kw_only=True)
class ObservationView:
    """An observation in its newest version."""

    id: ObservationId
    """The id of the observation."""
    external_id: str | None
    """The sender's own id of the observation."""
    external_version: str
    """The version."""
    origin: str
    """The system that pushed it."""
    state: ObservationState
    """Whether it counts (live) or was retracted."""
    purpose: Purpose
    """The permitted use."""
    leader_id: PersonId
    """The observed leader."""
    observer_id: PersonId | None
    """The observer, if in the roster."""
    observer_name: str | None
    """The observer's name, if not in the roster."""
    school_id: SchoolId
    """The school where the visit took place."""
    observed_at: datetime
    """The time of the visit."""
    setting: Setting
    """The setting of the visit."""
    announced: bool | None
    """Whether the visit was announced; null if unknown."""
    duration_minutes: int | None
    """The duration in minutes."""
    instrument: InstrumentRefView | None
    """The instrument, if one was used."""
    ratings: tuple[RatingView, ...]
    """The ratings."""
    feedback: tuple[FeedbackView, ...]
    """Feedback of the observer to the leader."""
    received_at: datetime
    """When this version was received."""


@dataclass(frozen=True, kw_only=True)
class InstrumentView:
    """One immutable version of a rubric or form."""

    id: InstrumentId
    """The id of the instrument."""
    code: str
    """The code of the instrument."""
    version: str
    """The version of the instrument."""
    title: str | None
    """The text shown to people."""
    elements: tuple[Element, ...]
    """The elements."""
    origin: str | None
    """The system that created it; null if unknown."""
    created_at: datetime
    """When it was created."""


@dataclass(frozen=True, kw_only=True)
class InstrumentReceiptView(InstrumentView):
    """The stored version, and whether it was created now. It is identified by code and version."""

    outcome: Outcome
    """The outcome: created or unchanged."""


@dataclass(frozen=True, kw_only=True)
class CrosswalkView:
    """One immutable version of a mapping; `current` is true if it is used for scores."""

    id: CrosswalkId
    """The id of the crosswalk."""
    code: str
    """The code of the crosswalk."""
    version: str
    """The version of the crosswalk."""
    instrument: InstrumentRefView
    """The instrument whose elements are mapped."""
    mappings: tuple[ElementWeight, ...]
    """The weight of each element for each responsibility."""
    current: bool
    """Whether it is used for scores."""
    created_at: datetime
    """When it was created."""


@dataclass(frozen=True, kw_only=True)
class CrosswalkReceiptView(CrosswalkView):
    """The stored version, and whether it was created now. It is identified by code and version."""

    outcome: Outcome
    """The outcome: created or unchanged."""


class ChangeWithheldReason(StrEnum):
    """Why numbers of a preview are withheld."""

    BELOW_THRESHOLD = "below_threshold"
    SCORES_NOT_VISIBLE = "scores_not_visible"


@dataclass(frozen=True, kw_only=True)
class ChangeWithheldView:
    """Why numbers are withheld, and the minimum number of leaders to show them."""

    reason: ChangeWithheldReason
    """below_threshold: so few leaders could be identified; scores_not_visible: the largest change is one leader's score."""
    minimum: int | None
    """The number of leaders needed; null if they are never shown to this client."""


@dataclass(frozen=True, kw_only=True)
class ResponsibilityChangeView:
    """The change of the estimates of one responsibility."""

    responsibility: Responsibility
    """The responsibility."""
    leaders: Annotated[int, Revealed.ESTIMATE] | None
    """The number of leaders whose estimate would change; null when withheld."""
    mean_absolute_change: float | None
    """Mean absolute change in points of the scale 1 to 5, over leaders with an estimate before and after."""
    largest_absolute_change: float | None
    """The largest absolute change in points of the scale 1 to 5."""
    withheld: ChangeWithheldView | None
    """Why numbers are null; null when all are shown."""


@dataclass(frozen=True, kw_only=True)
class CrosswalkPreviewView:
    """What publishing a crosswalk would change in scores, without names. Nothing is saved."""

    code: str
    """The code of the crosswalk."""
    version: str
    """The version of the crosswalk."""
    instrument: InstrumentRefView
    """The instrument whose elements are mapped."""
    outcome: Outcome
    """The outcome of publishing it: created or unchanged."""
    leaders: int | None
    """The number of leaders with an estimate that would change; null when withheld."""
    withheld: ChangeWithheldView | None
    """Why `leaders` is null; null when it is shown."""
    responsibilities: tuple[ResponsibilityChangeView, ...]
    """The responsibilities whose estimates would change, in the framework's order."""
