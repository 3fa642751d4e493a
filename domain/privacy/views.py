"""What is answered about erasures, legal holds, retention, packages of districts and the data map."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Annotated

from domain.framework.responsibilities import Responsibility
from domain.permissions.revealed_data import Revealed
from domain.privacy.data_map import DataKind
from domain.privacy.erasure_certificate import Certificate, TableCount
from domain.privacy.retention_policy import RetentionAction, RetentionKind
from domain.shared.fields import Examples
from domain.shared.ids import DistrictId, PersonId
from domain.shared.legal_holds import HoldAbout, HoldId, HoldReason


class ScoreFate(StrEnum):
    """What becomes of a leader's scores."""

    GONE = "gone"
    CHANGED = "changed"
    UNCHANGED = "unchanged"


@dataclass(frozen=True, kw_only=True)
class EstimateChange:
    """One of the 21 before and after."""

    responsibility: Responsibility
    """Which."""
    before: Annotated[float, Revealed.ESTIMATE] | None
    """The estimate now; null without evidence."""
    after: float | None
    """The estimate afterwards."""


class EstimatesWithheldReason(StrEnum):
    """Why estimates are missing."""

    SCORES_NOT_VISIBLE = "scores_not_visible"
    """The policy lets this actor see what happens, but not this leader's scores."""


@dataclass(frozen=True, kw_only=True)
class EstimatesWithheld:
    """Estimates that are there, but not shown to this actor."""

    reason: EstimatesWithheldReason
    """scores_not_visible: the policy withholds them."""
    minimum: int | None
    """Always null: no number of answers would show them."""


@dataclass(frozen=True, kw_only=True)
class ScoreImpact:
    """What becomes of one leader's scores."""

    leader_id: PersonId
    """The leader."""
    fate: ScoreFate
    """gone, changed or unchanged."""
    estimates: tuple[EstimateChange, ...]
    """Those that differ; of a profile that is gone none, and none where they are withheld."""
    withheld: EstimatesWithheld | None
    """Why the estimates are missing; null: they are not."""


@dataclass(frozen=True, kw_only=True)
class CertificateView:
    """Proof of an erasure: what stands in it can be given away, it holds no personal data."""

    number: str
    """Its number."""
    document: str
    """The document that is signed, as JSON with its members in order."""
    signature: str
    """HMAC-SHA256 under the installation's key, hexadecimal."""


@dataclass(frozen=True, kw_only=True)
class ErasureView:
    """What erasing a person did, or would do."""

    person_id: PersonId
    """Who."""
    preview: bool
    """Whether nothing was changed."""
    deleted: tuple[TableCount, ...]
    """Rows deleted, by table."""
    anonymised: tuple[TableCount, ...]
    """Rows in which the person was forgotten, by column."""
    scores: tuple[ScoreImpact, ...]
    """The person's own scores, and those of others."""
    certificate: CertificateView | None
    """The proof; null in a preview."""


@dataclass(frozen=True, kw_only=True)
class ReappliedView:
    """Who of the list was there again and was erased once more."""

    people: int
    """How many."""
    deleted: tuple[TableCount, ...]
    """Rows deleted, by table."""


@dataclass(frozen=True, kw_only=True)
class LegalHoldView:
    """A legal hold."""

    id: HoldId
    """Our id of it."""
    about: HoldAbout
    """What it covers."""
    person_id: PersonId | None
    """About whom; null for the district."""
    reason: HoldReason
    """Why."""
    set_by: str
    """Who put it: a client, a person's id, or an operator."""
    set_at: datetime
    """When."""
    until: datetime | None
    """Until when it holds; null: until it is released."""
    released_by: str | None
    """Who released it."""
    released_at: datetime | None
    """When."""
    stands: bool
    """Whether it holds now."""


@dataclass(frozen=True, kw_only=True)
class RetentionRuleView:
    """How long one kind is kept."""

    kind: RetentionKind
    """What."""
    what: str
    """What that is."""
    action: RetentionAction
    """What happens to it then."""
    counts_from: str
    """From when the days count."""
    days: int
    """For how many days."""
    default_days: int
    """The product's own period."""
    least_days: int
    """The shortest that a district may choose."""
    most_days: int
    """The longest."""
    scores_follow: bool
    """Whether scores change with it."""


@dataclass(frozen=True, kw_only=True)
class RetentionView:
    """How long the district keeps what."""

    version: int
    """The version of the district's own periods; 0 before the first."""
    rules: tuple[RetentionRuleView, ...]
    """Kind by kind."""


@dataclass(frozen=True, kw_only=True)
class RetiredKind:
    """What a run does to one kind."""

    kind: RetentionKind
    """What."""
    action: RetentionAction
    """Whether it is deleted or forgotten."""
    before: datetime
    """What is of before this moment has had its time."""
    rows: tuple[TableCount, ...]
    """Rows, by table."""


@dataclass(frozen=True, kw_only=True)
class RetentionRunView:
    """What a run did, or would do."""

    preview: bool
    """Whether nothing was changed."""
    held_district: bool
    """Whether a legal hold stands over the district: then nothing is touched."""
    held_people: int
    """How many people are under a legal hold, and were passed over."""
    kinds: tuple[RetiredKind, ...]
    """Kind by kind."""
    scores: tuple[ScoreImpact, ...]
    """Scores that change or go, the first 100 leaders."""
    leaders_changed: int
    """How many leaders' scores change or go."""


@dataclass(frozen=True, kw_only=True)
class AdministratorView:
    """Somebody who would administer the district."""

    person_id: str
    """Their id."""
    sourced_id: str | None
    """What the roster calls them."""
    name: str
    """Given and family name; empty for nobody of the package."""


@dataclass(frozen=True, kw_only=True)
class RoleGrantCount:
    """How many people a role is granted to."""

    role: str
    """Which role."""
    people: int
    """How many."""


@dataclass(frozen=True, kw_only=True)
class ClientRights:
    """What a client could do once an operator gives it a secret."""

    client_id: str
    """Which."""
    name: str
    """What people call it."""
    origin: str
    """The pushing system it belongs to."""
    scopes: tuple[str, ...]
    """What it may ask for."""
    beyond_defaults: tuple[str, ...]
    """Those of them that a partner does not have."""
    evaluates: bool
    """Whether evaluating staff use it; true also where the package is silent."""


@dataclass(frozen=True, kw_only=True)
class RightsView:
    """What rights a package brings. Links to identity providers never travel."""

    administrators: tuple[AdministratorView, ...]
    """Who would administer the district."""
    other_roles: tuple[RoleGrantCount, ...]
    """Other roles given by hand."""
    supervision: int
    """Edges of who supervises whom."""
    sharing: int
    """Leaders' shares with others."""
    clients: tuple[ClientRights, ...]
    """Clients, those that were revoked left out."""


@dataclass(frozen=True, kw_only=True)
class ExportView:
    """What was exported."""

    district_id: DistrictId
    """Whose."""
    exported_at: datetime
    """The one moment that everything is of."""
    schema: str
    """The revision of the tables."""
    rows: tuple[TableCount, ...]
    """Rows by table."""


@dataclass(frozen=True, kw_only=True)
class ImportView:
    """What was brought back, or in a dry run would be.

    ``clients``: those registered, each in need of a new secret; ``left_out``: whose id is taken.
    """

    district_id: DistrictId
    """Whose."""
    dry_run: bool
    """Whether nothing was changed."""
    made_here: bool
    """Whether it is as this installation exported it; false: nobody can tell."""
    rights: RightsView
    """What rights it brings."""
    rows: tuple[TableCount, ...]
    """Rows by table."""
    clients: tuple[str, ...]
    """Clients that need a new secret."""
    clients_left_out: tuple[str, ...]
    """Clients whose id is taken here."""
    steps: tuple[str, ...]
    """What is left to do until everybody has a way in."""


@dataclass(frozen=True, kw_only=True)
class DistrictErasureView:
    """What was erased, or in a dry run would be."""

    district_id: DistrictId
    """Which."""
    dry_run: bool
    """Whether nothing was changed."""
    rows: tuple[TableCount, ...]
    """Rows by table."""
    certificate: Certificate | None
    """The proof; null in a dry run."""


@dataclass(frozen=True, kw_only=True)
class ColumnView:
    """A column."""

    name: Annotated[str, Examples("email")]
    """The column."""
    holds: DataKind
    """What it holds."""
    what: Annotated[str, Examples("E-mail address.")]
    """What it is for."""
    personal: bool
    """Whether it is personal data."""
    exported: bool
    """Whether a district's export holds it."""


@dataclass(frozen=True, kw_only=True)
class TableView:
    """A table."""

    name: Annotated[str, Examples("person")]
    """The table."""
    purpose: str
    """What it is for."""
    read_by: str
    """Who reads it."""
    erased: str
    """When its rows go."""
    retention: RetentionKind | None
    """Which retention rule it follows; null: none of its own."""
    retention_days: int | None
    """The product's own period of that rule."""
    exported: bool
    """Whether a district's export holds it."""
    not_exported_because: str | None
    """Why not."""
    columns: tuple[ColumnView, ...]
    """Its columns."""


@dataclass(frozen=True, kw_only=True)
class DataMapView:
    """Everything that is kept: table by table and column by column."""

    tables: tuple[TableView, ...]
    """The tables, in alphabetical order."""
