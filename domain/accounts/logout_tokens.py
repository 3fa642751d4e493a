"""Logout tokens: how a provider says that somebody's sign-ins end (OpenID Connect Back-Channel Logout 1.0)."""

from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from hashlib import sha256
from typing import TypeGuard

from domain.accounts.model import IdentityProvider
from domain.accounts.rules import issuers_of

EVENT = "http://schemas.openid.net/event/backchannel-logout"
TYPES = frozenset({"", "jwt", "logout+jwt", "application/logout+jwt"})
"""What the header may say in ``typ``: providers of before the final text say JWT, or nothing."""

LEEWAY = timedelta(seconds=60)
MAX_LIFETIME = timedelta(days=1)
"""How long a token may be good for: so long its ``jti`` is remembered."""
MAX_CLAIM_LENGTH = 500
MAX_SIDS = 20
"""Sessions at the provider that a link remembers; an older one ends with its person's, by ``sub`` alone."""


def logout_token_error(provider: IdentityProvider, claims: Mapping[str, object], now: datetime) -> str | None:
    """Why ``claims`` end nobody's sign-ins here; None when they do. Signature and replay are looked at elsewhere."""
    audience = claims.get("aud")
    events = claims.get("events")
    faults = {
        "of another issuer": claims.get("iss") not in issuers_of(provider),
        "for another client": provider.client_id not in (audience if isinstance(audience, list) else [audience]),
        "of another time": not _is_of_now(claims.get("iat"), claims.get("exp"), now),
        "without an id of its own": not is_claim_text(claims.get("jti")),
        "without the event of a logout": not isinstance(events, dict) or not isinstance(events.get(EVENT), dict),
        "an ID token": "nonce" in claims,
        "about nobody": not (is_claim_text(claims.get("sub")) or is_claim_text(claims.get("sid"))),
        "about nobody that can be known": any(name in claims and not is_claim_text(claims[name]) for name in ("sub", "sid")),
    }
    return next((fault for fault, found in faults.items() if found), None)


def _is_of_now(issued: object, expires: object, now: datetime) -> bool:
    begun, over = parse_numeric_date(issued), parse_numeric_date(expires)
    if begun is None or over is None:
        return False
    return begun <= now + LEEWAY and now < over + LEEWAY and over - begun <= MAX_LIFETIME


def parse_numeric_date(seconds: object) -> datetime | None:
    """A NumericDate as a moment; None for whatever is none."""
    if isinstance(seconds, bool) or not isinstance(seconds, int | float) or not 0 <= seconds < 2**34:
        return None
    return datetime.fromtimestamp(seconds, UTC)


def is_claim_text(value: object) -> TypeGuard[str]:
    """Whether a claim is something to look for: neither empty nor with characters that nobody's id has."""
    return isinstance(value, str) and bool(value.strip()) and value.isprintable() and len(value) <= MAX_CLAIM_LENGTH


def issuer_scoped_digest(issuer: str, text: str) -> bytes:
    """What is kept of a ``sid`` or ``jti`` of ``issuer``."""
    return sha256(f"{len(issuer)} {issuer} {text}".encode()).digest()
