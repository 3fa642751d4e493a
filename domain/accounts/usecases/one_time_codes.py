"""One-time codes and letters: how people come by a password, or by a new one."""

import secrets
from dataclasses import replace
from datetime import timedelta

from domain.accounts.commands import RedeemCode, RequestReset, ResetPassword
from domain.accounts.login import (
    Refused,
    account_key,
    address_key,
    digest,
    forgive,
    opened,
    password_does,
    password_faults_of,
    present,
    reserve,
)
from domain.accounts.model import PASSWORD, CodePurpose
from domain.accounts.ports import AccountUnit, Passwords
from domain.accounts.rules import RESET_MINUTES, fold_username, read_code, username_faults
from domain.accounts.views import Letter, Opened
from domain.directory.model import folded
from domain.permissions.rules import authorize
from domain.shared.audit import Subject
from domain.shared.context import Context
from domain.shared.errors import Code, Invalid
from domain.shared.ids import PersonId
from domain.shared.operation import operation
from domain.shared.revoke_access import revoke_all_sessions


@operation()
async def redeem_code(cmd: RedeemCode, ctx: Context[AccountUnit], *, passwords: Passwords) -> Opened:
    """Choose user name and password by a code, and be signed in; what let the person in before ends.

    Raises ``Invalid`` for a user name or password that will not do, ``Refused`` for a code that is none.
    """
    permission = authorize(ctx.actor, "redeem_code")
    code, now = digest(read_code(cmd.code)), ctx.now()
    keys = (address_key(cmd.address),)
    await reserve(ctx, permission, keys)
    async with ctx.read(permission) as unit:
        holder = await unit.accounts.holder_of_code(code, CodePurpose.ENROL, now)
        if holder is None:
            raise Refused
        await _check(unit, ctx, holder, cmd.username, cmd.password)
    made = await passwords.hash(cmd.password)
    async with ctx.open(permission) as unit:
        if await unit.accounts.use_code(code, CodePurpose.ENROL, now) != holder:
            raise Refused
        account = await present(unit, holder)
        if not await password_does(unit, account):
            raise Refused
        account = replace(account, username=cmd.username.strip(), password_hash=made)
        await unit.accounts.save(account)
        await revoke_all_sessions(unit, [holder], now)
        await forgive(unit, keys, ctx)
        answer = await opened(unit, ctx, account, frozenset({PASSWORD}), cmd.session)
        await unit.commit()
    return answer


@operation()
async def request_reset(cmd: RequestReset, ctx: Context[AccountUnit]) -> Letter | None:
    """A letter for whoever has an account with a password and a mail address; the asker is told nothing of it."""
    permission = authorize(ctx.actor, "request_reset")
    name = fold_username(cmd.identity)
    await reserve(ctx, permission, (account_key(f"reset {name}"), address_key(cmd.address)))
    async with ctx.open(permission) as unit:
        found = await unit.accounts.by_username(name)
        if found is None and "@" in name:
            found = await unit.accounts.by_email(folded("email", cmd.identity.strip()))
        if found is None or not found.present or not found.password_hash or not found.email:
            return None
        if not await password_does(unit, found):
            return None
        token = secrets.token_urlsafe(32)
        until = ctx.now() + timedelta(minutes=RESET_MINUTES)
        await unit.accounts.add_code(digest(token), found.person_id, CodePurpose.RESET, until)
        await unit.commit()
    return Letter(to=found.email, token=token)


@operation()
async def reset_password(cmd: ResetPassword, ctx: Context[AccountUnit], *, passwords: Passwords) -> None:
    """A new password by a letter's token, once; whatever was signed in ends. Raises ``Invalid`` or ``Refused``."""
    permission = authorize(ctx.actor, "reset_password")
    code, now = digest(cmd.token), ctx.now()
    keys = (address_key(cmd.address),)
    await reserve(ctx, permission, keys)
    async with ctx.read(permission) as unit:
        holder = await unit.accounts.holder_of_code(code, CodePurpose.RESET, now)
        if holder is None:
            raise Refused
        await _check(unit, ctx, holder, None, cmd.password)
    made = await passwords.hash(cmd.password)
    async with ctx.open(permission) as unit:
        if await unit.accounts.use_code(code, CodePurpose.RESET, now) != holder:
            raise Refused
        account = await present(unit, holder)
        await unit.accounts.save(replace(account, password_hash=made))
        await revoke_all_sessions(unit, [holder], now)
        await forgive(unit, keys, ctx)
        unit.audit.record(Subject.PERSON, holder)
        await unit.commit()


async def _check(unit: AccountUnit, ctx: Context[AccountUnit], holder: PersonId, username: str | None, password: str) -> None:
    """Refuse what will not do; only somebody with a code learns that a user name is taken."""
    faults = [] if username is None else username_faults(username)
    faults += await password_faults_of(unit, ctx.actor.district_id, holder, username, password)
    if username is not None and not faults:
        other = await unit.accounts.by_username(fold_username(username))
        if other is not None and other.person_id != holder:
            detail = "somebody else of the district has this user name; choose another"
            raise Invalid.at("/username", Code.DUPLICATE, detail)
    if faults:
        raise Invalid.of(faults)
