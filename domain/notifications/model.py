"""What people are told of: ids and a kind, never names, texts or numbers."""

from dataclasses import dataclass
from enum import StrEnum


class NotificationKind(StrEnum):
    """What has happened. Open: parts add theirs."""

    JOB_ENDED = "job_ended"
    RETENTION_APPLIED = "retention_applied"


@dataclass(frozen=True, kw_only=True)
class NotificationObject:
    """The thing that a notification is about: what it is, and its id."""

    kind: str
    id: str


@dataclass(frozen=True, kw_only=True)
class ChannelPreference:
    """By which channels a person wants to be told of a kind."""

    inbox: bool
    mail: bool


DEFAULT_CHANNELS = ChannelPreference(inbox=True, mail=False)
"""What holds for a kind that a person has decided nothing about."""
