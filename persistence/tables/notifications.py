"""Notifications, and how people want to receive them."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import Index, UniqueConstraint

from domain.privacy.data_map import OnErase, OnMerge
from persistence.tables import holds
from persistence.tables.columns import TenantEntity, TenantRow, column, instant_column, refers, text_column


class NotificationRow(TenantEntity, table=True):
    """A notification of a person. `listed`: in the inbox; else by mail only."""

    __tablename__ = "notification"
    __table_args__ = (
        refers(["person_id"], "person"),
        UniqueConstraint("district_id", "person_id", "kind", "object_kind", "object_id", name="uq_notification_once"),
        Index("ix_notification_person", "district_id", "person_id", "id"),
        holds.table(
            purpose="That something is new: a kind and an id.",
            read_by="the person alone",
            erased="with the person, or the district",
            not_exported="tells of this installation",
        ),
    )

    person_id: UUID = column(holds.person("For whom.", OnErase.DELETE, OnMerge.DELETE))
    kind: str = text_column(holds.plain("What."))
    object_kind: str = text_column(holds.plain("About what kind of thing."))
    object_id: str = text_column(holds.plain("Which."))
    listed: bool = column(holds.plain("Whether in the inbox."))
    created_at: datetime = instant_column(holds.plain("When."))
    read_at: datetime | None = instant_column(holds.plain("When it was read."), default=None)


class NotificationPreferenceRow(TenantRow, table=True):
    """A person's preference for a kind of notification."""

    __tablename__ = "notification_preference"
    __table_args__ = (
        refers(["person_id"], "person"),
        holds.table(
            purpose="By which channels a person is told.", read_by="the person alone", erased="with the person, or the district"
        ),
    )

    person_id: UUID = column(holds.person("Whose.", OnErase.DELETE, OnMerge.DELETE), primary_key=True)
    kind: str = text_column(holds.plain("Of what."), primary_key=True)
    inbox: bool = column(holds.plain("In the inbox."))
    mail: bool = column(holds.plain("By mail."))
