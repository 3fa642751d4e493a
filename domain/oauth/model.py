"""What stands between a person, an app and its tokens."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta

from domain.shared.ids import DistrictId, InitialAccessTokenId, PersonId, SessionId

CODE_LIFETIME = timedelta(seconds=60)
REQUEST_LIFETIME = timedelta(minutes=10)
ACCESS_TOKEN_LIFETIME = timedelta(minutes=10)
"""How long an access token of a person is good."""
IDLE_TIMEOUT = timedelta(days=30)
ABSOLUTE_TIMEOUT = timedelta(days=180)
ROTATION_GRACE = timedelta(seconds=60)
"""How long a refresh token just replaced gives its successor again: a phone that never heard the answer asks once more."""
ENDED_SESSION_RETENTION = timedelta(days=30)
"""How long a session that is over can still be seen, for whoever asks what happened."""


@dataclass(frozen=True, kw_only=True)
class PendingRequest:
    """What an app asked, while the person decides; ``browser_sha256`` is that of the cookie of the browser that was asked."""

    sha256: bytes
    browser_sha256: bytes
    person_id: PersonId
    client_id: str
    parameters: Mapping[str, str]
    expires_at: datetime


@dataclass(frozen=True, kw_only=True)
class IssuedCode:
    """A code as it is kept; ``session_id`` is what it was exchanged for."""

    sha256: bytes
    person_id: PersonId
    client_id: str
    redirect_uri: str
    scopes: tuple[str, ...]
    challenge: str
    device: str
    nonce: str | None
    auth_time: datetime
    methods: tuple[str, ...]
    expires_at: datetime
    used_at: datetime | None = None
    session_id: SessionId | None = None


@dataclass(frozen=True, kw_only=True)
class TokenFamily:
    """A family of tokens: one person, one app, one device. ``scopes`` is what was granted."""

    id: SessionId
    person_id: PersonId
    client_id: str
    client_name: str
    device: str
    scopes: tuple[str, ...]
    auth_time: datetime
    methods: tuple[str, ...]
    created_at: datetime
    used_at: datetime
    idle_until: datetime
    absolute_until: datetime
    revoked_at: datetime | None = None

    def is_active(self, now: datetime) -> bool:
        """Whether tokens of this family are good at ``now``."""
        return self.revoked_at is None and now < self.idle_until and now < self.absolute_until


@dataclass(frozen=True, kw_only=True)
class RefreshToken:
    """A refresh token as it is kept."""

    sha256: bytes
    session_id: SessionId
    issued_at: datetime
    replaced_at: datetime | None


@dataclass(frozen=True, kw_only=True)
class PersonName:
    """An active person, as an app may learn of them."""

    district_id: DistrictId
    person_id: PersonId
    given_name: str
    family_name: str
    email: str | None


@dataclass(frozen=True, kw_only=True)
class InitialAccessGrant:
    """What an initial access token lets a client register at most; ``serves``: while it is neither revoked nor over."""

    id: InitialAccessTokenId
    scopes: frozenset[str]
    active: bool
