"""Use cases of a district's configuration: whole documents, each the next version (openapi/README.md 11)."""

from dataclasses import replace

from domain.framework.configuration import Configuration
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
    """Return the configuration in force, or an older version."""
    permission = authorize(ctx.actor, "read_configuration")
    async with ctx.read(permission) as unit:
        version = cmd.version or await unit.configurations.current_version()
        configuration = await unit.configurations.get(version)
    if configuration is None:
        raise NotFound(f"the configuration has no version {version}")
    return configuration


@operation(idempotency_key=True)
async def put_configuration(cmd: PutConfiguration, ctx: Context[ConfigurationUnit]) -> Configuration:
    """Save `cmd` as the next version. A new half-life or landmark rebuilds the tallies in the same transaction.

    Raises `Conflict` (`rebuild_too_large`) above 100,000 ratings, when it must be started as a job.
    """
    permission = authorize(ctx.actor, "put_configuration")
    async with ctx.open(permission) as unit:
        basis = await unit.tallies.lock_basis()
        check_version(basis.configuration_version, cmd.expected_version, "configuration")
        configuration = cmd.as_version(basis.configuration_version + 1)
        await unit.configurations.add(configuration, ctx.now())
        await _switch(basis, configuration, unit, ctx)
        before = await unit.configurations.get(basis.configuration_version)
        unit.audit.record(Subject.CONFIGURATION, before=before, after=configuration)
        await unit.commit()
    return configuration


async def _switch(basis: TallyBasis, new: Configuration, unit: ConfigurationUnit, ctx: Context[ConfigurationUnit]) -> None:
    after = replace(basis, configuration_version=new.version)
    if (new.half_life_days, new.landmark) == (basis.half_life_days, basis.landmark):
        await unit.tallies.switch(after)
        return
    if await unit.tallies.has_any(basis, ANONYMOUS):
        raise Conflict(
            "half_life_days and landmark can't change while there are survey results, as single answers are not stored; "
            "send the values in force"
        )
    check_rebuild_size(await unit.evidence.evidence_rows(), ctx, "startConfiguration")
    after = replace(after, number=basis.number + 1, half_life_days=new.half_life_days, landmark=new.landmark)
    await rebuild(basis, after, IDENTIFIED, unit, ctx.progress)
