"""How long each kind of thing is kept: product's defaults, what a district may choose, and from when it counts."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from enum import StrEnum
from typing import Annotated
from zoneinfo import ZoneInfo

from domain.shared.errors import Code, FieldError, Invalid
from domain.shared.fields import Examples


class RetentionKind(StrEnum):
    """Kinds of things that a retention rule speaks of."""

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
    """What happens to a thing whose time is over."""

    DELETE = "delete"
    ANONYMISE = "anonymise"


@dataclass(frozen=True, kw_only=True)
class RetentionKindSpec:
    """What the product says of a kind: default and bounds in days, from when they count, and whether scores follow."""

    kind: RetentionKind
    what: str
    counts_from: str
    action: RetentionAction
    days: int
    min_days: int
    max_days: int
    scores_follow: bool = False


NIGHT_HOURS = range(1, 5)
"""Hours of the district's own time in which its periods are applied by the clock."""

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
        what="What observers wrote; the ratings stay.",
        counts_from="when it was observed",
        action=RetentionAction.DELETE,
        days=3 * YEAR + 1,
        min_days=30,
        max_days=TEN_YEARS,
    ),
    RetentionKindSpec(
        kind=RetentionKind.OBSERVER_IDENTITY,
        what="Who observed; the visit and its ratings stay.",
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
        what="Versions of visits and assessments that were replaced or taken back.",
        counts_from="when it was superseded",
        action=RetentionAction.DELETE,
        days=YEAR,
        min_days=30,
        max_days=TEN_YEARS,
    ),
    RetentionKindSpec(
        kind=RetentionKind.PULSES,
        what="Pulses of groups, each whole.",
        counts_from="the day it was answered",
        action=RetentionAction.DELETE,
        days=3 * YEAR + 1,
        min_days=90,
        max_days=TEN_YEARS,
    ),
    RetentionKindSpec(
        kind=RetentionKind.ROSTER_LEAVERS,
        what="People whom the roster no longer lists, with everything about them.",
        counts_from="when the roster ceased to list them",
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
        what="Legal holds that were released or have run out.",
        counts_from="when it ceased to hold",
        action=RetentionAction.DELETE,
        days=3 * YEAR + 1,
        min_days=YEAR,
        max_days=TEN_YEARS,
    ),
    RetentionKindSpec(
        kind=RetentionKind.IDEMPOTENCY,
        what="Answers kept under an Idempotency-Key.",
        counts_from="when it was answered",
        action=RetentionAction.DELETE,
        days=1,
        min_days=1,
        max_days=7,
    ),
    RetentionKindSpec(
        kind=RetentionKind.JOB_INPUTS,
        what="Rosters that were handed over and whose import nobody has begun.",
        counts_from="when it came",
        action=RetentionAction.DELETE,
        days=7,
        min_days=1,
        max_days=7,
    ),
)

BY_KIND: Mapping[RetentionKind, RetentionKindSpec] = {k.kind: k for k in KINDS}


@dataclass(frozen=True, kw_only=True)
class RetentionRule:
    """A district's own word on one kind."""

    kind: Annotated[RetentionKind, Examples("feedback_text")]
    """What is kept."""
    days: Annotated[int, Examples(365)]
    """For how many days, within the kind's bounds."""


@dataclass(frozen=True, kw_only=True)
class RetentionPolicy:
    """A district's own periods and their version; 0 before the first. Kinds that it does not name have the default.

    ``applied_on``: the district's day on which they were last applied by the clock.
    """

    version: int
    own: tuple[RetentionRule, ...]
    applied_on: date | None = None

    def days(self, kind: RetentionKind) -> int:
        """How long ``kind`` is kept."""
        return next((k.days for k in self.own if k.kind is kind), BY_KIND[kind].days)

    def replaced_by(self, own: Iterable[RetentionRule]) -> "RetentionPolicy":
        """The next version with ``own``, or this one when it says the same."""
        ordered = tuple(sorted(own, key=lambda k: k.kind))
        return self if ordered == self.own and self.version else replace(self, version=self.version + 1, own=ordered)

    def due(self, now: datetime, time_zone: str) -> date | None:
        """The district's day for which they are to be applied by the clock now; None when they are not.

        Once a night, between one and five, where the district has put periods of its own: an upgrade deletes nothing that
        nobody has decided on.
        """
        local = now.astimezone(ZoneInfo(time_zone))
        done = self.applied_on is not None and self.applied_on >= local.date()
        return local.date() if self.version and local.hour in NIGHT_HOURS and not done else None

    def cutoff(self, kind: RetentionKind, now: datetime) -> datetime:
        """Whatever of ``kind`` is of before this moment has had its time."""
        return now - timedelta(days=self.days(kind))


DEFAULT_POLICY = RetentionPolicy(version=0, own=())


def check_overrides(own: Iterable[RetentionRule]) -> None:
    """Refuse kinds named twice and periods out of bounds, all at once."""
    faults: list[FieldError] = []
    seen: set[RetentionKind] = set()
    for i, entry in enumerate(own):
        kind = BY_KIND[entry.kind]
        if entry.kind in seen:
            detail = "this kind is named twice; keep one"
            faults.append(FieldError(pointer=f"/rules/{i}/kind", code=Code.DUPLICATE, detail=detail))
        if not kind.min_days <= entry.days <= kind.max_days:
            detail = f"{entry.kind.value} is kept for {kind.min_days} to {kind.max_days} days"
            faults.append(FieldError(pointer=f"/rules/{i}/days", code=Code.OUT_OF_RANGE, detail=detail))
        seen.add(entry.kind)
    if faults:
        raise Invalid.of(faults)
