"""Commands of erasure, legal holds, retention, and export and import of districts."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Annotated, BinaryIO

from annotated_types import Ge, Interval, MaxLen

from domain.privacy.retention_policy import KeptFor, check_overrides
from domain.shared.errors import Code, FieldError, Invalid
from domain.shared.fields import Examples
from domain.shared.ids import PersonId
from domain.shared.legal_holds import HoldAbout, HoldId, HoldReason
from domain.shared.paging import DEFAULT_LIMIT, check_limit
from domain.shared.time import utc_instant


class EvidenceAboutOthers(StrEnum):
    """Whether evidence that an erased person gave about others is kept (anonymously) or removed."""

    KEEP = "keep"
    REMOVE = "remove"


@dataclass(frozen=True, kw_only=True)
class ReadErasurePreview:
    """Read what erasing a person would do."""

    person_id: PersonId
    """The person."""
    evidence_about_others: Annotated[EvidenceAboutOthers, Examples("keep")] = EvidenceAboutOthers.KEEP
    """What the person observed or assessed about others: keep it without their name, or remove it from those scores."""


@dataclass(frozen=True, kw_only=True)
class ErasePerson:
    """Erase a person permanently; with `preview` nothing is changed."""

    person_id: PersonId
    """The person."""
    preview: bool = False
    """Report what would be erased, without changing anything."""
    evidence_about_others: Annotated[EvidenceAboutOthers, Examples("keep")] = EvidenceAboutOthers.KEEP
    """What the person observed or assessed about others: keep it without their name, or remove it from those scores."""


@dataclass(frozen=True, kw_only=True)
class ReapplyErasures:
    """Erase the people on the erasure list again, after a restore."""


@dataclass(frozen=True, kw_only=True)
class PutLegalHold:
    """Put a legal hold on a person or the district: nothing under it is erased or expires until it is released or ends."""

    about: Annotated[HoldAbout, Examples("person")]
    """What it covers."""
    person_id: Annotated[PersonId, Examples("01a196fb-1600-7038-9aaf-54a7b2a833c6")] | None = None
    """The person; null for a hold on the district."""
    reason: Annotated[HoldReason, Examples("litigation")]
    """The reason."""
    until: Annotated[datetime, Examples("2027-06-30T00:00:00Z")] | None = None
    """The end of the hold. Default: until it is released."""

    def __post_init__(self) -> None:
        errors: list[FieldError] = []
        if (self.about is HoldAbout.PERSON) != (self.person_id is not None):
            detail = "give person_id for a hold about a person, and leave it out for a hold about the district"
            errors.append(FieldError(pointer="/person_id", code=Code.EXACTLY_ONE, detail=detail))
        if self.until is not None:
            object.__setattr__(self, "until", utc_instant(self.until, "/until"))
        if errors:
            raise Invalid.of(errors)


@dataclass(frozen=True, kw_only=True)
class ReleaseLegalHold:
    """Release a legal hold. Idempotent."""

    hold_id: HoldId
    """The legal hold."""


@dataclass(frozen=True, kw_only=True)
class ReadLegalHold:
    """Read a legal hold."""

    hold_id: HoldId
    """The legal hold."""


@dataclass(frozen=True, kw_only=True)
class ListLegalHolds:
    """List the legal holds of the district, including released ones."""

    limit: Annotated[int, Interval(ge=1, le=100), Examples(50)] = DEFAULT_LIMIT
    """The size of a page, 1 to 100."""
    cursor: Annotated[str, MaxLen(2000)] | None = None
    """The next_cursor of the previous page."""

    def __post_init__(self) -> None:
        check_limit(self.limit)


@dataclass(frozen=True, kw_only=True)
class ReadRetention:
    """Read the retention periods of the district."""


@dataclass(frozen=True, kw_only=True)
class PutRetention:
    """Replace the district's retention periods; other kinds use the default. Applied every night from then on."""

    rules: Annotated[tuple[KeptFor, ...], MaxLen(50), Examples([{"kind": "feedback_text", "days": 365}])]
    """The periods by kind."""
    expected_version: Annotated[int, Examples(1)] | None = None
    """The version that is replaced; may be absent only for the first periods."""

    def __post_init__(self) -> None:
        check_overrides(self.rules)


@dataclass(frozen=True, kw_only=True)
class ReadRetentionPreview:
    """Read what applying the retention periods now would do."""


@dataclass(frozen=True, kw_only=True)
class ApplyRetention:
    """Delete or anonymise expired data by the retention periods of `version`."""

    version: Annotated[int, Ge(0), Examples(0)]
    """The version of the periods as read before; 0 for the defaults."""


@dataclass(frozen=True, kw_only=True)
class ApplyRetentionByTheClock:
    """Apply the retention periods if the district has its own and its night run is due."""


@dataclass(frozen=True, kw_only=True)
class ExportDistrict:
    """Export the district to `target`, a binary file that is written from its start."""

    target: BinaryIO
    release: str


@dataclass(frozen=True, kw_only=True)
class ImportDistrict:
    """Import a district from the package `source`, a binary file.

    `dry_run`: do everything and roll back. `accept_rights`: accept administrators and further scopes of the package.
    """

    source: BinaryIO
    dry_run: bool = False
    accept_rights: bool = False


@dataclass(frozen=True, kw_only=True)
class EraseDistrict:
    """Erase the district with all its data; a dry run only counts rows."""

    dry_run: bool = False


@dataclass(frozen=True, kw_only=True)
class ReapplyDistrictErasure:
    """Erase the district again if it is on the erasure list, after a restore."""
