"""Commands for accounts, districts' addresses, granted roles and the installation's keys."""

import asyncio
from pathlib import Path
from typing import Annotated, cast
from uuid import UUID

import aiosmtplib
import typer

from api.cli.key_rotation import rotate
from api.cli.session import Data, District, connect, exit_with_error, handle_errors, load_settings, print_json, run_use_case
from api.outbound.mail import mailer_from_settings
from api.web.i18n import LANGUAGES
from api.web.pages import render_mail
from domain.accounts.commands import ClearSignIn, CreateSignInCode, PutBreakGlass, ReadAccount, WaiveSecondFactor
from domain.accounts.usecases.admin import (
    clear_sign_in,
    create_sign_in_code,
    put_break_glass,
    read_account,
    waive_second_factor,
)
from domain.accounts.views import SignInCodeView
from domain.directory.commands import ListPeople, ReadPerson
from domain.directory.district_lookup import AddDistrictAddress, AddressKind, RemoveDistrictAddress
from domain.directory.usecases.districts_and_clients import add_district_address, remove_district_address
from domain.directory.usecases.people_and_schools import list_people, read_person
from domain.people.commands import Grantable, GrantRole, WithdrawRole
from domain.people.usecases.role_grants import grant_role, withdraw_role
from domain.shared.ids import PersonId
from domain.shared.roles import Role
from persistence.operations.migrate import upgrade

account_app = typer.Typer(no_args_is_help=True, help="How people sign in.")
address_app = typer.Typer(no_args_is_help=True, help="Names by which people find their district when they sign in.")
admin_app = typer.Typer(no_args_is_help=True, help="Roles that are granted by hand.")
keys_app = typer.Typer(no_args_is_help=True, help="The key that secrets are encrypted with.")

Person = Annotated[UUID, typer.Option("--person", help="The person's id.")]
Kind = Annotated[AddressKind, typer.Argument(help="slug, mail_domain or tenant.")]
Value = Annotated[str, typer.Argument(help="As in grand-bend, grandbend.k12.tx.us or clever:58da8c58155b4f0cc4e3b4f1.")]


@account_app.command("show")
def account_show(district: District, person: Person, data: Data = None) -> None:
    """Show how a person signs in."""
    print_json(run_use_case(data, district, read_account, ReadAccount(person_id=PersonId(person)), owner=False))


@account_app.command("code")
def account_code(district: District, person: Person, data: Data = None) -> None:
    """Print a one-time code with which a person chooses user name and password, as the first administrator does."""
    print_json(_create_code(data, district, person))


@account_app.command("invite")
def account_invite(
    district: District,
    person: Person,
    language: Annotated[str, typer.Option("--language", help="Language of the message: en or es.")] = "en",
    data: Data = None,
) -> None:
    """Send a person a one-time code by mail."""
    if language not in LANGUAGES:
        exit_with_error(f"--language: give one of {', '.join(LANGUAGES)}")
    view = run_use_case(data, district, read_person, ReadPerson(person_id=PersonId(person)), owner=False)
    if not view.email:
        exit_with_error("this person has no e-mail address: print a code with evenkeel account code")
    code = _create_code(data, district, person)
    if code.sign_in_path is None:
        exit_with_error("the district has no slug yet: add one with evenkeel district address add slug …")
    with handle_errors():
        settings = load_settings(data)
        link = f"{settings.base_url}{code.sign_in_path}?lang={language}"
        subject, text = render_mail("invitation.txt", language=language, code=code.code, link=link)
        try:
            asyncio.run(mailer_from_settings(settings).send(to=view.email, subject=subject, text=text))
        except (aiosmtplib.SMTPException, ValueError, ConnectionError) as error:
            exit_with_error(f"the message was not sent ({type(error).__name__}): check MAIL_URL and the mail server")
    typer.echo("sent")


@account_app.command("reset")
def account_reset(district: District, person: Person, data: Data = None) -> None:
    """Delete user name, password and second factor of a person who lost them, and print a new one-time code."""
    run_use_case(data, district, clear_sign_in, ClearSignIn(person_id=PersonId(person)), owner=False)
    print_json(_create_code(data, district, person))


@account_app.command("second-factor")
def account_second_factor(
    district: District,
    person: Person,
    waive: Annotated[
        bool, typer.Option("--waive/--ask", help="Let the person sign in without a second factor, or require it again.")
    ],
    data: Data = None,
) -> None:
    """Waive a person's second factor, for a trial or until a lost phone is replaced, or require it again."""
    print_json(
        run_use_case(
            data, district, waive_second_factor, WaiveSecondFactor(person_id=PersonId(person), waived=waive), owner=False
        )
    )


@account_app.command("break-glass")
def account_break_glass(
    district: District,
    person: Person,
    off: Annotated[bool, typer.Option("--off", help="Take the permission away.")] = False,
    data: Data = None,
) -> None:
    """Let a person sign in with password and second factor even where the district requires single sign-on."""
    command = PutBreakGlass(person_id=PersonId(person), allowed=not off)
    print_json(run_use_case(data, district, put_break_glass, command, owner=False))


@address_app.command("add")
def address_add(kind: Kind, value: Value, district: District, data: Data = None) -> None:
    """Add a name by which people find a district when they sign in."""
    with handle_errors():
        command = AddDistrictAddress(kind=kind, value=value)
    print_json(run_use_case(data, district, add_district_address, command, owner=True))


@address_app.command("remove")
def address_remove(kind: Kind, value: Value, district: District, data: Data = None) -> None:
    """Remove a name by which people find a district."""
    print_json(run_use_case(data, district, remove_district_address, RemoveDistrictAddress(kind=kind, value=value), owner=True))


@keys_app.command("rotate")
def keys_rotate(data: Data = None) -> None:
    """Encrypt all secrets again with SECRET_KEY; SECRET_KEY_PREVIOUS must hold the earlier keys."""
    with handle_errors(), connect(load_settings(data)) as connections:
        if connections.server is not None:
            upgrade(connections.owner_url)
        print_json(asyncio.run(rotate(connections.owner_url, connections.keys)))


def _create_code(data: Data, district: UUID, person: UUID) -> SignInCodeView:
    command = CreateSignInCode(person_id=PersonId(person))
    return run_use_case(data, district, create_sign_in_code, command, owner=False)


@admin_app.command("grant")
def admin_grant(
    district: District,
    person: Annotated[str, typer.Option("--person", help="The person's id, or sourcedId in the roster.")],
    role: Annotated[Role, typer.Option("--role", help="The role to grant.")] = Role.DISTRICT_ADMIN,
    data: Data = None,
) -> None:
    """Grant a role and print the one-time code for the person's first sign-in, as for a district's first administrator."""
    person_id = _person_id(data, district, person)
    run_use_case(data, district, grant_role, GrantRole(person_id=person_id, role=cast("Grantable", role)), owner=False)
    print_json(_create_code(data, district, person_id))


@admin_app.command("withdraw")
def admin_withdraw(
    district: District,
    person: Annotated[str, typer.Option("--person", help="The person's id, or sourcedId in the roster.")],
    role: Annotated[Role, typer.Option("--role", help="The role to withdraw.")] = Role.DISTRICT_ADMIN,
    data: Data = None,
) -> None:
    """Withdraw a granted role, even from the district's last administrator."""
    command = WithdrawRole(person_id=_person_id(data, district, person), role=cast("Grantable", role))
    print_json(run_use_case(data, district, withdraw_role, command, owner=False))


def _person_id(data: Path | None, district: UUID, reference: str) -> PersonId:
    """Return the id of the person with the id or roster sourcedId `reference`."""
    try:
        return PersonId(UUID(reference))
    except ValueError:
        people = run_use_case(data, district, list_people, ListPeople(sourced_id=reference), owner=False).items
    if len(people) != 1:
        exit_with_error(
            f"no person in the district has the sourcedId {reference}: give the id or sourcedId of a person in the roster"
        )
    return people[0].id
