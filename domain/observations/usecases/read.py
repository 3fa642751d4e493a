"""Read one observation or a page of them (openapi/README.md 5.9)."""

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
    """Return an observation in its newest version, retracted ones too. Raises `NotFound` outside the access scope."""
    permission = authorize(ctx.actor, "read_observation")
    async with ctx.read(permission) as unit:
        observation = await unit.observations.read(cmd.observation_id)
        if observation is None:
            raise NotFound("no observation has this id; check it", code=Code.OBSERVATION_NOT_FOUND)
        unit.audit.record(Subject.LEADER, observation.leader_id, further_ids=[observation.id])
    return observation


@operation(audit_object=LEADER)
async def list_observations(cmd: ListObservations, ctx: Context[ObservationsUnit]) -> Page[ObservationView]:
    """Return a page of observations, newest first."""
    permission = authorize(ctx.actor, "list_observations")
    after = cursor_key(cmd, ctx.cursors)
    async with ctx.read(permission) as unit:
        rows = await unit.observations.page(cmd, after)
        for leader_id in sorted({row.leader_id for row in rows[: cmd.limit]}):
            ids = [row.id for row in rows[: cmd.limit] if row.leader_id == leader_id]
            unit.audit.record(Subject.LEADER, leader_id, further_ids=ids, count=len(ids))
    return make_page(rows, cmd, ctx.cursors, lambda o: (o.observed_at.isoformat(), str(o.id)))
