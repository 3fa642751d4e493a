"""Notifications and people's preferences, on PostgreSQL."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import datetime
from uuid import UUID

from domain.directory.usecases.districts_and_clients import operator_actor
from domain.notifications.model import ChannelPreference, NotificationKind, NotificationObject
from domain.notifications.views import NotificationView
from domain.shared.ids import JobId, NotificationId, PersonId
from domain.shared.paging import Key
from persistence.repositories.jobs import LAST, PgJobs
from persistence.repositories.repository import Repository

TELL = """
insert into notification (district_id, id, person_id, kind, object_kind, object_id, listed, created_at)
select $1, u.id, u.person_id, $4, $5, $6, coalesce(w.inbox, true), $7
from unnest($2::uuid[], $3::uuid[]) u(id, person_id)
left join notification_preference w on w.district_id = $1 and w.person_id = u.person_id and w.kind = $4
where coalesce(w.inbox, true) or w.mail
order by u.person_id
on conflict (district_id, person_id, kind, object_kind, object_id) do nothing
returning id, exists (
  select from notification_preference m where m.district_id = $1 and m.person_id = notification.person_id
    and m.kind = $4 and m.mail) as mail
"""

PAGE = """
select id, kind, object_kind, object_id, created_at, read_at from notification
where district_id = $1 and person_id = $2 and listed and id < $3 and (not $4 or read_at is null) order by id desc limit $5
"""

UNREAD = "select count(*) from notification where district_id = $1 and person_id = $2 and listed and read_at is null"

MARK = """
update notification set read_at = $4 where district_id = $1 and person_id = $2 and id = any($3::uuid[]) and read_at is null
"""

WISHES = "select kind, inbox, mail from notification_preference where district_id = $1 and person_id = $2"

FORGET_WISHES = "delete from notification_preference where district_id = $1 and person_id = $2"

WISH = """
insert into notification_preference (district_id, person_id, kind, inbox, mail)
select $1, $2, u.* from unnest($3::text[], $4::boolean[], $5::boolean[]) u
"""

ADDRESS = """
select p.email from notification n join person p on p.district_id = n.district_id and p.id = n.person_id
where n.district_id = $1 and n.id = $2 and p.active and p.enabled
"""

MAILED = "mail_notification"
"""The kind of the job that mails one notification."""


class PgNotifications(Repository):
    """`NotificationStore` of one district."""

    async def notify(
        self,
        person_ids: Iterable[PersonId],
        kind: NotificationKind,
        target: NotificationObject,
        *,
        at: datetime,
        new_id: Callable[[], UUID],
    ) -> None:
        """Queue a job for each mail."""
        people = sorted(set(person_ids))
        ids = [new_id() for _ in people]
        rows = await self.fetch(TELL, ids, people, kind.value, target.kind, target.id, at)
        jobs = PgJobs(self.connection, operator_actor("notifications", self.district_id))
        for row in rows:
            if row["mail"]:
                payload = {"notification_id": str(row["id"])}
                await jobs.enqueue(MAILED, payload, job_id=JobId(new_id()), at=at)

    async def page(self, person_id: PersonId, limit: int, after: Key | None, *, unread: bool) -> Sequence[NotificationView]:
        before = LAST if after is None else UUID(after[0])
        rows = await self.fetch(PAGE, person_id, before, unread, limit)
        return [NotificationView(**row) for row in rows]

    async def unread(self, person_id: PersonId) -> int:
        return int(await self.fetchval(UNREAD, person_id))

    async def mark_read(self, person_id: PersonId, ids: Sequence[NotificationId], at: datetime) -> None:
        await self.execute(MARK, person_id, list(ids), at)

    async def preferences(self, person_id: PersonId) -> Mapping[str, ChannelPreference]:
        rows = await self.fetch(WISHES, person_id)
        return {row["kind"]: ChannelPreference(inbox=row["inbox"], mail=row["mail"]) for row in rows}

    async def put_preferences(self, person_id: PersonId, preferences: Mapping[str, ChannelPreference]) -> None:
        await self.execute(FORGET_WISHES, person_id)
        values = (list(preferences), [w.inbox for w in preferences.values()], [w.mail for w in preferences.values()])
        await self.execute(WISH, person_id, *values)

    async def email_address(self, notification_id: NotificationId) -> str | None:
        found: str | None = await self.fetchval(ADDRESS, notification_id)
        return found
