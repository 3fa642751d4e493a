"""Use cases of instruments, and of crosswalks that map their elements to responsibilities (openapi/README.md 5.3, 5.4)."""

from collections.abc import Iterable
from dataclasses import replace
from typing import NamedTuple

from domain.framework.evidence_sources import Source
from domain.framework.responsibilities import Responsibility
from domain.observations.commands import CreateCrosswalk, CreateInstrument, ListCrosswalks, ListInstruments
from domain.observations.instrument_ownership import check_own_code, check_own_instrument
from domain.observations.model import Rubric
from domain.observations.ports import ObservationsUnit
from domain.observations.views import CrosswalkReceiptView, CrosswalkView, InstrumentReceiptView, InstrumentView
from domain.permissions.rules import authorize
from domain.scoring.evidence_units import check_weight
from domain.scoring.ports import TallyBasis
from domain.scoring.tally_rebuild import check_rebuild_size, rebuild
from domain.shared.audit import Subject
from domain.shared.context import Context
from domain.shared.errors import Code, Conflict, FieldError, Invalid
from domain.shared.idempotent_push import Outcome
from domain.shared.ids import CrosswalkId, InstrumentId
from domain.shared.operation import operation
from domain.shared.paging import Page, cursor_key, make_page


@operation(idempotency_key=True)
async def create_instrument(cmd: CreateInstrument, ctx: Context[ObservationsUnit]) -> InstrumentReceiptView:
    """Save a new version of an instrument. Idempotent; the same version with other content is a conflict.

    A code belongs to the origin of its first version; others need `configuration:write` to add a version.
    """
    permission = authorize(ctx.actor, "create_instrument")
    async with ctx.open(permission) as unit:
        await unit.instruments.lock_code(cmd.code)
        added = False
        if await unit.instruments.instrument(cmd.code, cmd.version) is None:
            await check_own_code(ctx.actor, cmd.code, unit.instruments)
            added = await unit.instruments.add_instrument(InstrumentId(ctx.new_id()), cmd, ctx.actor.origin, ctx.now())
        stored = await unit.instruments.instrument(cmd.code, cmd.version)
        if stored is None or (stored.title, stored.elements) != (cmd.title, cmd.elements):
            raise _version_conflict("instrument")
        if added:
            unit.audit.record(Subject.INSTRUMENT, stored.id)
            await unit.commit()
    return InstrumentReceiptView(**vars(stored), outcome=_outcome(added=added))


@operation(idempotency_key=True)
async def create_crosswalk(cmd: CreateCrosswalk, ctx: Context[ObservationsUnit]) -> CrosswalkReceiptView:
    """Save a new version as the newest of its instrument, and score all observations of that instrument with it.

    The tallies are rebuilt in the same transaction; above 100,000 ratings this is rejected and must be started as a job.
    Needs `configuration:write` if the instrument belongs to another origin or to none. `preview_crosswalk` shows the effect.
    """
    permission = authorize(ctx.actor, "create_crosswalk")
    async with ctx.open(permission) as unit:
        new = await check_crosswalk(cmd, unit, ctx)
        stored = new.existing
        if stored is None:
            check_rebuild_size(new.ratings, ctx, "startCrosswalk")
            stored = await publish_crosswalk(new, unit, ctx)
            unit.audit.record(Subject.CROSSWALK, stored.id)
            await unit.commit()
    return CrosswalkReceiptView(**vars(stored), outcome=_outcome(added=new.existing is None))


class NewCrosswalk(NamedTuple):
    """A crosswalk that may be published, or the `existing` one; `ratings` counts the live ratings of its instrument.

    Evidence and crosswalks are locked against other changes until the transaction ends.
    """

    cmd: CreateCrosswalk
    basis: TallyBasis
    rubric: Rubric
    ratings: int
    existing: CrosswalkView | None


async def check_crosswalk(cmd: CreateCrosswalk, unit: ObservationsUnit, ctx: Context[ObservationsUnit]) -> NewCrosswalk:
    """Raise an error if `cmd` can't be published or this actor may not do so; an existing crosswalk is allowed to anyone."""
    basis = await unit.tallies.lock_basis()
    rubric = await _rubric(cmd, unit)
    await _check_code(cmd, rubric, unit)
    existing = await unit.instruments.crosswalk(cmd.code, cmd.version)
    if existing is None:
        check_own_instrument(ctx.actor, rubric)
    elif (existing.mappings, vars(existing.instrument)) != (tuple(cmd.mappings), vars(cmd.instrument)):
        raise _version_conflict("crosswalk")
    return NewCrosswalk(cmd, basis, rubric, await unit.instruments.live_ratings(rubric.id), existing)


async def publish_crosswalk(new: NewCrosswalk, unit: ObservationsUnit, ctx: Context[ObservationsUnit]) -> CrosswalkView:
    """Save `new`, which must not exist yet, as the newest of its instrument, and rebuild the tallies."""
    cmd = new.cmd
    await unit.instruments.add_crosswalk(CrosswalkId(ctx.new_id()), cmd, new.rubric.id, ctx.now())
    stored = await unit.instruments.crosswalk(cmd.code, cmd.version)
    if stored is None:
        raise AssertionError("the crosswalk was not saved")
    if new.ratings:
        after = replace(new.basis, number=new.basis.number + 1)
        await rebuild(new.basis, after, [Source.OBSERVATION], unit, ctx.progress)
    return stored


@operation()
async def list_instruments(cmd: ListInstruments, ctx: Context[ObservationsUnit]) -> Page[InstrumentView]:
    """Return a page of instruments."""
    permission = authorize(ctx.actor, "list_instruments")
    after = cursor_key(cmd, ctx.cursors)
    async with ctx.read(permission) as unit:
        rows = await unit.instruments.instruments(cmd.limit, after)
    return make_page(rows, cmd, ctx.cursors, lambda i: (i.code, i.version, str(i.id)))


@operation()
async def list_crosswalks(cmd: ListCrosswalks, ctx: Context[ObservationsUnit]) -> Page[CrosswalkView]:
    """Return a page of crosswalks, including older versions."""
    permission = authorize(ctx.actor, "list_crosswalks")
    after = cursor_key(cmd, ctx.cursors)
    async with ctx.read(permission) as unit:
        rows = await unit.instruments.crosswalks(cmd.limit, after)
    return make_page(rows, cmd, ctx.cursors, lambda c: (c.code, c.version, str(c.id)))


async def _rubric(cmd: CreateCrosswalk, unit: ObservationsUnit) -> Rubric:
    rubrics = await unit.instruments.rubrics([(cmd.instrument.code, cmd.instrument.version)], [])
    if not rubrics:
        detail = "no instrument has this code and version; create it with POST /v1/instruments first"
        raise Invalid.at("/instrument", Code.INSTRUMENT_NOT_FOUND, detail)
    errors = tuple(_mapping_errors(cmd, rubrics[0]))
    if errors:
        raise Invalid.of(errors)
    return rubrics[0]


def _mapping_errors(cmd: CreateCrosswalk, rubric: Rubric) -> Iterable[FieldError]:
    for i, m in enumerate(cmd.mappings):
        pointer = f"/mappings/{i}"
        element = rubric.elements.get(m.element)
        if element is None:
            detail = "the instrument has no such element; GET /v1/instruments lists its elements"
            yield FieldError(pointer=f"{pointer}/element", code=Code.ELEMENT_NOT_FOUND, detail=detail)
        if m.responsibility not in frozenset(Responsibility):
            detail = "unknown responsibility; GET /v1/framework/responsibilities lists the 21 codes"
            yield FieldError(pointer=f"{pointer}/responsibility", code=Code.RESPONSIBILITY_NOT_FOUND, detail=detail)
        try:
            check_weight(m.weight, f"{pointer}/weight", two_point=element is not None and element.two_point)
        except Invalid as error:
            yield from error.errors


async def _check_code(cmd: CreateCrosswalk, rubric: Rubric, unit: ObservationsUnit) -> None:
    """Raise `Conflict` unless crosswalk code and instrument version belong to each other only."""
    code, mapped = await unit.instruments.crosswalk_code(rubric.id), await unit.instruments.instrument_of(cmd.code)
    if code not in {None, cmd.code}:
        detail = f"this instrument is mapped by the crosswalk {code}; create a new version of that crosswalk"
        raise Conflict(detail, code=Code.CROSSWALK_CODE_TAKEN)
    if mapped not in {None, rubric.id}:
        detail = "this crosswalk maps another instrument; choose another code"
        raise Conflict(detail, code=Code.CROSSWALK_CODE_TAKEN)


def _outcome(*, added: bool) -> Outcome:
    return Outcome.CREATED if added else Outcome.UNCHANGED


def _version_conflict(kind: str) -> Conflict:
    return Conflict(
        f"this version of the {kind} exists with other content, and versions are immutable; send it as a new version",
        code=Code.VERSION_REUSED,
    )
