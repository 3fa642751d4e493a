"""Evidence as it was pushed. Rows are never changed but for the mark that a newer version or a retraction superseded them."""

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import BigInteger, Index, LargeBinary, SmallInteger, UniqueConstraint, text
from sqlalchemy.dialects.postgresql import JSONB
from sqlmodel import Field

from domain.framework.responsibilities import Responsibility
from domain.observations.model import FeedbackType, Setting
from domain.shared.idempotent_push import Thing
from persistence.tables.columns import Identified, Tenanted, instant_field, one_of, refers, text_field


class PushHeadRow(Tenanted, table=True):
    """The newest version of what a system pushed under one external_id; no digest: retracted. Personal data: a keyed digest.

    The digest is emptied when somebody is erased who stood in the content. Goes with the thing or the district.
    """

    __tablename__ = "push_head"
    __table_args__ = (one_of("thing", Thing),)

    origin: str = text_field(primary_key=True)
    thing: str = text_field(primary_key=True)
    external_id: str = text_field(primary_key=True)
    id: UUID
    version: int = Field(sa_type=BigInteger)
    digest: bytes | None = Field(default=None, sa_type=LargeBinary)


class InstrumentRow(Identified, table=True):
    """One immutable version of a rubric or form. Personal data: none. Goes with the district.

    ``origin`` created it; null for those of before origins were kept.
    """

    __tablename__ = "instrument"
    __table_args__ = (UniqueConstraint("district_id", "code", "version"),)

    code: str = text_field()
    version: str = text_field()
    title: str | None = text_field(default=None)
    origin: str | None = text_field(default=None)
    elements: list[dict[str, Any]] = Field(sa_type=JSONB)
    created_at: datetime = instant_field()


class CrosswalkRow(Identified, table=True):
    """One immutable version of a mapping from an instrument's elements to responsibilities. Personal data: none.

    ``ordinal`` counts the versions of one instrument; the highest scores. Goes with the district.
    """

    __tablename__ = "crosswalk"
    __table_args__ = (
        refers(["instrument_id"], "instrument"),
        UniqueConstraint("district_id", "code", "version"),
        UniqueConstraint("district_id", "instrument_id", "ordinal"),
    )

    code: str = text_field()
    version: str = text_field()
    instrument_id: UUID
    ordinal: int
    mappings: list[dict[str, Any]] = Field(sa_type=JSONB)
    created_at: datetime = instant_field()


class ObservationRow(Identified, table=True):
    """One version of one visit. Personal data: who observed whom, when and where. Erased with the leader or the district."""

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
    )

    version: int = Field(sa_type=BigInteger, primary_key=True)
    origin: str = text_field()
    client_id: str = text_field()
    external_id: str | None = text_field(default=None)
    purpose: str = text_field()
    leader_id: UUID
    observer_id: UUID | None = None
    observer_name: str | None = text_field(default=None)
    school_id: UUID
    observed_at: datetime = instant_field()
    setting: str = text_field()
    announced: bool | None = None
    duration_minutes: int | None = Field(default=None, sa_type=SmallInteger)
    instrument_id: UUID | None = None
    received_at: datetime = instant_field()
    superseded_at: datetime | None = instant_field(default=None)


class RatingRow(Tenanted, table=True):
    """One rating of a visit, as written. Personal data: a judgement of the leader. Erased with the observation."""

    __tablename__ = "rating"
    __table_args__ = (
        refers(["observation_id", "version"], "observation", ["id", "version"]),
        one_of("responsibility", Responsibility),
    )

    observation_id: UUID = Field(primary_key=True)
    version: int = Field(sa_type=BigInteger, primary_key=True)
    position: int = Field(sa_type=SmallInteger, primary_key=True)
    responsibility: str | None = text_field(default=None)
    element: str | None = text_field(default=None)
    value: float | None = None
    level: str | None = text_field(default=None)


class FeedbackRow(Tenanted, table=True):
    """What the observer wrote. Personal data: free text about the leader. Erased with the observation."""

    __tablename__ = "feedback"
    __table_args__ = (
        refers(["observation_id", "version"], "observation", ["id", "version"]),
        one_of("type", FeedbackType),
    )

    observation_id: UUID = Field(primary_key=True)
    version: int = Field(sa_type=BigInteger, primary_key=True)
    position: int = Field(sa_type=SmallInteger, primary_key=True)
    type: str = text_field()
    text: str = text_field()
