"""Interfaces that the use cases of notifications need."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import datetime
from typing import Protocol
from uuid import UUID

from domain.notifications.model import ChannelPreference, NotificationKind, NotificationObject
from domain.notifications.views import NotificationView
from domain.shared.context import UnitOfWork
from domain.shared.ids import NotificationId, PersonId
from domain.shared.paging import Key


class NotificationStore(Protocol):
    """Stores the notifications of one district."""

    async def notify(
        self,
        person_ids: Iterable[PersonId],
        kind: NotificationKind,
        target: NotificationObject,
        *,
        at: datetime,
        new_id: Callable[[], UUID],
    ) -> None:
        """Notify each person by their preferred channels when the unit of work is committed.

        Idempotent for a person, kind and target.
        """
        ...

    async def page(self, person_id: PersonId, limit: int, after: Key | None, *, unread: bool) -> Sequence[NotificationView]:
        """Return up to `limit` of the person's notifications by descending id, after the key `(id,)`."""
        ...

    async def unread(self, person_id: PersonId) -> int:
        """Return the number of the person's unread notifications."""
        ...

    async def mark_read(self, person_id: PersonId, ids: Sequence[NotificationId], at: datetime) -> None:
        """Mark as read those of `ids` that belong to the person and are unread."""
        ...

    async def preferences(self, person_id: PersonId) -> Mapping[str, ChannelPreference]:
        """Return the person's stored preferences, by kind."""
        ...

    async def put_preferences(self, person_id: PersonId, preferences: Mapping[str, ChannelPreference]) -> None:
        """Replace the person's stored preferences."""
        ...

    async def email_address(self, notification_id: NotificationId) -> str | None:
        """Return the e-mail address of the person the notification is for; None if they are inactive or have none."""
        ...


class NotificationsUnit(UnitOfWork, Protocol):
    """The unit of work of notifications."""

    @property
    def notifications(self) -> NotificationStore: ...


class Mailer(Protocol):
    """Sends mail."""

    async def send(self, *, to: str, subject: str, text: str) -> None:
        """Hand over one mail for delivery. Raises `Unavailable` if that is not possible now."""
        ...
