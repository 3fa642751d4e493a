"""Legal holds, retention periods, and erasures."""

from datetime import date, datetime
from typing import Any
from uuid import UUID

from sqlalchemy import CheckConstraint, Index, LargeBinary
from sqlalchemy.dialects.postgresql import JSONB
from sqlmodel import SQLModel

from domain.privacy.data_map import OnErase, OnMerge
from domain.privacy.retention_policy import RetentionKind
from domain.shared.legal_holds import HoldAbout, HoldReason
from persistence.tables import holds
from persistence.tables.columns import TenantEntity, TenantRow, column, instant_column, one_of, refers, text_column


class LegalHoldRow(TenantEntity, table=True):
    """A legal hold: what may be neither erased nor deleted by retention, until when, and who placed it."""

    __tablename__ = "legal_hold"
    __table_args__ = (
        refers(["person_id"], "person"),
        one_of("about", HoldAbout),
        one_of("reason", HoldReason),
        CheckConstraint("(about = 'person') = (person_id is not null)", name="person"),
        Index("ix_legal_hold_person", "district_id", "person_id"),
        holds.table(
            purpose="What may be neither erased nor retired.",
            read_by="who administers the district",
            erased="by age once it holds no more; with the person, or the district",
            retention=RetentionKind.RELEASED_HOLDS,
        ),
    )

    about: str = text_column(holds.plain("A person or the district."))
    person_id: UUID | None = column(holds.person("About whom.", OnErase.DELETE, OnMerge.MOVE), default=None)
    reason: str = text_column(holds.plain("Why, as a code."))
    set_by: str = text_column(holds.plain("Who put it."))
    set_at: datetime = instant_column(holds.plain("When."))
    until: datetime | None = instant_column(holds.plain("Until when it holds."), default=None)
    released_by: str | None = text_column(holds.plain("Who released it."), default=None)
    released_at: datetime | None = instant_column(holds.plain("When."), default=None)


class RetentionPolicyRow(TenantRow, table=True):
    """A district's own retention periods: one document with a version."""

    __tablename__ = "retention_policy"
    __table_args__ = (
        holds.table(
            purpose="How long the district keeps things.", read_by="who administers the district", erased="with the district"
        ),
    )

    version: int = column(holds.plain("Its version."))
    own: list[dict[str, Any]] = column(holds.plain("Kind by kind."), sa_type=JSONB)
    changed_at: datetime = instant_column(holds.plain("When."))
    applied_on: date | None = column(holds.plain("On which day it was last applied by the clock."), default=None)


class ErasureCertificateRow(TenantEntity, table=True):
    """An erasure certificate: a signed document with counts of what was erased, and when."""

    __tablename__ = "erasure_certificate"
    __table_args__ = (
        holds.table(purpose="Proof of erasures.", read_by="who administers the district", erased="with the district"),
    )

    created_at: datetime = instant_column(holds.plain("When."))
    document: dict[str, Any] = column(holds.plain("Counts and digests."), sa_type=JSONB)
    signature: str = text_column(holds.plain("Under the installation's key."))


class ErasureRow(TenantRow, table=True):
    """An erased person, as keyed digests of their id, sourcedId and staff number."""

    __tablename__ = "erasure"
    __table_args__ = (
        refers(["certificate_id"], "erasure_certificate"),
        holds.table(
            purpose="Who must not come back.",
            read_by="the service",
            erased="with the district",
            not_exported="keyed to this installation: in another one it would match nobody",
        ),
    )

    digest: bytes = column(
        holds.secret("A keyed digest of an id, a sourcedId or a staff number."), sa_type=LargeBinary, primary_key=True
    )
    certificate_id: UUID = column(holds.plain("The certificate."))
    erased_at: datetime = instant_column(holds.plain("When."))


class DistrictErasureRow(SQLModel, table=True):
    """An erased district: its id, and the certificate."""

    __tablename__ = "district_erasure"
    __table_args__ = (
        holds.table(
            schema="control",
            purpose="Which districts were erased, with their certificates.",
            read_by="the operator",
            erased="never: it is the proof, and holds no personal data",
            not_exported="belongs to the installation",
        ),
    )

    district_id: UUID = column(holds.plain("The district; the fence."), primary_key=True)
    erased_at: datetime = instant_column(holds.plain("When."), primary_key=True)
    document: dict[str, Any] = column(holds.plain("The certificate: counts and digests."), sa_type=JSONB)
    signature: str = text_column(holds.plain("Its signature under the installation's key."))
    returned_at: datetime | None = instant_column(holds.plain("When the district was brought back by an import."), default=None)
