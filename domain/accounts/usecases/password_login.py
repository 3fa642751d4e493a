"""Signing in and out. One answer for whatever does not fit, from the same work, whether there is such an account or not."""

from dataclasses import replace

from domain.accounts.commands import CurrentSession, SignIn, SignOut, WaysIn
from domain.accounts.login import (
    Refused,
    account_key,
    address_key,
    forgive,
    lacks_second_factor,
    opened,
    password_does,
    present,
    reserve,
)
from domain.accounts.model import PASSWORD, BrowserSession, Stage
from domain.accounts.ports import AccountUnit, Passwords
from domain.accounts.rules import fold_username, is_live
from domain.accounts.views import Offered, Opened, WaysInView
from domain.permissions.rules import authorize
from domain.shared.context import Context
from domain.shared.operation import operation

SEEN_SECONDS = 60
"""How old the last sight of a browser may be before it is written down again."""


@operation()
async def sign_in(cmd: SignIn, ctx: Context[AccountUnit], *, passwords: Passwords) -> Opened:
    """Sign in by user name and password. Raises ``Refused`` or ``TooManyTries``."""
    permission = authorize(ctx.actor, "sign_in")
    name = fold_username(cmd.username)
    keys = (account_key(name), address_key(cmd.address))
    await reserve(ctx, permission, keys)
    async with ctx.read(permission) as unit:
        found = await unit.accounts.by_username(name)
        able = found is not None and found.present and await password_does(unit, found)
    # The same work for everybody: for nobody known, too.
    right = await passwords.verify(found.password_hash if found is not None else None, cmd.password)
    if not right or not able or found is None:
        raise Refused
    async with ctx.open(permission) as unit:
        account = await present(unit, found.person_id)
        if account.password_hash != found.password_hash:
            raise Refused
        await forgive(unit, keys, ctx)
        answer = await opened(unit, ctx, account, frozenset({PASSWORD}), cmd.session)
        await unit.commit()
    return answer


@operation()
async def read_ways_in(cmd: WaysIn, ctx: Context[AccountUnit]) -> WaysInView:  # noqa: ARG001 - nothing to say
    """What the sign-in page of a district offers."""
    permission = authorize(ctx.actor, "read_ways_in")
    async with ctx.read(permission) as unit:
        district = await unit.registry.find_district(ctx.actor.district_id)
        providers = [p for p in await unit.providers.listed() if p.active]
    if district is None:
        raise Refused
    offered = tuple(Offered(code=p.code, name=p.name) for p in providers)
    return WaysInView(name=district.name, providers=offered, exclusive=any(p.exclusive for p in providers))


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
            held = replace(held, stage=Stage.FIRST_FACTOR)
    if (now - held.seen_at).total_seconds() > SEEN_SECONDS:
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
