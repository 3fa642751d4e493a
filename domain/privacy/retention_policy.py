"""Retention periods by kind of data: defaults, limits for a district's choice, and when they begin."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from enum import StrEnum
from typing import Annotated
from zoneinfo import ZoneInfo

from domain.shared.errors import Code, FieldError, Invalid
from domain.shared.fields import Examples


class RetentionKind(StrEnum):
    """Kinds of data with a retention period."""

    OBSERVATIONS = "observations"
    FEEDBACK_TEXT = "feedback_text"
    OBSERVER_IDENTITY = "observer_identity"
    ASSESSMENTS = "assessments"
    SUPERSEDED = "superseded"
    PULSES = "pulses"
    ROSTER_LEAVERS = "roster_leavers"
    ROSTER_IMPORTS = "roster_imports"
    RELEASED_HOLDS = "released_holds"
    IDEMPOTENCY = "idempotency"
    JOB_INPUTS = "job_inputs"


class RetentionAction(StrEnum):
    """What happens to expired data."""

    DELETE = "delete"
    ANONYMISE = "anonymise"


@dataclass(frozen=True, kw_only=True)
class RetentionKindSpec:
    """A kind's default and limits in days, when the period begins, and whether scores change with it."""

    kind: RetentionKind
    what: str
    counts_from: str
    action: RetentionAction
    days: int
    min_days: int
    max_days: int
    scores_follow: bool = False


NIGHT_HOURS = range(1, 5)
"""The hours of the district's local time in which its periods are applied."""

YEAR = 365
FIVE_YEARS = 5 * YEAR + 1
TEN_YEARS = 10 * YEAR + 3

KINDS: tuple[RetentionKindSpec, ...] = (
    RetentionKindSpec(
        kind=RetentionKind.OBSERVATIONS,
        what="Visits with their ratings and feedback, every version.",
        counts_from="when it was observed",
        action=RetentionAction.DELETE,
        days=FIVE_YEARS,
        min_days=YEAR,
        max_days=TEN_YEARS,
        scores_follow=True,
    ),
    RetentionKindSpec(
        kind=RetentionKind.FEEDBACK_TEXT,
        what="Feedback texts of observers; the ratings stay.",
        counts_from="when it was observed",
        action=RetentionAction.DELETE,
        days=3 * YEAR + 1,
        min_days=30,
        max_days=TEN_YEARS,
    ),
    RetentionKindSpec(
        kind=RetentionKind.OBSERVER_IDENTITY,
        what="Names of observers; the visit and its ratings stay.",
        counts_from="when it was observed",
        action=RetentionAction.ANONYMISE,
        days=3 * YEAR + 1,
        min_days=30,
        max_days=TEN_YEARS,
    ),
    RetentionKindSpec(
        kind=RetentionKind.ASSESSMENTS,
        what="Self- and supervisor-assessments, every version.",
        counts_from="when it was assessed",
        action=RetentionAction.DELETE,
        days=FIVE_YEARS,
        min_days=YEAR,
        max_days=TEN_YEARS,
        scores_follow=True,
    ),
    RetentionKindSpec(
        kind=RetentionKind.SUPERSEDED,
        what="Versions of visits and assessments that were replaced or retracted.",
        counts_from="when it was superseded",
        action=RetentionAction.DELETE,
        days=YEAR,
        min_days=30,
        max_days=TEN_YEARS,
    ),
    RetentionKindSpec(
        kind=RetentionKind.PULSES,
        what="Pulses of groups.",
        counts_from="the day it was answered",
        action=RetentionAction.DELETE,
        days=3 * YEAR + 1,
        min_days=90,
        max_days=TEN_YEARS,
    ),
    RetentionKindSpec(
        kind=RetentionKind.ROSTER_LEAVERS,
        what="People whom the roster no longer lists, with everything about them.",
        counts_from="when the roster stopped listing them",
        action=RetentionAction.DELETE,
        days=FIVE_YEARS,
        min_days=YEAR,
        max_days=TEN_YEARS,
    ),
    RetentionKindSpec(
        kind=RetentionKind.ROSTER_IMPORTS,
        what="Reports of roster imports.",
        counts_from="when it was made",
        action=RetentionAction.DELETE,
        days=YEAR,
        min_days=30,
        max_days=FIVE_YEARS,
    ),
    RetentionKindSpec(
        kind=RetentionKind.RELEASED_HOLDS,
        what="Legal holds that were released or have ended.",
        counts_from="when it ended",
        action=RetentionAction.DELETE,
        days=3 * YEAR + 1,
        min_days=YEAR,
        max_days=TEN_YEARS,
    ),
    RetentionKindSpec(
        kind=RetentionKind.IDEMPOTENCY,
        what="Responses stored under an Idempotency-Key.",
        counts_from="when it was answered",
        action=RetentionAction.DELETE,
        days=1,
        min_days=1,
        max_days=7,
    ),
    RetentionKindSpec(
        kind=RetentionKind.JOB_INPUTS,
        what="Uploaded rosters whose import has not begun.",
        counts_from="when it was uploaded",
        action=RetentionAction.DELETE,
        days=7,
        min_days=1,
        max_days=7,
    ),
)

BY_KIND: Mapping[RetentionKind, RetentionKindSpec] = {k.kind: k for k in KINDS}


@dataclass(frozen=True, kw_only=True)
class KeptFor:
    """A district's period for one kind."""

    kind: Annotated[RetentionKind, Examples("feedback_text")]
    """The kind of data."""
    days: Annotated[int, Examples(365)]
    """The period in days, within the limits of the kind."""


@dataclass(frozen=True, kw_only=True)
class RetentionPolicy:
    """A district's own periods and their version, 0 before the first; other kinds use the default.

    `applied_on`: the local day of the last nightly run.
    """

    version: int
    own: tuple[KeptFor, ...]
    applied_on: date | None = None

    def days(self, kind: RetentionKind) -> int:
        """Return the period of `kind` in days."""
        return next((k.days for k in self.own if k.kind is kind), BY_KIND[kind].days)

    def replaced_by(self, own: Iterable[KeptFor]) -> "RetentionPolicy":
        """Return the next version with `own`, or this one if they are equal."""
        ordered = tuple(sorted(own, key=lambda k: k.kind))
        return self if ordered == self.own and self.version else replace(self, version=self.version + 1, own=ordered)

    def due(self, now: datetime, time_zone: str) -> date | None:
        """Return the local day for which the nightly run is due now, or None.

        Due once a night, between one and five, if the district has its own periods: an upgrade alone never deletes data.
        """
        local = now.astimezone(ZoneInfo(time_zone))
        done = self.applied_on is not None and self.applied_on >= local.date()
        return local.date() if self.version and local.hour in NIGHT_HOURS and not done else None

    def cutoff(self, kind: RetentionKind, now: datetime) -> datetime:
        """Return the time before which data of `kind` is expired."""
        return now - timedelta(days=self.days(kind))


DEFAULT_POLICY = RetentionPolicy(version=0, own=())


def check_overrides(own: Iterable[KeptFor]) -> None:
    """Raise `Invalid` with all duplicate kinds and all periods outside the limits."""
    errors: list[FieldError] = []
    kinds: set[RetentionKind] = set()
    for i, entry in enumerate(own):
        kind = BY_KIND[entry.kind]
        if entry.kind in kinds:
            detail = "this kind has two periods; remove one"
            errors.append(FieldError(pointer=f"/rules/{i}/kind", code=Code.DUPLICATE, detail=detail))
        if not kind.min_days <= entry.days <= kind.max_days:
            detail = f"{entry.kind.value} must be kept for {kind.min_days} to {kind.max_days} days"
            errors.append(FieldError(pointer=f"/rules/{i}/days", code=Code.OUT_OF_RANGE, detail=detail))
        kinds.add(entry.kind)
    if errors:
        raise Invalid.of(errors)
