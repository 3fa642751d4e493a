"""Evidence as pushed. Rows are never changed, except for the mark that a newer version or a retraction superseded them."""

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import BigInteger, Index, LargeBinary, SmallInteger, UniqueConstraint, text
from sqlalchemy.dialects.postgresql import JSONB

from domain.framework.responsibilities import Responsibility
from domain.observations.model import FeedbackType, Setting
from domain.privacy.data_map import OnErase, OnMerge, SoftReference
from domain.privacy.retention_policy import RetentionKind
from domain.shared.idempotent_push import PushKind
from persistence.tables import holds
from persistence.tables.columns import TenantEntity, TenantRow, column, instant_column, one_of, refers, text_column


class PushHeadRow(TenantRow, table=True):
    """The newest version that a system pushed under one external_id; without a digest, it was retracted.

    The digest is cleared when a person who was named in the content is erased.
    """

    __tablename__ = "push_head"
    __table_args__ = (
        one_of("thing", PushKind),
        holds.table(
            purpose="The newest version of what was pushed under a sender's id, so that twice is once.",
            read_by="the service",
            erased="with the thing, or the district",
            soft_reference=SoftReference(column="id", tables=("observation", "assessment", "initiative", "stakeholder_group")),
        ),
    )

    origin: str = text_column(holds.plain("The pushing system."), primary_key=True)
    thing: str = text_column(holds.plain("What kind of thing."), primary_key=True)
    external_id: str = text_column(holds.plain("The sender's id of it."), primary_key=True)
    id: UUID = column(holds.plain("Our own id of it."))
    version: int = column(holds.plain("The newest version."), sa_type=BigInteger)
    digest: bytes | None = column(
        holds.plain("A keyed digest of its content; none when it was taken back, empty when who stood in it was erased."),
        default=None,
        sa_type=LargeBinary,
    )


class InstrumentRow(TenantEntity, table=True):
    """One immutable version of a rubric or form.

    `origin` created it; null for rows from before origins were stored.
    """

    __tablename__ = "instrument"
    __table_args__ = (
        UniqueConstraint("district_id", "code", "version"),
        holds.table(purpose="Rubrics and forms.", read_by="who may read observations", erased="with the district"),
    )

    code: str = text_column(holds.plain("Its code."))
    version: str = text_column(holds.plain("Its version."))
    title: str | None = text_column(holds.plain("What people call it."), default=None)
    origin: str | None = text_column(holds.plain("The system that created it; none for older ones."), default=None)
    elements: list[dict[str, Any]] = column(holds.plain("Its elements and scales."), sa_type=JSONB)
    created_at: datetime = instant_column(holds.plain("When it was kept."))


class CrosswalkRow(TenantEntity, table=True):
    """One immutable version of a mapping from an instrument's elements to responsibilities.

    `ordinal` counts the versions of one instrument; the highest scores.
    """

    __tablename__ = "crosswalk"
    __table_args__ = (
        refers(["instrument_id"], "instrument"),
        UniqueConstraint("district_id", "code", "version"),
        UniqueConstraint("district_id", "instrument_id", "ordinal"),
        holds.table(
            purpose="What elements of an instrument say of responsibilities.",
            read_by="who may read observations",
            erased="with the district",
        ),
    )

    code: str = text_column(holds.plain("Its code."))
    version: str = text_column(holds.plain("Its version."))
    instrument_id: UUID = column(holds.plain("Of which instrument."))
    ordinal: int = column(holds.plain("Which version of it; the highest scores."))
    mappings: list[dict[str, Any]] = column(holds.plain("Element by element."), sa_type=JSONB)
    created_at: datetime = instant_column(holds.plain("When it was kept."))


class ObservationRow(TenantEntity, table=True):
    """One version of one visit."""

    __tablename__ = "observation"
    __table_args__ = (
        refers(["leader_id"], "person"),
        refers(["observer_id"], "person"),
        refers(["school_id"], "org"),
        refers(["instrument_id"], "instrument"),
        one_of("setting", Setting),
        Index(
            "ix_observation_listed",
            "district_id",
            text("observed_at desc"),
            text("id desc"),
            postgresql_where=text("superseded_at is null"),
        ),
        Index("ix_observation_leader", "district_id", "leader_id", "observed_at"),
        holds.table(
            purpose="Visits, every version as it was pushed.",
            read_by="the system that pushed it; who may read the leader's scores",
            erased="with the leader, or the district; who observed is forgotten with the observer",
            retention=RetentionKind.OBSERVATIONS,
        ),
    )

    version: int = column(holds.plain("Its version."), sa_type=BigInteger, primary_key=True)
    origin: str = text_column(holds.plain("The pushing system."))
    client_id: str = text_column(holds.plain("The client that pushed it."))
    external_id: str | None = text_column(holds.plain("The sender's id of it."), default=None)
    purpose: str = text_column(holds.plain("Formative."))
    leader_id: UUID = column(holds.person("Who was observed.", OnErase.DELETE, OnMerge.MOVE))
    observer_id: UUID | None = column(
        holds.person("Who observed.", OnErase.FORGET, OnMerge.MOVE, also=("observer_name",)), default=None
    )
    observer_name: str | None = text_column(
        holds.identifies("Who observed, where that is nobody of the district."), default=None
    )
    school_id: UUID = column(holds.about_person("Where."))
    observed_at: datetime = instant_column(holds.about_person("When."))
    setting: str = text_column(holds.about_person("In what setting."))
    announced: bool | None = column(holds.about_person("Whether it was announced."), default=None)
    duration_minutes: int | None = column(holds.about_person("How long."), default=None, sa_type=SmallInteger)
    instrument_id: UUID | None = column(holds.about_person("With which instrument."), default=None)
    received_at: datetime = instant_column(holds.plain("When we got it."))
    superseded_at: datetime | None = instant_column(holds.plain("When it was replaced or taken back."), default=None)


class RatingRow(TenantRow, table=True):
    """One rating of a visit, as written."""

    __tablename__ = "rating"
    __table_args__ = (
        refers(["observation_id", "version"], "observation", ["id", "version"]),
        one_of("responsibility", Responsibility),
        holds.table(
            purpose="Ratings of a visit, as written.",
            read_by="the system that pushed it; who may read the leader's scores",
            erased="with the visit",
            retention=RetentionKind.OBSERVATIONS,
        ),
    )

    observation_id: UUID = column(holds.plain("Of which visit."), primary_key=True)
    version: int = column(holds.plain("Of which version."), sa_type=BigInteger, primary_key=True)
    position: int = column(holds.plain("Its place."), sa_type=SmallInteger, primary_key=True)
    responsibility: str | None = text_column(holds.about_person("Of what."), default=None)
    element: str | None = text_column(holds.about_person("Of which element."), default=None)
    value: float | None = column(holds.about_person("The value."), default=None)
    level: str | None = text_column(holds.about_person("The level."), default=None)


class FeedbackRow(TenantRow, table=True):
    """What the observer wrote."""

    __tablename__ = "feedback"
    __table_args__ = (
        refers(["observation_id", "version"], "observation", ["id", "version"]),
        one_of("type", FeedbackType),
        holds.table(
            purpose="What the observer wrote.",
            read_by="the system that pushed it; who may read the leader's scores",
            erased="with the visit, or before it by age",
            retention=RetentionKind.FEEDBACK_TEXT,
        ),
    )

    observation_id: UUID = column(holds.plain("Of which visit."), primary_key=True)
    version: int = column(holds.plain("Of which version."), sa_type=BigInteger, primary_key=True)
    position: int = column(holds.plain("Its place."), sa_type=SmallInteger, primary_key=True)
    type: str = text_column(holds.about_person("What kind of feedback."))
    text: str = text_column(holds.free_text("The text."))
