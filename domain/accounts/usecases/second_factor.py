"""The second factor: enrolled once, asked for at every sign-in of whoever needs it."""

from dataclasses import replace
from datetime import timedelta

from domain.accounts.commands import BeginEnrolment, GiveSecondFactor
from domain.accounts.login import (
    Refused,
    SignInAgain,
    account_key,
    address_key,
    digest,
    forgive,
    opened,
    present,
    reserve,
)
from domain.accounts.model import ONE_TIME_CODE, RECOVERY_CODE, BrowserSession
from domain.accounts.ports import AccountUnit, Authenticators
from domain.accounts.rules import ENROL_MINUTES, is_live, read_code, recovery_codes
from domain.accounts.views import Enrolment, Opened
from domain.permissions.rules import authorize
from domain.shared.access_scope import Permission
from domain.shared.context import Context
from domain.shared.ids import PersonId
from domain.shared.operation import operation


@operation()
async def give_second_factor(cmd: GiveSecondFactor, ctx: Context[AccountUnit], *, authenticators: Authenticators) -> Opened:
    """Finish signing in. A code is good once: neither it nor an earlier one counts again. Raises ``Refused``."""
    permission = authorize(ctx.actor, "give_second_factor")
    person = (await _browser(cmd.session, permission, ctx)).person_id
    keys = (account_key(f"second factor {person}"), address_key(cmd.address))
    await reserve(ctx, permission, keys)
    async with ctx.open(permission) as unit:
        account = await present(unit, person)
        held = await _still(unit, cmd.session)
        if not account.has_second_factor or account.totp_sealed is None:
            raise SignInAgain
        step = authenticators.step(person, account.totp_sealed, cmd.code, ctx.now())
        if step is not None and step > (account.totp_last_step or 0):
            await unit.accounts.save(replace(account, totp_last_step=step))
            method = ONE_TIME_CODE
        elif await unit.accounts.use_recovery_code(person, digest(read_code(cmd.code))):
            method = RECOVERY_CODE
        else:
            raise Refused
        await forgive(unit, keys, ctx)
        answer = await opened(unit, ctx, account, held.methods | {method}, cmd.session)
        await unit.commit()
    return answer


@operation()
async def begin_enrolment(cmd: BeginEnrolment, ctx: Context[AccountUnit], *, authenticators: Authenticators) -> Enrolment:
    """A seed for the app; the same again until it is proved. None where an app is enrolled: that takes its code."""
    permission = authorize(ctx.actor, "begin_enrolment")
    person = await _fresh(cmd.session, permission, ctx)
    async with ctx.open(permission) as unit:
        account = await present(unit, person)
        if account.has_second_factor:
            return Enrolment(uri=None)
        sealed = account.totp_sealed
        if sealed is None:
            sealed = authenticators.new(person)
            await unit.accounts.save(replace(account, totp_sealed=sealed))
            await unit.commit()
    return Enrolment(uri=authenticators.uri(person, sealed, f"{cmd.label}: {account.username or account.name}"))


@operation()
async def confirm_enrolment(cmd: GiveSecondFactor, ctx: Context[AccountUnit], *, authenticators: Authenticators) -> Opened:
    """Prove the app with its first code; answers with recovery codes, shown this once. Raises ``Refused``."""
    permission = authorize(ctx.actor, "confirm_enrolment")
    person = await _fresh(cmd.session, permission, ctx)
    keys = (account_key(f"second factor {person}"), address_key(cmd.address))
    await reserve(ctx, permission, keys)
    codes = recovery_codes()
    async with ctx.open(permission) as unit:
        account = await present(unit, person)
        held = await _still(unit, cmd.session)
        if account.has_second_factor or account.totp_sealed is None:
            raise SignInAgain
        step = authenticators.step(person, account.totp_sealed, cmd.code, ctx.now())
        if step is None:
            raise Refused
        enrolled = replace(account, totp_confirmed_at=ctx.now(), totp_last_step=step)
        await unit.accounts.save(enrolled)
        await unit.accounts.set_recovery_codes(person, [digest(read_code(code)) for code in codes])
        await forgive(unit, keys, ctx)
        answer = await opened(unit, ctx, enrolled, held.methods | {ONE_TIME_CODE}, cmd.session)
        await unit.commit()
    return replace(answer, recovery_codes=codes)


async def _browser(session: bytes, permission: Permission, ctx: Context[AccountUnit]) -> BrowserSession:
    async with ctx.read(permission) as unit:
        found = await unit.browsers.find(session)
    if found is None or not is_live(found, ctx.now()):
        raise SignInAgain
    return found


async def _fresh(session: bytes, permission: Permission, ctx: Context[AccountUnit]) -> PersonId:
    """Who this browser is, who signed in just now. Raises ``SignInAgain``."""
    held = await _browser(session, permission, ctx)
    if ctx.now() - held.signed_in_at > timedelta(minutes=ENROL_MINUTES):
        raise SignInAgain
    return held.person_id


async def _still(unit: AccountUnit, session: bytes) -> BrowserSession:
    found = await unit.browsers.find(session)
    if found is None:
        raise SignInAgain
    return found
