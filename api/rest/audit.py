"""What was done, and the blocks that seal it."""

from api.rest.example_ids import LEADER
from api.rest.operations import Example, Operation, router_of
from domain.audit import usecases

router = router_of(
    "/v1",
    "audit",
    (
        Operation(
            method="GET",
            path="/audit",
            use_case=usecases.list_audit_events,
            summary="What was done, in the order in which it became final",
            examples=(
                Example(summary="From the beginning."),
                Example(summary="Who read a leader's profile.", query={"object_id": LEADER, "action": "read_profile"}),
                Example(summary="No instant.", query={"since": "yesterday"}, status=422),
            ),
        ),
        Operation(
            method="GET",
            path="/audit/blocks",
            use_case=usecases.list_audit_blocks,
            summary="The blocks in which events are sealed, the newest first",
            examples=(Example(summary="The newest."), Example(summary="No such page.", query={"limit": "0"}, status=422)),
        ),
    ),
)
