"""Roles, supervision, invitations and merging of people."""

from typing import Annotated

from fastapi import Query

from api.rest.example_ids import DUPLICATE, LEADER, UNKNOWN_ID
from api.rest.operations import Example, operation
from api.rest.parameters import Flag, Version, file_body, from_body, from_query
from api.rest.routing import Router
from api.rest.runner import KeyedRunner, Runner
from api.wire.limits import BODY_BYTES
from domain.directory.views import PersonView
from domain.people.commands import (
    AddSupervision,
    GrantRole,
    ImportSupervision,
    InvitePerson,
    ListRoleGrants,
    ListSupervision,
    MergePeople,
    PutSupervision,
    RemoveSupervision,
    WithdrawRole,
)
from domain.people.usecases import invitations, role_grants, supervision
from domain.people.usecases import merge_people as merging
from domain.people.views import (
    DoneView,
    MergeView,
    RoleGrantView,
    SupervisionChangesView,
    SupervisionView,
)
from domain.shared.fields import description_of
from domain.shared.paging import Page

SUPERVISION_BODY = {"supervisor": {"sourced_id": "207247"}, "leader": {"sourced_id": "207267"}}
FIRST_PAGE = Example(summary="The first page.")
TOO_MANY = Example(summary="A limit above the maximum.", query={"limit": "1000"}, status=422)
CSV = ("text/csv", "application/octet-stream")
EDGES_FILE = "supervisorSourcedId,leaderSourcedId\r\n207247,207267\r\n"


router = Router(prefix="/v1", tags=["people"])


@router.get("/role-grants")
@operation(role_grants.list_role_grants, FIRST_PAGE, TOO_MANY)
async def list_role_grants(cmd: Annotated[ListRoleGrants, from_query(ListRoleGrants)], runner: Runner) -> Page[RoleGrantView]:
    """List roles that were granted by hand."""
    return await runner.run(role_grants.list_role_grants, cmd)


@router.post("/people/{person_id:uuid}/role-grants")
@operation(
    role_grants.grant_role,
    Example(summary="The role of a coach.", path={"person_id": LEADER}, body={"role": "coach"}),
    Example(summary="A role that only a roster can give.", path={"person_id": LEADER}, body={"role": "teacher"}, status=422),
    Example(summary="An unknown person.", path={"person_id": UNKNOWN_ID}, body={"role": "coach"}, status=404),
)
async def grant_role(cmd: Annotated[GrantRole, from_body(GrantRole, "person_id")], runner: KeyedRunner) -> DoneView:
    """Grant a role to a person."""
    return await runner.run_idempotent(role_grants.grant_role, cmd)


@router.post("/people/{person_id:uuid}/role-grants:withdraw")
@operation(
    role_grants.withdraw_role,
    Example(
        summary="A role that the person does not have: nothing changes.",
        path={"person_id": LEADER},
        body={"role": "researcher"},
    ),
    Example(summary="A role that is not granted by hand.", path={"person_id": LEADER}, body={"role": "principal"}, status=422),
)
async def withdraw_role(cmd: Annotated[WithdrawRole, from_body(WithdrawRole, "person_id")], runner: KeyedRunner) -> DoneView:
    """Withdraw a role that was granted by hand."""
    return await runner.run_idempotent(role_grants.withdraw_role, cmd)


@router.post("/invitations", status_code=201)
@operation(
    invitations.invite_person,
    Example(
        summary="A coach for the district.",
        body={"given_name": "Rosa", "family_name": "Marín", "email": "rosa@example.org", "role": "coach"},
        status=201,
    ),
    Example(summary="A teacher without a school.", body={"given_name": "A", "family_name": "B", "role": "teacher"}, status=422),
)
async def invite_person(body: InvitePerson, runner: KeyedRunner) -> PersonView:
    """Add a person who is not in the roster."""
    return await runner.run_idempotent(invitations.invite_person, body, location="/v1/people/{id}")


@router.post("/people/{person_id:uuid}:merge")
@operation(
    merging.merge_people,
    Example(summary="What would be moved.", path={"person_id": LEADER}, body={"duplicate_id": DUPLICATE, "dry_run": True}),
    Example(summary="Twice the same record.", path={"person_id": LEADER}, body={"duplicate_id": LEADER}, status=422),
    Example(summary="An unknown person.", path={"person_id": UNKNOWN_ID}, body={"duplicate_id": LEADER}, status=404),
)
async def merge_people(cmd: Annotated[MergePeople, from_body(MergePeople, "person_id")], runner: KeyedRunner) -> MergeView:
    """Merge two records of one person."""
    return await runner.run_idempotent(merging.merge_people, cmd)


@router.get("/supervision")
@operation(supervision.list_supervision, FIRST_PAGE, Example(summary="For one leader.", query={"leader_id": LEADER}), TOO_MANY)
async def list_supervision(
    cmd: Annotated[ListSupervision, from_query(ListSupervision)], runner: Runner
) -> Page[SupervisionView]:
    """List who supervises whom."""
    return await runner.run(supervision.list_supervision, cmd)


@router.put("/supervision")
@operation(
    supervision.put_supervision,
    Example(
        summary="Changed in the meantime: the version is stale.",
        body={"edges": [SUPERVISION_BODY]},
        headers={"If-Match": '"999"'},
        status=412,
    ),
    Example(summary="What would change.", body={"edges": [SUPERVISION_BODY], "dry_run": True}),
    Example(summary="An unknown leader.", body={"edges": [SUPERVISION_BODY | {"leader": {"sourced_id": "0"}}]}, status=422),
)
async def put_supervision(
    cmd: Annotated[PutSupervision, from_body(PutSupervision)], runner: KeyedRunner
) -> SupervisionChangesView:
    """Replace the whole list of who supervises whom."""
    return await runner.run_idempotent(supervision.put_supervision, cmd)


@router.post("/supervision")
@operation(
    supervision.add_supervision,
    Example(summary="One pair.", body=SUPERVISION_BODY),
    Example(summary="An unknown leader.", body=SUPERVISION_BODY | {"leader": {"sourced_id": "0"}}, status=422),
)
async def add_supervision(body: AddSupervision, runner: KeyedRunner) -> DoneView:
    """Add a supervisor to a leader."""
    return await runner.run_idempotent(supervision.add_supervision, body)


@router.post("/supervision:remove")
@operation(
    supervision.remove_supervision,
    Example(summary="One pair.", body=SUPERVISION_BODY),
    Example(summary="An unknown leader.", body=SUPERVISION_BODY | {"leader": {"sourced_id": "0"}}, status=422),
)
async def remove_supervision(body: RemoveSupervision, runner: KeyedRunner) -> DoneView:
    """Remove a supervisor from a leader."""
    return await runner.run_idempotent(supervision.remove_supervision, body)


@router.post("/supervision-imports")
@operation(
    supervision.import_supervision,
    Example(summary="What would change.", body=EDGES_FILE.encode(), query={"dry_run": "true"}),
    Example(summary="Unknown columns.", body=b"a,b\r\n", status=422),
    media_type=CSV[0],
    body_schema={"type": "string"},
)
async def import_supervision(
    csv: Annotated[bytes, file_body(BODY_BYTES, CSV)],
    expected_version: Version,
    runner: KeyedRunner,
    dry_run: Annotated[Flag, Query(description=description_of(ImportSupervision, "dry_run"))] = False,
) -> SupervisionChangesView:
    """Replace the list of who supervises whom by a CSV file."""
    cmd = ImportSupervision(csv=csv, dry_run=dry_run, expected_version=expected_version)
    return await runner.run_idempotent(supervision.import_supervision, cmd)
