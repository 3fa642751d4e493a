"""The audit log, and the blocks that seal it."""

from typing import Annotated

from api.rest.example_ids import LEADER
from api.rest.operations import Example, operation
from api.rest.parameters import from_query
from api.rest.routing import Router
from api.rest.runner import Runner
from domain.audit import usecases
from domain.audit.commands import ListAuditBlocks, ListAuditEvents
from domain.audit.views import AuditBlockView, AuditEventView
from domain.shared.paging import Page

router = Router(prefix="/v1", tags=["audit"])


@router.get("/audit")
@operation(
    usecases.list_audit_events,
    Example(summary="The first page."),
    Example(summary="Who read a leader's profile.", query={"object_id": LEADER, "action": "read_profile"}),
    Example(summary="A value that is not an instant.", query={"since": "yesterday"}, status=422),
)
async def list_audit_events(
    cmd: Annotated[ListAuditEvents, from_query(ListAuditEvents)], runner: Runner
) -> Page[AuditEventView]:
    """List audit events, in the order in which they were committed."""
    return await runner.run(usecases.list_audit_events, cmd)


@router.get("/audit/blocks")
@operation(
    usecases.list_audit_blocks,
    Example(summary="The first page."),
    Example(summary="A limit of 0.", query={"limit": "0"}, status=422),
)
async def list_audit_blocks(
    cmd: Annotated[ListAuditBlocks, from_query(ListAuditBlocks)], runner: Runner
) -> Page[AuditBlockView]:
    """List the blocks that seal audit events, newest first."""
    return await runner.run(usecases.list_audit_blocks, cmd)
