"""Reading observations, one and in pages (openapi/README.md 5.9)."""

from domain.observations.commands import ListObservations, ReadObservation
from domain.observations.ports import ObservationsUnit
from domain.observations.views import ObservationView
from domain.permissions.rules import authorize
from domain.shared.audit import Subject
from domain.shared.context import Context
from domain.shared.errors import Code, NotFound
from domain.shared.operation import LEADER, OBSERVATION, operation
from domain.shared.paging import Page, page, start_of


@operation(about=OBSERVATION)
async def read_observation(cmd: ReadObservation, ctx: Context[ObservationsUnit]) -> ObservationView:
    """One observation in its newest version, retracted ones too; what this actor may not see is not found."""
    permission = authorize(ctx.actor, "read_observation")
    async with ctx.read(permission) as unit:
        found = await unit.observations.read(cmd.observation_id)
        if found is None:
            raise NotFound("no such observation; check the id", code=Code.OBSERVATION_NOT_FOUND)
        unit.audit.about(Subject.LEADER, found.leader_id, further=[found.id])
    return found


@operation(about=LEADER)
async def list_observations(cmd: ListObservations, ctx: Context[ObservationsUnit]) -> Page[ObservationView]:
    """A page of observations, newest first."""
    permission = authorize(ctx.actor, "list_observations")
    after = start_of(cmd, ctx.cursors)
    async with ctx.read(permission) as unit:
        rows = await unit.observations.page(cmd, after)
        for leader_id in sorted({row.leader_id for row in rows[: cmd.limit]}):
            shown = [row.id for row in rows[: cmd.limit] if row.leader_id == leader_id]
            unit.audit.about(Subject.LEADER, leader_id, further=shown, count=len(shown))
    return page(rows, cmd, ctx.cursors, lambda o: (o.observed_at.isoformat(), str(o.id)))
