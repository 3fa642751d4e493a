"""Commands for a district's identity providers, with the use cases of the API.

A secret is read from a file or from standard input: on a command line every user of the machine could read it.
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

provider_app = typer.Typer(no_args_is_help=True, help="Identity providers, for a district's single sign-on.")

MAX_SECRET_CHARACTERS = 4096
"""Longest input that is read; `PutIdentityProvider` limits the secret itself."""

Code = Annotated[str, typer.Argument(help="The provider's name in URLs: lower-case letters, digits and hyphens.")]


@provider_app.command("put")
def provider_put(
    code: Code,
    *,
    district: District,
    kind: Annotated[ProviderKind, typer.Option("--kind", help="The profile with its defaults.")],
    name: Annotated[str, typer.Option("--name", help="The name on the sign-in page.")],
    client_id: Annotated[str, typer.Option("--client-id", help="The client id that the provider gave.")],
    secret_file: Annotated[
        str | None,
        typer.Option("--secret-file", help="A file with the client secret, or - for standard input. Absent: unchanged."),
    ] = None,
    issuer: Annotated[str | None, typer.Option("--issuer", help="The issuer URL. Absent: the profile's.")] = None,
    tenant: Annotated[
        list[str] | None, typer.Option("--tenant", help="A tenant of this district at the provider; repeatable.")
    ] = None,
    claim: Annotated[
        str | None, typer.Option("--claim", help="The claim that identifies a person. Absent: the profile's.")
    ] = None,
    roster_field: Annotated[
        str | None, typer.Option("--roster-field", help="The roster field that the claim must equal. Absent: the profile's.")
    ] = None,
    exclusive: Annotated[
        bool, typer.Option("--exclusive", help="Only break-glass accounts may sign in with a password.")
    ] = False,
    inactive: Annotated[bool, typer.Option("--inactive", help="Keep the provider, but do not offer it.")] = False,
    data: Data = None,
) -> None:
    """Add or replace a provider; print the paths that have to be registered there."""
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
    """List the district's providers, without their secrets."""
    print_json(run_use_case(data, district, list_identity_providers, ListIdentityProviders(), owner=False))


@provider_app.command("remove")
def provider_remove(code: Code, district: District, data: Data = None) -> None:
    """Remove a provider and print the remaining ones; sessions that it began last until they end by themselves."""
    print_json(run_use_case(data, district, remove_identity_provider, RemoveIdentityProvider(code=code), owner=False))


@wraps(put_identity_provider)  # the audit log names this use case
async def _put_current_version(cmd: PutIdentityProvider, ctx: Context[AccountUnit]) -> IdentityProviderView:
    """Replace whatever version is current: a command has no version to compare with."""
    providers = (await list_identity_providers(ListIdentityProviders(), ctx)).providers
    version = next((provider.version for provider in providers if provider.code == cmd.code), 0)
    return await put_identity_provider(replace(cmd, expected_version=version), ctx)


def _read_secret(path: str) -> str:
    """Return the secret in the file `path`, or from standard input (`-`), without the line end."""
    try:
        if path == "-":
            content = sys.stdin.buffer.read(MAX_SECRET_CHARACTERS + 1)
        else:
            with Path(path).open("rb") as file:
                content = file.read(MAX_SECRET_CHARACTERS + 1)
        secret = content.decode().rstrip("\r\n")
    except OSError as error:
        exit_with_error(f"--secret-file cannot be read ({error.strerror}): name a file, or - for standard input")
    except UnicodeDecodeError:
        exit_with_error("--secret-file is not text: save the file as UTF-8")
    if not secret or len(content) > MAX_SECRET_CHARACTERS or not secret.isprintable():
        exit_with_error("--secret-file must hold one line of text that is not empty; nothing was changed")
    return secret
