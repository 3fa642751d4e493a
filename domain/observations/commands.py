"""Commands of observations, instruments and crosswalks (openapi/README.md 5)."""

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
    """The code of the instrument."""
    version: Annotated[str, MinLen(1), MaxLen(64), Examples("2026.1")]
    """The version of the instrument."""


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
    """True if there was nothing to rate."""

    def __post_init__(self) -> None:
        if (self.responsibility is None) == (self.element is None):
            raise Invalid.at("", Code.EXACTLY_ONE, "a rating must have either responsibility or element")
        if sum(part is not None for part in (self.value, self.level, self.not_observed)) != 1:
            raise Invalid.at("", Code.EXACTLY_ONE, "a rating must have exactly one of value, level and not_observed")


@dataclass(frozen=True, kw_only=True)
class PushedFeedback:
    """A line of feedback from the observer to the leader."""

    type: Annotated[FeedbackType, Examples("reinforcement")]
    """The intent of the feedback."""
    text: Annotated[str, MinLen(1), MaxLen(4000), Examples("Clear purpose.")]
    """The text."""


@dataclass(frozen=True, kw_only=True)
class PushObservation:
    """Push an observation: one visit by one observer to one leader."""

    external_id: Annotated[str, MinLen(1), MaxLen(200), Examples("walk-4711")] | None = None
    """The sender's own id of the observation, by which a repeated push is recognised."""
    external_version: Annotated[str, Pattern(r"^[0-9]{1,18}$"), Examples("1")] | None = None
    """1 to 18 digits, compared as a number; a change needs a higher one. Default with an external_id: 1."""
    purpose: Annotated[Purpose, Examples("formative")]
    """The permitted use; only formative is accepted."""
    leader: Annotated[PersonRef, Examples({"sourced_id": "207267"})]
    """The observed leader."""
    observer: Annotated[ObserverRef, Examples({"external_name": "Visiting coach"})]
    """The observer, who must not be the leader."""
    school: Annotated[SchoolRef, Examples({"sourced_id": "255901001"})]
    """The school where the visit took place."""
    observed_at: Annotated[datetime, Examples("2026-03-02T13:41:20Z")]
    """The time of the visit with offset, at most 5 minutes in the future."""
    setting: Annotated[Setting, Examples("classroom")]
    """The setting of the visit."""
    announced: bool | None = None
    """Whether the visit was announced; null if unknown."""
    duration_minutes: Annotated[int, Interval(ge=1, le=1440), Examples(20)] | None = None
    """The duration in minutes."""
    instrument: InstrumentRef | None = None
    """The instrument; required if a rating has an element."""
    ratings: Annotated[
        tuple[PushedRating, ...], MinLen(1), MaxLen(200), Examples([{"responsibility": "visibility", "value": 4}])
    ]
    """The ratings."""
    feedback: Annotated[tuple[PushedFeedback, ...], MaxLen(50)] = ()
    """Feedback of the observer to the leader."""

    def __post_init__(self) -> None:
        object.__setattr__(self, "observed_at", utc_instant(self.observed_at, "/observed_at"))
        errors = version_errors(self.external_id, self.external_version)
        if self.instrument is None and any(r.element is not None for r in self.ratings):
            errors.append(
                FieldError(
                    pointer="/instrument",
                    code=Code.MISSING,
                    detail="a rating has an element; add the instrument that the element is from",
                )
            )
        errors += duplicate_errors(
            [r.element or f"/{r.responsibility}" for r in self.ratings],
            "/ratings/{}",
            "an earlier rating is of the same; remove one",
        )
        if errors:
            raise Invalid.of(errors)
        object.__setattr__(self, "external_version", normalized_version(self.external_id, self.external_version))

    @property
    def version(self) -> int:
        """The version as a number."""
        return int(self.external_version or 1)


def normalized_version(external_id: str | None, external_version: str | None) -> str | None:
    """Return the version without leading zeros, "1" for an external_id without one (openapi/README.md 3.2)."""
    if external_id is None:
        return None
    return "1" if external_version is None else str(int(external_version))


def version_errors(external_id: str | None, external_version: str | None) -> list[FieldError]:
    """Return an error for a version without an external_id."""
    if external_version is None or external_id is not None:
        return []
    return [FieldError(pointer="/external_id", code=Code.MISSING, detail="an external_version needs an external_id; add it")]


@dataclass(frozen=True, kw_only=True)
class RetractPushed:
    """Retract the observation with an external_id, whether or not it was pushed before."""

    external_id: Annotated[str, MinLen(1), MaxLen(200), Examples("walk-4711")]
    """The sender's own id of the observation."""
    external_version: Annotated[str, Pattern(r"^[0-9]{1,18}$"), Examples("1")]
    """1 to 18 digits, compared as a number; must be higher than the stored version."""

    @property
    def version(self) -> int:
        """The version as a number."""
        return int(self.external_version)


@dataclass(frozen=True, kw_only=True)
class RetractObservation:
    """Retract an observation by its id."""

    observation_id: ObservationId
    """The observation."""
    external_version: Annotated[str, Pattern(r"^[0-9]{1,18}$"), Examples("1")] | None = None
    """The version of the retraction, higher than the stored one. Default: the next one."""


@dataclass(frozen=True, kw_only=True)
class RejectedItem:
    """An item of a batch that failed validation."""

    external_id: str | None
    error: DomainError


PushOrRetract = PushObservation | RetractPushed
BatchItem = PushOrRetract | RejectedItem


@dataclass(frozen=True, kw_only=True)
class PushObservations:
    """Push or retract many observations; with `whole` all of them or none."""

    whole: bool
    items: tuple[BatchItem, ...]


@dataclass(frozen=True, kw_only=True)
class ReadObservation:
    """Read one observation."""

    observation_id: ObservationId
    """The observation."""


@dataclass(frozen=True, kw_only=True)
class ListObservations:
    """List observations, newest first: by observed_at and id, both descending."""

    leader_id: PersonId | None = None
    """Only observations of this leader."""
    school_id: UUID | None = None
    """Only observations at this school."""
    external_id: Annotated[str, MaxLen(200)] | None = None
    """Only the observation with this external_id."""
    observed_from: datetime | None = None
    """Only observations at or after this time."""
    observed_before: datetime | None = None
    """Only observations before this time."""
    state: ObservationState = ObservationState.LIVE
    """Only observations that count (live) or that were retracted."""
    limit: Annotated[int, Interval(ge=1, le=100), Examples(50)] = DEFAULT_LIMIT
    """The size of a page, 1 to 100."""
    cursor: str | None = None
    """The next_cursor of the previous page."""

    def __post_init__(self) -> None:
        check_limit(self.limit)
        for name in ("observed_from", "observed_before"):
            if getattr(self, name) is not None:
                object.__setattr__(self, name, utc_instant(getattr(self, name), f"/{name}"))


@dataclass(frozen=True, kw_only=True)
class CreateInstrument:
    """Create a version of a rubric or form; versions are immutable."""

    code: Annotated[str, MinLen(1), MaxLen(100), Examples("partner-walk")]
    """The code of the instrument."""
    version: Annotated[str, MinLen(1), MaxLen(64), Examples("2026.1")]
    """The version of the instrument."""
    title: Annotated[str, MaxLen(200)] | None = None
    """The text shown to people."""
    elements: Annotated[
        tuple[Element, ...], MinLen(1), MaxLen(500), Examples([{"code": "A1", "scale": {"worst": 1, "best": 4}}])
    ]
    """The elements."""

    def __post_init__(self) -> None:
        object.__setattr__(self, "elements", tuple(self.elements))
        errors = duplicate_errors(
            [e.code for e in self.elements], "/elements/{}/code", "another element has this code; give each element its own"
        )
        if errors:
            raise Invalid.of(errors)


@dataclass(frozen=True, kw_only=True)
class CreateCrosswalk:
    """Create a version of the mapping from an instrument's elements to responsibilities; the newest one is used for scores."""

    code: Annotated[str, MinLen(1), MaxLen(100), Examples("walk-map")]
    """The code of the crosswalk."""
    version: Annotated[str, MinLen(1), MaxLen(64), Examples("1")]
    """The version of the crosswalk."""
    instrument: Annotated[InstrumentRef, Examples({"code": "partner-walk", "version": "2026.1"})]
    """The instrument whose elements are mapped."""
    mappings: Annotated[
        tuple[ElementWeight, ...],
        MinLen(1),
        MaxLen(2000),
        Examples([{"element": "A1", "responsibility": "visibility", "weight": 1.0}]),
    ]
    """The weights; an element may map to several responsibilities."""

    def __post_init__(self) -> None:
        object.__setattr__(self, "mappings", tuple(self.mappings))
        pairs = [f"{m.element}\x1f{m.responsibility}" for m in self.mappings]
        errors = duplicate_errors(
            pairs, "/mappings/{}", "an earlier mapping has the same element and responsibility; remove one"
        )
        if errors:
            raise Invalid.of(errors)


@dataclass(frozen=True, kw_only=True)
class ListInstruments:
    """List instruments, by code, version and id."""

    limit: Annotated[int, Interval(ge=1, le=100), Examples(50)] = DEFAULT_LIMIT
    """The size of a page, 1 to 100."""
    cursor: str | None = None
    """The next_cursor of the previous page."""

    def __post_init__(self) -> None:
        check_limit(self.limit)


@dataclass(frozen=True, kw_only=True)
class ListCrosswalks(ListInstruments):
    """List crosswalks, by code, version and id."""
