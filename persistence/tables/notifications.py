"""What people were told of, and how they want to be told."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import Index, UniqueConstraint
from sqlmodel import Field

from persistence.tables.columns import Identified, Tenanted, instant_field, refers, text_field


class NotificationRow(Identified, table=True):
    """Something has happened that a person wants to know of. ``listed``: in the inbox; else it was for mail alone.

    Personal data: whom it is for; what it is about by its id only. Erased with the person or the district.
    """

    __tablename__ = "notification"
    __table_args__ = (
        refers(["person_id"], "person"),
        UniqueConstraint("district_id", "person_id", "kind", "object_kind", "object_id", name="uq_notification_once"),
        Index("ix_notification_person", "district_id", "person_id", "id"),
    )

    person_id: UUID
    kind: str = text_field()
    object_kind: str = text_field()
    object_id: str = text_field()
    listed: bool
    created_at: datetime = instant_field()
    read_at: datetime | None = instant_field(default=None)


class NotificationPreferenceRow(Tenanted, table=True):
    """What a person has decided about a kind. Personal data: that. Erased with the person or the district."""

    __tablename__ = "notification_preference"
    __table_args__ = (refers(["person_id"], "person"),)

    person_id: UUID = Field(primary_key=True)
    kind: str = text_field(primary_key=True)
    inbox: bool
    mail: bool
