"""Notifications of the signed-in person, and their channels."""

import strawberry

from api.graphql.fields import connection_field, mutation_field, query_field
from domain.notifications import usecases


@strawberry.type
class NotificationsQuery:
    notifications = connection_field(usecases.list_notifications)
    count_notifications = query_field(usecases.count_notifications)
    preferences = query_field(usecases.read_preferences)


@strawberry.type
class NotificationsMutation:
    mark_read = mutation_field(usecases.mark_read)
    put_preferences = mutation_field(usecases.put_preferences)
