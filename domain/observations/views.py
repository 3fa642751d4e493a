"""What is shown of visits (contract 5)."""

from dataclasses import dataclass, field
from datetime import datetime

from domain.access.revealing import Revealed
from domain.observations.model import Element, ElementWeight, FeedbackType, ObservationState, Purpose, Setting
from domain.shared.errors import DomainError
from domain.shared.ids import CrosswalkId, InstrumentId, ObservationId, PersonId, SchoolId
from domain.shared.pushes import Outcome
from domain.shared.receipts import WarningView
from domain.shared.views import quick


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
