"""Tallies made anew from the evidence: beside those in force, then switched, in one transaction (METHOD 4.5)."""

from collections.abc import Awaitable, Callable, Sequence
from typing import Any

from domain.framework.evidence_sources import Source
from domain.scoring.ports import RebuildUnit, TallyBasis
from domain.scoring.tally_changes import TallyDeltas
from domain.shared.context import ActorKind, Context, ignore_progress
from domain.shared.errors import Code, Conflict

MAX_ROWS = 100_000
"""Above this many ratings a request does not wait for a rebuild: a job does it."""

PROGRESS_READ, PROGRESS_COUNTED = 0.2, 0.8
"""How far a rebuild is once the evidence is read, and once it is counted."""
REPORT_EVERY = 100


def check_rebuild_size(rows: int, ctx: Context[Any], mutation: str) -> None:
    """Refuse (``rebuild_too_large``) what would make a request wait for too many rows; names the way to ask for a job."""
    if rows > MAX_ROWS and ctx.actor.kind is not ActorKind.OPERATOR and not ctx.in_job:
        detail = (
            f"{rows:,} ratings would have to be scored anew, over {MAX_ROWS:,}: ask for it as a job, "
            f"with Prefer: respond-async, in GraphQL by {mutation}"
        )
        raise Conflict(detail, code=Code.REBUILD_TOO_LARGE)


def check_preview_size(rows: int, ctx: Context[Any]) -> None:
    """Refuse (``rebuild_too_large``) to try out in a request what a request would not do; nobody waits for a preview's job."""
    if rows > MAX_ROWS and ctx.actor.kind is not ActorKind.OPERATOR:
        detail = (
            f"{rows:,} ratings would have to be scored anew, over {MAX_ROWS:,}, too many to try out; publish it as a job, "
            "and if it was not meant so, publish the mapping of before as the next version"
        )
        raise Conflict(detail, code=Code.REBUILD_TOO_LARGE)


async def rebuild(
    before: TallyBasis,
    after: TallyBasis,
    sources: Sequence[Source],
    unit: RebuildUnit,
    progress: Callable[[float], Awaitable[None]] = ignore_progress,
) -> None:
    """Put tallies of ``sources``, made from the evidence as ``after`` says, in the place of those of ``before``."""
    await unit.tallies.drop(before, sources)
    await unit.tallies.carry_over(before, after)
    changes = TallyDeltas(after)
    leaders = await unit.evidence.all_units(sources)
    for done, (leader_id, units) in enumerate(leaders):
        if done % REPORT_EVERY == 0:
            await progress(PROGRESS_READ + (PROGRESS_COUNTED - PROGRESS_READ) * done / len(leaders))
        changes.add_evidence(leader_id, units)
    await progress(PROGRESS_COUNTED)
    await unit.tallies.apply(after, changes.all)
    await unit.tallies.switch(after)
