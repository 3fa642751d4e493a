"""What people say about their notifications."""

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
    """One's own notifications, newest first."""

    unread: bool = False
    """Only those that were not read yet."""
    limit: Annotated[int, Interval(ge=1, le=100), Examples(50)] = DEFAULT_LIMIT
    """How many, 1 to 100."""
    cursor: str | None = None
    """Where to go on: next_cursor of the page before."""

    def __post_init__(self) -> None:
        check_limit(self.limit)


@dataclass(frozen=True, kw_only=True)
class CountNotifications:
    """How many of one's notifications are unread."""


@dataclass(frozen=True, kw_only=True)
class MarkRead:
    """Mark notifications as read. What is not one's own, or read already, is left as it is."""

    ids: Annotated[tuple[NotificationId, ...], MinLen(1), MaxLen(100), Examples(["01900000-0000-7000-8000-000000000000"])]
    """Which ones, 1 to 100."""


@dataclass(frozen=True, kw_only=True)
class Preference:
    """By which channels one wants to be told of a kind."""

    kind: Annotated[NotificationKind, Examples("job_ended")]
    """What has happened."""
    inbox: bool
    """Whether it is listed."""
    mail: bool
    """Whether a mail with a link is sent."""


@dataclass(frozen=True, kw_only=True)
class ReadPreferences:
    """By which channels one is told of what."""


@dataclass(frozen=True, kw_only=True)
class PutPreferences:
    """Decide by which channels one is told of what; a kind that is left out goes back to what is usual."""

    preferences: Annotated[tuple[Preference, ...], MaxLen(100), Examples([{"kind": "job_ended", "inbox": True, "mail": False}])]
    """At most one for each kind."""

    def __post_init__(self) -> None:
        kinds = [preference.kind for preference in self.preferences]
        repeated = [i for i, kind in enumerate(kinds) if kind in kinds[:i]]
        if repeated:
            detail = "each kind stands once; leave one of them out"
            raise Invalid.of(FieldError(pointer=f"/preferences/{i}/kind", code=Code.DUPLICATE, detail=detail) for i in repeated)


@dataclass(frozen=True, kw_only=True)
class MailNotification:
    """Tell somebody by mail that there is something for them."""

    notification_id: NotificationId
    """The notification."""
