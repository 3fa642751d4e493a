"""What every way in shares: tries that are counted before they are looked at, and browsers that get a new cookie."""

import secrets
from collections.abc import Iterable
from dataclasses import replace
from datetime import datetime
from hashlib import sha256

from domain.accounts.model import Account, BrowserSession, LoginAttempts, LoginStage
from domain.accounts.passwords import forbidden_texts, password_errors
from domain.accounts.ports import AccountUnit
from domain.accounts.rules import after_failure, is_live
from domain.accounts.views import LoginResult
from domain.shared.access_scope import Permission
from domain.shared.audit import Subject
from domain.shared.context import Context
from domain.shared.errors import FieldError, Unauthenticated, Unavailable
from domain.shared.ids import DistrictId, PersonId
from domain.shared.roles import SECOND_FACTORS

ThrottleKey = tuple[str, bytes]
"""What tries are counted of: ``account`` or ``address``, and its name."""

ATTEMPTS_PURPOSE = "failed sign-ins"
"""The purpose of the keys of the digests: user names and addresses can be guessed from a plain digest."""


class LoginFailed(Unauthenticated):
    """One answer for whatever did not fit: nothing can be learned from it."""

    def __init__(self) -> None:
        super().__init__("this does not fit together; check what you typed, or use another way to sign in")


class SessionExpired(Unauthenticated):
    """The browser's session is over, or was never."""

    def __init__(self) -> None:
        super().__init__("your sign-in took too long or has ended; sign in again")


class LoginThrottled(Unavailable):
    """Tries of this user name, or from this address, are held up for ``seconds``."""

    def __init__(self, seconds: int) -> None:
        super().__init__(
            f"too many tries; wait {seconds} seconds and try again", extensions={"headers": {"Retry-After": str(seconds)}}
        )
        self.seconds = seconds


def token_digest(text: str) -> bytes:
    """What is kept of a code or a cookie."""
    return sha256(text.encode()).digest()


def new_session_token(district: str) -> str:
    """A browser's cookie: its district in clear, so that the fence can be set, and 256 random bits."""
    return f"{district}.{secrets.token_urlsafe(32)}"


def account_key(name: str) -> ThrottleKey:
    """Tries for one user name, whether there is one or not."""
    return "account", f"account {name}".encode()


def address_key(address: bytes) -> ThrottleKey:
    """Tries from one address."""
    return "address", b"address " + address


async def count_attempt(ctx: Context[AccountUnit], permission: Permission, keys: Iterable[ThrottleKey]) -> None:
    """Count a failure of each subject beforehand, so that tries at once can't pass; ``forgive`` takes it back.

    Raises ``TooManyTries`` while one of them is held up; that does not lengthen the wait.
    """
    now = ctx.now()
    async with ctx.open(permission) as unit:
        unit.audit.enabled = False  # the trail tells what is done in the end; a try that is counted is not that
        held = [(kind, *await _load_attempts(unit, ctx, subject)) for kind, subject in keys]
        wait = max((tries.next_at - now).total_seconds() if tries else 0.0 for _, _, tries in held)
        if wait > 0:
            raise LoginThrottled(int(wait) + 1)
        for kind, name, tries in held:
            await unit.login_attempts.save(name, after_failure(tries, kind, now))
        await unit.commit()


async def uncount_attempt(unit: AccountUnit, keys: Iterable[ThrottleKey], ctx: Context[AccountUnit]) -> None:
    """What ``reserve`` counted was no failure; an account starts over, an address has one less."""
    for kind, subject in keys:
        name, tries = await _load_attempts(unit, ctx, subject)
        if kind == "account":
            await unit.login_attempts.clear(name)
        elif tries is not None:
            await unit.login_attempts.save(name, replace(tries, failures=max(0, tries.failures - 1), next_at=ctx.now()))


async def _load_attempts(
    unit: AccountUnit, ctx: Context[AccountUnit], throttle_key: bytes
) -> tuple[bytes, LoginAttempts | None]:
    """The name under which tries of ``subject`` are kept, and those there are; ones under an earlier key are moved there."""
    name, *before = ctx.keyed_digests(ATTEMPTS_PURPOSE, throttle_key)
    tries = await unit.login_attempts.lock(name)
    for earlier in before:
        found = await unit.login_attempts.lock(earlier)
        if found is not None:
            await unit.login_attempts.clear(earlier)
            tries = tries or found
    return name, tries


async def start_session(
    unit: AccountUnit,
    ctx: Context[AccountUnit],
    account: Account,
    methods: frozenset[str],
    previous_session: bytes | None,
    *,
    signed_in_at: datetime | None = None,
) -> LoginResult:
    """Give a browser a new cookie; the one it had ends, so that nobody can have fixed it beforehand. Told: who got in.

    ``since``: when they signed in, where that was before; its end stays where it was.
    """
    if previous_session is not None:
        await unit.browsers.end(previous_session)
    await unit.browsers.delete_expired(ctx.now())
    needed = await lacks_second_factor(unit, account.person_id, methods)
    token, now = new_session_token(ctx.actor.district_id.hex), ctx.now()
    stage = LoginStage.FIRST_FACTOR if needed else LoginStage.SIGNED_IN
    await unit.browsers.add(
        BrowserSession(
            token_sha256=token_digest(token),
            person_id=account.person_id,
            stage=stage,
            methods=methods,
            signed_in_at=signed_in_at or now,
            seen_at=now,
        )
    )
    unit.audit.record(Subject.PERSON, account.person_id)
    return LoginResult(token=token, person_id=account.person_id, stage=stage, enrol=needed and not account.has_second_factor)


async def lacks_second_factor(unit: AccountUnit, person_id: PersonId, methods: frozenset[str]) -> bool:
    """Whether this person needs a second factor now, and ``methods`` holds none."""
    return not methods & SECOND_FACTORS and await unit.accounts.needs_second_factor(person_id)


async def password_login_allowed(unit: AccountUnit, account: Account) -> bool:
    """Whether this account may sign in by password: not where the district's provider is the only way in."""
    providers = await unit.identity_providers.all()
    return account.break_glass or not any(p.active and p.exclusive for p in providers)


async def password_errors_of(
    unit: AccountUnit, district_id: DistrictId, person_id: PersonId, username: str | None, password: str
) -> list[FieldError]:
    """What is wrong with ``password`` for this person, who is to be called ``username`` or is called so already."""
    account = await unit.accounts.find(person_id)
    district = await unit.registry.find_district(district_id)
    if account is None or district is None:
        raise LoginFailed
    known = forbidden_texts(
        district=district.name,
        slug=await unit.registry.slug_of(district_id),
        names=(account.name, *account.names),
        username=username or account.username,
        email=account.email,
    )
    return password_errors(password, forbidden=known)


async def require_session(unit: AccountUnit, session: bytes, now: datetime) -> BrowserSession:
    """Who this browser is, all the way in. Raises ``SignInAgain``."""
    found = await unit.browsers.find(session)
    if found is None or not is_live(found, now) or found.stage is not LoginStage.SIGNED_IN:
        raise SessionExpired
    return found


async def lock_active_account(unit: AccountUnit, person_id: PersonId) -> Account:
    """The person's account, locked. Raises ``Refused`` when they may not sign in."""
    account = await unit.accounts.find(person_id, lock=True)
    if account is None or not account.present:
        raise LoginFailed
    return account
