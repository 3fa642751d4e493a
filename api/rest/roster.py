"""Rosters in, and what their roles mean."""

from typing import Annotated

from fastapi import Query
from pydantic import Field

from api.rest.example_ids import ROSTER_IMPORT, ROSTER_PACKAGE, UNKNOWN_ID
from api.rest.operations import Example, operation
from api.rest.parameters import Flag, Version, file_body, from_query
from api.rest.routing import Router
from api.rest.runner import KeyedRunner, Runner
from api.wire.limits import ROSTER_PACKAGE_BYTES
from domain.jobs.usecases import start
from domain.roster import usecases
from domain.roster.commands import ImportRoster, PutRoleMapping, ReadRoleMapping, ReadRosterImport
from domain.roster.role_mapping import RoleMappingEntry
from domain.roster.views import RoleMappingView, RosterImportView
from domain.shared.roles import Role

ZIP = ("application/zip", "application/x-zip-compressed", "application/octet-stream")
MAPPING = {"districtAdministrator": "supervisor", "systemAdministrator": "district_admin", "ext:otherStaff": "staff"}
Mapping = Annotated[
    dict[str, Role | None], Field(description="Roster role to Evenkeel role; null leaves it unmapped on purpose.")
]
ZIP_SCHEMA = {"type": "string", "format": "binary"}


class RoleMapping(dict[str, Role | None]):
    """The overrides as the wire has them, roster role to role; the version goes into the ETag."""

    version: int = 0


def _overrides(view: RoleMappingView) -> RoleMapping:
    """Return the entries as one object."""
    overrides = RoleMapping({e.roster_role: e.role for e in view.entries})
    overrides.version = view.version
    return overrides


router = Router(prefix="/v1", tags=["roster"])


@router.post("/roster-imports", status_code=201)
@operation(
    usecases.import_roster,
    Example(summary="The district's own package once more; nothing changes.", body=ROSTER_PACKAGE, status=201),
    Example(summary="What it would do.", body=ROSTER_PACKAGE, query={"dry_run": "true"}, status=201),
    Example(summary="In a job.", body=ROSTER_PACKAGE, headers={"Prefer": "respond-async"}, status=202),
    Example(summary="No ZIP at all.", body=b"not a zip", status=422),
    async_use_case=start.start_roster_import,
    media_type=ZIP[0],
    body_schema=ZIP_SCHEMA,
)
async def import_roster(
    package: Annotated[bytes, file_body(ROSTER_PACKAGE_BYTES, ZIP)],
    runner: KeyedRunner,
    dry_run: Annotated[Flag, Query(description="Only say what would change.")] = False,
    force: Annotated[Flag, Query(description="Go on although the brake holds.")] = False,
) -> RosterImportView:
    """Import a OneRoster 1.2 or 1.1 CSV bulk package."""
    cmd = ImportRoster(package=package, dry_run=dry_run, force=force)
    return await runner.run_or_start_job(
        usecases.import_roster, start.start_roster_import, cmd, location="/v1/roster-imports/{id}"
    )


@router.get("/roster-imports/{import_id:uuid}")
@operation(
    usecases.read_roster_import,
    Example(summary="Known.", path={"import_id": ROSTER_IMPORT}),
    Example(summary="Unknown.", path={"import_id": UNKNOWN_ID}, status=404),
)
async def read_roster_import(
    cmd: Annotated[ReadRosterImport, from_query(ReadRosterImport, "import_id")], runner: Runner
) -> RosterImportView:
    """What an import did."""
    return await runner.run(usecases.read_roster_import, cmd)


@router.get("/roster/role-mapping", response_model=Mapping)
@operation(
    usecases.read_role_mapping,
    Example(summary="As decided."),
    Example(summary="A parameter that is none.", query={"colour": "blue"}, status=422),
)
async def read_role_mapping(cmd: Annotated[ReadRoleMapping, from_query(ReadRoleMapping)], runner: Runner) -> RoleMapping:
    """What roster roles mean in this district."""
    return _overrides(await runner.run(usecases.read_role_mapping, cmd))


@router.put("/roster/role-mapping", response_model=Mapping)
@operation(
    usecases.put_role_mapping,
    Example(summary="Three roles decided.", body=MAPPING, headers={"If-Match": '"1"'}),
    Example(summary="Without If-Match.", body=MAPPING, status=428),
    Example(summary="No such role.", body={"principal": "king"}, status=422),
    Example(summary="Somebody was faster.", body={}, headers={"If-Match": '"999"'}, status=412),
)
async def put_role_mapping(body: Mapping, expected_version: Version, runner: KeyedRunner) -> RoleMapping:
    """Decide what roster roles mean."""
    entries = tuple(RoleMappingEntry(roster_role=name, role=role) for name, role in body.items())
    cmd = PutRoleMapping(entries=entries, expected_version=expected_version)
    return _overrides(await runner.run_idempotent(usecases.put_role_mapping, cmd))
