"""A person's inbox, and how they want to be told."""

from api.rest.example_ids import NOBODY
from api.rest.operations import Example, Operation, router_of
from domain.notifications import usecases

CHOSEN = {"preferences": [{"kind": "job_ended", "inbox": True, "mail": False}]}

router = router_of(
    "/v1/me",
    "notifications",
    (
        Operation(
            method="GET",
            path="/notifications",
            use_case=usecases.list_notifications,
            summary="One's own notifications",
            examples=(
                Example(summary="Those that were not read yet.", query={"unread": "true"}, person=True),
                Example(summary="By a machine.", status=403),
            ),
        ),
        Operation(
            method="GET",
            path="/notifications/unread",
            use_case=usecases.count_notifications,
            summary="How many were not read yet",
            examples=(
                Example(summary="How many.", person=True),
                Example(summary="By a machine.", status=403),
            ),
        ),
        Operation(
            method="POST",
            path="/notifications:read",
            use_case=usecases.mark_read,
            summary="Mark notifications as read",
            changes=True,
            examples=(
                Example(summary="One that is not there: nothing changes.", body={"ids": [NOBODY]}, person=True),
                Example(summary="By a machine.", body={"ids": [NOBODY]}, status=403),
                Example(summary="None.", body={"ids": []}, status=422),
            ),
        ),
        Operation(
            method="GET",
            path="/notification-preferences",
            use_case=usecases.read_preferences,
            summary="By which channels one is told of what",
            examples=(
                Example(summary="Every kind.", person=True),
                Example(summary="By a machine.", status=403),
            ),
        ),
        Operation(
            method="PUT",
            path="/notification-preferences",
            use_case=usecases.put_preferences,
            summary="Decide by which channels one is told of what",
            changes=True,
            examples=(
                Example(summary="The inbox, no mail.", body=CHOSEN, person=True),
                Example(summary="By a machine.", body=CHOSEN, status=403),
                Example(summary="A kind twice.", body={"preferences": CHOSEN["preferences"] * 2}, status=422),
            ),
        ),
    ),
)
