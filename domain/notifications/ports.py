"""What notifications need of the outside."""

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
    """The notifications of one district."""

    async def notify(
        self,
        person_ids: Iterable[PersonId],
        kind: NotificationKind,
        target: NotificationObject,
        *,
        at: datetime,
        new_id: Callable[[], UUID],
    ) -> None:
        """Tell each of these people, by the channels they want, once this unit is committed. Told twice is told once."""
        ...

    async def page(self, person_id: PersonId, limit: int, after: Key | None, *, unread: bool) -> Sequence[NotificationView]:
        """Up to `limit` of the person's by falling id, after the key `(id,)`."""
        ...

    async def unread(self, person_id: PersonId) -> int:
        """How many of the person's were not read yet."""
        ...

    async def mark_read(self, person_id: PersonId, ids: Sequence[NotificationId], at: datetime) -> None:
        """Mark those of `ids` that are the person's and unread."""
        ...

    async def preferences(self, person_id: PersonId) -> Mapping[str, ChannelPreference]:
        """What the person has decided, by kind."""
        ...

    async def put_preferences(self, person_id: PersonId, preferences: Mapping[str, ChannelPreference]) -> None:
        """Put `wishes` in the place of whatever the person had decided."""
        ...

    async def email_address(self, notification_id: NotificationId) -> str | None:
        """The e-mail address of whom a notification is for, if they are active and have one."""
        ...


class NotificationsUnit(UnitOfWork, Protocol):
    """What the use cases of notifications need."""

    @property
    def notifications(self) -> NotificationStore: ...


class Mailer(Protocol):
    """Sends mail."""

    async def send(self, *, to: str, subject: str, text: str) -> None:
        """Hand one mail over. `Unavailable` when it can't be now."""
        ...
