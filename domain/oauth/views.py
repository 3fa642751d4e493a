"""What is shown of sessions and initial access tokens."""

from dataclasses import dataclass, field
from datetime import datetime

from domain.shared.ids import InitialAccessTokenId, SessionId


@dataclass(frozen=True, kw_only=True)
class SessionView:
    """A device on which somebody is signed in."""

    id: SessionId = field(metadata={"description": "The session's id."})
    client_id: str = field(metadata={"description": "The app."})
    client_name: str = field(metadata={"description": "What the app was called at the time.", "examples": ["Evenkeel"]})
    device: str = field(metadata={"description": "What kind of device it was, roughly.", "examples": ["Firefox, Windows"]})
    scopes: tuple[str, ...] = field(metadata={"description": "What was allowed."})
    created_at: datetime = field(metadata={"description": "When it began."})
    used_at: datetime = field(metadata={"description": "When the app last asked for a token."})
    expires_at: datetime = field(metadata={"description": "When it ends unless it is used before."})
    current: bool = field(metadata={"description": "Whether this request came from it."})


@dataclass(frozen=True, kw_only=True)
class RevokedSessionsView:
    """How many were ended."""

    revoked: int = field(metadata={"description": "How many were live until now."})


@dataclass(frozen=True, kw_only=True)
class InitialAccessTokenView:
    """What lets clients register themselves, without the token itself."""

    id: InitialAccessTokenId = field(metadata={"description": "Its id."})
    name: str = field(metadata={"description": "What it is for."})
    scopes: tuple[str, ...] = field(metadata={"description": "What a client may register at most."})
    created_at: datetime = field(metadata={"description": "When it was made."})
    expires_at: datetime = field(metadata={"description": "Until when it serves."})
    revoked_at: datetime | None = field(metadata={"description": "Since when it is refused, null while it serves."})


@dataclass(frozen=True, kw_only=True)
class NewInitialAccessTokenView:
    """An initial access token just made, with the token: shown now and never again."""

    initial_access_token: InitialAccessTokenView = field(metadata={"description": "What is kept of it."})
    token: str = field(metadata={"description": "What goes into the header of a registration."}, repr=False)


@dataclass(frozen=True, kw_only=True)
class RevokedInitialAccessTokensView:
    """How many were ended."""

    revoked: int = field(metadata={"description": "How many served until now."})
