"""A district's own configuration: whole documents, each the next version (openapi/README.md 11)."""

from dataclasses import replace

from domain.framework.configuration import (
    Configuration,
)
from domain.framework.evidence_sources import ANONYMOUS, IDENTIFIED
from domain.permissions.rules import authorize
from domain.scoring.commands import PutConfiguration, ReadConfiguration
from domain.scoring.ports import ConfigurationUnit, TallyBasis
from domain.scoring.tally_rebuild import check_rebuild_size, rebuild
from domain.shared.audit import Subject
from domain.shared.context import Context
from domain.shared.errors import Conflict, NotFound
from domain.shared.operation import operation
from domain.shared.versions import check_version


@operation()
async def read_configuration(cmd: ReadConfiguration, ctx: Context[ConfigurationUnit]) -> Configuration:
    """The configuration in force, or an older version."""
    permission = authorize(ctx.actor, "read_configuration")
    async with ctx.read(permission) as unit:
        version = cmd.version or await unit.configurations.current_version()
        found = await unit.configurations.get(version)
    if found is None:
        raise NotFound(f"there is no version {version} of the configuration")
    return found


@operation(idempotency_key=True)
async def put_configuration(cmd: PutConfiguration, ctx: Context[ConfigurationUnit]) -> Configuration:
    """Make ``cmd`` the next version. A new half-life or landmark rebuilds the tallies before this answers.

    Above 100,000 ratings that is refused (``rebuild_too_large``): ask for it as a job then.
    """
    permission = authorize(ctx.actor, "put_configuration")
    async with ctx.open(permission) as unit:
        basis = await unit.tallies.lock_basis()
        check_version(basis.configuration_version, cmd.expected_version, "configuration")
        fresh = cmd.as_version(basis.configuration_version + 1)
        await unit.configurations.add(fresh, ctx.now())
        await _switch(basis, fresh, unit, ctx)
        before = await unit.configurations.get(basis.configuration_version)
        unit.audit.record(Subject.CONFIGURATION, before=before, after=fresh)
        await unit.commit()
    return fresh


async def _switch(basis: TallyBasis, new: Configuration, unit: ConfigurationUnit, ctx: Context[ConfigurationUnit]) -> None:
    after = replace(basis, configuration_version=new.version)
    if (new.half_life_days, new.landmark) == (basis.half_life_days, basis.landmark):
        await unit.tallies.switch(after)
        return
    if await unit.tallies.has_any(basis, ANONYMOUS):
        raise Conflict("the half-life can't change yet while survey results are held: they are not kept answer by answer")
    check_rebuild_size(await unit.evidence.evidence_rows(), ctx, "startConfiguration")
    after = replace(after, number=basis.number + 1, half_life_days=new.half_life_days, landmark=new.landmark)
    await rebuild(basis, after, IDENTIFIED, unit, ctx.progress)
