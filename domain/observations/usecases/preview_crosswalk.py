"""Preview what a crosswalk would change in scores (openapi/README.md 5.6)."""

from collections.abc import Mapping

from domain.framework.responsibilities import Responsibility
from domain.observations.commands import CreateCrosswalk
from domain.observations.ports import ObservationsUnit
from domain.observations.usecases.instruments import NewCrosswalk, check_crosswalk, publish_crosswalk
from domain.observations.views import (
    ChangeWithheldReason,
    ChangeWithheldView,
    CrosswalkPreviewView,
    InstrumentRefView,
    ResponsibilityChangeView,
)
from domain.permissions.rules import authorize, visible_scores
from domain.scoring.disclosure import MIN_PART
from domain.scoring.estimates import Estimates, Movement, count_moved, estimates_of, movements
from domain.scoring.tally_rebuild import check_preview_size
from domain.shared.audit import Subject
from domain.shared.context import Context
from domain.shared.idempotent_push import Outcome
from domain.shared.operation import operation
from domain.shared.time import hour_of

TOO_FEW = ChangeWithheldView(reason=ChangeWithheldReason.BELOW_THRESHOLD, minimum=MIN_PART)
NOT_VISIBLE = ChangeWithheldView(reason=ChangeWithheldReason.SCORES_NOT_VISIBLE, minimum=None)


@operation()
async def preview_crosswalk(cmd: CreateCrosswalk, ctx: Context[ObservationsUnit]) -> CrosswalkPreviewView:
    """Return how many leaders' estimates a crosswalk would change, by responsibility and by how much.

    The crosswalk is published and rolled back. Raises the errors of publishing it, and an error above 100,000 ratings. An actor
    who may not read all scores gets counts of five leaders or more, and no sizes of changes: the largest one is a single
    leader's.
    """
    permission = authorize(ctx.actor, "preview_crosswalk")
    async with ctx.open(permission) as unit:
        new = await check_crosswalk(cmd, unit, ctx)
        check_preview_size(new.ratings, ctx)
        before, after = await _estimates_before_and_after(new, unit, ctx)
        unit.audit.record(Subject.INSTRUMENT, new.rubric.id)
        await unit.commit()
    return _view(new, before, after, all_scores=visible_scores(ctx.actor).everything)


async def _estimates_before_and_after(
    new: NewCrosswalk, unit: ObservationsUnit, ctx: Context[ObservationsUnit]
) -> tuple[Estimates, Estimates]:
    """Return the estimates of all leaders rated with the instrument, before and after publishing; nothing is saved."""
    if new.existing is not None:
        return {}, {}
    leaders, at = await unit.instruments.leaders_rated(new.rubric.id), hour_of(ctx.now())
    before = await estimates_of(leaders, at, unit)
    # Rolled back here, as the caller may commit this transaction.
    await unit.instruments.savepoint()
    await publish_crosswalk(new, unit, ctx)
    after = await estimates_of(leaders, at, unit)
    await unit.instruments.roll_back()
    return before, after


def _view(new: NewCrosswalk, before: Estimates, after: Estimates, *, all_scores: bool) -> CrosswalkPreviewView:
    cmd, leaders = new.cmd, count_moved(before, after)
    hidden = not all_scores and 0 < leaders < MIN_PART
    return CrosswalkPreviewView(
        code=cmd.code,
        version=cmd.version,
        instrument=InstrumentRefView(code=cmd.instrument.code, version=cmd.instrument.version),
        outcome=Outcome.CREATED if new.existing is None else Outcome.UNCHANGED,
        leaders=None if hidden else leaders,
        withheld=TOO_FEW if hidden else None,
        responsibilities=_changes(movements(before, after), all_scores=all_scores),
    )


def _changes(by_responsibility: Mapping[Responsibility, Movement], *, all_scores: bool) -> tuple[ResponsibilityChangeView, ...]:
    return tuple(
        _change(responsibility, movement, all_scores=all_scores) for responsibility, movement in by_responsibility.items()
    )


def _change(responsibility: Responsibility, movement: Movement, *, all_scores: bool) -> ResponsibilityChangeView:
    few = movement.leaders < MIN_PART
    return ResponsibilityChangeView(
        responsibility=responsibility,
        leaders=movement.leaders if all_scores or not few else None,
        mean_absolute_change=movement.mean if all_scores else None,
        largest_absolute_change=movement.largest if all_scores else None,
        withheld=None if all_scores else TOO_FEW if few else NOT_VISIBLE,
    )
