"""Legal holds, how long things are kept, and what was erased."""

from datetime import date, datetime
from typing import Any
from uuid import UUID

from sqlalchemy import CheckConstraint, Index, LargeBinary
from sqlalchemy.dialects.postgresql import JSONB
from sqlmodel import Field, SQLModel

from domain.shared.legal_holds import HoldAbout, HoldReason
from persistence.tables.columns import Identified, Tenanted, instant_field, one_of, refers, text_field


class LegalHoldRow(Identified, table=True):
    """What may be neither erased nor retired until when, and who says so. Personal data: about whom. Goes with that person."""

    __tablename__ = "legal_hold"
    __table_args__ = (
        refers(["person_id"], "person"),
        one_of("about", HoldAbout),
        one_of("reason", HoldReason),
        CheckConstraint("(about = 'person') = (person_id is not null)", name="person"),
        Index("ix_legal_hold_person", "district_id", "person_id"),
    )

    about: str = text_field()
    person_id: UUID | None = None
    reason: str = text_field()
    set_by: str = text_field()
    set_at: datetime = instant_field()
    until: datetime | None = instant_field(default=None)
    released_by: str | None = text_field(default=None)
    released_at: datetime | None = instant_field(default=None)


class RetentionPolicyRow(Tenanted, table=True):
    """A district's own periods, one document with its version. Personal data: none. Goes with the district."""

    __tablename__ = "retention_policy"

    version: int
    own: list[dict[str, Any]] = Field(sa_type=JSONB)
    changed_at: datetime = instant_field()
    applied_on: date | None = None


class ErasureCertificateRow(Identified, table=True):
    """What was erased when, as a signed document of counts. Personal data: none. Goes with the district."""

    __tablename__ = "erasure_certificate"

    created_at: datetime = instant_field()
    document: dict[str, Any] = Field(sa_type=JSONB)
    signature: str = text_field()


class ErasureRow(Tenanted, table=True):
    """Who was erased, as keyed digests of their id, sourcedId and staff number. Personal data: none without the key.

    Goes with the district.
    """

    __tablename__ = "erasure"
    __table_args__ = (refers(["certificate_id"], "erasure_certificate"),)

    digest: bytes = Field(sa_type=LargeBinary, primary_key=True)
    certificate_id: UUID
    erased_at: datetime = instant_field()


class DistrictErasureRow(SQLModel, table=True):
    """A district that was erased: its id, and the certificate. Personal data: none. Goes never, it is the proof."""

    __tablename__ = "district_erasure"
    __table_args__ = ({"schema": "control"},)

    district_id: UUID = Field(primary_key=True)
    erased_at: datetime = instant_field(primary_key=True)
    document: dict[str, Any] = Field(sa_type=JSONB)
    signature: str = text_field()
    returned_at: datetime | None = instant_field(default=None)
