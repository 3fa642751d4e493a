"""Observations, instruments and crosswalks."""

from typing import Annotated

from fastapi import Depends, Query, Request

from api.rest.example_ids import OBSERVATION, OBSERVATION_BODY, UNKNOWN_ID
from api.rest.operations import Example, operation
from api.rest.parameters import Flag, from_body, from_query
from api.rest.requests import read_body
from api.rest.routing import Router
from api.rest.runner import KeyedRunner, Runner
from api.wire import observation_batch
from api.wire.limits import BATCH_BODY_BYTES
from api.wire.observation_batch import BatchView, PushBatch, parse_batch
from domain.jobs.usecases import start
from domain.observations.commands import (
    CreateCrosswalk,
    CreateInstrument,
    ListCrosswalks,
    ListInstruments,
    ListObservations,
    PushObservation,
    ReadObservation,
    RetractObservation,
)
from domain.observations.usecases import instruments, preview_crosswalk, push, read
from domain.observations.views import (
    CrosswalkPreviewView,
    CrosswalkReceiptView,
    CrosswalkView,
    InstrumentReceiptView,
    InstrumentView,
    ObservationView,
)
from domain.shared.paging import Page
from domain.shared.receipts import ReceiptView
from domain.shared.thread_pool import ThreadPool

INSTRUMENT_BODY = {
    "code": "walk",
    "version": "2026.2",
    "elements": [
        {"code": "A1", "scale": {"worst": 1, "best": 4}},
        {"code": "B1", "scale": {"worst": 0, "best": 1}, "levels": [{"code": "no", "value": 0}, {"code": "yes", "value": 1}]},
    ],
}
CROSSWALK_BODY = {
    "code": "walk-map",
    "version": "1",
    "instrument": {"code": "walk", "version": "2026.1"},
    "mappings": [{"element": "V1", "responsibility": "visibility", "weight": 0.8}],
}
NEW_OBSERVATION_BODY = OBSERVATION_BODY | {"external_id": "walk-4712", "observed_at": "2026-03-03T09:00:00Z"}
RETRACTION = {"op": "retract", "external_id": "walk-4713", "external_version": "2"}
ENVELOPE = {"$ref": "#/components/schemas/Envelope"}
PARSER_THREADS = ThreadPool(2, "batches")
LARGE_BYTES = 16 * 1024
"""Larger batches (from about 30 observations) are parsed by a thread; invalid items take the longest and are the shortest."""


async def _parse_batch(request: Request) -> PushBatch:
    """Parse a batch item by item, so that one invalid item does not hide the results of the others."""
    body = await read_body(request, BATCH_BODY_BYTES)
    return await PARSER_THREADS.run(parse_batch, body) if len(body) > LARGE_BYTES else parse_batch(body)


router = Router(prefix="/v1", tags=["observations"])


@router.post("/observations", status_code=201)
@operation(
    push.push_observation,
    Example(summary="A visit, rated directly.", body=OBSERVATION_BODY | {"external_id": "walk-5000"}, status=201),
    Example(summary="An instant without offset.", body=OBSERVATION_BODY | {"observed_at": "2026-03-02T13:41:20"}, status=422),
    Example(summary="The leader is a teacher.", body=NEW_OBSERVATION_BODY | {"leader": {"sourced_id": "207219"}}, status=422),
)
async def push_observation(body: PushObservation, runner: KeyedRunner) -> ReceiptView:
    """Push an observation."""
    return await runner.run_idempotent(push.push_observation, body, location="/v1/observations/{id}")


@router.post("/observations:batch")
@operation(
    observation_batch.push_batch,
    Example(summary="A push and a retraction.", body={"items": [NEW_OBSERVATION_BODY, RETRACTION]}),
    Example(
        summary="One of two items is rejected, with the reason in its result.",
        body={"items": [NEW_OBSERVATION_BODY, OBSERVATION_BODY | {"ratings": []}]},
        invalid=True,
    ),
    Example(
        summary="All items or none: one is rejected, so nothing is stored.",
        body={"atomicity": "all", "items": [OBSERVATION_BODY | {"ratings": []}, NEW_OBSERVATION_BODY]},
        status=422,
    ),
    Example(summary="An empty batch.", body={"items": []}, status=422),
    media_type="application/json",
    body_schema=ENVELOPE,
)
async def push_batch(batch: Annotated[PushBatch, Depends(_parse_batch)], runner: KeyedRunner) -> BatchView:
    """Push and retract up to 1,000 observations."""
    return await runner.run_idempotent(observation_batch.push_batch, batch)


@router.get("/observations")
@operation(
    read.list_observations,
    Example(summary="The first page.", query={"limit": "5"}),
    Example(summary="An unknown filter.", query={"teacher": "x"}, status=422),
)
async def list_observations(
    cmd: Annotated[ListObservations, from_query(ListObservations)], runner: Runner
) -> Page[ObservationView]:
    """List observations, newest first."""
    return await runner.run(read.list_observations, cmd)


@router.get("/observations/{observation_id:uuid}")
@operation(
    read.read_observation,
    Example(summary="The newest version.", path={"observation_id": OBSERVATION}),
    Example(summary="Unknown, or another district's.", path={"observation_id": UNKNOWN_ID}, status=404),
)
async def read_observation(
    cmd: Annotated[ReadObservation, from_query(ReadObservation, "observation_id")], runner: Runner
) -> ObservationView:
    """Read an observation."""
    return await runner.run(read.read_observation, cmd)


@router.post("/observations/{observation_id:uuid}:retract")
@operation(
    push.retract_observation,
    Example(summary="Unknown, or pushed by another origin.", path={"observation_id": UNKNOWN_ID}, body={}, status=404),
    Example(summary="With the next version.", path={"observation_id": OBSERVATION}, body={"external_version": "99"}),
)
async def retract_observation(
    cmd: Annotated[RetractObservation, from_body(RetractObservation, "observation_id")], runner: KeyedRunner
) -> ReceiptView:
    """Retract an observation."""
    return await runner.run_idempotent(push.retract_observation, cmd)


@router.post("/instruments", status_code=201)
@operation(
    instruments.create_instrument,
    Example(summary="Two elements.", body=INSTRUMENT_BODY, status=201),
    Example(
        summary="A scale with equal ends.",
        body=INSTRUMENT_BODY | {"elements": [{"code": "A1", "scale": {"worst": 1, "best": 1}}]},
        status=422,
    ),
)
async def create_instrument(body: CreateInstrument, runner: KeyedRunner) -> InstrumentReceiptView:
    """Add a version of an instrument."""
    return await runner.run_idempotent(instruments.create_instrument, body)


@router.get("/instruments")
@operation(
    instruments.list_instruments,
    Example(summary="The first page."),
    Example(summary="A limit of 0.", query={"limit": "0"}, status=422),
)
async def list_instruments(
    cmd: Annotated[ListInstruments, from_query(ListInstruments)], runner: Runner
) -> Page[InstrumentView]:
    """List instruments."""
    return await runner.run(instruments.list_instruments, cmd)


@router.post("/crosswalks", status_code=201, response_model=CrosswalkReceiptView)
@operation(
    instruments.create_crosswalk,
    Example(summary="The next version, used for scores from now on.", body=CROSSWALK_BODY | {"version": "2"}, status=201),
    Example(
        summary="The next version, in a job.",
        body=CROSSWALK_BODY | {"version": "3"},
        headers={"Prefer": "respond-async"},
        status=202,
    ),
    Example(
        summary="What the next version would change.",
        body=CROSSWALK_BODY | {"version": "4"},
        query={"dry_run": "true"},
        status=200,
    ),
    Example(summary="A stored version with other content.", body=CROSSWALK_BODY, status=409),
    Example(
        summary="An unknown instrument.",
        body=CROSSWALK_BODY | {"instrument": {"code": "nowhere", "version": "1"}},
        status=422,
    ),
    async_use_case=start.start_crosswalk,
    preview=preview_crosswalk.preview_crosswalk,
)
async def create_crosswalk(
    body: CreateCrosswalk,
    runner: KeyedRunner,
    dry_run: Annotated[Flag, Query(description="Return what would change, and change nothing.")] = False,
) -> CrosswalkReceiptView | CrosswalkPreviewView:
    """Add a version of a crosswalk, and score with it."""
    if dry_run:
        return await runner.preview(preview_crosswalk.preview_crosswalk, body)
    return await runner.run_or_start_job(instruments.create_crosswalk, start.start_crosswalk, body)


@router.get("/crosswalks")
@operation(
    instruments.list_crosswalks,
    Example(summary="The first page."),
    Example(summary="A limit of 0.", query={"limit": "0"}, status=422),
)
async def list_crosswalks(cmd: Annotated[ListCrosswalks, from_query(ListCrosswalks)], runner: Runner) -> Page[CrosswalkView]:
    """List crosswalks."""
    return await runner.run(instruments.list_crosswalks, cmd)
