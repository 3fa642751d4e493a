"""Pure rules of signing in: what a user name must be, how long tries are held up, whose claims count."""

import re
import secrets
import unicodedata
from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from uuid import UUID, uuid5

from domain.accounts.model import BrowserSession, IdentityProvider, LoginAttempts
from domain.accounts.provider_presets import PROVIDER_PRESETS, TENANT_PLACEHOLDER
from domain.shared.errors import Code, FieldError
from domain.shared.ids import DistrictId

USERNAME = re.compile(r"[\w.@+-]{3,64}")

IDLE_TIMEOUT = timedelta(hours=12)
ABSOLUTE_TIMEOUT = timedelta(hours=24)

CODE_ALPHABET = "ABCDEFGHJKLMNPQRSTUVWXYZ23456789"
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
ATTEMPTS_EXPIRE_AFTER = timedelta(hours=24)


def fold_username(username: str) -> str:
    """A user name as it is compared: one form of each character, without letter case."""
    return unicodedata.normalize("NFKC", username.strip()).casefold()


def username_errors(username: str) -> list[FieldError]:
    """What is wrong with a user name; empty when nothing is."""
    if USERNAME.fullmatch(fold_username(username)):
        return []
    detail = "3 to 64 letters, digits, dots, hyphens, underscores, plus or at signs"
    return [FieldError(pointer="/username", code=Code.MALFORMED, detail=detail)]


def generate_code(groups: Sequence[int] = CODE_GROUPS) -> str:
    """A one-time code to print: five random bits a letter, in ``groups`` of so many letters."""
    return "-".join("".join(secrets.choice(CODE_ALPHABET) for _ in range(size)) for size in groups)


def generate_recovery_codes() -> tuple[str, ...]:
    """Fresh codes for who loses the second factor."""
    return tuple(generate_code(RECOVERY_GROUPS) for _ in range(RECOVERY_CODES))


def normalize_code(typed: str) -> str:
    """A code as it was made, however it was typed: small letters, spaces and hyphens do not matter."""
    return re.sub(r"[\s-]", "", typed).upper()


def after_failure(attempts: LoginAttempts | None, kind: str, now: datetime) -> LoginAttempts:
    """The tries after one more failure: the delay doubles with each failure past the free ones, up to a quarter of an hour."""
    before = 0 if attempts is None or now - attempts.last_at > ATTEMPTS_EXPIRE_AFTER else attempts.failures
    failures = before + 1
    over = failures - FREE_FAILURES[kind]
    delay = timedelta() if over <= 0 else min(timedelta(seconds=2.0 ** min(over - 1, 12)), LONGEST_DELAY)
    return LoginAttempts(failures=failures, last_at=now, next_at=now + delay)


def is_live(session: BrowserSession, now: datetime) -> bool:
    """Whether a browser's session still counts: seen within twelve hours, begun within twenty-four."""
    return now - session.seen_at < IDLE_TIMEOUT and now - session.signed_in_at < ABSOLUTE_TIMEOUT


def issuers_of(provider: IdentityProvider) -> list[str]:
    """Every issuer whose tokens may be about this district: the provider's, for each tenant where it is a template."""
    return [provider.issuer.replace(TENANT_PLACEHOLDER, tenant) for tenant in provider.tenants] or [provider.issuer]


def provider_audit_id(district_id: DistrictId, code: str) -> UUID:
    """What the trail calls the provider ``code``, which has no id besides: made of both, so that it outlives a removal."""
    return uuid5(district_id, f"identity provider {code}")


def expected_issuer(provider: IdentityProvider, claims: Mapping[str, object]) -> str | None:
    """The issuer that ``claims`` must come from: the provider's, with the tenant they name where it is a template.

    None where they name no tenant of this district.
    """
    member = PROVIDER_PRESETS[provider.kind].tenant_claim
    if member is None or (not provider.tenants and not PROVIDER_PRESETS[provider.kind].tenant_needed):
        return provider.issuer
    tenant = claims.get(member)
    if not isinstance(tenant, str) or tenant not in provider.tenants:
        return None
    return provider.issuer.replace(TENANT_PLACEHOLDER, tenant)
