"""Tallies made anew from the evidence: beside those in force, then switched, in one transaction (house design 1.10)."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Protocol

from domain.framework.sources import ANONYMOUS, Source
from domain.scoring.changes import Changes
from domain.scoring.ports import Basis, ScoreReader, TallyStore
from domain.shared.context import Actor, ActorKind, Context, Unit
from domain.shared.errors import Code, Conflict, Forbidden
from domain.shared.trail import Subject

MOST_ROWS = 100_000
"""Above this many ratings a request does not wait for a rebuild: the operator runs it."""

IDENTIFIED = tuple(s for s in Source if s not in ANONYMOUS)


class RebuildUnit(Protocol):
    """What a rebuild needs."""

    @property
    def scores(self) -> ScoreReader: ...

    @property
    def tallies(self) -> TallyStore: ...


def refuse_large(rows: int, actor: Actor, command: str) -> None:
    """Refuse (``rebuild_too_large``) what would make a request wait for too many rows; names the operator's command."""
    if rows > MOST_ROWS and actor.kind is not ActorKind.OPERATOR:
        detail = f"{rows:,} ratings would have to be scored anew, over {MOST_ROWS:,}; let the operator run: {command}"
        raise Conflict(detail, code=Code.REBUILD_TOO_LARGE)


async def rebuild(before: Basis, after: Basis, sources: Sequence[Source], unit: RebuildUnit) -> None:
    """Put tallies of ``sources``, made from the evidence as ``after`` says, in the place of those of ``before``."""
    await unit.tallies.drop(before, sources)
    await unit.tallies.carry(before, after)
    changes = Changes(after)
    for leader_id, units in await unit.scores.all_units(sources):
        changes.come(leader_id, units)
    await unit.tallies.apply(after, changes.all)
    await unit.tallies.switch(after)


class WholeRebuildUnit(RebuildUnit, Unit, Protocol):
    """A rebuild that is a transaction of its own."""


@dataclass(frozen=True, kw_only=True)
class RebuildTallies:
    """Make every tally anew that evidence is kept for."""


async def rebuild_tallies(cmd: RebuildTallies, ctx: Context[WholeRebuildUnit]) -> None:  # noqa: ARG001 - nothing to say
    """Rebuild the district's tallies from the evidence; the operator's, at the command line."""
    if ctx.actor.kind is not ActorKind.OPERATOR:
        raise Forbidden("only an operator rebuilds tallies, at the server's command line")
    async with ctx.open() as unit:
        basis = await unit.tallies.basis_alone()
        await rebuild(basis, replace(basis, number=basis.number + 1), IDENTIFIED, unit)
        unit.audit.about(Subject.TALLIES)
        await unit.commit()
