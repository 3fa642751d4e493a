"""Tallies made anew from the evidence: beside those in force, then switched, in one transaction (METHOD 4.5)."""

from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass, replace
from typing import Any, Protocol

from domain.framework.evidence_sources import ANONYMOUS, Source
from domain.permissions.rules import authorize
from domain.scoring.ports import Basis, EvidenceReader, TallyStore
from domain.scoring.tally_changes import Changes
from domain.shared.audit import Subject
from domain.shared.context import ActorKind, Context, Unit, unheard
from domain.shared.errors import Code, Conflict
from domain.shared.operation import operation

MOST_ROWS = 100_000
"""Above this many ratings a request does not wait for a rebuild: a job does it."""

READ, COUNTED = 0.2, 0.8
"""How far a rebuild is once the evidence is read, and once it is counted."""
TOLD_EVERY = 100

IDENTIFIED = tuple(s for s in Source if s not in ANONYMOUS)


class RebuildUnit(Protocol):
    """What a rebuild needs."""

    @property
    def evidence(self) -> EvidenceReader: ...

    @property
    def tallies(self) -> TallyStore: ...


def refuse_large(rows: int, ctx: Context[Any], mutation: str) -> None:
    """Refuse (``rebuild_too_large``) what would make a request wait for too many rows; names the way to ask for a job."""
    if rows > MOST_ROWS and ctx.actor.kind is not ActorKind.OPERATOR and not ctx.in_job:
        detail = (
            f"{rows:,} ratings would have to be scored anew, over {MOST_ROWS:,}: ask for it as a job, "
            f"with Prefer: respond-async, in GraphQL by {mutation}"
        )
        raise Conflict(detail, code=Code.REBUILD_TOO_LARGE)


def refuse_large_preview(rows: int, ctx: Context[Any]) -> None:
    """Refuse (``rebuild_too_large``) to try out in a request what a request would not do; nobody waits for a preview's job."""
    if rows > MOST_ROWS and ctx.actor.kind is not ActorKind.OPERATOR:
        detail = (
            f"{rows:,} ratings would have to be scored anew, over {MOST_ROWS:,}, too many to try out; publish it as a job, "
            "and if it was not meant so, publish the mapping of before as the next version"
        )
        raise Conflict(detail, code=Code.REBUILD_TOO_LARGE)


async def rebuild(
    before: Basis,
    after: Basis,
    sources: Sequence[Source],
    unit: RebuildUnit,
    progress: Callable[[float], Awaitable[None]] = unheard,
) -> None:
    """Put tallies of ``sources``, made from the evidence as ``after`` says, in the place of those of ``before``."""
    await unit.tallies.drop(before, sources)
    await unit.tallies.carry(before, after)
    changes = Changes(after)
    leaders = await unit.evidence.all_units(sources)
    for done, (leader_id, units) in enumerate(leaders):
        if done % TOLD_EVERY == 0:
            await progress(READ + (COUNTED - READ) * done / len(leaders))
        changes.come(leader_id, units)
    await progress(COUNTED)
    await unit.tallies.apply(after, changes.all)
    await unit.tallies.switch(after)


class WholeRebuildUnit(RebuildUnit, Unit, Protocol):
    """A rebuild that is a transaction of its own."""


@dataclass(frozen=True, kw_only=True)
class RebuildTallies:
    """Make every tally anew that evidence is kept for."""


@operation()
async def rebuild_tallies(cmd: RebuildTallies, ctx: Context[WholeRebuildUnit]) -> None:  # noqa: ARG001 - nothing to say
    """Rebuild the district's tallies from the evidence; the operator's, at the command line."""
    permission = authorize(ctx.actor, "rebuild_tallies")
    async with ctx.open(permission) as unit:
        basis = await unit.tallies.basis_alone()
        await rebuild(basis, replace(basis, number=basis.number + 1), IDENTIFIED, unit)
        unit.audit.about(Subject.TALLIES)
        await unit.commit()
