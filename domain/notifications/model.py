"""Notifications hold only ids and a kind, never names, texts or numbers."""

from dataclasses import dataclass
from enum import StrEnum


class NotificationKind(StrEnum):
    """The kind of event. Open: packages may add members."""

    JOB_ENDED = "job_ended"
    RETENTION_APPLIED = "retention_applied"


@dataclass(frozen=True, kw_only=True)
class NotificationObject:
    """The object that a notification is about: its kind and its id."""

    kind: str
    id: str


@dataclass(frozen=True, kw_only=True)
class ChannelPreference:
    """The channels by which a person is notified of one kind of event."""

    inbox: bool
    mail: bool


DEFAULT_CHANNELS = ChannelPreference(inbox=True, mail=False)
"""The channels of a kind for which the person has stored no preference."""
