"""What somebody who is signed in does about how they sign in: change the password, renew the second factor.

Who asks is known by their browser's session, not by a token: no app changes how somebody gets in.
"""

from dataclasses import replace

from domain.accounts.commands import BeginRenewal, ChangePassword, ReadOwnAccount, RenewSecondFactor
from domain.accounts.login import (
    LoginFailed,
    SessionExpired,
    account_key,
    address_key,
    count_attempt,
    lock_active_account,
    password_errors_of,
    password_login_allowed,
    require_session,
    start_session,
    token_digest,
    uncount_attempt,
)
from domain.accounts.model import ONE_TIME_CODE, PASSWORD, RECOVERY_CODE, Account
from domain.accounts.ports import AccountUnit, Authenticators, PasswordHashing
from domain.accounts.rules import fold_username, generate_recovery_codes, normalize_code
from domain.accounts.views import LoginResult, OwnAccountView, PasswordChanged, SecondFactorRenewal
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
        held = await require_session(unit, cmd.session, ctx.now())
        account = await unit.accounts.find(held.person_id)
        district = await unit.registry.find_district(ctx.actor.district_id)
        if account is None or district is None:
            raise SessionExpired
        return OwnAccountView(
            district=district.name,
            slug=await unit.registry.slug_of(ctx.actor.district_id),
            username=account.username,
            password=account.password_hash is not None and await password_login_allowed(unit, account),
            second_factor=account.has_second_factor,
        )


@operation()
async def change_password(cmd: ChangePassword, ctx: Context[AccountUnit], *, passwords: PasswordHashing) -> PasswordChanged:
    """A new password for who knows the present one. Everything else that was signed in ends, apps included, as by a letter.

    Tries count with those of signing in under the same name. Raises ``NotFound`` for somebody without a password that lets in,
    ``Refused`` for another than the present one, ``Invalid`` for a new one that will not do, ``TooManyTries``.
    """
    permission = authorize(ctx.actor, "change_password")
    now = ctx.now()
    async with ctx.read(permission) as unit:
        person = (await require_session(unit, cmd.session, now)).person_id
        found = await _with_password(unit, await unit.accounts.find(person))
        # Before a try is counted: it tells nothing of the present one.
        faults = await password_errors_of(unit, ctx.actor.district_id, person, None, cmd.password)
    if faults:
        raise Invalid.of(faults)
    keys = (account_key(fold_username(found.username or "")), address_key(cmd.address))
    await count_attempt(ctx, permission, keys)
    if not await passwords.verify(found.password_hash, cmd.present):
        raise LoginFailed
    made = await passwords.hash(cmd.password)
    async with ctx.open(permission) as unit:
        account = await _with_password(unit, await lock_active_account(unit, person))
        held = await require_session(unit, cmd.session, now)
        if account.password_hash != found.password_hash:
            raise LoginFailed
        await unit.accounts.save(replace(account, password_hash=made))
        await revoke_all_sessions(unit, [person], now)
        await uncount_attempt(unit, keys, ctx)
        methods = held.methods | {PASSWORD}
        got = await start_session(unit, ctx, account, methods, cmd.session, signed_in_at=held.signed_in_at)
        district = await unit.registry.find_district(ctx.actor.district_id)
        await unit.commit()
    return PasswordChanged(login=got, to=account.email, district="" if district is None else district.name)


@operation()
async def begin_renewal(cmd: BeginRenewal, ctx: Context[AccountUnit], *, authenticators: Authenticators) -> SecondFactorRenewal:
    """A seed for another app; nothing is kept of it until ``renew_second_factor``. Raises ``NotFound`` without an app."""
    permission = authorize(ctx.actor, "begin_renewal")
    async with ctx.read(permission) as unit:
        person = (await require_session(unit, cmd.session, ctx.now())).person_id
        account = await unit.accounts.find(person)
    if account is None or not account.has_second_factor:
        raise NotFound("there is no second step to renew; set one up first")
    sealed = cmd.sealed or authenticators.new_seed(person)
    return SecondFactorRenewal(
        seed=sealed, uri=authenticators.provisioning_uri(person, sealed, f"{cmd.label}: {account.username or account.name}")
    )


@operation()
async def renew_second_factor(
    cmd: RenewSecondFactor, ctx: Context[AccountUnit], *, authenticators: Authenticators
) -> LoginResult:
    """Another app, by codes of both in one step: at no time is the account without one. Answers with new recovery codes.

    Everything else that was signed in ends. Raises ``Refused``, ``SignInAgain``, ``TooManyTries``.
    """
    permission = authorize(ctx.actor, "renew_second_factor")
    now = ctx.now()
    async with ctx.read(permission) as unit:
        person = (await require_session(unit, cmd.session, now)).person_id
    keys = (account_key(f"second factor {person}"), address_key(cmd.address))
    await count_attempt(ctx, permission, keys)
    codes = generate_recovery_codes()
    async with ctx.open(permission) as unit:
        account = await lock_active_account(unit, person)
        held = await require_session(unit, cmd.session, now)
        if not account.has_second_factor or account.totp_sealed is None:
            raise SessionExpired
        step = authenticators.matching_step(person, cmd.sealed, cmd.new_code, now)
        old = authenticators.matching_step(person, account.totp_sealed, cmd.code, now)
        if step is None:
            raise LoginFailed
        if old is not None and old > (account.totp_last_step or 0):
            method = ONE_TIME_CODE
        elif await unit.accounts.use_recovery_code(person, token_digest(normalize_code(cmd.code))):
            method = RECOVERY_CODE
        else:
            raise LoginFailed
        renewed = replace(account, totp_sealed=cmd.sealed, totp_confirmed_at=now, totp_last_step=step)
        await unit.accounts.save(renewed)
        await unit.accounts.set_recovery_codes(person, [token_digest(normalize_code(code)) for code in codes])
        await revoke_all_sessions(unit, [person], now)
        await uncount_attempt(unit, keys, ctx)
        methods = (held.methods - SECOND_FACTORS) | {method}
        answer = await start_session(unit, ctx, renewed, methods, cmd.session, signed_in_at=held.signed_in_at)
        await unit.commit()
    return replace(answer, recovery_codes=codes)


async def _with_password(unit: AccountUnit, account: Account | None) -> Account:
    if account is None or account.password_hash is None or not await password_login_allowed(unit, account):
        raise NotFound("you sign in without a password here; change it where you sign in")
    return account
