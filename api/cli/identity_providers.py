"""The operator's commands on a district's identity providers: the same use cases that the API has.

A secret comes from a file or from standard input. On a command line everybody on the machine could read it.
"""

import sys
from dataclasses import replace
from functools import wraps
from pathlib import Path
from typing import Annotated

import typer

from api.cli.session import Data, District, exit_with_error, handle_errors, print_json, run_use_case
from domain.accounts.identity_provider_commands import ListIdentityProviders, PutIdentityProvider, RemoveIdentityProvider
from domain.accounts.model import ProviderKind
from domain.accounts.ports import AccountUnit
from domain.accounts.usecases.identity_providers import list_identity_providers, put_identity_provider, remove_identity_provider
from domain.accounts.views import IdentityProviderView
from domain.shared.context import Context

provider_app = typer.Typer(no_args_is_help=True, help="Identity providers: how people of a district sign in elsewhere.")

MAX_SECRET_CHARACTERS = 4096
"""Bytes that are read; the command says how long a secret may be."""

Code = Annotated[str, typer.Argument(help="What it is called in addresses: small letters, digits and hyphens.")]


@provider_app.command("put")
def provider_put(
    code: Code,
    *,
    district: District,
    kind: Annotated[ProviderKind, typer.Option("--kind", help="The profile that it follows.")],
    name: Annotated[str, typer.Option("--name", help="What people call it.")],
    client_id: Annotated[str, typer.Option("--client-id", help="Our id there.")],
    secret_file: Annotated[
        str | None,
        typer.Option("--secret-file", help="A file that holds our secret there, or - for standard input. Absent: it stays."),
    ] = None,
    issuer: Annotated[str | None, typer.Option("--issuer", help="Absent: that of the profile.")] = None,
    tenant: Annotated[list[str] | None, typer.Option("--tenant", help="A tenant that is this district; once for each.")] = None,
    claim: Annotated[str | None, typer.Option("--claim", help="The claim that finds a person. Absent: the profile's.")] = None,
    roster_field: Annotated[
        str | None, typer.Option("--roster-field", help="What it is matched with. Absent: the profile's.")
    ] = None,
    exclusive: Annotated[bool, typer.Option("--exclusive", help="Passwords are for break-glass accounts alone.")] = False,
    inactive: Annotated[bool, typer.Option("--inactive", help="Keep it, but offer it to nobody.")] = False,
    data: Data = None,
) -> None:
    """Add a provider, or say anew how it is; what is to be registered there stands in the answer."""
    with handle_errors():
        command = PutIdentityProvider(
            code=code,
            kind=kind,
            name=name,
            client_id=client_id,
            client_secret=None if secret_file is None else _read_secret(secret_file),
            issuer=issuer,
            tenants=tuple(tenant or ()),
            claim=claim,
            roster_field=roster_field,
            exclusive=exclusive,
            active=not inactive,
        )
    print_json(run_use_case(data, district, _put_current_version, command, owner=False))


@provider_app.command("list")
def provider_list(district: District, data: Data = None) -> None:
    """The district's providers, without their secrets."""
    print_json(run_use_case(data, district, list_identity_providers, ListIdentityProviders(), owner=False))


@provider_app.command("remove")
def provider_remove(code: Code, district: District, data: Data = None) -> None:
    """Let nobody sign in by a provider any more; whoever is in stays in until that ends. Print what is left."""
    print_json(run_use_case(data, district, remove_identity_provider, RemoveIdentityProvider(code=code), owner=False))


@wraps(put_identity_provider)  # the trail tells of it by this name
async def _put_current_version(cmd: PutIdentityProvider, ctx: Context[AccountUnit]) -> IdentityProviderView:
    """Put it in the place of the version that is held at this moment: whoever types at the server means what they say."""
    listed = (await list_identity_providers(ListIdentityProviders(), ctx)).providers
    version = next((held.version for held in listed if held.code == cmd.code), 0)
    return await put_identity_provider(replace(cmd, expected_version=version), ctx)


def _read_secret(path: str) -> str:
    """The secret in the file `place`, or of standard input, without the end of its line."""
    try:
        if path == "-":
            read = sys.stdin.buffer.read(MAX_SECRET_CHARACTERS + 1)
        else:
            with Path(path).open("rb") as file:
                read = file.read(MAX_SECRET_CHARACTERS + 1)
        secret = read.decode().rstrip("\r\n")
    except OSError as error:
        exit_with_error(f"the secret can't be read ({error.strerror}): name a file, or - for standard input")
    except UnicodeDecodeError:
        exit_with_error("the secret is no text: save the file as UTF-8")
    if not secret or len(read) > MAX_SECRET_CHARACTERS or not secret.isprintable():
        exit_with_error("the secret must be one line of text that is not empty; nothing was changed")
    return secret
