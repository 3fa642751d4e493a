"""Signing in and out. One answer for whatever does not fit, from the same work, whether there is such an account or not."""

from dataclasses import replace

from domain.accounts.commands import CurrentSession, ReadLoginMethods, SignIn, SignOut
from domain.accounts.login import (
    LoginFailed,
    account_key,
    address_key,
    count_attempt,
    lacks_second_factor,
    lock_active_account,
    password_login_allowed,
    start_session,
    uncount_attempt,
)
from domain.accounts.model import PASSWORD, BrowserSession, LoginStage
from domain.accounts.ports import AccountUnit, PasswordHashing
from domain.accounts.rules import fold_username, is_live
from domain.accounts.views import LoginMethodsView, LoginResult, ProviderOption
from domain.permissions.rules import authorize
from domain.shared.context import Context
from domain.shared.operation import operation

TOUCH_INTERVAL_SECONDS = 60
"""How old the last sight of a browser may be before it is written down again."""


@operation()
async def sign_in(cmd: SignIn, ctx: Context[AccountUnit], *, passwords: PasswordHashing) -> LoginResult:
    """Sign in by user name and password. Raises ``Refused`` or ``TooManyTries``."""
    permission = authorize(ctx.actor, "sign_in")
    name = fold_username(cmd.username)
    keys = (account_key(name), address_key(cmd.address))
    await count_attempt(ctx, permission, keys)
    async with ctx.read(permission) as unit:
        found = await unit.accounts.find_by_username(name)
        able = found is not None and found.present and await password_login_allowed(unit, found)
    # The same work for everybody: for nobody known, too.
    right = await passwords.verify(found.password_hash if found is not None else None, cmd.password)
    if not right or not able or found is None:
        raise LoginFailed
    async with ctx.open(permission) as unit:
        account = await lock_active_account(unit, found.person_id)
        if account.password_hash != found.password_hash:
            raise LoginFailed
        await uncount_attempt(unit, keys, ctx)
        answer = await start_session(unit, ctx, account, frozenset({PASSWORD}), cmd.session)
        await unit.commit()
    return answer


@operation()
async def read_ways_in(cmd: ReadLoginMethods, ctx: Context[AccountUnit]) -> LoginMethodsView:  # noqa: ARG001 - nothing to say
    """What the sign-in page of a district offers."""
    permission = authorize(ctx.actor, "read_ways_in")
    async with ctx.read(permission) as unit:
        district = await unit.registry.find_district(ctx.actor.district_id)
        providers = [p for p in await unit.identity_providers.all() if p.active]
    if district is None:
        raise LoginFailed
    offered = tuple(ProviderOption(code=p.code, name=p.name) for p in providers)
    return LoginMethodsView(name=district.name, providers=offered, exclusive=any(p.exclusive for p in providers))


@operation()
async def read_browser(cmd: CurrentSession, ctx: Context[AccountUnit]) -> BrowserSession | None:
    """Who a browser is, while it counts; it is noted as seen, once a minute.

    A browser that signed in before its person needed a second factor has got as far as the first one.
    """
    permission = authorize(ctx.actor, "read_browser")
    now = ctx.now()
    async with ctx.read(permission) as unit:
        held = await unit.browsers.find(cmd.session)
        if held is None or not is_live(held, now):
            return None
        if await lacks_second_factor(unit, held.person_id, held.methods):
            held = replace(held, stage=LoginStage.FIRST_FACTOR)
    if (now - held.seen_at).total_seconds() > TOUCH_INTERVAL_SECONDS:
        async with ctx.open(permission) as unit:
            await unit.browsers.touch(cmd.session, now)
            await unit.commit()
        return replace(held, seen_at=now)
    return held


@operation()
async def sign_out(cmd: SignOut, ctx: Context[AccountUnit]) -> None:
    """End a browser's session; one that is none has ended already."""
    permission = authorize(ctx.actor, "sign_out")
    async with ctx.open(permission) as unit:
        await unit.browsers.end(cmd.session)
        await unit.commit()
