"""Notifications and preferences as responses."""

from dataclasses import dataclass
from datetime import datetime

from domain.notifications.commands import Preference
from domain.shared.ids import NotificationId


@dataclass(frozen=True, kw_only=True)
class NotificationView:
    """A notification of an event; read the object it is about at that object's own path."""

    id: NotificationId
    """The notification."""
    kind: str
    """The kind of event. Open: there will be more kinds."""
    object_kind: str
    """The kind of object that it is about."""
    object_id: str
    """The id of that object."""
    created_at: datetime
    """When it happened."""
    read_at: datetime | None
    """When it was marked as read; null before."""


@dataclass(frozen=True, kw_only=True)
class UnreadView:
    """The number of the current user's unread notifications."""

    unread: int
    """The number of unread notifications."""


@dataclass(frozen=True, kw_only=True)
class PreferencesView:
    """The current user's notification preferences, for every kind."""

    preferences: tuple[Preference, ...]
    """One for each kind, sorted by kind."""
