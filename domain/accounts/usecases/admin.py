"""What admins do for people: codes, deactivation, and the way past a provider that is down."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import timedelta

from domain.accounts.commands import (
    ActivatePerson,
    ClearSignIn,
    CreateSignInCode,
    DeactivatePerson,
    PutBreakGlass,
    ReadAccount,
    WaiveSecondFactor,
)
from domain.accounts.login import token_digest
from domain.accounts.model import Account, CodePurpose, IdentityLink
from domain.accounts.ports import AccountUnit
from domain.accounts.rules import CODE_DAYS, generate_code, normalize_code
from domain.accounts.views import AccountView, IdentityLinkView, SignInCodeView
from domain.permissions.rules import authorize
from domain.shared.audit import Subject
from domain.shared.context import Context
from domain.shared.errors import Conflict, NotFound
from domain.shared.ids import PersonId
from domain.shared.last_administrator import require_remaining_admin
from domain.shared.operation import PERSON, operation
from domain.shared.revoke_access import revoke_all_sessions


@operation(audit_object=PERSON)
async def read_account(cmd: ReadAccount, ctx: Context[AccountUnit]) -> AccountView:
    """How a person signs in."""
    permission = authorize(ctx.actor, "read_account")
    async with ctx.read(permission) as unit:
        return await _view(unit, await load_account(unit, cmd.person_id, lock=False))


@operation(audit_object=PERSON)
async def create_sign_in_code(cmd: CreateSignInCode, ctx: Context[AccountUnit]) -> SignInCodeView:
    """A code for a person who is in the roster, good once within two weeks; the one before is void."""
    permission = authorize(ctx.actor, "create_sign_in_code")
    code, until = generate_code(), ctx.now() + timedelta(days=CODE_DAYS)
    async with ctx.open(permission) as unit:
        account = await load_account(unit, cmd.person_id)
        if not account.present:
            raise Conflict("this person may not sign in: they left the roster, are disabled there, or were deactivated here")
        await unit.accounts.add_code(token_digest(normalize_code(code)), account.person_id, CodePurpose.ENROL, until)
        slug = await unit.registry.slug_of(ctx.actor.district_id)
        await unit.commit()
    path = None if slug is None else f"/sign-in/{slug}/code"
    return SignInCodeView(person_id=account.person_id, code=code, sign_in_path=path, expires_at=until)


@operation(audit_object=PERSON)
async def deactivate_person(cmd: DeactivatePerson, ctx: Context[AccountUnit]) -> AccountView:
    """Let a person in no more: browsers, tokens and codes end by the same commit. Twice is once.

    Not the last administrator, unless the operator does it: ``last_admin``.
    """
    permission = authorize(ctx.actor, "deactivate_person")
    async with ctx.open(permission) as unit:
        account = await load_account(unit, cmd.person_id)
        if account.deactivated_at is None:
            await require_remaining_admin(unit.grants, account.person_id, ctx.actor)
            account = replace(account, deactivated_at=ctx.now(), present=False)
            await unit.accounts.save(account)
        await revoke_all_sessions(unit, [account.person_id], ctx.now())
        shown = await _view(unit, account)
        await unit.commit()
    return shown


@operation(audit_object=PERSON)
async def activate_person(cmd: ActivatePerson, ctx: Context[AccountUnit]) -> AccountView:
    """Let a person in again; they sign in anew. The roster still has to list them."""
    permission = authorize(ctx.actor, "activate_person")
    async with ctx.open(permission) as unit:
        account = await load_account(unit, cmd.person_id)
        if account.deactivated_at is not None:
            await unit.accounts.save(replace(account, deactivated_at=None))
        account = await load_account(unit, cmd.person_id)
        shown = await _view(unit, account)
        await unit.commit()
    return shown


@operation(audit_object=PERSON)
async def put_break_glass(cmd: PutBreakGlass, ctx: Context[AccountUnit]) -> AccountView:
    """Let a person sign in by password and second factor where the district's provider is the only way in, or no more."""
    permission = authorize(ctx.actor, "put_break_glass")
    async with ctx.open(permission) as unit:
        account = await load_account(unit, cmd.person_id)
        if account.break_glass != cmd.allowed:
            account = replace(account, break_glass=cmd.allowed)
            await unit.accounts.save(account)
            if not cmd.allowed:
                await revoke_all_sessions(unit, [account.person_id], ctx.now())
        shown = await _view(unit, account)
        await unit.commit()
    return shown


@operation(audit_object=PERSON)
async def waive_second_factor(cmd: WaiveSecondFactor, ctx: Context[AccountUnit]) -> AccountView:
    """Let a password alone do for a person, or no more: for a trial, or until a phone is replaced; the operator's."""
    permission = authorize(ctx.actor, "waive_second_factor")
    async with ctx.open(permission) as unit:
        account = await load_account(unit, cmd.person_id)
        await unit.accounts.waive_second_factor(account.person_id, waived=cmd.waived)
        if not cmd.waived:
            await revoke_all_sessions(unit, [account.person_id], ctx.now())
        unit.audit.record(Subject.PERSON, account.person_id, after=cmd.waived)
        shown = await _view(unit, account)
        await unit.commit()
    return shown


@operation(audit_object=PERSON)
async def clear_sign_in(cmd: ClearSignIn, ctx: Context[AccountUnit]) -> AccountView:
    """Take user name, password and second factor from a person who lost them; the operator's, at the command line."""
    permission = authorize(ctx.actor, "clear_sign_in")
    async with ctx.open(permission) as unit:
        account = await load_account(unit, cmd.person_id)
        account = replace(
            account, username=None, password_hash=None, totp_sealed=None, totp_confirmed_at=None, totp_last_step=None
        )
        await unit.accounts.save(account)
        await unit.accounts.set_recovery_codes(account.person_id, [])
        await revoke_all_sessions(unit, [account.person_id], ctx.now())
        shown = await _view(unit, account)
        await unit.commit()
    return shown


async def load_account(unit: AccountUnit, person_id: PersonId, *, lock: bool = True) -> Account:
    """The person's account, locked unless it is only read. Raises ``NotFound``."""
    account = await unit.accounts.find(person_id, lock=lock)
    if account is None:
        raise NotFound("no person of the district has this id; look it up in GET /v1/people")
    return account


async def _view(unit: AccountUnit, account: Account) -> AccountView:
    return account_view(account, await unit.identity_providers.links_of(account.person_id))


def account_view(account: Account, links: Sequence[tuple[IdentityLink, str | None]]) -> AccountView:
    """The account as it is shown."""
    return AccountView(
        person_id=account.person_id,
        username=account.username,
        has_password=account.password_hash is not None,
        has_second_factor=account.has_second_factor,
        break_glass=account.break_glass,
        deactivated_at=account.deactivated_at,
        may_sign_in=account.present,
        links=tuple(_link_view(link, code) for link, code in links),
    )


def _link_view(link: IdentityLink, code: str | None) -> IdentityLinkView:
    return IdentityLinkView(
        id=link.id,
        provider=code,
        issuer=link.issuer,
        # Enough to tell two apart beside the provider's own list; of a short one it would be most of it.
        subject_ends=link.subject[-4:] if len(link.subject) > 8 else "",
        linked_at=link.linked_at,
    )
