"""Commands for districts, clients, rosters, crosswalks and configurations; each runs a use case and prints its result."""

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
crosswalk_app = typer.Typer(no_args_is_help=True, help="Crosswalks, of any size.")
configuration_app = typer.Typer(no_args_is_help=True, help="Configurations, for any amount of data.")
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
    """Recompute a district's tallies from its evidence."""
    run_use_case(data, district, rebuild_tallies, RebuildTallies(), owner=False)
    typer.echo("rebuilt")


@district_app.command("create")
def district_create(
    name: Annotated[str, typer.Argument(help="The district's name.")],
    time_zone: Annotated[str, typer.Option("--time-zone", help="Its IANA time zone, as in America/Chicago.")],
    slug: Annotated[
        str | None, typer.Option("--slug", help="Its name in the sign-in address, by which people find it, as in grand-bend.")
    ] = None,
    data: Data = None,
) -> None:
    """Register a district."""
    with handle_errors():
        command = CreateDistrict(name=name, time_zone=time_zone, slug=slug)
    print_json(run_use_case(data, None, create_district, command, owner=True))


@client_app.command("create")
def client_create(  # noqa: PLR0917 - typer reads them by name
    district: District,
    name: Annotated[str, typer.Option("--name", help="The client's name.")],
    origin: Annotated[str, typer.Option("--origin", help="The pushing system that it belongs to.")],
    scopes: Annotated[str, typer.Option("--scopes", help="Separated by spaces or commas; observations:* is allowed.")],
    kind: Annotated[ClientKind, typer.Option("--kind", help="The kind of client.")] = ClientKind.MACHINE,
    auth_method: Annotated[
        AuthMethod | None, typer.Option("--auth-method", help="How it authenticates at the token endpoint.")
    ] = None,
    redirect_uri: Annotated[
        list[str] | None, typer.Option("--redirect-uri", help="An allowed redirect URI; repeatable.")
    ] = None,
    jwks: Annotated[
        Path | None, typer.Option("--jwks", exists=True, dir_okay=False, help="File with its public keys, a JWK set.")
    ] = None,
    jwks_uri: Annotated[str | None, typer.Option("--jwks-uri", help="URL of its public keys, instead of --jwks.")] = None,
    cors_origin: Annotated[
        list[str] | None,
        typer.Option("--cors-origin", help="Origin of its pages, which may call the API from a browser; repeatable."),
    ] = None,
    evaluates: Annotated[bool, typer.Option("--evaluates", help="Evaluating staff use this client.")] = False,
    data: Data = None,
) -> None:
    """Register a client and print its secret, which is not shown again."""
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
    """Return the JSON object in `file`. Raises `Invalid` for anything else."""
    try:
        document = json.loads(file.read_bytes())
    except ValueError:
        document = None
    if not isinstance(document, dict):
        raise Invalid.at("/jwks", Code.MALFORMED, "the file must hold a JWK set: a JSON object with the member keys")
    return document


@client_app.command("enable")
def client_enable(
    district: District, client_id: Annotated[str, typer.Argument(help="The client's id.")], data: Data = None
) -> None:
    """Enable a native app in a further district; GET /v1 names the one that comes with the installation."""
    print_json(run_use_case(data, district, enable_client, EnableClient(client_id=client_id), owner=True))


@client_app.command("disable")
def client_disable(
    district: District, client_id: Annotated[str, typer.Argument(help="The client's id.")], data: Data = None
) -> None:
    """Disable a client in a district; other districts keep it."""
    print_json(run_use_case(data, district, disable_client, DisableClient(client_id=client_id), owner=True))


@client_app.command("secret")
def client_secret(
    district: District, client_id: Annotated[str, typer.Argument(help="The client's id.")], data: Data = None
) -> None:
    """Replace a client's secret and print the new one, which is not shown again."""
    print_json(run_use_case(data, district, renew_client_secret, RenewClientSecret(client_id=client_id), owner=True))


@client_app.command("revoke")
def client_revoke(
    district: District, client_id: Annotated[str, typer.Argument(help="The client's id.")], data: Data = None
) -> None:
    """Revoke a client; its tokens are rejected within half a minute."""
    print_json(run_use_case(data, district, revoke_client, RevokeClient(client_id=client_id), owner=True))


@roster_app.command("import")
def roster_import(
    file: FileToRead,
    district: District,
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Change nothing, and print what would change.")] = False,
    force: Annotated[
        bool, typer.Option("--force", help="Import even if the brake stops it because too many people would leave.")
    ] = False,
    data: Data = None,
) -> None:
    """Import a OneRoster 1.2 or 1.1 CSV bulk package."""
    command = ImportRoster(package=file.read_bytes(), dry_run=dry_run, force=force)
    print_json(run_use_case(data, district, import_roster, command, owner=False))


@crosswalk_app.command("create")
def crosswalk_create(file: FileToRead, district: District, data: Data = None) -> None:
    """Add a version of a crosswalk and rescore the evidence that it covers, without a limit on the amount."""
    with handle_errors():
        command = validate_json(CreateCrosswalk, file.read_bytes())
    print_json(run_use_case(data, district, create_crosswalk, command, owner=False))


@configuration_app.command("put")
def configuration_put(file: FileToRead, district: District, data: Data = None) -> None:
    """Put a configuration in force and rebuild the tallies, without a limit on the amount; the file needs expected_version."""
    with handle_errors():
        command = validate_json(PutConfiguration, file.read_bytes())
    print_json(run_use_case(data, district, put_configuration, command, owner=False))


@openapi_app.command("export")
def openapi_export(folder: Annotated[Path, typer.Argument(help="Folder to write to.")] = Path("openapi")) -> None:
    """Write openapi.json, schema.graphql and policy.md."""
    from api.cli import openapi_export as documents  # noqa: PLC0415 - imports the whole application; only this command needs it

    documents.write_documents(folder)
    typer.echo(f"written to {folder}")
