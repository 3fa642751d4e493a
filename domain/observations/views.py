"""What is shown of visits (openapi/README.md 5)."""

from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum

from domain.framework.responsibilities import Responsibility
from domain.observations.model import Element, ElementWeight, FeedbackType, ObservationState, Purpose, Setting
from domain.permissions.revealed_data import Revealed
from domain.shared.errors import DomainError
from domain.shared.fast_dataclass import quick
from domain.shared.idempotent_push import Outcome
from domain.shared.ids import CrosswalkId, InstrumentId, ObservationId, PersonId, SchoolId
from domain.shared.receipts import WarningView


@quick
@dataclass(frozen=True, kw_only=True)
class Verdict:
    """What came of one item of a batch: an outcome or a refusal. ``outdone``: a higher version stands in the same batch."""

    index: int
    external_id: str | None
    id: ObservationId | None
    outcome: Outcome | None
    warnings: tuple[WarningView, ...]
    refusal: DomainError | None
    outdone: bool


@dataclass(frozen=True, kw_only=True)
class InstrumentRefView:
    """One version of an instrument."""

    code: str = field(metadata={"description": "Its code."})
    version: str = field(metadata={"description": "Its version."})


@dataclass(frozen=True, kw_only=True)
class RatingView:
    """One rating, as written."""

    responsibility: str | None = field(metadata={"description": "Rated directly, on 1 to 5."})
    element: str | None = field(metadata={"description": "Rated on the element's own scale."})
    value: float | None = field(metadata={"reveals": Revealed.RATING, "description": "The rating as a number."})
    level: str | None = field(metadata={"description": "The rating as a level's code."})
    not_observed: bool = field(metadata={"description": "Nothing to rate."})


@dataclass(frozen=True, kw_only=True)
class FeedbackView:
    """What the observer wrote."""

    type: FeedbackType = field(metadata={"description": "What it is for."})
    text: str = field(metadata={"reveals": Revealed.TEXT, "description": "The text."})


@dataclass(frozen=True, kw_only=True)
class ObservationView:
    """One visit, in its newest version."""

    id: ObservationId = field(metadata={"description": "Its id."})
    external_id: str | None = field(metadata={"description": "The sender's id."})
    external_version: str = field(metadata={"description": "The version shown."})
    origin: str = field(metadata={"description": "The system that pushed it."})
    state: ObservationState = field(metadata={"description": "Whether it counts."})
    purpose: Purpose = field(metadata={"description": "What it may be used for."})
    leader_id: PersonId = field(metadata={"description": "Who was observed."})
    observer_id: PersonId | None = field(metadata={"description": "Who looked, if in the roster."})
    observer_name: str | None = field(metadata={"description": "Who looked, if from outside."})
    school_id: SchoolId = field(metadata={"description": "Where."})
    observed_at: datetime = field(metadata={"description": "When."})
    setting: Setting = field(metadata={"description": "In what setting."})
    announced: bool | None = field(metadata={"description": "Whether it was announced."})
    duration_minutes: int | None = field(metadata={"description": "How long it took."})
    instrument: InstrumentRefView | None = field(metadata={"description": "The rubric used."})
    ratings: tuple[RatingView, ...] = field(metadata={"description": "What was seen."})
    feedback: tuple[FeedbackView, ...] = field(metadata={"description": "What the observer wrote."})
    received_at: datetime = field(metadata={"description": "When this version came in."})


@dataclass(frozen=True, kw_only=True)
class InstrumentView:
    """One immutable version of a rubric or form."""

    id: InstrumentId = field(metadata={"description": "Its id."})
    code: str = field(metadata={"description": "Its code."})
    version: str = field(metadata={"description": "Its version."})
    title: str | None = field(metadata={"description": "What people read."})
    elements: tuple[Element, ...] = field(metadata={"description": "Its elements."})
    origin: str | None = field(metadata={"description": "The pushing system that created it; null for older ones."})
    created_at: datetime = field(metadata={"description": "When it came in."})


@dataclass(frozen=True, kw_only=True)
class InstrumentReceiptView(InstrumentView):
    """The version as it is held, and whether it was new. Code and version are its identity: it has no external_id."""

    outcome: Outcome = field(metadata={"description": "created or unchanged."})


@dataclass(frozen=True, kw_only=True)
class CrosswalkView:
    """One immutable version of a mapping; ``current`` says whether it is the one that scores."""

    id: CrosswalkId = field(metadata={"description": "Its id."})
    code: str = field(metadata={"description": "Its code."})
    version: str = field(metadata={"description": "Its version."})
    instrument: InstrumentRefView = field(metadata={"description": "What it maps."})
    mappings: tuple[ElementWeight, ...] = field(metadata={"description": "Element to responsibility, with weight."})
    current: bool = field(metadata={"description": "Whether observations are scored with it."})
    created_at: datetime = field(metadata={"description": "When it came in."})


@dataclass(frozen=True, kw_only=True)
class CrosswalkReceiptView(CrosswalkView):
    """The version as it is held, and whether it was new. Code and version are its identity: it has no external_id."""

    outcome: Outcome = field(metadata={"description": "created or unchanged."})


class ChangeWithheldReason(StrEnum):
    """Why numbers of a preview are not shown."""

    BELOW_THRESHOLD = "below_threshold"
    SCORES_NOT_VISIBLE = "scores_not_visible"


@dataclass(frozen=True, kw_only=True)
class ChangeWithheldView:
    """Why numbers are not shown, and from how many leaders they would be."""

    reason: ChangeWithheldReason = field(
        metadata={
            "description": "below_threshold: too few leaders to hide who; scores_not_visible: the largest is one leader's."
        }
    )
    minimum: int | None = field(metadata={"description": "Leaders needed; null where no number of them would do."})


@dataclass(frozen=True, kw_only=True)
class ResponsibilityChangeView:
    """How far the estimates of one responsibility would move."""

    responsibility: Responsibility = field(metadata={"description": "The responsibility."})
    leaders: int | None = field(
        metadata={"reveals": Revealed.ESTIMATE, "description": "Leaders whose estimate would change; null when withheld."}
    )
    mean_absolute_change: float | None = field(
        metadata={"description": "Mean size of the change in points of 1 to 5, over leaders with an estimate before and after."}
    )
    largest_absolute_change: float | None = field(metadata={"description": "The largest of these."})
    withheld: ChangeWithheldView | None = field(metadata={"description": "Why numbers are null; null when all are shown."})


@dataclass(frozen=True, kw_only=True)
class CrosswalkPreviewView:
    """What publishing a crosswalk would change in scores. Nothing was changed, and nobody is named."""

    code: str = field(metadata={"description": "Its code."})
    version: str = field(metadata={"description": "Its version."})
    instrument: InstrumentRefView = field(metadata={"description": "What it maps."})
    outcome: Outcome = field(metadata={"description": "What publishing it would come to: created or unchanged."})
    leaders: int | None = field(metadata={"description": "Leaders with an estimate that would change; null when withheld."})
    withheld: ChangeWithheldView | None = field(metadata={"description": "Why leaders is null; null when it is shown."})
    responsibilities: tuple[ResponsibilityChangeView, ...] = field(
        metadata={"description": "Those whose estimates would change, in the framework's order."}
    )
