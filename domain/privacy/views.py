"""Responses for erasures, legal holds, retention and the data map."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Annotated

from domain.framework.responsibilities import Responsibility
from domain.permissions.revealed_data import Revealed
from domain.privacy.data_map import DataKind
from domain.privacy.erasure_certificate import TableCount
from domain.privacy.retention_policy import RetentionAction, RetentionKind
from domain.shared.fields import Examples
from domain.shared.ids import PersonId
from domain.shared.legal_holds import HoldAbout, HoldId, HoldReason


class ScoreFate(StrEnum):
    """What happens to a leader's scores."""

    GONE = "gone"
    CHANGED = "changed"
    UNCHANGED = "unchanged"


@dataclass(frozen=True, kw_only=True)
class EstimateChange:
    """The estimate of one responsibility before and after."""

    responsibility: Responsibility
    """The responsibility."""
    before: Annotated[float, Revealed.ESTIMATE] | None
    """The estimate before; null without evidence."""
    after: float | None
    """The estimate afterwards; null without evidence."""


class EstimatesWithheldReason(StrEnum):
    """Why estimates are withheld."""

    SCORES_NOT_VISIBLE = "scores_not_visible"
    """The policy withholds this leader's scores from the actor."""


@dataclass(frozen=True, kw_only=True)
class EstimatesWithheld:
    """Why estimates are withheld."""

    reason: EstimatesWithheldReason
    """scores_not_visible: the policy withholds this leader's scores from you."""
    minimum: int | None
    """Always null: no number of answers makes them visible."""


@dataclass(frozen=True, kw_only=True)
class ScoreImpact:
    """What happens to one leader's scores."""

    leader_id: PersonId
    """The leader."""
    fate: ScoreFate
    """gone, changed or unchanged."""
    estimates: tuple[EstimateChange, ...]
    """The estimates that change; empty if the profile is gone or they are withheld."""
    withheld: EstimatesWithheld | None
    """Why the estimates are missing; null if they are not withheld."""


@dataclass(frozen=True, kw_only=True)
class CertificateView:
    """A signed proof of an erasure, without personal data."""

    number: str
    """The number of the certificate."""
    document: str
    """The signed document, as JSON with sorted members."""
    signature: str
    """HMAC-SHA256 with the installation's key, hexadecimal."""


@dataclass(frozen=True, kw_only=True)
class ErasureView:
    """The result of erasing a person, or its preview."""

    person_id: PersonId
    """The person."""
    preview: bool
    """Whether this is a preview, which changes nothing."""
    deleted: tuple[TableCount, ...]
    """Deleted rows by table."""
    anonymised: tuple[TableCount, ...]
    """Rows from which the person was removed, by table and column."""
    scores: tuple[ScoreImpact, ...]
    """Changes of the person's own scores and of others' scores."""
    certificate: CertificateView | None
    """The certificate; null in a preview."""


@dataclass(frozen=True, kw_only=True)
class ReappliedView:
    """The result of erasing the people on the erasure list again."""

    people: int
    """The number of people erased again."""
    deleted: tuple[TableCount, ...]
    """Deleted rows by table."""


@dataclass(frozen=True, kw_only=True)
class LegalHoldView:
    """A legal hold."""

    id: HoldId
    """The id of the legal hold."""
    about: HoldAbout
    """What it covers."""
    person_id: PersonId | None
    """The person; null for the district."""
    reason: HoldReason
    """The reason."""
    set_by: str
    """Who put the hold: kind and id of a client or person, or operator."""
    set_at: datetime
    """When the hold was put."""
    until: datetime | None
    """The end of the hold; null if it lasts until it is released."""
    released_by: str | None
    """Who released it; null if nobody has."""
    released_at: datetime | None
    """When it was released."""
    stands: bool
    """Whether the hold is active now."""


@dataclass(frozen=True, kw_only=True)
class RetentionRuleView:
    """The retention period of one kind of data."""

    kind: RetentionKind
    """The kind of data."""
    what: str
    """What the kind contains."""
    action: RetentionAction
    """What happens to expired data."""
    counts_from: str
    """When the period begins."""
    days: int
    """The period in days."""
    default_days: int
    """The default period in days."""
    least_days: int
    """The shortest period that a district may choose."""
    most_days: int
    """The longest period that a district may choose."""
    scores_follow: bool
    """Whether scores change when it is deleted."""


@dataclass(frozen=True, kw_only=True)
class RetentionView:
    """The retention periods of the district."""

    version: int
    """The version of the district's own periods; 0 if it uses the defaults."""
    rules: tuple[RetentionRuleView, ...]
    """By kind of data."""


@dataclass(frozen=True, kw_only=True)
class RetiredKind:
    """The effect of a run on one kind of data."""

    kind: RetentionKind
    """The kind of data."""
    action: RetentionAction
    """Whether data is deleted or anonymised."""
    before: datetime
    """The time before which data is expired."""
    rows: tuple[TableCount, ...]
    """Rows by table."""


@dataclass(frozen=True, kw_only=True)
class RetentionRunView:
    """The result of a retention run, or its preview."""

    preview: bool
    """Whether this is a preview, which changes nothing."""
    held_district: bool
    """Whether the district is under a legal hold, so that nothing is changed."""
    held_people: int
    """The number of people under a legal hold, who were skipped."""
    kinds: tuple[RetiredKind, ...]
    """By kind of data."""
    scores: tuple[ScoreImpact, ...]
    """Changes of scores, of the first 100 leaders."""
    leaders_changed: int
    """The number of leaders whose scores change or are deleted."""


@dataclass(frozen=True, kw_only=True)
class ColumnView:
    """One column of a table."""

    name: Annotated[str, Examples("email")]
    """The name of the column."""
    holds: DataKind
    """The kind of data."""
    what: Annotated[str, Examples("E-mail address.")]
    """The purpose of the column."""
    personal: bool
    """Whether it is personal data."""
    exported: bool
    """Whether it is part of a district's export."""


@dataclass(frozen=True, kw_only=True)
class TableView:
    """One table of the database."""

    name: Annotated[str, Examples("person")]
    """The name of the table."""
    purpose: str
    """The purpose of the table."""
    read_by: str
    """Who reads it."""
    erased: str
    """When its rows are erased."""
    retention: RetentionKind | None
    """The retention period that applies; null if it has none of its own."""
    retention_days: int | None
    """The default period in days."""
    exported: bool
    """Whether it is part of a district's export."""
    not_exported_because: str | None
    """Why it is not exported."""
    columns: tuple[ColumnView, ...]
    """The columns."""


@dataclass(frozen=True, kw_only=True)
class DataMapView:
    """All stored data by table and column."""

    tables: tuple[TableView, ...]
    """The tables, in alphabetical order."""
