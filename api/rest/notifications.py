"""Notifications of the signed-in person, and their channels."""

from typing import Annotated

from api.rest.example_ids import UNKNOWN_ID
from api.rest.operations import Example, operation
from api.rest.parameters import from_query
from api.rest.routing import Router
from api.rest.runner import KeyedRunner, Runner
from domain.notifications import usecases
from domain.notifications.commands import CountNotifications, ListNotifications, MarkRead, PutPreferences, ReadPreferences
from domain.notifications.views import NotificationView, PreferencesView, UnreadView
from domain.shared.paging import Page

PREFERENCES_BODY = {"preferences": [{"kind": "job_ended", "inbox": True, "mail": False}]}

router = Router(prefix="/v1/me", tags=["notifications"])


@router.get("/notifications")
@operation(
    usecases.list_notifications,
    Example(summary="Unread ones.", query={"unread": "true"}, person=True),
    Example(summary="With a machine client's token.", status=403),
)
async def list_notifications(
    cmd: Annotated[ListNotifications, from_query(ListNotifications)], runner: Runner
) -> Page[NotificationView]:
    """List your notifications."""
    return await runner.run(usecases.list_notifications, cmd)


@router.get("/notifications/unread")
@operation(
    usecases.count_notifications,
    Example(summary="Their number.", person=True),
    Example(summary="With a machine client's token.", status=403),
)
async def count_notifications(cmd: Annotated[CountNotifications, from_query(CountNotifications)], runner: Runner) -> UnreadView:
    """Count your unread notifications."""
    return await runner.run(usecases.count_notifications, cmd)


@router.post("/notifications:read")
@operation(
    usecases.mark_read,
    Example(summary="An unknown one: nothing changes.", body={"ids": [UNKNOWN_ID]}, person=True),
    Example(summary="With a machine client's token.", body={"ids": [UNKNOWN_ID]}, status=403),
    Example(summary="Without ids.", body={"ids": []}, status=422),
)
async def mark_read(body: MarkRead, runner: KeyedRunner) -> UnreadView:
    """Mark notifications as read."""
    return await runner.run_idempotent(usecases.mark_read, body)


@router.get("/notification-preferences")
@operation(
    usecases.read_preferences,
    Example(summary="All kinds.", person=True),
    Example(summary="With a machine client's token.", status=403),
)
async def read_preferences(cmd: Annotated[ReadPreferences, from_query(ReadPreferences)], runner: Runner) -> PreferencesView:
    """Read your notification preferences."""
    return await runner.run(usecases.read_preferences, cmd)


@router.put("/notification-preferences")
@operation(
    usecases.put_preferences,
    Example(summary="Inbox only, no mail.", body=PREFERENCES_BODY, person=True),
    Example(summary="With a machine client's token.", body=PREFERENCES_BODY, status=403),
    Example(summary="A kind twice.", body={"preferences": PREFERENCES_BODY["preferences"] * 2}, status=422),
)
async def put_preferences(body: PutPreferences, runner: KeyedRunner) -> PreferencesView:
    """Set your notification preferences."""
    return await runner.run_idempotent(usecases.put_preferences, body)
