"""What becomes of a refresh token that somebody presents (RFC 9700 section 4.14.2)."""

from datetime import datetime
from enum import StrEnum

from domain.oauth.model import GRACE, RefreshToken, Session


class Fate(StrEnum):
    """Replace it; give its successor again; end the family, because two hold the same token; or just refuse."""

    ROTATE = "rotate"
    REPEAT = "repeat"
    REVOKE = "revoke"
    REFUSE = "refuse"


def fate(session: Session, token: RefreshToken, successor: RefreshToken | None, now: datetime) -> Fate:
    """What becomes of ``token`` at ``now``; ``successor`` is what replaced it, where something did.

    A token replaced less than a minute ago gives the same successor as long as nobody went on with that: then the first
    answer was lost on its way. Any other token used twice is in two hands.
    """
    if not session.lives(now):
        return Fate.REFUSE
    if token.replaced_at is None:
        return Fate.ROTATE
    untouched = successor is not None and successor.replaced_at is None
    return Fate.REPEAT if untouched and now - token.replaced_at <= GRACE else Fate.REVOKE
