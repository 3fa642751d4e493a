"""Assessments, the sufficient statistics of scores, and the configuration they were made with."""

from datetime import datetime
from decimal import Decimal
from typing import Any
from uuid import UUID

from sqlalchemy import BigInteger, CheckConstraint, Computed, Double, Index, Numeric
from sqlalchemy.dialects.postgresql import JSONB
from sqlmodel import Field

from domain.framework.evidence_sources import Source
from domain.framework.responsibilities import Responsibility
from persistence.tables.columns import Identified, Tenanted, instant_field, one_of, refers, text_field


class AssessmentRow(Identified, table=True):
    """One version of a self- or supervisor-assessment. Personal data: who judged whom. Erased with the leader.

    ``assessor_id`` is no foreign key: an assessor who was erased is an id that is nobody's, so that the newest still counts.
    """

    __tablename__ = "assessment"
    __table_args__ = (
        refers(["leader_id"], "person"),
        CheckConstraint("source in ('self', 'supervisor')", name="source"),
        Index("ix_assessment_leader", "district_id", "leader_id", "source", "assessor_id"),
    )

    version: int = Field(sa_type=BigInteger, primary_key=True)
    source: str = text_field()
    origin: str = text_field()
    client_id: str = text_field()
    external_id: str | None = text_field(default=None)
    purpose: str = text_field()
    leader_id: UUID
    assessor_id: UUID
    assessed_at: datetime = instant_field()
    worst: float
    best: float
    received_at: datetime = instant_field()
    superseded_at: datetime | None = instant_field(default=None)


class AssessmentRatingRow(Tenanted, table=True):
    """One rating of an assessment, as written. Personal data: a judgement of the leader. Erased with the assessment."""

    __tablename__ = "assessment_rating"
    __table_args__ = (
        refers(["assessment_id", "version"], "assessment", ["id", "version"]),
        one_of("responsibility", Responsibility),
    )

    assessment_id: UUID = Field(primary_key=True)
    version: int = Field(sa_type=BigInteger, primary_key=True)
    responsibility: str = text_field(primary_key=True)
    value: float


class ScoringBasisRow(Tenanted, table=True):
    """What the district's tallies are built with: one row. Pushes share its lock, a rebuild takes it alone.

    Personal data: none. Goes with the district.
    """

    __tablename__ = "scoring_basis"

    basis: int
    configuration_version: int
    half_life_days: float
    landmark: datetime = instant_field()


class TallyRow(Tenanted, table=True):
    """Sufficient statistics per leader, responsibility and source (METHOD 4.2). Personal data: scores. Erased with the leader.

    ``fw``, ``fwx``, ``sum_x``, ``sum_xx`` are exact sums of contributions rounded to 12 decimals; the ``_f`` columns are what
    is read. ``n``, ``sum_x``, ``sum_xx`` and ``form_c`` are of ``occasion`` where the source is anonymous.
    """

    __tablename__ = "tally"
    __table_args__ = (one_of("responsibility", Responsibility), one_of("source", Source), refers(["leader_id"], "person"))

    leader_id: UUID = Field(primary_key=True)
    basis: int = Field(primary_key=True)
    responsibility: str = text_field(primary_key=True)
    source: str = text_field(primary_key=True)
    fw: Decimal = Field(sa_type=Numeric)
    fwx: Decimal = Field(sa_type=Numeric)
    n: int
    sum_x: Decimal = Field(sa_type=Numeric)
    sum_xx: Decimal = Field(sa_type=Numeric)
    newest_at: datetime = instant_field()
    occasion: UUID | None = None
    form_c: float = 1.0
    constants: int
    fw_f: float = Field(sa_type=Double, sa_column_args=[Computed("(fw)::double precision", persisted=True)])
    fwx_f: float = Field(sa_type=Double, sa_column_args=[Computed("(fwx)::double precision", persisted=True)])
    sum_x_f: float = Field(sa_type=Double, sa_column_args=[Computed("(sum_x)::double precision", persisted=True)])
    sum_xx_f: float = Field(sa_type=Double, sa_column_args=[Computed("(sum_xx)::double precision", persisted=True)])


class ConfigurationRow(Tenanted, table=True):
    """A district's own version of the constants, whole. Personal data: none. Goes with the district."""

    __tablename__ = "configuration"

    version: int = Field(primary_key=True)
    document: dict[str, Any] = Field(sa_type=JSONB)
    created_at: datetime = instant_field()
