"""What may be done to erase people, hold and keep what is about them, and take a district out and in."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Annotated, BinaryIO

from annotated_types import Ge, Interval, MaxLen

from domain.privacy.retention_policy import RetentionRule, check_overrides
from domain.shared.errors import Code, FieldError, Invalid
from domain.shared.fields import Examples
from domain.shared.ids import PersonId
from domain.shared.legal_holds import HoldAbout, HoldId, HoldReason
from domain.shared.paging import DEFAULT_LIMIT, check_limit
from domain.shared.time import utc_instant


class EvidenceAboutOthers(StrEnum):
    """What becomes of what an erased person said of others."""

    KEEP = "keep"
    REMOVE = "remove"


@dataclass(frozen=True, kw_only=True)
class ReadErasurePreview:
    """What erasing a person would do."""

    person_id: PersonId
    """The person."""
    evidence_about_others: Annotated[EvidenceAboutOthers, Examples("keep")] = EvidenceAboutOthers.KEEP
    """What they observed or assessed of others: keep it without who said it, or remove it from those scores."""


@dataclass(frozen=True, kw_only=True)
class ErasePerson:
    """Erase a person for good; with ``preview`` nothing is changed."""

    person_id: PersonId
    """The person."""
    preview: bool = False
    """Only say what it would do."""
    evidence_about_others: Annotated[EvidenceAboutOthers, Examples("keep")] = EvidenceAboutOthers.KEEP
    """What they observed or assessed of others: keep it without who said it, or remove it from those scores."""


@dataclass(frozen=True, kw_only=True)
class ReapplyErasures:
    """Erase once more whoever is on the list: after a restore."""


@dataclass(frozen=True, kw_only=True)
class PutLegalHold:
    """Hold a person, or the whole district: neither is erased nor retired until it is released or has run out."""

    about: Annotated[HoldAbout, Examples("person")]
    """What it covers."""
    person_id: Annotated[PersonId, Examples("01a196fb-1600-7038-9aaf-54a7b2a833c6")] | None = None
    """Whom, where it is about a person."""
    reason: Annotated[HoldReason, Examples("litigation")]
    """Why."""
    until: Annotated[datetime, Examples("2027-06-30T00:00:00Z")] | None = None
    """Until when; absent: until it is released."""

    def __post_init__(self) -> None:
        faults: list[FieldError] = []
        if (self.about is HoldAbout.PERSON) != (self.person_id is not None):
            detail = "name the person where the hold is about one, and nobody where it is about the district"
            faults.append(FieldError(pointer="/person_id", code=Code.EXACTLY_ONE, detail=detail))
        if self.until is not None:
            object.__setattr__(self, "until", utc_instant(self.until, "/until"))
        if faults:
            raise Invalid.of(faults)


@dataclass(frozen=True, kw_only=True)
class ReleaseLegalHold:
    """Let a hold be over; twice is once."""

    hold_id: HoldId
    """Which."""


@dataclass(frozen=True, kw_only=True)
class ReadLegalHold:
    """One hold."""

    hold_id: HoldId
    """Which."""


@dataclass(frozen=True, kw_only=True)
class ListLegalHolds:
    """The holds of the district, those released too."""

    limit: Annotated[int, Interval(ge=1, le=100), Examples(50)] = DEFAULT_LIMIT
    """How many, 1 to 100."""
    cursor: Annotated[str, MaxLen(2000)] | None = None
    """Where the page before ended."""

    def __post_init__(self) -> None:
        check_limit(self.limit)


@dataclass(frozen=True, kw_only=True)
class ReadRetention:
    """How long the district keeps what."""


@dataclass(frozen=True, kw_only=True)
class PutRetention:
    """The district's own periods, whole; a kind that is not named has the product's. Applied every night from then on."""

    rules: Annotated[tuple[RetentionRule, ...], MaxLen(50), Examples([{"kind": "feedback_text", "days": 365}])]
    """Kind by kind."""
    expected_version: Annotated[int, Examples(1)] | None = None
    """The version this replaces; absent only where nothing is held yet."""

    def __post_init__(self) -> None:
        check_overrides(self.rules)


@dataclass(frozen=True, kw_only=True)
class ReadRetentionPreview:
    """What applying the periods now would do."""


@dataclass(frozen=True, kw_only=True)
class ApplyRetention:
    """Delete and forget what has had its time, by the periods of the version named."""

    version: Annotated[int, Ge(0), Examples(0)]
    """The version of the periods to apply, as they were read; 0: the product's own."""


@dataclass(frozen=True, kw_only=True)
class ApplyRetentionByTheClock:
    """Apply the periods where the district has put its own and their night has come."""


@dataclass(frozen=True, kw_only=True)
class ExportDistrict:
    """Take everything of the district away; ``target`` is written from its beginning."""

    target: BinaryIO
    release: str


@dataclass(frozen=True, kw_only=True)
class ImportDistrict:
    """Bring a district back from a package; ``source`` is open for reading.

    ``dry_run``: try all of it and keep nothing. ``accept_rights``: administrators and wide scopes of the package are right.
    """

    source: BinaryIO
    dry_run: bool = False
    accept_rights: bool = False


@dataclass(frozen=True, kw_only=True)
class EraseDistrict:
    """Erase the district with everything in it; a dry run only counts."""

    dry_run: bool = False


@dataclass(frozen=True, kw_only=True)
class ReapplyDistrictErasure:
    """Erase the district once more if the list says so: after a restore."""
