"""What becomes of a refresh token that somebody presents (RFC 9700 section 4.14.2)."""

from datetime import datetime
from enum import StrEnum

from domain.oauth.model import ROTATION_GRACE, RefreshToken, TokenFamily


class RefreshDecision(StrEnum):
    """Replace it; give its successor again; end the family, because two hold the same token; or just refuse."""

    ROTATE = "rotate"
    REPEAT = "repeat"
    REVOKE = "revoke"
    REJECT = "refuse"


def decide_refresh(session: TokenFamily, token: RefreshToken, successor: RefreshToken | None, now: datetime) -> RefreshDecision:
    """What becomes of ``token`` at ``now``; ``successor`` is what replaced it, where something did.

    A token replaced less than a minute ago gives the same successor as long as nobody went on with that: then the first
    answer was lost on its way. Any other token used twice is in two hands.
    """
    if not session.is_active(now):
        return RefreshDecision.REJECT
    if token.replaced_at is None:
        return RefreshDecision.ROTATE
    untouched = successor is not None and successor.replaced_at is None
    return RefreshDecision.REPEAT if untouched and now - token.replaced_at <= ROTATION_GRACE else RefreshDecision.REVOKE
