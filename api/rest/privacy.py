"""Data map, retention, legal holds and the erasure of people."""

from typing import Annotated

from fastapi import Depends, Request

from api.rest.example_ids import LEADER, LEGAL_HOLD, UNKNOWN_ID
from api.rest.operations import Example, operation
from api.rest.parameters import from_body, from_query
from api.rest.routing import Router
from api.rest.runner import KeyedRunner, Runner
from domain.privacy.commands import (
    ApplyRetention,
    ErasePerson,
    ListLegalHolds,
    PutLegalHold,
    PutRetention,
    ReadErasurePreview,
    ReadLegalHold,
    ReadRetention,
    ReadRetentionPreview,
    ReleaseLegalHold,
)
from domain.privacy.data_map import DataMap
from domain.privacy.usecases import data_map as usecase
from domain.privacy.usecases import erase_person as erasure
from domain.privacy.usecases import legal_holds, retention
from domain.privacy.views import DataMapView, ErasureView, LegalHoldView, RetentionRunView, RetentionView
from domain.shared.paging import Page

LEADER_PATH, UNKNOWN_PERSON_PATH = {"person_id": LEADER}, {"person_id": UNKNOWN_ID}
LEGAL_HOLD_PATH, UNKNOWN_LEGAL_HOLD_PATH = {"hold_id": LEGAL_HOLD}, {"hold_id": UNKNOWN_ID}
RETENTION_BODY = {"rules": [{"kind": "feedback_text", "days": 365}, {"kind": "pulses", "days": 730}]}
LEGAL_HOLD_BODY = {"about": "person", "person_id": LEADER, "reason": "records_request", "until": "2036-06-30T00:00:00Z"}
UNKNOWN_PARAMETER = {"colour": "blue"}

router = Router(prefix="/v1", tags=["privacy"])


async def _data_map(request: Request) -> DataMap:
    """Return the data map of this installation's tables."""
    data_map: DataMap = request.app.state.data_map
    return data_map


@router.get("/data-map")
@operation(
    usecase.read_data_map,
    Example(summary="The whole map."),
    Example(summary="An unknown query parameter.", query=UNKNOWN_PARAMETER, status=422),
)
async def read_data_map(data_map: Annotated[DataMap, Depends(_data_map)]) -> DataMapView:
    """Read the map of all stored data: purpose, retention, readers and deletion."""
    return usecase.read_data_map(data_map)


@router.get("/retention")
@operation(
    retention.read_retention,
    Example(summary="As of now."),
    Example(summary="An unknown query parameter.", query=UNKNOWN_PARAMETER, status=422),
)
async def read_retention(cmd: Annotated[ReadRetention, from_query(ReadRetention)], runner: Runner) -> RetentionView:
    """Read the district's retention periods."""
    return await runner.run(retention.read_retention, cmd)


@router.put("/retention")
@operation(
    retention.put_retention,
    Example(summary="Two kinds of data; the others keep the product's periods.", body=RETENTION_BODY),
    Example(summary="A period below its minimum.", body={"rules": [{"kind": "pulses", "days": 1}]}, status=422),
    Example(
        summary="Changed in the meantime: the version is stale.", body=RETENTION_BODY, headers={"If-Match": '"999"'}, status=412
    ),
)
async def put_retention(cmd: Annotated[PutRetention, from_body(PutRetention)], runner: KeyedRunner) -> RetentionView:
    """Set the district's retention periods."""
    return await runner.run_idempotent(retention.put_retention, cmd)


@router.get("/retention/preview")
@operation(
    retention.read_retention_preview,
    Example(summary="As of now."),
    Example(summary="An unknown query parameter.", query=UNKNOWN_PARAMETER, status=422),
)
async def read_retention_preview(
    cmd: Annotated[ReadRetentionPreview, from_query(ReadRetentionPreview)], runner: Runner
) -> RetentionRunView:
    """Preview what applying the periods now would delete and anonymise, and how scores would change."""
    return await runner.run(retention.read_retention_preview, cmd)


@router.post("/retention:apply")
@operation(
    retention.apply_retention,
    Example(summary="With the product's own periods.", body={"version": 0}),
    Example(
        summary="In a job, for large districts.",
        body={"version": 0},
        headers={"Prefer": "respond-async"},
        status=202,
    ),
    Example(summary="The periods were changed in the meantime.", body={"version": 999}, status=412),
    async_use_case=retention.start_retention,
)
async def apply_retention(body: ApplyRetention, runner: KeyedRunner) -> RetentionRunView:
    """Apply the retention periods: delete and anonymise expired data."""
    return await runner.run_or_start_job(retention.apply_retention, retention.start_retention, body)


@router.post("/legal-holds", status_code=201)
@operation(
    legal_holds.put_legal_hold,
    Example(summary="A person, until a date.", body=LEGAL_HOLD_BODY, status=201),
    Example(summary="Without the id of the person.", body={"about": "person", "reason": "litigation"}, status=422),
)
async def put_legal_hold(body: PutLegalHold, runner: KeyedRunner) -> LegalHoldView:
    """Place a legal hold on a person or the district: their data is neither erased nor expired."""
    return await runner.run_idempotent(legal_holds.put_legal_hold, body, location="/v1/legal-holds/{id}")


@router.get("/legal-holds")
@operation(
    legal_holds.list_legal_holds,
    Example(summary="The first page, newest first."),
    Example(summary="A limit of 0.", query={"limit": "0"}, status=422),
)
async def list_legal_holds(cmd: Annotated[ListLegalHolds, from_query(ListLegalHolds)], runner: Runner) -> Page[LegalHoldView]:
    """List legal holds, released and expired ones included."""
    return await runner.run(legal_holds.list_legal_holds, cmd)


@router.get("/legal-holds/{hold_id:uuid}")
@operation(
    legal_holds.read_legal_hold,
    Example(summary="The demo's legal hold.", path=LEGAL_HOLD_PATH),
    Example(summary="Unknown, or another district's.", path=UNKNOWN_LEGAL_HOLD_PATH, status=404),
)
async def read_legal_hold(cmd: Annotated[ReadLegalHold, from_query(ReadLegalHold, "hold_id")], runner: Runner) -> LegalHoldView:
    """Read a legal hold."""
    return await runner.run(legal_holds.read_legal_hold, cmd)


@router.post("/legal-holds/{hold_id:uuid}:release")
@operation(
    legal_holds.release_legal_hold,
    Example(summary="The demo's legal hold.", path=LEGAL_HOLD_PATH, body={}),
    Example(summary="Unknown, or another district's.", path=UNKNOWN_LEGAL_HOLD_PATH, body={}, status=404),
)
async def release_legal_hold(
    cmd: Annotated[ReleaseLegalHold, from_body(ReleaseLegalHold, "hold_id")], runner: KeyedRunner
) -> LegalHoldView:
    """Release a legal hold."""
    return await runner.run_idempotent(legal_holds.release_legal_hold, cmd)


@router.get("/people/{person_id:uuid}/erasure-preview")
@operation(
    erasure.read_erasure_preview,
    Example(summary="A leader.", path=LEADER_PATH),
    Example(summary="Including their evidence about others.", path=LEADER_PATH, query={"evidence_about_others": "remove"}),
    Example(summary="Unknown, or another district's.", path=UNKNOWN_PERSON_PATH, status=404),
)
async def read_erasure_preview(
    cmd: Annotated[ReadErasurePreview, from_query(ReadErasurePreview, "person_id")], runner: Runner
) -> ErasureView:
    """Preview what erasing a person would delete and anonymise, and how scores would change."""
    return await runner.run(erasure.read_erasure_preview, cmd)


@router.post("/people/{person_id:uuid}:erase")
@operation(
    erasure.erase_person,
    Example(summary="Preview only.", path=LEADER_PATH, body={"preview": True}),
    Example(summary="Permanently.", path=LEADER_PATH, body={}),
    Example(summary="Unknown, or another district's.", path=UNKNOWN_PERSON_PATH, body={}, status=404),
)
async def erase_person(cmd: Annotated[ErasePerson, from_body(ErasePerson, "person_id")], runner: KeyedRunner) -> ErasureView:
    """Erase a person permanently."""
    return await runner.run_idempotent(erasure.erase_person, cmd)
