"""Assessments, the sufficient statistics of scores (tallies), and scoring configurations."""

from datetime import datetime
from decimal import Decimal
from typing import Any
from uuid import UUID

from sqlalchemy import BigInteger, CheckConstraint, Computed, Double, Index, Numeric
from sqlalchemy.dialects.postgresql import JSONB

from domain.framework.evidence_sources import Source
from domain.framework.responsibilities import Responsibility
from domain.privacy.data_map import OnErase, OnMerge
from domain.privacy.retention_policy import RetentionKind
from persistence.tables import holds
from persistence.tables.columns import TenantEntity, TenantRow, column, instant_column, one_of, refers, text_column


class AssessmentRow(TenantEntity, table=True):
    """One version of a self- or supervisor-assessment.

    `assessor_id` is no foreign key: after an erasure it is an id of no person, so that the assessor's newest version still
    counts.
    """

    __tablename__ = "assessment"
    __table_args__ = (
        refers(["leader_id"], "person"),
        CheckConstraint("source in ('self', 'supervisor')", name="source"),
        Index("ix_assessment_leader", "district_id", "leader_id", "source", "assessor_id"),
        holds.table(
            purpose="Self- and supervisor-assessments, every version.",
            read_by="who may read the leader's scores",
            erased="with the leader, or the district; an assessor who is erased becomes an id that is nobody's",
            retention=RetentionKind.ASSESSMENTS,
        ),
    )

    version: int = column(holds.plain("Its version."), sa_type=BigInteger, primary_key=True)
    source: str = text_column(holds.plain("Self or supervisor."))
    origin: str = text_column(holds.plain("The pushing system."))
    client_id: str = text_column(holds.plain("The client that pushed it."))
    external_id: str | None = text_column(holds.plain("The sender's id of it."), default=None)
    purpose: str = text_column(holds.plain("Formative."))
    leader_id: UUID = column(holds.person("Who was assessed.", OnErase.DELETE, OnMerge.MOVE))
    assessor_id: UUID = column(holds.person("Who assessed.", OnErase.PLACEHOLDER, OnMerge.MOVE))
    assessed_at: datetime = instant_column(holds.about_person("When."))
    worst: float = column(holds.about_person("Worst of the scale."))
    best: float = column(holds.about_person("Best of the scale."))
    received_at: datetime = instant_column(holds.plain("When we got it."))
    superseded_at: datetime | None = instant_column(holds.plain("When it was replaced or taken back."), default=None)


class AssessmentRatingRow(TenantRow, table=True):
    """One rating of an assessment, as written."""

    __tablename__ = "assessment_rating"
    __table_args__ = (
        refers(["assessment_id", "version"], "assessment", ["id", "version"]),
        one_of("responsibility", Responsibility),
        holds.table(
            purpose="Ratings of an assessment, as written.",
            read_by="who may read the leader's scores",
            erased="with the assessment",
            retention=RetentionKind.ASSESSMENTS,
        ),
    )

    assessment_id: UUID = column(holds.plain("Of which assessment."), primary_key=True)
    version: int = column(holds.plain("Of which version."), sa_type=BigInteger, primary_key=True)
    responsibility: str = text_column(holds.about_person("Of what."), primary_key=True)
    value: float = column(holds.about_person("The value."))


class ScoringBasisRow(TenantRow, table=True):
    """The parameters of the district's tallies: one row. Pushes share its lock; a rebuild takes it exclusively."""

    __tablename__ = "scoring_basis"
    __table_args__ = (
        holds.table(purpose="What the tallies are built with.", read_by="the service", erased="with the district"),
    )

    basis: int = column(holds.plain("Which basis is in force."))
    configuration_version: int = column(holds.plain("Which configuration."))
    half_life_days: float = column(holds.plain("How fast evidence fades."))
    landmark: datetime = instant_column(holds.plain("Where decay counts from."))


class TallyRow(TenantRow, table=True):
    """Sufficient statistics per leader, responsibility and source (METHOD 4.2).

    `fw`, `fwx`, `sum_x`, `sum_xx` are exact sums of contributions rounded to 12 decimals; the `_f` columns are
    what queries read. `n`, `sum_x`, `sum_xx` and `form_c` are of `occasion` where the source is anonymous.
    """

    __tablename__ = "tally"
    __table_args__ = (
        one_of("responsibility", Responsibility),
        one_of("source", Source),
        refers(["leader_id"], "person"),
        holds.table(
            purpose="Exact sums from which scores are read.",
            read_by="who may read the leader's scores",
            erased="with the leader, or the district; follows the evidence",
        ),
    )

    leader_id: UUID = column(holds.person("Whose.", OnErase.DELETE, OnMerge.RECOMPUTE), primary_key=True)
    basis: int = column(holds.plain("Of which basis."), primary_key=True)
    responsibility: str = text_column(holds.about_person("Of what."), primary_key=True)
    source: str = text_column(holds.about_person("From whom."), primary_key=True)
    fw: Decimal = column(holds.about_person("Sum of weights."), sa_type=Numeric)
    fwx: Decimal = column(holds.about_person("Weighted sum."), sa_type=Numeric)
    n: int = column(holds.about_person("How many."))
    sum_x: Decimal = column(holds.about_person("Sum."), sa_type=Numeric)
    sum_xx: Decimal = column(holds.about_person("Sum of squares."), sa_type=Numeric)
    newest_at: datetime = instant_column(holds.about_person("The newest evidence."))
    occasion: UUID | None = column(holds.about_person("Of which survey."), default=None)
    form_c: float = column(holds.about_person("How much of the form was answered."), default=1.0)
    constants: int = column(holds.plain("Which configuration it was made with."))
    fw_f: float = column(
        holds.computed("fw as a float."), sa_type=Double, sa_column_args=[Computed("(fw)::double precision", persisted=True)]
    )
    fwx_f: float = column(
        holds.computed("fwx as a float."), sa_type=Double, sa_column_args=[Computed("(fwx)::double precision", persisted=True)]
    )
    sum_x_f: float = column(
        holds.computed("sum_x as a float."),
        sa_type=Double,
        sa_column_args=[Computed("(sum_x)::double precision", persisted=True)],
    )
    sum_xx_f: float = column(
        holds.computed("sum_xx as a float."),
        sa_type=Double,
        sa_column_args=[Computed("(sum_xx)::double precision", persisted=True)],
    )


class ConfigurationRow(TenantRow, table=True):
    """A complete version of a district's own scoring constants."""

    __tablename__ = "configuration"
    __table_args__ = (
        holds.table(
            purpose="The district's own versions of the constants.",
            read_by="who may read the configuration",
            erased="with the district",
        ),
    )

    version: int = column(holds.plain("Its version."), primary_key=True)
    document: dict[str, Any] = column(holds.plain("The constants."), sa_type=JSONB)
    created_at: datetime = instant_column(holds.plain("When it was kept."))
