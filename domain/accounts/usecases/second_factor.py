"""The second factor: enrolled once, asked for at every sign-in of whoever needs it."""

from dataclasses import replace
from datetime import timedelta

from domain.accounts.commands import BeginEnrolment, GiveSecondFactor
from domain.accounts.login import (
    LoginFailed,
    SessionExpired,
    account_key,
    address_key,
    count_attempt,
    lock_active_account,
    start_session,
    token_digest,
    uncount_attempt,
)
from domain.accounts.model import ONE_TIME_CODE, RECOVERY_CODE, BrowserSession
from domain.accounts.ports import AccountUnit, Authenticators
from domain.accounts.rules import ENROL_MINUTES, generate_recovery_codes, is_live, normalize_code
from domain.accounts.views import Enrolment, LoginResult
from domain.permissions.rules import authorize
from domain.shared.access_scope import Permission
from domain.shared.context import Context
from domain.shared.ids import PersonId
from domain.shared.operation import operation


@operation()
async def give_second_factor(
    cmd: GiveSecondFactor, ctx: Context[AccountUnit], *, authenticators: Authenticators
) -> LoginResult:
    """Finish signing in. A code is good once: neither it nor an earlier one counts again. Raises ``Refused``."""
    permission = authorize(ctx.actor, "give_second_factor")
    person = (await _require_browser(cmd.session, permission, ctx)).person_id
    keys = (account_key(f"second factor {person}"), address_key(cmd.address))
    await count_attempt(ctx, permission, keys)
    async with ctx.open(permission) as unit:
        account = await lock_active_account(unit, person)
        held = await _reload_browser(unit, cmd.session)
        if not account.has_second_factor or account.totp_sealed is None:
            raise SessionExpired
        step = authenticators.matching_step(person, account.totp_sealed, cmd.code, ctx.now())
        if step is not None and step > (account.totp_last_step or 0):
            await unit.accounts.save(replace(account, totp_last_step=step))
            method = ONE_TIME_CODE
        elif await unit.accounts.use_recovery_code(person, token_digest(normalize_code(cmd.code))):
            method = RECOVERY_CODE
        else:
            raise LoginFailed
        await uncount_attempt(unit, keys, ctx)
        answer = await start_session(unit, ctx, account, held.methods | {method}, cmd.session)
        await unit.commit()
    return answer


@operation()
async def begin_enrolment(cmd: BeginEnrolment, ctx: Context[AccountUnit], *, authenticators: Authenticators) -> Enrolment:
    """A seed for the app; the same again until it is proved. None where an app is enrolled: that takes its code."""
    permission = authorize(ctx.actor, "begin_enrolment")
    person = await _require_recent_login(cmd.session, permission, ctx)
    async with ctx.open(permission) as unit:
        account = await lock_active_account(unit, person)
        if account.has_second_factor:
            return Enrolment(uri=None)
        sealed = account.totp_sealed
        if sealed is None:
            sealed = authenticators.new_seed(person)
            await unit.accounts.save(replace(account, totp_sealed=sealed))
            await unit.commit()
    return Enrolment(uri=authenticators.provisioning_uri(person, sealed, f"{cmd.label}: {account.username or account.name}"))


@operation()
async def confirm_enrolment(cmd: GiveSecondFactor, ctx: Context[AccountUnit], *, authenticators: Authenticators) -> LoginResult:
    """Prove the app with its first code; answers with recovery codes, shown this once. Raises ``Refused``."""
    permission = authorize(ctx.actor, "confirm_enrolment")
    person = await _require_recent_login(cmd.session, permission, ctx)
    keys = (account_key(f"second factor {person}"), address_key(cmd.address))
    await count_attempt(ctx, permission, keys)
    codes = generate_recovery_codes()
    async with ctx.open(permission) as unit:
        account = await lock_active_account(unit, person)
        held = await _reload_browser(unit, cmd.session)
        if account.has_second_factor or account.totp_sealed is None:
            raise SessionExpired
        step = authenticators.matching_step(person, account.totp_sealed, cmd.code, ctx.now())
        if step is None:
            raise LoginFailed
        enrolled = replace(account, totp_confirmed_at=ctx.now(), totp_last_step=step)
        await unit.accounts.save(enrolled)
        await unit.accounts.set_recovery_codes(person, [token_digest(normalize_code(code)) for code in codes])
        await uncount_attempt(unit, keys, ctx)
        answer = await start_session(unit, ctx, enrolled, held.methods | {ONE_TIME_CODE}, cmd.session)
        await unit.commit()
    return replace(answer, recovery_codes=codes)


async def _require_browser(session: bytes, permission: Permission, ctx: Context[AccountUnit]) -> BrowserSession:
    async with ctx.read(permission) as unit:
        found = await unit.browsers.find(session)
    if found is None or not is_live(found, ctx.now()):
        raise SessionExpired
    return found


async def _require_recent_login(session: bytes, permission: Permission, ctx: Context[AccountUnit]) -> PersonId:
    """Who this browser is, who signed in just now. Raises ``SignInAgain``."""
    held = await _require_browser(session, permission, ctx)
    if ctx.now() - held.signed_in_at > timedelta(minutes=ENROL_MINUTES):
        raise SessionExpired
    return held.person_id


async def _reload_browser(unit: AccountUnit, session: bytes) -> BrowserSession:
    found = await unit.browsers.find(session)
    if found is None:
        raise SessionExpired
    return found
