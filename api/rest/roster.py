"""Roster imports, and the mapping of roster roles."""

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
    dict[str, Role | None], Field(description="Roster role to Evenkeel role; null leaves a role unmapped on purpose.")
]
ZIP_SCHEMA = {"type": "string", "format": "binary"}


class RoleMapping(dict[str, Role | None]):
    """The response body: overrides from roster role to role. `version` becomes the ETag."""

    version: int = 0


def _overrides(view: RoleMappingView) -> RoleMapping:
    """Return the entries of `view` as one JSON object."""
    overrides = RoleMapping({e.roster_role: e.role for e in view.entries})
    overrides.version = view.version
    return overrides


router = Router(prefix="/v1", tags=["roster"])


@router.post("/roster-imports", status_code=201)
@operation(
    usecases.import_roster,
    Example(summary="The district's own package again; nothing changes.", body=ROSTER_PACKAGE, status=201),
    Example(summary="What would change.", body=ROSTER_PACKAGE, query={"dry_run": "true"}, status=201),
    Example(summary="In a job.", body=ROSTER_PACKAGE, headers={"Prefer": "respond-async"}, status=202),
    Example(summary="Not a ZIP file.", body=b"not a zip", status=422),
    async_use_case=start.start_roster_import,
    media_type=ZIP[0],
    body_schema=ZIP_SCHEMA,
)
async def import_roster(
    package: Annotated[bytes, file_body(ROSTER_PACKAGE_BYTES, ZIP)],
    runner: KeyedRunner,
    dry_run: Annotated[Flag, Query(description="Report what would change, and change nothing.")] = False,
    force: Annotated[Flag, Query(description="Apply the import although the brake stops it.")] = False,
) -> RosterImportView:
    """Import a OneRoster 1.2 or 1.1 CSV bulk package."""
    cmd = ImportRoster(package=package, dry_run=dry_run, force=force)
    return await runner.run_or_start_job(
        usecases.import_roster, start.start_roster_import, cmd, location="/v1/roster-imports/{id}"
    )


@router.get("/roster-imports/{import_id:uuid}")
@operation(
    usecases.read_roster_import,
    Example(summary="An existing one.", path={"import_id": ROSTER_IMPORT}),
    Example(summary="An unknown import.", path={"import_id": UNKNOWN_ID}, status=404),
)
async def read_roster_import(
    cmd: Annotated[ReadRosterImport, from_query(ReadRosterImport, "import_id")], runner: Runner
) -> RosterImportView:
    """Read the report of an import."""
    return await runner.run(usecases.read_roster_import, cmd)


@router.get("/roster/role-mapping", response_model=Mapping)
@operation(
    usecases.read_role_mapping,
    Example(summary="The district's mapping."),
    Example(summary="An unknown query parameter.", query={"colour": "blue"}, status=422),
)
async def read_role_mapping(cmd: Annotated[ReadRoleMapping, from_query(ReadRoleMapping)], runner: Runner) -> RoleMapping:
    """Read the district's mapping of roster roles."""
    return _overrides(await runner.run(usecases.read_role_mapping, cmd))


@router.put("/roster/role-mapping", response_model=Mapping)
@operation(
    usecases.put_role_mapping,
    Example(summary="Three roles mapped.", body=MAPPING, headers={"If-Match": '"1"'}),
    Example(summary="Without If-Match.", body=MAPPING, status=428),
    Example(summary="An unknown role.", body={"principal": "king"}, status=422),
    Example(summary="Changed in the meantime: the version is stale.", body={}, headers={"If-Match": '"999"'}, status=412),
)
async def put_role_mapping(body: Mapping, expected_version: Version, runner: KeyedRunner) -> RoleMapping:
    """Replace the district's mapping of roster roles."""
    entries = tuple(RoleMappingEntry(roster_role=name, role=role) for name, role in body.items())
    cmd = PutRoleMapping(entries=entries, expected_version=expected_version)
    return _overrides(await runner.run_idempotent(usecases.put_role_mapping, cmd))
