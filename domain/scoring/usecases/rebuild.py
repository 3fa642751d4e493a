"""Rebuild all tallies of a district, for the operator."""

from dataclasses import replace

from domain.framework.evidence_sources import IDENTIFIED
from domain.permissions.rules import authorize
from domain.scoring.commands import RebuildTallies
from domain.scoring.ports import StandaloneRebuildUnit
from domain.scoring.tally_rebuild import rebuild
from domain.shared.audit import Subject
from domain.shared.context import Context
from domain.shared.operation import operation


@operation()
async def rebuild_tallies(cmd: RebuildTallies, ctx: Context[StandaloneRebuildUnit]) -> None:  # noqa: ARG001 - no fields
    """Rebuild the district's tallies from the evidence; for the operator on the command line."""
    permission = authorize(ctx.actor, "rebuild_tallies")
    async with ctx.open(permission) as unit:
        basis = await unit.tallies.lock_basis()
        await rebuild(basis, replace(basis, number=basis.number + 1), IDENTIFIED, unit)
        unit.audit.record(Subject.TALLIES)
        await unit.commit()
