"""What people do with their notifications, and how one is mailed."""

from domain.notifications.commands import (
    CountNotifications,
    ListNotifications,
    MailNotification,
    MarkRead,
    Preference,
    PutPreferences,
    ReadPreferences,
)
from domain.notifications.model import DEFAULT_CHANNELS, ChannelPreference, NotificationKind
from domain.notifications.ports import Mailer, NotificationsUnit
from domain.notifications.views import NotificationView, PreferencesView, UnreadView
from domain.permissions.rules import authorize, require_person
from domain.shared.context import Context
from domain.shared.operation import operation
from domain.shared.paging import Page, cursor_key, make_page

MAIL_SUBJECT = "Something new in Evenkeel"
MAIL_TEXT = "There is something new for you in Evenkeel. Sign in to see it:\n\n{link}\n"
"""No names, numbers or texts: mail travels and stays where we do not see it."""


@operation()
async def list_notifications(cmd: ListNotifications, ctx: Context[NotificationsUnit]) -> Page[NotificationView]:
    """A page of one's own notifications, newest first."""
    permission = authorize(ctx.actor, "list_notifications")
    person_id = require_person(ctx.actor).person_id
    after = cursor_key(cmd, ctx.cursors)
    async with ctx.read(permission) as unit:
        rows = await unit.notifications.page(person_id, cmd.limit + 1, after, unread=cmd.unread)
    return make_page(rows, cmd, ctx.cursors, lambda view: (str(view.id),))


@operation()
async def count_notifications(cmd: CountNotifications, ctx: Context[NotificationsUnit]) -> UnreadView:  # noqa: ARG001 - nothing to say
    """How many of one's notifications are unread."""
    permission = authorize(ctx.actor, "count_notifications")
    person_id = require_person(ctx.actor).person_id
    async with ctx.read(permission) as unit:
        return UnreadView(unread=await unit.notifications.unread(person_id))


@operation(idempotency_key=True)
async def mark_read(cmd: MarkRead, ctx: Context[NotificationsUnit]) -> UnreadView:
    """Mark notifications of one's own as read; answers how many are left."""
    permission = authorize(ctx.actor, "mark_read")
    person_id = require_person(ctx.actor).person_id
    async with ctx.open(permission) as unit:
        await unit.notifications.mark_read(person_id, cmd.ids, ctx.now())
        left = await unit.notifications.unread(person_id)
        await unit.commit()
    return UnreadView(unread=left)


@operation()
async def read_preferences(cmd: ReadPreferences, ctx: Context[NotificationsUnit]) -> PreferencesView:  # noqa: ARG001 - nothing to say
    """By which channels one is told of what."""
    permission = authorize(ctx.actor, "read_preferences")
    person_id = require_person(ctx.actor).person_id
    async with ctx.read(permission) as unit:
        wishes = await unit.notifications.preferences(person_id)
    return _preferences_view({kind: wishes.get(kind, DEFAULT_CHANNELS) for kind in NotificationKind})


@operation(idempotency_key=True)
async def put_preferences(cmd: PutPreferences, ctx: Context[NotificationsUnit]) -> PreferencesView:
    """Decide by which channels one is told of what."""
    permission = authorize(ctx.actor, "put_preferences")
    person_id = require_person(ctx.actor).person_id
    wishes: dict[str, ChannelPreference] = {p.kind: ChannelPreference(inbox=p.inbox, mail=p.mail) for p in cmd.preferences}
    async with ctx.open(permission) as unit:
        await unit.notifications.put_preferences(person_id, wishes)
        await unit.commit()
    return _preferences_view({kind: wishes.get(kind, DEFAULT_CHANNELS) for kind in NotificationKind})


@operation()
async def mail_notification(cmd: MailNotification, ctx: Context[NotificationsUnit], *, mailer: Mailer, link: str) -> None:
    """Mail a link and nothing else; nobody is mailed who has left or has no address."""
    permission = authorize(ctx.actor, "mail_notification")
    async with ctx.read(permission) as unit:
        address = await unit.notifications.email_address(cmd.notification_id)
    if address is not None:
        await mailer.send(to=address, subject=MAIL_SUBJECT, text=MAIL_TEXT.format(link=link))


def _preferences_view(preferences: dict[NotificationKind, ChannelPreference]) -> PreferencesView:
    return PreferencesView(
        preferences=tuple(Preference(kind=kind, inbox=w.inbox, mail=w.mail) for kind, w in sorted(preferences.items()))
    )
