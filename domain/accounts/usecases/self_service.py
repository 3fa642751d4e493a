"""What somebody who is signed in does about how they sign in: change the password, renew the second factor.

Who asks is known by their browser's session, not by a token: no app changes how somebody gets in.
"""

from dataclasses import replace

from domain.accounts.commands import BeginRenewal, ChangePassword, ReadOwnAccount, RenewSecondFactor
from domain.accounts.login import (
    Refused,
    SignInAgain,
    account_key,
    address_key,
    digest,
    forgive,
    opened,
    password_does,
    password_faults_of,
    present,
    reserve,
    signed_in,
)
from domain.accounts.model import ONE_TIME_CODE, PASSWORD, RECOVERY_CODE, Account
from domain.accounts.ports import AccountUnit, Authenticators, Passwords
from domain.accounts.rules import fold_username, read_code, recovery_codes
from domain.accounts.views import Changed, Opened, OwnAccountView, Renewal
from domain.permissions.rules import authorize
from domain.shared.context import Context
from domain.shared.errors import Invalid, NotFound
from domain.shared.operation import operation
from domain.shared.revoke_access import revoke_all_sessions
from domain.shared.roles import SECOND_FACTORS


@operation()
async def read_own_account(cmd: ReadOwnAccount, ctx: Context[AccountUnit]) -> OwnAccountView:
    """What the account's page offers. Raises ``SignInAgain``."""
    permission = authorize(ctx.actor, "read_own_account")
    async with ctx.read(permission) as unit:
        held = await signed_in(unit, cmd.session, ctx.now())
        account = await unit.accounts.find(held.person_id)
        district = await unit.registry.find_district(ctx.actor.district_id)
        if account is None or district is None:
            raise SignInAgain
        return OwnAccountView(
            district=district.name,
            slug=await unit.registry.slug_of(ctx.actor.district_id),
            username=account.username,
            password=account.password_hash is not None and await password_does(unit, account),
            second_factor=account.has_second_factor,
        )


@operation()
async def change_password(cmd: ChangePassword, ctx: Context[AccountUnit], *, passwords: Passwords) -> Changed:
    """A new password for who knows the present one. Everything else that was signed in ends, apps included, as by a letter.

    Tries count with those of signing in under the same name. Raises ``NotFound`` for somebody without a password that lets in,
    ``Refused`` for another than the present one, ``Invalid`` for a new one that will not do, ``TooManyTries``.
    """
    permission = authorize(ctx.actor, "change_password")
    now = ctx.now()
    async with ctx.read(permission) as unit:
        person = (await signed_in(unit, cmd.session, now)).person_id
        found = await _with_password(unit, await unit.accounts.find(person))
        # Before a try is counted: it tells nothing of the present one.
        faults = await password_faults_of(unit, ctx.actor.district_id, person, None, cmd.password)
    if faults:
        raise Invalid.of(faults)
    keys = (account_key(fold_username(found.username or "")), address_key(cmd.address))
    await reserve(ctx, permission, keys)
    if not await passwords.verify(found.password_hash, cmd.present):
        raise Refused
    made = await passwords.hash(cmd.password)
    async with ctx.open(permission) as unit:
        account = await _with_password(unit, await present(unit, person))
        held = await signed_in(unit, cmd.session, now)
        if account.password_hash != found.password_hash:
            raise Refused
        await unit.accounts.save(replace(account, password_hash=made))
        await revoke_all_sessions(unit, [person], now)
        await forgive(unit, keys, ctx)
        methods = held.methods | {PASSWORD}
        got = await opened(unit, ctx, account, methods, cmd.session, since=held.signed_in_at)
        district = await unit.registry.find_district(ctx.actor.district_id)
        await unit.commit()
    return Changed(opened=got, to=account.email, district="" if district is None else district.name)


@operation()
async def begin_renewal(cmd: BeginRenewal, ctx: Context[AccountUnit], *, authenticators: Authenticators) -> Renewal:
    """A seed for another app; nothing is kept of it until ``renew_second_factor``. Raises ``NotFound`` without an app."""
    permission = authorize(ctx.actor, "begin_renewal")
    async with ctx.read(permission) as unit:
        person = (await signed_in(unit, cmd.session, ctx.now())).person_id
        account = await unit.accounts.find(person)
    if account is None or not account.has_second_factor:
        raise NotFound("there is no second step to renew; set one up first")
    sealed = cmd.sealed or authenticators.new(person)
    return Renewal(seed=sealed, uri=authenticators.uri(person, sealed, f"{cmd.label}: {account.username or account.name}"))


@operation()
async def renew_second_factor(cmd: RenewSecondFactor, ctx: Context[AccountUnit], *, authenticators: Authenticators) -> Opened:
    """Another app, by codes of both in one step: at no time is the account without one. Answers with new recovery codes.

    Everything else that was signed in ends. Raises ``Refused``, ``SignInAgain``, ``TooManyTries``.
    """
    permission = authorize(ctx.actor, "renew_second_factor")
    now = ctx.now()
    async with ctx.read(permission) as unit:
        person = (await signed_in(unit, cmd.session, now)).person_id
    keys = (account_key(f"second factor {person}"), address_key(cmd.address))
    await reserve(ctx, permission, keys)
    codes = recovery_codes()
    async with ctx.open(permission) as unit:
        account = await present(unit, person)
        held = await signed_in(unit, cmd.session, now)
        if not account.has_second_factor or account.totp_sealed is None:
            raise SignInAgain
        step = authenticators.step(person, cmd.sealed, cmd.new_code, now)
        old = authenticators.step(person, account.totp_sealed, cmd.code, now)
        if step is None:
            raise Refused
        if old is not None and old > (account.totp_last_step or 0):
            method = ONE_TIME_CODE
        elif await unit.accounts.use_recovery_code(person, digest(read_code(cmd.code))):
            method = RECOVERY_CODE
        else:
            raise Refused
        renewed = replace(account, totp_sealed=cmd.sealed, totp_confirmed_at=now, totp_last_step=step)
        await unit.accounts.save(renewed)
        await unit.accounts.set_recovery_codes(person, [digest(read_code(code)) for code in codes])
        await revoke_all_sessions(unit, [person], now)
        await forgive(unit, keys, ctx)
        methods = (held.methods - SECOND_FACTORS) | {method}
        answer = await opened(unit, ctx, renewed, methods, cmd.session, since=held.signed_in_at)
        await unit.commit()
    return replace(answer, recovery_codes=codes)


async def _with_password(unit: AccountUnit, account: Account | None) -> Account:
    if account is None or account.password_hash is None or not await password_does(unit, account):
        raise NotFound("you sign in without a password here; change it where you sign in")
    return account
