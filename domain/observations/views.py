"""What is shown of visits (openapi/README.md 5)."""

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
    """What came of one item of a batch: an outcome or a refusal. ``outdone``: a higher version stands in the same batch."""

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
    """Its code."""
    version: str
    """Its version."""


@dataclass(frozen=True, kw_only=True)
class RatingView:
    """One rating, as written."""

    responsibility: str | None
    """Rated directly, on 1 to 5."""
    element: str | None
    """Rated on the element's own scale."""
    value: Annotated[float, Revealed.RATING] | None
    """The rating as a number."""
    level: str | None
    """The rating as a level's code."""
    not_observed: bool
    """Nothing to rate."""


@dataclass(frozen=True, kw_only=True)
class FeedbackView:
    """What the observer wrote."""

    type: FeedbackType
    """What it is for."""
    text: Annotated[str, Revealed.TEXT]
    """The text."""


@dataclass(frozen=True, kw_only=True)
class ObservationView:
    """One visit, in its newest version."""

    id: ObservationId
    """Its id."""
    external_id: str | None
    """The sender's id."""
    external_version: str
    """The version shown."""
    origin: str
    """The system that pushed it."""
    state: ObservationState
    """Whether it counts."""
    purpose: Purpose
    """What it may be used for."""
    leader_id: PersonId
    """Who was observed."""
    observer_id: PersonId | None
    """Who looked, if in the roster."""
    observer_name: str | None
    """Who looked, if from outside."""
    school_id: SchoolId
    """Where."""
    observed_at: datetime
    """When."""
    setting: Setting
    """In what setting."""
    announced: bool | None
    """Whether it was announced."""
    duration_minutes: int | None
    """How long it took."""
    instrument: InstrumentRefView | None
    """The rubric used."""
    ratings: tuple[RatingView, ...]
    """What was seen."""
    feedback: tuple[FeedbackView, ...]
    """What the observer wrote."""
    received_at: datetime
    """When this version came in."""


@dataclass(frozen=True, kw_only=True)
class InstrumentView:
    """One immutable version of a rubric or form."""

    id: InstrumentId
    """Its id."""
    code: str
    """Its code."""
    version: str
    """Its version."""
    title: str | None
    """What people read."""
    elements: tuple[Element, ...]
    """Its elements."""
    origin: str | None
    """The pushing system that created it; null for older ones."""
    created_at: datetime
    """When it came in."""


@dataclass(frozen=True, kw_only=True)
class InstrumentReceiptView(InstrumentView):
    """The version as it is held, and whether it was new. Code and version are its identity: it has no external_id."""

    outcome: Outcome
    """created or unchanged."""


@dataclass(frozen=True, kw_only=True)
class CrosswalkView:
    """One immutable version of a mapping; ``current`` says whether it is the one that scores."""

    id: CrosswalkId
    """Its id."""
    code: str
    """Its code."""
    version: str
    """Its version."""
    instrument: InstrumentRefView
    """What it maps."""
    mappings: tuple[ElementWeight, ...]
    """Element to responsibility, with weight."""
    current: bool
    """Whether observations are scored with it."""
    created_at: datetime
    """When it came in."""


@dataclass(frozen=True, kw_only=True)
class CrosswalkReceiptView(CrosswalkView):
    """The version as it is held, and whether it was new. Code and version are its identity: it has no external_id."""

    outcome: Outcome
    """created or unchanged."""


class ChangeWithheldReason(StrEnum):
    """Why numbers of a preview are not shown."""

    BELOW_THRESHOLD = "below_threshold"
    SCORES_NOT_VISIBLE = "scores_not_visible"


@dataclass(frozen=True, kw_only=True)
class ChangeWithheldView:
    """Why numbers are not shown, and from how many leaders they would be."""

    reason: ChangeWithheldReason
    """below_threshold: too few leaders to hide who; scores_not_visible: the largest is one leader's."""
    minimum: int | None
    """Leaders needed; null where no number of them would do."""


@dataclass(frozen=True, kw_only=True)
class ResponsibilityChangeView:
    """How far the estimates of one responsibility would move."""

    responsibility: Responsibility
    """The responsibility."""
    leaders: Annotated[int, Revealed.ESTIMATE] | None
    """Leaders whose estimate would change; null when withheld."""
    mean_absolute_change: float | None
    """Mean size of the change in points of 1 to 5, over leaders with an estimate before and after."""
    largest_absolute_change: float | None
    """The largest of these."""
    withheld: ChangeWithheldView | None
    """Why numbers are null; null when all are shown."""


@dataclass(frozen=True, kw_only=True)
class CrosswalkPreviewView:
    """What publishing a crosswalk would change in scores. Nothing was changed, and nobody is named."""

    code: str
    """Its code."""
    version: str
    """Its version."""
    instrument: InstrumentRefView
    """What it maps."""
    outcome: Outcome
    """What publishing it would come to: created or unchanged."""
    leaders: int | None
    """Leaders with an estimate that would change; null when withheld."""
    withheld: ChangeWithheldView | None
    """Why leaders is null; null when it is shown."""
    responsibilities: tuple[ResponsibilityChangeView, ...]
    """Those whose estimates would change, in the framework's order."""
