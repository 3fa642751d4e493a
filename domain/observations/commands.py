"""What is said about visits (openapi/README.md 5)."""

from dataclasses import dataclass
from datetime import datetime
from typing import Annotated, Literal
from uuid import UUID

from annotated_types import Interval, MaxLen, MinLen

from domain.directory.model import ObserverRef, PersonRef, SchoolRef
from domain.observations.model import Element, ElementWeight, FeedbackType, ObservationState, Purpose, Setting, duplicate_errors
from domain.shared.errors import Code, DomainError, FieldError, Invalid
from domain.shared.fields import Examples, Pattern
from domain.shared.ids import ObservationId, PersonId
from domain.shared.paging import DEFAULT_LIMIT, check_limit
from domain.shared.time import utc_instant


@dataclass(frozen=True, kw_only=True)
class InstrumentRef:
    """One version of an instrument."""

    code: Annotated[str, MinLen(1), MaxLen(100), Examples("partner-walk")]
    """Its code."""
    version: Annotated[str, MinLen(1), MaxLen(64), Examples("2026.1")]
    """Its version."""


@dataclass(frozen=True, kw_only=True)
class PushedRating:
    """A rating of a responsibility (on 1 to 5) or of an element (on its own scale): a value, a level, or not observed."""

    responsibility: Annotated[str, MaxLen(64), Examples("visibility")] | None = None
    """Code of the responsibility; its values are 1 to 5."""
    element: Annotated[str, MinLen(1), MaxLen(64), Examples("A1")] | None = None
    """Code of the instrument's element."""
    value: Annotated[float, Examples(3)] | None = None
    """The rating as a number."""
    level: Annotated[str, MinLen(1), MaxLen(64)] | None = None
    """The rating as a level's code."""
    not_observed: Literal[True] | None = None
    """True: there was nothing to rate."""

    def __post_init__(self) -> None:
        if (self.responsibility is None) == (self.element is None):
            raise Invalid.at("", Code.EXACTLY_ONE, "a rating names either a responsibility or an element")
        if sum(part is not None for part in (self.value, self.level, self.not_observed)) != 1:
            raise Invalid.at("", Code.EXACTLY_ONE, "a rating gives exactly one of value, level and not_observed")


@dataclass(frozen=True, kw_only=True)
class PushedFeedback:
    """What the observer wrote to the leader."""

    type: Annotated[FeedbackType, Examples("reinforcement")]
    """What it is for."""
    text: Annotated[str, MinLen(1), MaxLen(4000), Examples("Clear purpose.")]
    """The text."""


@dataclass(frozen=True, kw_only=True)
class PushObservation:
    """One visit by one observer to one leader."""

    external_id: Annotated[str, MinLen(1), MaxLen(200), Examples("walk-4711")] | None = None
    """The sender's own id of this thing; with it a repeated push is recognised."""
    external_version: Annotated[str, Pattern(r"^[0-9]{1,18}$"), Examples("1")] | None = None
    """1 to 18 digits, compared as a number; a change needs a higher one. Absent with an external_id: 1."""
    purpose: Annotated[Purpose, Examples("formative")]
    """What it may be used for; formative only."""
    leader: Annotated[PersonRef, Examples({"sourced_id": "207267"})]
    """The person observed."""
    observer: Annotated[ObserverRef, Examples({"external_name": "Visiting coach"})]
    """Who looked; never the leader."""
    school: Annotated[SchoolRef, Examples({"sourced_id": "255901001"})]
    """Where."""
    observed_at: Annotated[datetime, Examples("2026-03-02T13:41:20Z")]
    """When, with offset; at most 5 minutes ahead."""
    setting: Annotated[Setting, Examples("classroom")]
    """In what setting."""
    announced: bool | None = None
    """Whether the visit was announced; null: not known."""
    duration_minutes: Annotated[int, Interval(ge=1, le=1440), Examples(20)] | None = None
    """How long it took."""
    instrument: InstrumentRef | None = None
    """The rubric; required when a rating names an element."""
    ratings: Annotated[
        tuple[PushedRating, ...], MinLen(1), MaxLen(200), Examples([{"responsibility": "visibility", "value": 4}])
    ]
    """What was seen."""
    feedback: Annotated[tuple[PushedFeedback, ...], MaxLen(50)] = ()
    """What the observer wrote."""

    def __post_init__(self) -> None:
        object.__setattr__(self, "observed_at", utc_instant(self.observed_at, "/observed_at"))
        faults = version_errors(self.external_id, self.external_version)
        if self.instrument is None and any(r.element is not None for r in self.ratings):
            faults.append(
                FieldError(
                    pointer="/instrument", code=Code.MISSING, detail="a rating names an element; name the instrument it is from"
                )
            )
        faults += duplicate_errors(
            [r.element or f"/{r.responsibility}" for r in self.ratings], "/ratings/{}", "rated above already"
        )
        if faults:
            raise Invalid.of(faults)
        object.__setattr__(self, "external_version", normalized_version(self.external_id, self.external_version))

    @property
    def version(self) -> int:
        """The version as a number."""
        return int(self.external_version or 1)


def normalized_version(external_id: str | None, external_version: str | None) -> str | None:
    """The version as it is compared: 1 where an external_id has none, without leading zeros (openapi/README.md 3.2)."""
    if external_id is None:
        return None
    return "1" if external_version is None else str(int(external_version))


def version_errors(external_id: str | None, external_version: str | None) -> list[FieldError]:
    """A version without an external_id says nothing."""
    if external_version is None or external_id is not None:
        return []
    return [
        FieldError(
            pointer="/external_id", code=Code.MISSING, detail="an external_version needs the external_id it is a version of"
        )
    ]


@dataclass(frozen=True, kw_only=True)
class RetractPushed:
    """Take back what was pushed under an external_id, seen or not."""

    external_id: Annotated[str, MinLen(1), MaxLen(200), Examples("walk-4711")]
    """The sender's own id of this thing; with it a repeated push is recognised."""
    external_version: Annotated[str, Pattern(r"^[0-9]{1,18}$"), Examples("1")]
    """1 to 18 digits, compared as a number; a change needs a higher one. Absent with an external_id: 1."""

    @property
    def version(self) -> int:
        """The version as a number."""
        return int(self.external_version)


@dataclass(frozen=True, kw_only=True)
class RetractObservation:
    """Take back an observation by its id."""

    observation_id: ObservationId
    """The observation."""
    external_version: Annotated[str, Pattern(r"^[0-9]{1,18}$"), Examples("1")] | None = None
    """The retraction's version, higher than that held. Absent: the next one."""


@dataclass(frozen=True, kw_only=True)
class RejectedItem:
    """An item of a batch whose shape was refused before it came here."""

    external_id: str | None
    error: DomainError


PushOrRetract = PushObservation | RetractPushed
BatchItem = PushOrRetract | RejectedItem


@dataclass(frozen=True, kw_only=True)
class PushObservations:
    """Many pushes and retractions at once; ``whole``: all of them or none."""

    whole: bool
    items: tuple[BatchItem, ...]


@dataclass(frozen=True, kw_only=True)
class ReadObservation:
    """One observation."""

    observation_id: ObservationId
    """The observation."""


@dataclass(frozen=True, kw_only=True)
class ListObservations:
    """Observations, newest first: ordered by observed_at and id, both falling."""

    leader_id: PersonId | None = None
    """Only of this leader."""
    school_id: UUID | None = None
    """Only at this school."""
    external_id: Annotated[str, MaxLen(200)] | None = None
    """Only that with this external_id."""
    observed_from: datetime | None = None
    """Only from this moment on."""
    observed_before: datetime | None = None
    """Only before this moment."""
    state: ObservationState = ObservationState.LIVE
    """Those that count, or those taken back."""
    limit: Annotated[int, Interval(ge=1, le=100), Examples(50)] = DEFAULT_LIMIT
    """How many, 1 to 100."""
    cursor: str | None = None
    """Where to go on: next_cursor of the page before."""

    def __post_init__(self) -> None:
        check_limit(self.limit)
        for name in ("observed_from", "observed_before"):
            if getattr(self, name) is not None:
                object.__setattr__(self, name, utc_instant(getattr(self, name), f"/{name}"))


@dataclass(frozen=True, kw_only=True)
class CreateInstrument:
    """A new version of a rubric or form; versions never change."""

    code: Annotated[str, MinLen(1), MaxLen(100), Examples("partner-walk")]
    """Its code."""
    version: Annotated[str, MinLen(1), MaxLen(64), Examples("2026.1")]
    """Its version."""
    title: Annotated[str, MaxLen(200)] | None = None
    """What people read."""
    elements: Annotated[
        tuple[Element, ...], MinLen(1), MaxLen(500), Examples([{"code": "A1", "scale": {"worst": 1, "best": 4}}])
    ]
    """Its elements."""

    def __post_init__(self) -> None:
        object.__setattr__(self, "elements", tuple(self.elements))
        faults = duplicate_errors([e.code for e in self.elements], "/elements/{}/code", "an element's code stands once")
        if faults:
            raise Invalid.of(faults)


@dataclass(frozen=True, kw_only=True)
class CreateCrosswalk:
    """A new version of the mapping from an instrument's elements to responsibilities; the newest one scores."""

    code: Annotated[str, MinLen(1), MaxLen(100), Examples("walk-map")]
    """Its code."""
    version: Annotated[str, MinLen(1), MaxLen(64), Examples("1")]
    """Its version."""
    instrument: Annotated[InstrumentRef, Examples({"code": "partner-walk", "version": "2026.1"})]
    """What it maps."""
    mappings: Annotated[
        tuple[ElementWeight, ...],
        MinLen(1),
        MaxLen(2000),
        Examples([{"element": "A1", "responsibility": "visibility", "weight": 1.0}]),
    ]
    """An element may feed several responsibilities, each with its own weight."""

    def __post_init__(self) -> None:
        object.__setattr__(self, "mappings", tuple(self.mappings))
        pairs = [f"{m.element}\x1f{m.responsibility}" for m in self.mappings]
        faults = duplicate_errors(pairs, "/mappings/{}", "this pair stands above already; name it once")
        if faults:
            raise Invalid.of(faults)


@dataclass(frozen=True, kw_only=True)
class ListInstruments:
    """Instruments, by code, version and id."""

    limit: Annotated[int, Interval(ge=1, le=100), Examples(50)] = DEFAULT_LIMIT
    """How many, 1 to 100."""
    cursor: str | None = None
    """Where to go on: next_cursor of the page before."""

    def __post_init__(self) -> None:
        check_limit(self.limit)


@dataclass(frozen=True, kw_only=True)
class ListCrosswalks(ListInstruments):
    """Crosswalks, by code, version and id."""
