"""One-time codes and letters: how people come by a password, or by a new one."""

import secrets
from dataclasses import replace
from datetime import timedelta

from domain.accounts.commands import RedeemCode, RequestReset, ResetPassword
from domain.accounts.login import (
    LoginFailed,
    account_key,
    address_key,
    count_attempt,
    lock_active_account,
    password_errors_of,
    password_login_allowed,
    start_session,
    token_digest,
    uncount_attempt,
)
from domain.accounts.model import PASSWORD, CodePurpose
from domain.accounts.ports import AccountUnit, PasswordHashing
from domain.accounts.rules import RESET_MINUTES, fold_username, normalize_code, username_errors
from domain.accounts.views import LoginResult, ResetMail
from domain.directory.model import fold_case
from domain.permissions.rules import authorize
from domain.shared.audit import Subject
from domain.shared.context import Context
from domain.shared.errors import Code, Invalid
from domain.shared.ids import PersonId
from domain.shared.operation import operation
from domain.shared.revoke_access import revoke_all_sessions


@operation()
async def redeem_code(cmd: RedeemCode, ctx: Context[AccountUnit], *, passwords: PasswordHashing) -> LoginResult:
    """Choose user name and password by a code, and be signed in; what let the person in before ends.

    Raises ``Invalid`` for a user name or password that will not do, ``Refused`` for a code that is none.
    """
    permission = authorize(ctx.actor, "redeem_code")
    code, now = token_digest(normalize_code(cmd.code)), ctx.now()
    keys = (address_key(cmd.address),)
    await count_attempt(ctx, permission, keys)
    async with ctx.read(permission) as unit:
        holder = await unit.accounts.find_code_holder(code, CodePurpose.ENROL, now)
        if holder is None:
            raise LoginFailed
        await _check_credentials(unit, ctx, holder, cmd.username, cmd.password)
    made = await passwords.hash(cmd.password)
    async with ctx.open(permission) as unit:
        if await unit.accounts.use_code(code, CodePurpose.ENROL, now) != holder:
            raise LoginFailed
        account = await lock_active_account(unit, holder)
        if not await password_login_allowed(unit, account):
            raise LoginFailed
        account = replace(account, username=cmd.username.strip(), password_hash=made)
        await unit.accounts.save(account)
        await revoke_all_sessions(unit, [holder], now)
        await uncount_attempt(unit, keys, ctx)
        answer = await start_session(unit, ctx, account, frozenset({PASSWORD}), cmd.session)
        await unit.commit()
    return answer


@operation()
async def request_reset(cmd: RequestReset, ctx: Context[AccountUnit]) -> ResetMail | None:
    """A letter for whoever has an account with a password and a mail address; the asker is told nothing of it."""
    permission = authorize(ctx.actor, "request_reset")
    name = fold_username(cmd.identity)
    await count_attempt(ctx, permission, (account_key(f"reset {name}"), address_key(cmd.address)))
    async with ctx.open(permission) as unit:
        found = await unit.accounts.find_by_username(name)
        if found is None and "@" in name:
            found = await unit.accounts.find_by_email(fold_case("email", cmd.identity.strip()))
        if found is None or not found.present or not found.password_hash or not found.email:
            return None
        if not await password_login_allowed(unit, found):
            return None
        token = secrets.token_urlsafe(32)
        until = ctx.now() + timedelta(minutes=RESET_MINUTES)
        await unit.accounts.add_code(token_digest(token), found.person_id, CodePurpose.RESET, until)
        await unit.commit()
    return ResetMail(to=found.email, token=token)


@operation()
async def reset_password(cmd: ResetPassword, ctx: Context[AccountUnit], *, passwords: PasswordHashing) -> None:
    """A new password by a letter's token, once; whatever was signed in ends. Raises ``Invalid`` or ``Refused``."""
    permission = authorize(ctx.actor, "reset_password")
    code, now = token_digest(cmd.token), ctx.now()
    keys = (address_key(cmd.address),)
    await count_attempt(ctx, permission, keys)
    async with ctx.read(permission) as unit:
        holder = await unit.accounts.find_code_holder(code, CodePurpose.RESET, now)
        if holder is None:
            raise LoginFailed
        await _check_credentials(unit, ctx, holder, None, cmd.password)
    made = await passwords.hash(cmd.password)
    async with ctx.open(permission) as unit:
        if await unit.accounts.use_code(code, CodePurpose.RESET, now) != holder:
            raise LoginFailed
        account = await lock_active_account(unit, holder)
        await unit.accounts.save(replace(account, password_hash=made))
        await revoke_all_sessions(unit, [holder], now)
        await uncount_attempt(unit, keys, ctx)
        unit.audit.record(Subject.PERSON, holder)
        await unit.commit()


async def _check_credentials(
    unit: AccountUnit, ctx: Context[AccountUnit], holder: PersonId, username: str | None, password: str
) -> None:
    """Refuse what will not do; only somebody with a code learns that a user name is taken."""
    faults = [] if username is None else username_errors(username)
    faults += await password_errors_of(unit, ctx.actor.district_id, holder, username, password)
    if username is not None and not faults:
        other = await unit.accounts.find_by_username(fold_username(username))
        if other is not None and other.person_id != holder:
            detail = "somebody else of the district has this user name; choose another"
            raise Invalid.at("/username", Code.DUPLICATE, detail)
    if faults:
        raise Invalid.of(faults)
