"""Rebuild tallies from the evidence next to the current ones, then switch, in one transaction (METHOD 4.5)."""

from collections.abc import Awaitable, Callable, Sequence
from typing import Any

from domain.framework.evidence_sources import Source
from domain.scoring.ports import RebuildUnit, TallyBasis
from domain.scoring.tally_changes import TallyDeltas
from domain.shared.context import ActorKind, Context, ignore_progress
from domain.shared.errors import Code, Conflict

MAX_ROWS = 100_000
"""The most ratings that are rebuilt in a request; more need a job."""

PROGRESS_READ, PROGRESS_COUNTED = 0.2, 0.8
"""Progress of a rebuild, 0 to 1, when the evidence is read and when it is summed."""
REPORT_EVERY = 100


def check_rebuild_size(rows: int, ctx: Context[Any], mutation: str) -> None:
    """Raise `Conflict` (`rebuild_too_large`) for more than `MAX_ROWS` in a request; `mutation` starts the job in GraphQL."""
    if rows > MAX_ROWS and ctx.actor.kind is not ActorKind.OPERATOR and not ctx.in_job:
        detail = (
            f"{rows:,} ratings would have to be rescored, more than {MAX_ROWS:,}: start it as a job, "
            f"with Prefer: respond-async or in GraphQL with {mutation}"
        )
        raise Conflict(detail, code=Code.REBUILD_TOO_LARGE)


def check_preview_size(rows: int, ctx: Context[Any]) -> None:
    """Raise `Conflict` (`rebuild_too_large`) for a preview of more than `MAX_ROWS`; there is no job for previews."""
    if rows > MAX_ROWS and ctx.actor.kind is not ActorKind.OPERATOR:
        detail = (
            f"{rows:,} ratings would have to be rescored, more than {MAX_ROWS:,}, too many for a preview; publish it as a job, "
            "and to undo it publish the previous mapping as the next version"
        )
        raise Conflict(detail, code=Code.REBUILD_TOO_LARGE)


async def rebuild(
    before: TallyBasis,
    after: TallyBasis,
    sources: Sequence[Source],
    unit: RebuildUnit,
    progress: Callable[[float], Awaitable[None]] = ignore_progress,
) -> None:
    """Replace the tallies of `sources` by new ones from the evidence with the constants of `after`; copy the others."""
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
