"""What is shown of sessions and initial access tokens."""

from dataclasses import dataclass, field
from datetime import datetime
from typing import Annotated

from domain.shared.fields import Examples
from domain.shared.ids import InitialAccessTokenId, SessionId


@dataclass(frozen=True, kw_only=True)
class SessionView:
    """A device on which somebody is signed in."""

    id: SessionId
    """The session's id."""
    client_id: str
    """The app."""
    client_name: Annotated[str, Examples("Evenkeel")]
    """What the app was called at the time."""
    device: Annotated[str, Examples("Firefox, Windows")]
    """What kind of device it was, roughly."""
    scopes: tuple[str, ...]
    """What was allowed."""
    created_at: datetime
    """When it began."""
    used_at: datetime
    """When the app last asked for a token."""
    expires_at: datetime
    """When it ends unless it is used before."""
    current: bool
    """Whether this request came from it."""


@dataclass(frozen=True, kw_only=True)
class RevokedSessionsView:
    """How many were ended."""

    revoked: int
    """How many were live until now."""


@dataclass(frozen=True, kw_only=True)
class InitialAccessTokenView:
    """What lets clients register themselves, without the token itself."""

    id: InitialAccessTokenId
    """Its id."""
    name: str
    """What it is for."""
    scopes: tuple[str, ...]
    """What a client may register at most."""
    created_at: datetime
    """When it was made."""
    expires_at: datetime
    """Until when it serves."""
    revoked_at: datetime | None
    """Since when it is refused, null while it serves."""


@dataclass(frozen=True, kw_only=True)
class NewInitialAccessTokenView:
    """An initial access token just made, with the token: shown now and never again."""

    initial_access_token: InitialAccessTokenView
    """What is kept of it."""
    token: str = field(repr=False)
    """What goes into the header of a registration."""


@dataclass(frozen=True, kw_only=True)
class RevokedInitialAccessTokensView:
    """How many were ended."""

    revoked: int
    """How many served until now."""
