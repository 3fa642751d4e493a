"""Rosters in, and what their roles mean."""

from dataclasses import dataclass, field

from fastapi import Request

from api.rest.example_ids import NOBODY, ROSTER_IMPORT, ROSTER_PACKAGE
from api.rest.operations import Example, Operation, router_of
from api.rest.requests import body_of, hear_query, if_match, refuse_query
from api.wire.limits import BODY_BYTES, ROSTER_PACKAGE_BYTES
from api.wire.request_validation import read
from domain.jobs.usecases.start import start_roster_import
from domain.roster import usecases
from domain.roster.commands import ImportRoster, PutRoleMapping
from domain.roster.role_mapping import RoleMappingEntry
from domain.roster.views import RoleMappingView
from domain.shared.roles import Role

ZIP = ("application/zip", "application/x-zip-compressed", "application/octet-stream")
MAPPING = {"districtAdministrator": "supervisor", "systemAdministrator": "district_admin", "ext:otherStaff": "staff"}

MAPPING_SCHEMA = {
    "type": "object",
    "description": "Roster role to Evenkeel role; null leaves it unmapped on purpose.",
    "additionalProperties": {"anyOf": [{"$ref": "#/components/schemas/Role"}, {"type": "null"}]},
}


@dataclass(frozen=True, kw_only=True)
class _Options:
    dry_run: bool = field(default=False, metadata={"description": "Only say what would change."})
    force: bool = field(default=False, metadata={"description": "Go on although the brake holds."})


async def _package(request: Request) -> ImportRoster:
    """The ZIP itself is the body; what to do with it stands in the query."""
    options: _Options = hear_query(_Options, request)
    package = await body_of(request, ROSTER_PACKAGE_BYTES, ZIP)
    return ImportRoster(package=package, dry_run=options.dry_run, force=options.force)


async def _mapping(request: Request) -> PutRoleMapping:
    """The wire has one object, roster role to role; inside, entries are told apart."""
    refuse_query(request)
    said = read(dict[str, Role | None], await body_of(request, BODY_BYTES))
    entries = tuple(RoleMappingEntry(roster_role=name, role=role) for name, role in said.items())
    return PutRoleMapping(entries=entries, expected_version=if_match(request))


class ShownMapping(dict[str, Role | None]):
    """The overrides as the wire has them, roster role to role; the version goes into the ETag."""

    version: int = 0


def _shown(view: RoleMappingView, _request: Request) -> ShownMapping:
    shown = ShownMapping({e.roster_role: e.role for e in view.entries})
    shown.version = view.version
    return shown


router = router_of(
    "/v1",
    "roster",
    (
        Operation(
            method="POST",
            path="/roster-imports",
            use_case=usecases.import_roster,
            summary="Import a OneRoster 1.2 or 1.1 CSV bulk package",
            status=201,
            changes=True,
            location="/v1/roster-imports/{id}",
            later=start_roster_import,
            hear=_package,
            body=("application/zip", {"type": "string", "format": "binary"}),
            examples=(
                Example(summary="The district's own package once more; nothing changes.", body=ROSTER_PACKAGE, status=201),
                Example(summary="What it would do.", body=ROSTER_PACKAGE, query={"dry_run": "true"}, status=201),
                Example(summary="In a job.", body=ROSTER_PACKAGE, headers={"Prefer": "respond-async"}, status=202),
                Example(summary="No ZIP at all.", body=b"not a zip", status=422),
            ),
        ),
        Operation(
            method="GET",
            path="/roster-imports/{import_id}",
            use_case=usecases.read_roster_import,
            summary="What an import did",
            examples=(
                Example(summary="Known.", path={"import_id": ROSTER_IMPORT}),
                Example(summary="Unknown.", path={"import_id": NOBODY}, status=404),
            ),
        ),
        Operation(
            method="GET",
            path="/roster/role-mapping",
            use_case=usecases.read_role_mapping,
            summary="What roster roles mean in this district",
            show=_shown,
            examples=(
                Example(summary="As decided."),
                Example(summary="A parameter that is none.", query={"colour": "blue"}, status=422),
            ),
        ),
        Operation(
            method="PUT",
            path="/roster/role-mapping",
            use_case=usecases.put_role_mapping,
            summary="Decide what roster roles mean",
            changes=True,
            versioned=True,
            hear=_mapping,
            show=_shown,
            body=("application/json", MAPPING_SCHEMA),
            examples=(
                Example(summary="Three roles decided.", body=MAPPING, headers={"If-Match": '"1"'}),
                Example(summary="Without If-Match.", body=MAPPING, status=428),
                Example(summary="No such role.", body={"principal": "king"}, status=422),
                Example(summary="Somebody was faster.", body={}, headers={"If-Match": '"999"'}, status=412),
            ),
        ),
    ),
)
