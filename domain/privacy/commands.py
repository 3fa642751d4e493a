"""What is said to erase, hold and keep."""

from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum

from domain.privacy.retention_policy import KeptFor, check
from domain.shared.errors import Code, Fault, Invalid
from domain.shared.ids import PersonId
from domain.shared.legal_holds import HoldAbout, HoldId, HoldReason
from domain.shared.paging import DEFAULT_LIMIT, LIMIT, check_limit
from domain.shared.time import instant

PERSON = {"description": "The person."}


class EvidenceAboutOthers(StrEnum):
    """What becomes of what an erased person said of others."""

    KEEP = "keep"
    REMOVE = "remove"


ABOUT_OTHERS = {
    "description": "What they observed or assessed of others: keep it without who said it, or remove it from those scores.",
    "examples": ["keep"],
}


@dataclass(frozen=True, kw_only=True)
class ReadErasurePreview:
    """What erasing a person would do."""

    person_id: PersonId = field(metadata=PERSON)
    evidence_about_others: EvidenceAboutOthers = field(default=EvidenceAboutOthers.KEEP, metadata=ABOUT_OTHERS)


@dataclass(frozen=True, kw_only=True)
class ErasePerson:
    """Erase a person for good; with ``preview`` nothing is changed."""

    person_id: PersonId = field(metadata=PERSON)
    preview: bool = field(default=False, metadata={"description": "Only say what it would do.", "examples": [True]})
    evidence_about_others: EvidenceAboutOthers = field(default=EvidenceAboutOthers.KEEP, metadata=ABOUT_OTHERS)


@dataclass(frozen=True, kw_only=True)
class ReapplyErasures:
    """Erase once more whoever is on the list: after a restore."""


@dataclass(frozen=True, kw_only=True)
class PutLegalHold:
    """Hold a person, or the whole district: neither is erased nor retired until it is released or has run out."""

    about: HoldAbout = field(metadata={"description": "What it covers.", "examples": ["person"]})
    person_id: PersonId | None = field(
        default=None,
        metadata={"description": "Whom, where it is about a person.", "examples": ["01a196fb-1600-7038-9aaf-54a7b2a833c6"]},
    )
    reason: HoldReason = field(metadata={"description": "Why.", "examples": ["litigation"]})
    until: datetime | None = field(
        default=None,
        metadata={"description": "Until when; absent: until it is released.", "examples": ["2027-06-30T00:00:00Z"]},
    )

    def __post_init__(self) -> None:
        faults: list[Fault] = []
        if (self.about is HoldAbout.PERSON) != (self.person_id is not None):
            detail = "name the person where the hold is about one, and nobody where it is about the district"
            faults.append(Fault(pointer="/person_id", code=Code.EXACTLY_ONE, detail=detail))
        if self.until is not None:
            object.__setattr__(self, "until", instant(self.until, "/until"))
        if faults:
            raise Invalid.of(faults)


@dataclass(frozen=True, kw_only=True)
class ReleaseLegalHold:
    """Let a hold be over; twice is once."""

    hold_id: HoldId = field(metadata={"description": "Which."})


@dataclass(frozen=True, kw_only=True)
class ReadLegalHold:
    """One hold."""

    hold_id: HoldId = field(metadata={"description": "Which."})


@dataclass(frozen=True, kw_only=True)
class ListLegalHolds:
    """The holds of the district, those released too."""

    limit: int = field(default=DEFAULT_LIMIT, metadata=LIMIT)
    cursor: str | None = field(default=None, metadata={"description": "Where the page before ended.", "max_length": 2000})

    def __post_init__(self) -> None:
        check_limit(self.limit)


@dataclass(frozen=True, kw_only=True)
class ReadRetention:
    """How long the district keeps what."""


@dataclass(frozen=True, kw_only=True)
class PutRetention:
    """The district's own periods, whole; a kind that is not named has the product's. Applied every night from then on."""

    rules: tuple[KeptFor, ...] = field(
        metadata={"description": "Kind by kind.", "examples": [[{"kind": "feedback_text", "days": 365}]], "max_length": 50}
    )
    expected_version: int | None = field(
        default=None,
        metadata={"description": "The version this replaces; absent only where nothing is held yet.", "examples": [1]},
    )

    def __post_init__(self) -> None:
        check(self.rules)


@dataclass(frozen=True, kw_only=True)
class ReadRetentionPreview:
    """What applying the periods now would do."""


@dataclass(frozen=True, kw_only=True)
class ApplyRetention:
    """Delete and forget what has had its time, by the periods of the version named."""

    version: int = field(
        metadata={
            "description": "The version of the periods to apply, as they were read; 0: the product's own.",
            "examples": [0],
            "ge": 0,
        }
    )


@dataclass(frozen=True, kw_only=True)
class ApplyRetentionByTheClock:
    """Apply the periods where the district has put its own and their night has come."""
