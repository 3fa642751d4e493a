"""Requests about notifications."""

from dataclasses import dataclass
from typing import Annotated

from annotated_types import Interval, MaxLen, MinLen

from domain.notifications.model import NotificationKind
from domain.shared.errors import Code, FieldError, Invalid
from domain.shared.fields import Examples
from domain.shared.ids import NotificationId
from domain.shared.paging import DEFAULT_LIMIT, check_limit


@dataclass(frozen=True, kw_only=True)
class ListNotifications:
    """List the current user's notifications, newest first."""

    unread: bool = False
    """Whether to list only unread ones."""
    limit: Annotated[int, Interval(ge=1, le=100), Examples(50)] = DEFAULT_LIMIT
    """Page size, 1 to 100."""
    cursor: str | None = None
    """The next_cursor of the previous page."""

    def __post_init__(self) -> None:
        check_limit(self.limit)


@dataclass(frozen=True, kw_only=True)
class CountNotifications:
    """Count the current user's unread notifications."""


@dataclass(frozen=True, kw_only=True)
class MarkRead:
    """Mark notifications as read. Those of other people, and those already read, are ignored."""

    ids: Annotated[tuple[NotificationId, ...], MinLen(1), MaxLen(100), Examples(["01900000-0000-7000-8000-000000000000"])]
    """The notifications, 1 to 100."""


@dataclass(frozen=True, kw_only=True)
class Preference:
    """The channels by which a person is notified of one kind of event."""

    kind: Annotated[NotificationKind, Examples("job_ended")]
    """The kind of event."""
    inbox: bool
    """Whether notifications of this kind are listed in the inbox."""
    mail: bool
    """Whether a mail with a link is sent."""


@dataclass(frozen=True, kw_only=True)
class ReadPreferences:
    """Read the current user's notification preferences."""


@dataclass(frozen=True, kw_only=True)
class PutPreferences:
    """Replace the current user's notification preferences; a kind that is left out returns to the default."""

    preferences: Annotated[tuple[Preference, ...], MaxLen(100), Examples([{"kind": "job_ended", "inbox": True, "mail": False}])]
    """At most one for each kind."""

    def __post_init__(self) -> None:
        kinds = [preference.kind for preference in self.preferences]
        repeated = [i for i, kind in enumerate(kinds) if kind in kinds[:i]]
        if repeated:
            detail = "this kind is listed above; list each kind only once"
            raise Invalid.of(FieldError(pointer=f"/preferences/{i}/kind", code=Code.DUPLICATE, detail=detail) for i in repeated)


@dataclass(frozen=True, kw_only=True)
class MailNotification:
    """Send a mail about a notification to the person it is for."""

    notification_id: NotificationId
    """The notification."""
