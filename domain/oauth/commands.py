"""What people and administrators say about tokens."""

from dataclasses import dataclass
from typing import Annotated

from annotated_types import Interval, MaxLen

from domain.directory.oauth_clients import parse_scopes
from domain.shared.context import Scope
from domain.shared.errors import Code, Invalid
from domain.shared.fields import Examples
from domain.shared.ids import InitialAccessTokenId, SessionId
from domain.shared.paging import DEFAULT_LIMIT, MAX_LIMIT, check_limit

LONGEST_DAYS = 90
ADMINISTERING = frozenset({Scope.ADMIN_READ.value, Scope.ADMIN_WRITE.value})
"""What no client can register for itself: whoever holds these could let in the next one."""


@dataclass(frozen=True, kw_only=True)
class ListSessions:
    """The devices on which the asking person is signed in, the newest first; a machine is signed in nowhere."""

    limit: Annotated[int, Interval(ge=1, le=100), Examples(50)] = DEFAULT_LIMIT
    """How many, 1 to 100."""
    cursor: str | None = None
    """Where to go on: next_cursor of the page before."""

    def __post_init__(self) -> None:
        check_limit(self.limit)


@dataclass(frozen=True, kw_only=True)
class RevokeSessions:
    """Sign the asking person out of devices, at once and for good."""

    session_ids: tuple[SessionId, ...]
    """Which, of one's own; up to 100."""

    def __post_init__(self) -> None:
        if len(self.session_ids) > MAX_LIMIT:
            raise Invalid.at("/session_ids", Code.TOO_LONG, f"at most {MAX_LIMIT} at a time")


@dataclass(frozen=True, kw_only=True)
class CreateInitialAccessToken:
    """Let clients register themselves in this district, until a moment, with no more than some scopes (RFC 7591)."""

    name: Annotated[str, MaxLen(200), Examples("Walkthrough partner")]
    """What it is for."""
    scopes: Annotated[tuple[str, ...], Examples(["directory:read"])]
    """What a client may register at most; observations:* is allowed."""
    days: Annotated[int, Examples(30)] = 30
    """How many days it serves, 1 to 90."""

    def __post_init__(self) -> None:
        if not self.name.strip() or not self.name.isprintable():
            raise Invalid.at("/name", Code.EMPTY, "give a name that people can read")
        if not 1 <= self.days <= LONGEST_DAYS:
            raise Invalid.at("/days", Code.OUT_OF_RANGE, f"1 to {LONGEST_DAYS}")
        named = tuple(s.value for s in parse_scopes(self.scopes))
        if ADMINISTERING & set(named):
            detail = "a client that administers is registered by the operator: leave admin:read and admin:write out"
            raise Invalid.at("/scopes", Code.NOT_ALLOWED, detail)
        object.__setattr__(self, "scopes", named)


@dataclass(frozen=True, kw_only=True)
class ListInitialAccessTokens:
    """The district's initial access tokens, the newest first, without the tokens themselves."""

    limit: Annotated[int, Interval(ge=1, le=100), Examples(50)] = DEFAULT_LIMIT
    """How many, 1 to 100."""
    cursor: str | None = None
    """Where to go on: next_cursor of the page before."""

    def __post_init__(self) -> None:
        check_limit(self.limit)


@dataclass(frozen=True, kw_only=True)
class RevokeInitialAccessTokens:
    """Let nobody register by these any more; clients registered before stay."""

    token_ids: tuple[InitialAccessTokenId, ...]
    """Which; up to 100."""

    def __post_init__(self) -> None:
        if len(self.token_ids) > MAX_LIMIT:
            raise Invalid.at("/token_ids", Code.TOO_LONG, f"at most {MAX_LIMIT} at a time")
