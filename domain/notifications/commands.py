"""What people say about their notifications."""

from dataclasses import dataclass, field

from domain.notifications.model import NotificationKind
from domain.shared.errors import Code, Fault, Invalid
from domain.shared.ids import NotificationId
from domain.shared.paging import CURSOR, DEFAULT_LIMIT, LIMIT, check_limit


@dataclass(frozen=True, kw_only=True)
class ListNotifications:
    """One's own notifications, newest first."""

    unread: bool = field(default=False, metadata={"description": "Only those that were not read yet."})
    limit: int = field(default=DEFAULT_LIMIT, metadata=LIMIT)
    cursor: str | None = field(default=None, metadata=CURSOR)

    def __post_init__(self) -> None:
        check_limit(self.limit)


@dataclass(frozen=True, kw_only=True)
class CountNotifications:
    """How many of one's notifications are unread."""


@dataclass(frozen=True, kw_only=True)
class MarkRead:
    """Mark notifications as read. What is not one's own, or read already, is left as it is."""

    ids: tuple[NotificationId, ...] = field(
        metadata={
            "description": "Which ones, 1 to 100.",
            "examples": [["01900000-0000-7000-8000-000000000000"]],
            "min_length": 1,
            "max_length": 100,
        }
    )


@dataclass(frozen=True, kw_only=True)
class Preference:
    """By which channels one wants to be told of a kind."""

    kind: NotificationKind = field(metadata={"description": "What has happened.", "examples": ["job_ended"]})
    inbox: bool = field(metadata={"description": "Whether it is listed.", "examples": [True]})
    mail: bool = field(metadata={"description": "Whether a mail with a link is sent.", "examples": [False]})


@dataclass(frozen=True, kw_only=True)
class ReadPreferences:
    """By which channels one is told of what."""


@dataclass(frozen=True, kw_only=True)
class PutPreferences:
    """Decide by which channels one is told of what; a kind that is left out goes back to what is usual."""

    preferences: tuple[Preference, ...] = field(
        metadata={
            "description": "At most one for each kind.",
            "examples": [[{"kind": "job_ended", "inbox": True, "mail": False}]],
            "max_length": 100,
        }
    )

    def __post_init__(self) -> None:
        kinds = [preference.kind for preference in self.preferences]
        repeated = [i for i, kind in enumerate(kinds) if kind in kinds[:i]]
        if repeated:
            detail = "each kind stands once; leave one of them out"
            raise Invalid.of(Fault(pointer=f"/preferences/{i}/kind", code=Code.DUPLICATE, detail=detail) for i in repeated)
