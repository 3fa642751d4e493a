"""How notifications are shown to whom they are for."""

from dataclasses import dataclass, field
from datetime import datetime

from domain.notifications.commands import Preference
from domain.shared.ids import NotificationId


@dataclass(frozen=True, kw_only=True)
class NotificationView:
    """Something has happened; what it is about is read where it stands, by who may."""

    id: NotificationId = field(metadata={"description": "The notification."})
    kind: str = field(metadata={"description": "What has happened. Open: there will be more kinds."})
    object_kind: str = field(metadata={"description": "What kind of thing it is about."})
    object_id: str = field(metadata={"description": "The id of that thing."})
    created_at: datetime = field(metadata={"description": "When it happened."})
    read_at: datetime | None = field(metadata={"description": "When it was marked as read; null before."})


@dataclass(frozen=True, kw_only=True)
class UnreadView:
    """How many of one's notifications are unread."""

    unread: int = field(metadata={"description": "How many."})


@dataclass(frozen=True, kw_only=True)
class PreferencesView:
    """By which channels one is told of what, for every kind there is."""

    preferences: tuple[Preference, ...] = field(metadata={"description": "One for each kind, by kind."})
