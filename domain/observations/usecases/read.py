"""Reading observations, one and in pages (openapi/README.md 5.9)."""

from domain.observations.commands import ListObservations, ReadObservation
from domain.observations.ports import ObservationsUnit
from domain.observations.views import ObservationView
from domain.permissions.rules import authorize
from domain.shared.audit import Subject
from domain.shared.context import Context
from domain.shared.errors import Code, NotFound
from domain.shared.operation import LEADER, OBSERVATION, operation
from domain.shared.paging import Page, cursor_key, make_page


@operation(audit_object=OBSERVATION)
async def read_observation(cmd: ReadObservation, ctx: Context[ObservationsUnit]) -> ObservationView:
    """One observation in its newest version, retracted ones too; what this actor may not see is not found."""
    permission = authorize(ctx.actor, "read_observation")
    async with ctx.read(permission) as unit:
        found = await unit.observations.read(cmd.observation_id)
        if found is None:
            raise NotFound("no such observation; check the id", code=Code.OBSERVATION_NOT_FOUND)
        unit.audit.record(Subject.LEADER, found.leader_id, further_ids=[found.id])
    return found


@operation(audit_object=LEADER)
async def list_observations(cmd: ListObservations, ctx: Context[ObservationsUnit]) -> Page[ObservationView]:
    """A page of observations, newest first."""
    permission = authorize(ctx.actor, "list_observations")
    after = cursor_key(cmd, ctx.cursors)
    async with ctx.read(permission) as unit:
        rows = await unit.observations.page(cmd, after)
        for leader_id in sorted({row.leader_id for row in rows[: cmd.limit]}):
            shown = [row.id for row in rows[: cmd.limit] if row.leader_id == leader_id]
            unit.audit.record(Subject.LEADER, leader_id, further_ids=shown, count=len(shown))
    return make_page(rows, cmd, ctx.cursors, lambda o: (o.observed_at.isoformat(), str(o.id)))
