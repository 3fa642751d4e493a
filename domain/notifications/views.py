"""How notifications are shown to whom they are for."""

from dataclasses import dataclass
from datetime import datetime

from domain.notifications.commands import Preference
from domain.shared.ids import NotificationId


@dataclass(frozen=True, kw_only=True)
class NotificationView:
    """Something has happened; what it is about is read where it stands, by who may."""

    id: NotificationId
    """The notification."""
    kind: str
    """What has happened. Open: there will be more kinds."""
    object_kind: str
    """What kind of thing it is about."""
    object_id: str
    """The id of that thing."""
    created_at: datetime
    """When it happened."""
    read_at: datetime | None
    """When it was marked as read; null before."""


@dataclass(frozen=True, kw_only=True)
class UnreadView:
    """How many of one's notifications are unread."""

    unread: int
    """How many."""


@dataclass(frozen=True, kw_only=True)
class PreferencesView:
    """By which channels one is told of what, for every kind there is."""

    preferences: tuple[Preference, ...]
    """One for each kind, by kind."""
