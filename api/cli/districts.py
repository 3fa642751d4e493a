"""The operator's commands on districts: each runs one use case and prints its answer as JSON."""

import asyncio
import json
from pathlib import Path
from typing import Annotated, Any

import typer

from api.cli import privacy
from api.cli.accounts import account_app, address_app, admin_app, keys_app
from api.cli.audit import audit_app
from api.cli.identity_providers import provider_app
from api.cli.session import Data, District, FileToRead, handle_errors, print_json, run_use_case
from api.outbound.public_addresses import check_reachable_url
from api.wire.request_validation import validate_json
from domain.directory.client_commands import (
    CreateClient,
    CreateDistrict,
    DisableClient,
    EnableClient,
    RenewClientSecret,
    RevokeClient,
)
from domain.directory.oauth_clients import AuthMethod
from domain.directory.redirect_uris import ClientKind
from domain.directory.usecases.districts_and_clients import (
    create_client,
    create_district,
    disable_client,
    enable_client,
    renew_client_secret,
    revoke_client,
)
from domain.observations.commands import CreateCrosswalk
from domain.observations.usecases.instruments import create_crosswalk
from domain.roster.commands import ImportRoster
from domain.roster.usecases import import_roster
from domain.scoring.commands import PutConfiguration, RebuildTallies
from domain.scoring.usecases.configuration import put_configuration
from domain.scoring.usecases.rebuild import rebuild_tallies
from domain.shared.errors import Code, Invalid

district_app = typer.Typer(no_args_is_help=True, help="Districts: the tenants.")
client_app = typer.Typer(no_args_is_help=True, help="OAuth clients of a district.")
roster_app = typer.Typer(no_args_is_help=True, help="Rosters.")
openapi_app = typer.Typer(no_args_is_help=True, help="The documents of the API.")
crosswalk_app = typer.Typer(no_args_is_help=True, help="Crosswalks of any size.")
configuration_app = typer.Typer(no_args_is_help=True, help="Configurations, however much they rebuild.")
APPS = {
    "district": district_app,
    "client": client_app,
    "roster": roster_app,
    "openapi": openapi_app,
    "crosswalk": crosswalk_app,
    "configuration": configuration_app,
    "audit": audit_app,
    "account": account_app,
    "admin": admin_app,
    "keys": keys_app,
    "provider": provider_app,
    **privacy.APPS,
}
district_app.add_typer(address_app, name="address")
district_app.command("export")(privacy.district_export)
district_app.command("import")(privacy.district_import)
district_app.command("erase")(privacy.district_erase)


def rebuild(district: District, data: Data = None) -> None:
    """Make a district's tallies anew from its evidence."""
    run_use_case(data, district, rebuild_tallies, RebuildTallies(), owner=False)
    typer.echo("rebuilt")


@district_app.command("create")
def district_create(
    name: Annotated[str, typer.Argument(help="What people call it.")],
    time_zone: Annotated[str, typer.Option("--time-zone", help="Its IANA zone, as in America/Chicago.")],
    slug: Annotated[str | None, typer.Option("--slug", help="By what its people find it, as in grand-bend.")] = None,
    data: Data = None,
) -> None:
    """Register a district."""
    with handle_errors():
        command = CreateDistrict(name=name, time_zone=time_zone, slug=slug)
    print_json(run_use_case(data, None, create_district, command, owner=True))


@client_app.command("create")
def client_create(  # noqa: PLR0917 - typer reads them by name
    district: District,
    name: Annotated[str, typer.Option("--name", help="What people call it.")],
    origin: Annotated[str, typer.Option("--origin", help="The pushing system it belongs to.")],
    scopes: Annotated[str, typer.Option("--scopes", help="With spaces or commas; observations:* is allowed.")],
    kind: Annotated[ClientKind, typer.Option("--kind", help="What it is.")] = ClientKind.MACHINE,
    auth_method: Annotated[AuthMethod | None, typer.Option("--auth-method", help="How it proves itself.")] = None,
    redirect_uri: Annotated[list[str] | None, typer.Option("--redirect-uri", help="Where answers may go; repeatable.")] = None,
    jwks: Annotated[
        Path | None, typer.Option("--jwks", exists=True, dir_okay=False, help="Its public keys, a JWK set.")
    ] = None,
    jwks_uri: Annotated[
        str | None, typer.Option("--jwks-uri", help="Where its public keys are, in the place of --jwks.")
    ] = None,
    cors_origin: Annotated[
        list[str] | None, typer.Option("--cors-origin", help="Where its pages come from; repeatable.")
    ] = None,
    evaluates: Annotated[bool, typer.Option("--evaluates", help="Evaluating staff use it.")] = False,
    data: Data = None,
) -> None:
    """Register a client; its secret is shown this once."""
    with handle_errors():
        command = CreateClient(
            name=name,
            origin=origin,
            scopes=tuple(scopes.replace(",", " ").split()),
            kind=kind,
            auth_method=auth_method,
            redirect_uris=tuple(redirect_uri or ()),
            jwks=None if jwks is None else _json_of(jwks),
            jwks_uri=jwks_uri,
            cors_origins=tuple(cors_origin or ()),
            evaluates=evaluates,
        )
        if jwks_uri is not None:
            asyncio.run(check_reachable_url(jwks_uri, "/jwks_uri"))
    print_json(run_use_case(data, district, create_client, command, owner=True))


def _json_of(file: Path) -> dict[str, Any]:
    """The object in `file`. Refuses (`Invalid`) anything else."""
    try:
        found = json.loads(file.read_bytes())
    except ValueError:
        found = None
    if not isinstance(found, dict):
        raise Invalid.at("/jwks", Code.MALFORMED, "the file is to hold a JWK set: an object with the member keys")
    return found


@client_app.command("enable")
def client_enable(
    district: District, client_id: Annotated[str, typer.Argument(help="The client's id.")], data: Data = None
) -> None:
    """Let a native app into a district too; GET /v1 names the one that comes with the installation."""
    print_json(run_use_case(data, district, enable_client, EnableClient(client_id=client_id), owner=True))


@client_app.command("disable")
def client_disable(
    district: District, client_id: Annotated[str, typer.Argument(help="The client's id.")], data: Data = None
) -> None:
    """Let a client into a district no more; others keep it."""
    print_json(run_use_case(data, district, disable_client, DisableClient(client_id=client_id), owner=True))


@client_app.command("secret")
def client_secret(
    district: District, client_id: Annotated[str, typer.Argument(help="The client's id.")], data: Data = None
) -> None:
    """Give a client a new secret, shown this once; the one before is good no more."""
    print_json(run_use_case(data, district, renew_client_secret, RenewClientSecret(client_id=client_id), owner=True))


@client_app.command("revoke")
def client_revoke(
    district: District, client_id: Annotated[str, typer.Argument(help="The client's id.")], data: Data = None
) -> None:
    """Let a client in no more; its tokens end within half a minute."""
    print_json(run_use_case(data, district, revoke_client, RevokeClient(client_id=client_id), owner=True))


@roster_app.command("import")
def roster_import(
    file: FileToRead,
    district: District,
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Only say what would change.")] = False,
    force: Annotated[bool, typer.Option("--force", help="Go on although the brake holds.")] = False,
    data: Data = None,
) -> None:
    """Import a OneRoster 1.2 or 1.1 CSV bulk package."""
    command = ImportRoster(package=file.read_bytes(), dry_run=dry_run, force=force)
    print_json(run_use_case(data, district, import_roster, command, owner=False))


@crosswalk_app.command("create")
def crosswalk_create(file: FileToRead, district: District, data: Data = None) -> None:
    """Add a version of a crosswalk and score everything with it, however much that is."""
    with handle_errors():
        command = validate_json(CreateCrosswalk, file.read_bytes())
    print_json(run_use_case(data, district, create_crosswalk, command, owner=False))


@configuration_app.command("put")
def configuration_put(file: FileToRead, district: District, data: Data = None) -> None:
    """Put a configuration in force (with expected_version in the file), however much has to be rebuilt."""
    with handle_errors():
        command = validate_json(PutConfiguration, file.read_bytes())
    print_json(run_use_case(data, district, put_configuration, command, owner=False))


@openapi_app.command("export")
def openapi_export(folder: Annotated[Path, typer.Argument(help="Where to.")] = Path("openapi")) -> None:
    """Write openapi.json and schema.graphql."""
    from api.cli import openapi_export as documents  # noqa: PLC0415 - it needs the whole application, which no other command does

    documents.write_documents(folder)
    typer.echo(f"written to {folder}")
