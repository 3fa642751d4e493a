"""A person's inbox, and how they want to be told."""

import strawberry

from api.graphql.fields import changes, lists, reads
from domain.notifications import usecases


@strawberry.type
class NotificationsQuery:
    notifications = lists(usecases.list_notifications)
    count_notifications = reads(usecases.count_notifications)
    preferences = reads(usecases.read_preferences)


@strawberry.type
class NotificationsMutation:
    mark_read = changes(usecases.mark_read)
    put_preferences = changes(usecases.put_preferences)
