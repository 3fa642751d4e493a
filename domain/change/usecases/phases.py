"""Store and read which phases are under way for a group, and how strongly."""

from dataclasses import replace

from domain.change.configuration import current_configuration
from domain.change.lookup import initiative_of, require
from domain.change.model import NO_PHASES, Intensities
from domain.change.phase_views import PhasesView
from domain.change.ports import ChangeUnit
from domain.change.presentation import CITED, PHASES_RULE, phases_view
from domain.change.pulse_commands import PutPhases, ReadPhases
from domain.change.usecases.groups import NOUN, group_view
from domain.change.views import GroupView
from domain.permissions.rules import authorize
from domain.shared.audit import Subject
from domain.shared.context import Context
from domain.shared.operation import GROUP, INITIATIVE, operation
from domain.shared.versions import check_version


@operation(audit_object=GROUP, idempotency_key=True)
async def put_phases(cmd: PutPhases, ctx: Context[ChangeUnit]) -> GroupView:
    """Store the intensities of the phases. Rejected if the group changed since it was read.

    The intensity of a phase that is not offered is stored and has no effect.
    """
    permission = authorize(ctx.actor, "put_phases")
    phases = Intensities(
        create_demand=cmd.create_demand,
        implement=cmd.implement,
        manage_transitions=cmd.manage_transitions,
        monitor_evaluate=cmd.monitor_evaluate,
    )
    async with ctx.open(permission) as unit:
        before = require(await unit.initiatives.lock_group(cmd.initiative_id, cmd.group_id), NOUN)
        check_version(before.version, cmd.expected_version, NOUN, first=before.phases == NO_PHASES)
        after = replace(before, phases=phases, version=before.version + 1)
        await unit.initiatives.replace_group(after)
        unit.audit.record(Subject.GROUP, after.id, before=before, after=after)
        await unit.commit()
    return group_view(after)


@operation(audit_object=INITIATIVE)
async def read_phases(cmd: ReadPhases, ctx: Context[ChangeUnit]) -> PhasesView:
    """Return the phases under way for each group, with the reason where managing transitions is not offered."""
    permission = authorize(ctx.actor, "read_phases")
    async with ctx.read(permission) as unit:
        initiative = await initiative_of(cmd.initiative_id, unit.initiatives)
        unit.audit.record(Subject.LEADER, initiative.leader_id, further_ids=[cmd.initiative_id])
        groups = await unit.initiatives.newest(cmd.initiative_id)
        configuration = await current_configuration(unit.configurations)
    return PhasesView(
        initiative_id=cmd.initiative_id,
        groups=tuple(phases_view(group, configuration) for group in groups),
        rule=PHASES_RULE,
        citations=CITED,
        configuration_version=configuration.version,
    )
