"""What is answered about erasures, legal holds, retention, packages of districts and the data map."""

from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum

from domain.framework.responsibilities import Responsibility
from domain.permissions.revealed_data import Revealed
from domain.privacy.data_map import DataKind
from domain.privacy.erasure_certificate import Certificate, TableCount
from domain.privacy.retention_policy import RetentionAction, RetentionKind
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

    responsibility: Responsibility = field(metadata={"description": "Which."})
    before: float | None = field(
        metadata={"reveals": Revealed.ESTIMATE, "description": "The estimate now; null without evidence."}
    )
    after: float | None = field(metadata={"description": "The estimate afterwards."})


class EstimatesWithheldReason(StrEnum):
    """Why estimates are missing."""

    SCORES_NOT_VISIBLE = "scores_not_visible"
    """The policy lets this actor see what happens, but not this leader's scores."""


@dataclass(frozen=True, kw_only=True)
class EstimatesWithheld:
    """Estimates that are there, but not shown to this actor."""

    reason: EstimatesWithheldReason = field(metadata={"description": "scores_not_visible: the policy withholds them."})
    minimum: int | None = field(metadata={"description": "Always null: no number of answers would show them."})


@dataclass(frozen=True, kw_only=True)
class ScoreImpact:
    """What becomes of one leader's scores."""

    leader_id: PersonId = field(metadata={"description": "The leader."})
    fate: ScoreFate = field(metadata={"description": "gone, changed or unchanged."})
    estimates: tuple[EstimateChange, ...] = field(
        metadata={"description": "Those that differ; of a profile that is gone none, and none where they are withheld."}
    )
    withheld: EstimatesWithheld | None = field(metadata={"description": "Why the estimates are missing; null: they are not."})


@dataclass(frozen=True, kw_only=True)
class CertificateView:
    """Proof of an erasure: what stands in it can be given away, it holds no personal data."""

    number: str = field(metadata={"description": "Its number."})
    document: str = field(metadata={"description": "The document that is signed, as JSON with its members in order."})
    signature: str = field(metadata={"description": "HMAC-SHA256 under the installation's key, hexadecimal."})


@dataclass(frozen=True, kw_only=True)
class ErasureView:
    """What erasing a person did, or would do."""

    person_id: PersonId = field(metadata={"description": "Who."})
    preview: bool = field(metadata={"description": "Whether nothing was changed."})
    deleted: tuple[TableCount, ...] = field(metadata={"description": "Rows deleted, by table."})
    anonymised: tuple[TableCount, ...] = field(metadata={"description": "Rows in which the person was forgotten, by column."})
    scores: tuple[ScoreImpact, ...] = field(metadata={"description": "The person's own scores, and those of others."})
    certificate: CertificateView | None = field(metadata={"description": "The proof; null in a preview."})


@dataclass(frozen=True, kw_only=True)
class ReappliedView:
    """Who of the list was there again and was erased once more."""

    people: int = field(metadata={"description": "How many."})
    deleted: tuple[TableCount, ...] = field(metadata={"description": "Rows deleted, by table."})


@dataclass(frozen=True, kw_only=True)
class LegalHoldView:
    """A legal hold."""

    id: HoldId = field(metadata={"description": "Our id of it."})
    about: HoldAbout = field(metadata={"description": "What it covers."})
    person_id: PersonId | None = field(metadata={"description": "About whom; null for the district."})
    reason: HoldReason = field(metadata={"description": "Why."})
    set_by: str = field(metadata={"description": "Who put it: a client, a person's id, or an operator."})
    set_at: datetime = field(metadata={"description": "When."})
    until: datetime | None = field(metadata={"description": "Until when it holds; null: until it is released."})
    released_by: str | None = field(metadata={"description": "Who released it."})
    released_at: datetime | None = field(metadata={"description": "When."})
    stands: bool = field(metadata={"description": "Whether it holds now."})


@dataclass(frozen=True, kw_only=True)
class RetentionRuleView:
    """How long one kind is kept."""

    kind: RetentionKind = field(metadata={"description": "What."})
    what: str = field(metadata={"description": "What that is."})
    action: RetentionAction = field(metadata={"description": "What happens to it then."})
    counts_from: str = field(metadata={"description": "From when the days count."})
    days: int = field(metadata={"description": "For how many days."})
    default_days: int = field(metadata={"description": "The product's own period."})
    least_days: int = field(metadata={"description": "The shortest that a district may choose."})
    most_days: int = field(metadata={"description": "The longest."})
    scores_follow: bool = field(metadata={"description": "Whether scores change with it."})


@dataclass(frozen=True, kw_only=True)
class RetentionView:
    """How long the district keeps what."""

    version: int = field(metadata={"description": "The version of the district's own periods; 0 before the first."})
    rules: tuple[RetentionRuleView, ...] = field(metadata={"description": "Kind by kind."})


@dataclass(frozen=True, kw_only=True)
class RetiredKind:
    """What a run does to one kind."""

    kind: RetentionKind = field(metadata={"description": "What."})
    action: RetentionAction = field(metadata={"description": "Whether it is deleted or forgotten."})
    before: datetime = field(metadata={"description": "What is of before this moment has had its time."})
    rows: tuple[TableCount, ...] = field(metadata={"description": "Rows, by table."})


@dataclass(frozen=True, kw_only=True)
class RetentionRunView:
    """What a run did, or would do."""

    preview: bool = field(metadata={"description": "Whether nothing was changed."})
    held_district: bool = field(
        metadata={"description": "Whether a legal hold stands over the district: then nothing is touched."}
    )
    held_people: int = field(metadata={"description": "How many people are under a legal hold, and were passed over."})
    kinds: tuple[RetiredKind, ...] = field(metadata={"description": "Kind by kind."})
    scores: tuple[ScoreImpact, ...] = field(metadata={"description": "Scores that change or go, the first 100 leaders."})
    leaders_changed: int = field(metadata={"description": "How many leaders' scores change or go."})


@dataclass(frozen=True, kw_only=True)
class AdministratorView:
    """Somebody who would administer the district."""

    person_id: str = field(metadata={"description": "Their id."})
    sourced_id: str | None = field(metadata={"description": "What the roster calls them."})
    name: str = field(metadata={"description": "Given and family name; empty for nobody of the package."})


@dataclass(frozen=True, kw_only=True)
class RoleCount:
    """How many people a role is granted to."""

    role: str = field(metadata={"description": "Which role."})
    people: int = field(metadata={"description": "How many."})


@dataclass(frozen=True, kw_only=True)
class ClientRights:
    """What a client could do once an operator gives it a secret."""

    client_id: str = field(metadata={"description": "Which."})
    name: str = field(metadata={"description": "What people call it."})
    origin: str = field(metadata={"description": "The pushing system it belongs to."})
    scopes: tuple[str, ...] = field(metadata={"description": "What it may ask for."})
    beyond_defaults: tuple[str, ...] = field(metadata={"description": "Those of them that a partner does not have."})
    evaluates: bool = field(metadata={"description": "Whether evaluating staff use it; true also where the package is silent."})


@dataclass(frozen=True, kw_only=True)
class RightsView:
    """What rights a package brings. Links to identity providers never travel."""

    administrators: tuple[AdministratorView, ...] = field(metadata={"description": "Who would administer the district."})
    other_roles: tuple[RoleCount, ...] = field(metadata={"description": "Other roles given by hand."})
    supervision: int = field(metadata={"description": "Edges of who supervises whom."})
    sharing: int = field(metadata={"description": "Leaders' shares with others."})
    clients: tuple[ClientRights, ...] = field(metadata={"description": "Clients, those that were revoked left out."})


@dataclass(frozen=True, kw_only=True)
class ExportView:
    """What was exported."""

    district_id: DistrictId = field(metadata={"description": "Whose."})
    exported_at: datetime = field(metadata={"description": "The one moment that everything is of."})
    schema: str = field(metadata={"description": "The revision of the tables."})
    rows: tuple[TableCount, ...] = field(metadata={"description": "Rows by table."})


@dataclass(frozen=True, kw_only=True)
class ImportView:
    """What was brought back, or in a dry run would be.

    ``clients``: those registered, each in need of a new secret; ``left_out``: whose id is taken.
    """

    district_id: DistrictId = field(metadata={"description": "Whose."})
    dry_run: bool = field(metadata={"description": "Whether nothing was changed."})
    made_here: bool = field(metadata={"description": "Whether it is as this installation exported it; false: nobody can tell."})
    rights: RightsView = field(metadata={"description": "What rights it brings."})
    rows: tuple[TableCount, ...] = field(metadata={"description": "Rows by table."})
    clients: tuple[str, ...] = field(metadata={"description": "Clients that need a new secret."})
    clients_left_out: tuple[str, ...] = field(metadata={"description": "Clients whose id is taken here."})
    steps: tuple[str, ...] = field(metadata={"description": "What is left to do until everybody has a way in."})


@dataclass(frozen=True, kw_only=True)
class DistrictErasureView:
    """What was erased, or in a dry run would be."""

    district_id: DistrictId = field(metadata={"description": "Which."})
    dry_run: bool = field(metadata={"description": "Whether nothing was changed."})
    rows: tuple[TableCount, ...] = field(metadata={"description": "Rows by table."})
    certificate: Certificate | None = field(metadata={"description": "The proof; null in a dry run."})


@dataclass(frozen=True, kw_only=True)
class ColumnView:
    """A column."""

    name: str = field(metadata={"description": "The column.", "examples": ["email"]})
    holds: DataKind = field(metadata={"description": "What it holds."})
    what: str = field(metadata={"description": "What it is for.", "examples": ["E-mail address."]})
    personal: bool = field(metadata={"description": "Whether it is personal data."})
    exported: bool = field(metadata={"description": "Whether a district's export holds it."})


@dataclass(frozen=True, kw_only=True)
class TableView:
    """A table."""

    name: str = field(metadata={"description": "The table.", "examples": ["person"]})
    purpose: str = field(metadata={"description": "What it is for."})
    read_by: str = field(metadata={"description": "Who reads it."})
    erased: str = field(metadata={"description": "When its rows go."})
    retention: RetentionKind | None = field(metadata={"description": "Which retention rule it follows; null: none of its own."})
    retention_days: int | None = field(metadata={"description": "The product's own period of that rule."})
    exported: bool = field(metadata={"description": "Whether a district's export holds it."})
    not_exported_because: str | None = field(metadata={"description": "Why not."})
    columns: tuple[ColumnView, ...] = field(metadata={"description": "Its columns."})


@dataclass(frozen=True, kw_only=True)
class DataMapView:
    """Everything that is kept: table by table and column by column."""

    tables: tuple[TableView, ...] = field(metadata={"description": "The tables, in alphabetical order."})
