"""What is said about visits (openapi/README.md 5)."""

from dataclasses import dataclass, field
from datetime import datetime
from typing import Literal
from uuid import UUID

from domain.directory.model import ObserverRef, PersonRef, SchoolRef
from domain.observations.model import Element, ElementWeight, FeedbackType, ObservationState, Purpose, Setting, repeated
from domain.shared.errors import Code, DomainError, Fault, Invalid
from domain.shared.ids import ObservationId, PersonId
from domain.shared.paging import CURSOR, DEFAULT_LIMIT, LIMIT, check_limit
from domain.shared.time import instant

EXTERNAL_ID = {
    "description": "The sender's own id of this thing; with it a repeated push is recognised.",
    "examples": ["walk-4711"],
    "min_length": 1,
    "max_length": 200,
}
EXTERNAL_VERSION = {
    "description": "1 to 18 digits, compared as a number; a change needs a higher one. Absent with an external_id: 1.",
    "examples": ["1"],
    "pattern": r"^[0-9]{1,18}$",
}


@dataclass(frozen=True, kw_only=True)
class InstrumentRef:
    """One version of an instrument."""

    code: str = field(metadata={"description": "Its code.", "examples": ["partner-walk"], "min_length": 1, "max_length": 100})
    version: str = field(metadata={"description": "Its version.", "examples": ["2026.1"], "min_length": 1, "max_length": 64})


@dataclass(frozen=True, kw_only=True)
class PushedRating:
    """A rating of a responsibility (on 1 to 5) or of an element (on its own scale): a value, a level, or not observed."""

    responsibility: str | None = field(
        default=None,
        metadata={
            "description": "Code of the responsibility; its values are 1 to 5.",
            "examples": ["visibility"],
            "max_length": 64,
        },
    )
    element: str | None = field(
        default=None,
        metadata={"description": "Code of the instrument's element.", "examples": ["A1"], "min_length": 1, "max_length": 64},
    )
    value: float | None = field(default=None, metadata={"description": "The rating as a number.", "examples": [3]})
    level: str | None = field(
        default=None, metadata={"description": "The rating as a level's code.", "min_length": 1, "max_length": 64}
    )
    not_observed: Literal[True] | None = field(default=None, metadata={"description": "True: there was nothing to rate."})

    def __post_init__(self) -> None:
        if (self.responsibility is None) == (self.element is None):
            raise Invalid.at("", Code.EXACTLY_ONE, "a rating names either a responsibility or an element")
        if sum(part is not None for part in (self.value, self.level, self.not_observed)) != 1:
            raise Invalid.at("", Code.EXACTLY_ONE, "a rating gives exactly one of value, level and not_observed")


@dataclass(frozen=True, kw_only=True)
class PushedFeedback:
    """What the observer wrote to the leader."""

    type: FeedbackType = field(metadata={"description": "What it is for.", "examples": ["reinforcement"]})
    text: str = field(
        metadata={"description": "The text.", "examples": ["Clear purpose."], "min_length": 1, "max_length": 4000}
    )


@dataclass(frozen=True, kw_only=True)
class PushObservation:
    """One visit by one observer to one leader."""

    external_id: str | None = field(default=None, metadata=EXTERNAL_ID)
    external_version: str | None = field(default=None, metadata=EXTERNAL_VERSION)
    purpose: Purpose = field(metadata={"description": "What it may be used for; formative only.", "examples": ["formative"]})
    leader: PersonRef = field(metadata={"description": "The person observed.", "examples": [{"sourced_id": "207267"}]})
    observer: ObserverRef = field(
        metadata={"description": "Who looked; never the leader.", "examples": [{"external_name": "Visiting coach"}]}
    )
    school: SchoolRef = field(metadata={"description": "Where.", "examples": [{"sourced_id": "255901001"}]})
    observed_at: datetime = field(
        metadata={"description": "When, with offset; at most 5 minutes ahead.", "examples": ["2026-03-02T13:41:20Z"]}
    )
    setting: Setting = field(metadata={"description": "In what setting.", "examples": ["classroom"]})
    announced: bool | None = field(default=None, metadata={"description": "Whether the visit was announced; null: not known."})
    duration_minutes: int | None = field(
        default=None, metadata={"description": "How long it took.", "examples": [20], "ge": 1, "le": 1440}
    )
    instrument: InstrumentRef | None = field(
        default=None, metadata={"description": "The rubric; required when a rating names an element."}
    )
    ratings: tuple[PushedRating, ...] = field(
        metadata={
            "description": "What was seen.",
            "examples": [[{"responsibility": "visibility", "value": 4}]],
            "min_length": 1,
            "max_length": 200,
        }
    )
    feedback: tuple[PushedFeedback, ...] = field(
        default=(), metadata={"description": "What the observer wrote.", "max_length": 50}
    )

    def __post_init__(self) -> None:
        object.__setattr__(self, "observed_at", instant(self.observed_at, "/observed_at"))
        faults = version_faults(self.external_id, self.external_version)
        if self.instrument is None and any(r.element is not None for r in self.ratings):
            faults.append(
                Fault(
                    pointer="/instrument", code=Code.MISSING, detail="a rating names an element; name the instrument it is from"
                )
            )
        faults += repeated([r.element or f"/{r.responsibility}" for r in self.ratings], "/ratings/{}", "rated above already")
        if faults:
            raise Invalid.of(faults)
        object.__setattr__(self, "external_version", plain_version(self.external_id, self.external_version))

    @property
    def version(self) -> int:
        """The version as a number."""
        return int(self.external_version or 1)


def plain_version(external_id: str | None, external_version: str | None) -> str | None:
    """The version as it is compared: 1 where an external_id has none, without leading zeros (openapi/README.md 3.2)."""
    if external_id is None:
        return None
    return "1" if external_version is None else str(int(external_version))


def version_faults(external_id: str | None, external_version: str | None) -> list[Fault]:
    """A version without an external_id says nothing."""
    if external_version is None or external_id is not None:
        return []
    return [
        Fault(pointer="/external_id", code=Code.MISSING, detail="an external_version needs the external_id it is a version of")
    ]


@dataclass(frozen=True, kw_only=True)
class RetractPushed:
    """Take back what was pushed under an external_id, seen or not."""

    external_id: str = field(metadata=EXTERNAL_ID)
    external_version: str = field(metadata=EXTERNAL_VERSION)

    @property
    def version(self) -> int:
        """The version as a number."""
        return int(self.external_version)


@dataclass(frozen=True, kw_only=True)
class RetractObservation:
    """Take back an observation by its id."""

    observation_id: ObservationId = field(metadata={"description": "The observation."})
    external_version: str | None = field(
        default=None,
        metadata=EXTERNAL_VERSION | {"description": "The retraction's version, higher than that held. Absent: the next one."},
    )


@dataclass(frozen=True, kw_only=True)
class Refused:
    """An item of a batch whose shape was refused before it came here."""

    external_id: str | None
    refusal: DomainError


Act = PushObservation | RetractPushed
Item = Act | Refused


@dataclass(frozen=True, kw_only=True)
class PushObservations:
    """Many pushes and retractions at once; ``whole``: all of them or none."""

    whole: bool
    items: tuple[Item, ...]


@dataclass(frozen=True, kw_only=True)
class ReadObservation:
    """One observation."""

    observation_id: ObservationId = field(metadata={"description": "The observation."})


@dataclass(frozen=True, kw_only=True)
class ListObservations:
    """Observations, newest first: ordered by observed_at and id, both falling."""

    leader_id: PersonId | None = field(default=None, metadata={"description": "Only of this leader."})
    school_id: UUID | None = field(default=None, metadata={"description": "Only at this school."})
    external_id: str | None = field(
        default=None, metadata={"description": "Only that with this external_id.", "max_length": 200}
    )
    observed_from: datetime | None = field(default=None, metadata={"description": "Only from this moment on."})
    observed_before: datetime | None = field(default=None, metadata={"description": "Only before this moment."})
    state: ObservationState = field(
        default=ObservationState.LIVE, metadata={"description": "Those that count, or those taken back."}
    )
    limit: int = field(default=DEFAULT_LIMIT, metadata=LIMIT)
    cursor: str | None = field(default=None, metadata=CURSOR)

    def __post_init__(self) -> None:
        check_limit(self.limit)
        for name in ("observed_from", "observed_before"):
            if getattr(self, name) is not None:
                object.__setattr__(self, name, instant(getattr(self, name), f"/{name}"))


@dataclass(frozen=True, kw_only=True)
class CreateInstrument:
    """A new version of a rubric or form; versions never change."""

    code: str = field(metadata={"description": "Its code.", "examples": ["partner-walk"], "min_length": 1, "max_length": 100})
    version: str = field(metadata={"description": "Its version.", "examples": ["2026.1"], "min_length": 1, "max_length": 64})
    title: str | None = field(default=None, metadata={"description": "What people read.", "max_length": 200})
    elements: tuple[Element, ...] = field(
        metadata={
            "description": "Its elements.",
            "examples": [[{"code": "A1", "scale": {"worst": 1, "best": 4}}]],
            "min_length": 1,
            "max_length": 500,
        }
    )

    def __post_init__(self) -> None:
        object.__setattr__(self, "elements", tuple(self.elements))
        faults = repeated([e.code for e in self.elements], "/elements/{}/code", "an element's code stands once")
        if faults:
            raise Invalid.of(faults)


@dataclass(frozen=True, kw_only=True)
class CreateCrosswalk:
    """A new version of the mapping from an instrument's elements to responsibilities; the newest one scores."""

    code: str = field(metadata={"description": "Its code.", "examples": ["walk-map"], "min_length": 1, "max_length": 100})
    version: str = field(metadata={"description": "Its version.", "examples": ["1"], "min_length": 1, "max_length": 64})
    instrument: InstrumentRef = field(
        metadata={"description": "What it maps.", "examples": [{"code": "partner-walk", "version": "2026.1"}]}
    )
    mappings: tuple[ElementWeight, ...] = field(
        metadata={
            "description": "An element may feed several responsibilities, each with its own weight.",
            "examples": [[{"element": "A1", "responsibility": "visibility", "weight": 1.0}]],
            "min_length": 1,
            "max_length": 2000,
        }
    )

    def __post_init__(self) -> None:
        object.__setattr__(self, "mappings", tuple(self.mappings))
        pairs = [f"{m.element}\x1f{m.responsibility}" for m in self.mappings]
        faults = repeated(pairs, "/mappings/{}", "this pair stands above already; name it once")
        if faults:
            raise Invalid.of(faults)
