"""Observations, instruments and crosswalks."""

from fastapi import Request

from api.rest.example_ids import NOBODY, OBSERVATION, VISIT
from api.rest.operations import Example, Operation, router_of
from api.rest.requests import body_of, refuse_query
from api.wire.limits import BATCH_BODY_BYTES
from api.wire.observation_batch import BatchView, Envelope, PushBatch, hear_batch, push_batch
from domain.jobs.usecases.start import start_crosswalk
from domain.observations.usecases import instruments, read
from domain.observations.usecases.preview_crosswalk import preview_crosswalk
from domain.observations.usecases.push import push_observation, retract_observation
from domain.shared.thread_pool import Threads

RUBRIC = {
    "code": "walk",
    "version": "2026.2",
    "elements": [
        {"code": "A1", "scale": {"worst": 1, "best": 4}},
        {"code": "B1", "scale": {"worst": 0, "best": 1}, "levels": [{"code": "no", "value": 0}, {"code": "yes", "value": 1}]},
    ],
}
MAP = {
    "code": "walk-map",
    "version": "1",
    "instrument": {"code": "walk", "version": "2026.1"},
    "mappings": [{"element": "V1", "responsibility": "visibility", "weight": 0.8}],
}
UNSEEN = VISIT | {"external_id": "walk-4712", "observed_at": "2026-03-03T09:00:00Z"}
RETRACTION = {"op": "retract", "external_id": "walk-4713", "external_version": "2"}


READERS = Threads(2, "batches")
LARGE_BYTES = 16 * 1024
"""Of a batch that a thread reads: about 30 observations; faulty ones take the longest to read and have the shortest texts."""


async def _batch(request: Request) -> PushBatch:
    """The whole is not validated at once: one faulty item must not hide what came of the others."""
    refuse_query(request)
    body = await body_of(request, BATCH_BODY_BYTES)
    return await READERS.run(hear_batch, body) if len(body) > LARGE_BYTES else hear_batch(body)


router = router_of(
    "/v1",
    "observations",
    (
        Operation(
            method="POST",
            path="/observations",
            use_case=push_observation,
            summary="Push one observation",
            status=201,
            changes=True,
            location="/v1/observations/{id}",
            examples=(
                Example(summary="A visit, rated directly.", body=VISIT | {"external_id": "walk-5000"}, status=201),
                Example(summary="A time without offset.", body=VISIT | {"observed_at": "2026-03-02T13:41:20"}, status=422),
                Example(summary="Of a teacher.", body=UNSEEN | {"leader": {"sourced_id": "207219"}}, status=422),
            ),
        ),
        Operation(
            method="POST",
            path="/observations:batch",
            use_case=push_batch,
            summary="Push and retract up to 1,000 observations",
            changes=True,
            hear=_batch,
            body=Envelope,
            view=BatchView,
            examples=(
                Example(
                    summary="A push, a retraction, and an item that says what is wrong.",
                    body={"items": [UNSEEN, RETRACTION, VISIT | {"ratings": []}]},
                ),
                Example(
                    summary="All or nothing.", body={"atomicity": "all", "items": [VISIT | {"ratings": []}, UNSEEN]}, status=422
                ),
                Example(summary="Nothing at all.", body={"items": []}, status=422),
            ),
        ),
        Operation(
            method="GET",
            path="/observations",
            use_case=read.list_observations,
            summary="Observations, newest first",
            examples=(
                Example(summary="The first page.", query={"limit": "5"}),
                Example(summary="A filter that is none.", query={"teacher": "x"}, status=422),
            ),
        ),
        Operation(
            method="GET",
            path="/observations/{observation_id}",
            use_case=read.read_observation,
            summary="One observation",
            examples=(
                Example(summary="In its newest version.", path={"observation_id": OBSERVATION}),
                Example(summary="Unknown, or another district's.", path={"observation_id": NOBODY}, status=404),
            ),
        ),
        Operation(
            method="POST",
            path="/observations/{observation_id}:retract",
            use_case=retract_observation,
            summary="Take back an observation",
            changes=True,
            examples=(
                Example(summary="Unknown, or another origin's.", path={"observation_id": NOBODY}, body={}, status=404),
                Example(
                    summary="Under the next version.", path={"observation_id": OBSERVATION}, body={"external_version": "99"}
                ),
            ),
        ),
        Operation(
            method="POST",
            path="/instruments",
            use_case=instruments.create_instrument,
            summary="Add a version of an instrument",
            status=201,
            changes=True,
            examples=(
                Example(summary="Two elements.", body=RUBRIC, status=201),
                Example(
                    summary="A scale with one end.",
                    body=RUBRIC | {"elements": [{"code": "A1", "scale": {"worst": 1, "best": 1}}]},
                    status=422,
                ),
            ),
        ),
        Operation(
            method="GET",
            path="/instruments",
            use_case=instruments.list_instruments,
            summary="Instruments",
            examples=(Example(summary="The first page."), Example(summary="No such page.", query={"limit": "0"}, status=422)),
        ),
        Operation(
            method="POST",
            path="/crosswalks",
            use_case=instruments.create_crosswalk,
            later=start_crosswalk,
            preview=preview_crosswalk,
            summary="Add a version of a crosswalk, and score with it",
            status=201,
            changes=True,
            examples=(
                Example(summary="The next version, which scores from now on.", body=MAP | {"version": "2"}, status=201),
                Example(
                    summary="The next version, in a job.",
                    body=MAP | {"version": "3"},
                    headers={"Prefer": "respond-async"},
                    status=202,
                ),
                Example(
                    summary="What the next version would change.",
                    body=MAP | {"version": "4"},
                    query={"dry_run": "true"},
                    status=200,
                ),
                Example(summary="A version that is held with other content.", body=MAP, status=409),
                Example(
                    summary="Of an instrument that is not there.",
                    body=MAP | {"instrument": {"code": "nowhere", "version": "1"}},
                    status=422,
                ),
            ),
        ),
        Operation(
            method="GET",
            path="/crosswalks",
            use_case=instruments.list_crosswalks,
            summary="Crosswalks",
            examples=(Example(summary="The first page."), Example(summary="No such page.", query={"limit": "0"}, status=422)),
        ),
    ),
)
