"""Pure rules of signing in: what a user name and a password must be, how long tries are held up, whose claims count."""

import re
import secrets
import unicodedata
from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime, timedelta
from uuid import UUID, uuid5

from domain.accounts.model import BrowserSession, Provider, Tries
from domain.accounts.profiles import PROFILES, TENANT_PLACE
from domain.shared.errors import Code, Fault
from domain.shared.ids import DistrictId

SHORTEST_PASSWORD = 12
LONGEST_PASSWORD = 256
USERNAME = re.compile(r"[\w.@+-]{3,64}")

IDLE = timedelta(hours=12)
ABSOLUTE = timedelta(hours=24)

CODE_LETTERS = "ABCDEFGHJKLMNPQRSTUVWXYZ23456789"
"""32 letters and digits, without I, O, 0 and 1, which print alike."""
CODE_GROUPS = (4, 4, 4, 4)
"""16 of them: 80 bits, for a code that is void after one use or two weeks."""
RECOVERY_GROUPS = (4, 4, 4, 4, 4, 4)
"""24 of them: 120 bits. They are good for years, and from 112 bits on a plain hash keeps them (ASVS 5.0, 6.5.2)."""
CODE_DAYS = 14
RESET_MINUTES = 30
RECOVERY_CODES = 10

ENROL_MINUTES = 15
"""How fresh a sign-in must be to set up a second factor: a browser left open must not lock its owner out."""

FREE_FAILURES = {"account": 4, "address": 40}
"""Failures in a row that hold nothing up: a school's people share one address."""
LONGEST_DELAY = timedelta(minutes=15)
"""There is no permanent lockout: that would let anybody lock anybody out."""
FORGOTTEN_AFTER = timedelta(hours=24)


def fold_username(username: str) -> str:
    """A user name as it is compared: one form of each character, without letter case."""
    return unicodedata.normalize("NFKC", username.strip()).casefold()


def username_faults(username: str) -> list[Fault]:
    """What is wrong with a user name; empty when nothing is."""
    if USERNAME.fullmatch(fold_username(username)):
        return []
    detail = "3 to 64 letters, digits, dots, hyphens, underscores, plus or at signs"
    return [Fault(pointer="/username", code=Code.MALFORMED, detail=detail)]


def password_faults(password: str, *, known: Iterable[str]) -> list[Fault]:
    """What is wrong with a password (NIST SP 800-63B: length, no composition rules, nothing anybody would try first).

    ``known``: texts about the person that it must not be made of (user name, district). No list of leaked passwords is
    shipped: a useful one is larger than this service, and tries are throttled.
    """
    if not SHORTEST_PASSWORD <= len(password) <= LONGEST_PASSWORD:
        detail = f"{SHORTEST_PASSWORD} to {LONGEST_PASSWORD} characters; a sentence is easy to remember"
        return [Fault(pointer="/password", code=Code.OUT_OF_RANGE, detail=detail)]
    plain = password.casefold()
    if _is_pattern(plain) or any(_is_made_of(plain, word) for word in known):
        detail = "somebody would guess this: not your name, not your district's, no repeated or counted characters"
        return [Fault(pointer="/password", code=Code.NOT_ALLOWED, detail=detail)]
    return []


RUNS = ("abcdefghijklmnopqrstuvwxyz", "01234567890123456789", "qwertyuiopasdfghjklzxcvbnm", "qwertzuiopasdfghjklyxcvbnm")


def _is_pattern(plain: str) -> bool:
    """Few different characters, a short text over and over, a run of the keyboard, or one of the words all lists begin with."""
    if len(set(plain)) < 5 or plain in (plain + plain)[1:-1]:
        return True
    if any(plain in run or plain in run[::-1] for run in RUNS):
        return True
    letters = "".join(c for c in plain if c.isalpha())
    return letters in {"password", "passwordpassword", "contraseña", "letmein", "welcome", "evenkeel", "changeme", "qwerty"}


def _is_made_of(plain: str, word: str) -> bool:
    """Whether nothing but digits and signs is left of ``plain`` once ``word`` is taken out."""
    word = re.sub(r"\W", "", word.casefold())
    rest = re.sub(r"\W", "", plain)
    return len(word) >= 3 and word in rest and not any(c.isalpha() for c in rest.replace(word, ""))


def fresh_code(groups: Sequence[int] = CODE_GROUPS) -> str:
    """A one-time code to print: five random bits a letter, in ``groups`` of so many letters."""
    return "-".join("".join(secrets.choice(CODE_LETTERS) for _ in range(size)) for size in groups)


def recovery_codes() -> tuple[str, ...]:
    """Fresh codes for who loses the second factor."""
    return tuple(fresh_code(RECOVERY_GROUPS) for _ in range(RECOVERY_CODES))


def read_code(typed: str) -> str:
    """A code as it was made, however it was typed: small letters, spaces and hyphens do not matter."""
    return re.sub(r"[\s-]", "", typed).upper()


def held_up(tries: Tries | None, kind: str, now: datetime) -> Tries:
    """The tries after one more failure: the delay doubles with each failure past the free ones, up to a quarter of an hour."""
    before = 0 if tries is None or now - tries.last_at > FORGOTTEN_AFTER else tries.failures
    failures = before + 1
    over = failures - FREE_FAILURES[kind]
    delay = timedelta() if over <= 0 else min(timedelta(seconds=2.0 ** min(over - 1, 12)), LONGEST_DELAY)
    return Tries(failures=failures, last_at=now, next_at=now + delay)


def is_live(session: BrowserSession, now: datetime) -> bool:
    """Whether a browser's session still counts: seen within twelve hours, begun within twenty-four."""
    return now - session.seen_at < IDLE and now - session.signed_in_at < ABSOLUTE


def issuers_of(provider: Provider) -> list[str]:
    """Every issuer whose tokens may be about this district: the provider's, for each tenant where it is a template."""
    return [provider.issuer.replace(TENANT_PLACE, tenant) for tenant in provider.tenants] or [provider.issuer]


def provider_id(district_id: DistrictId, code: str) -> UUID:
    """What the trail calls the provider ``code``, which has no id besides: made of both, so that it outlives a removal."""
    return uuid5(district_id, f"identity provider {code}")


def issuer_of(provider: Provider, claims: Mapping[str, object]) -> str | None:
    """The issuer that ``claims`` must come from: the provider's, with the tenant they name where it is a template.

    None where they name no tenant of this district.
    """
    member = PROFILES[provider.kind].tenant_claim
    if member is None or (not provider.tenants and not PROFILES[provider.kind].tenant_needed):
        return provider.issuer
    tenant = claims.get(member)
    if not isinstance(tenant, str) or tenant not in provider.tenants:
        return None
    return provider.issuer.replace(TENANT_PLACE, tenant)
