"""How people let apps in: what they were asked, what they allowed, and one family of tokens for each device."""

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import ARRAY, Index, LargeBinary, Text, UniqueConstraint
from sqlalchemy.dialects.postgresql import JSONB
from sqlmodel import Field

from persistence.tables.columns import Identified, Tenanted, instant_field, refers, text_field


class SessionRow(Identified, table=True):
    """A family of tokens: one person, one app, one device. ``scopes`` is what was granted, however narrow a token of it is.

    Personal data: who uses which app on what kind of device, and when. Goes a month after it ended, and with the person.
    """

    __tablename__ = "session"
    __table_args__ = (
        refers(["person_id"], "person", ondelete="CASCADE"),
        Index("ix_session_person", "district_id", "person_id", "id"),
    )

    person_id: UUID
    client_id: str = text_field()
    client_name: str = text_field()
    device: str = text_field()
    scopes: list[str] = Field(sa_type=ARRAY(Text))
    auth_time: datetime = instant_field()
    methods: list[str] = Field(sa_type=ARRAY(Text))
    created_at: datetime = instant_field()
    used_at: datetime = instant_field()
    idle_until: datetime = instant_field()
    absolute_until: datetime = instant_field()
    revoked_at: datetime | None = instant_field(default=None)


class RefreshTokenRow(Tenanted, table=True):
    """A refresh token that is or was good, as its SHA-256; kept when replaced, so that one used again gives itself away.

    Personal data: none beside its session. Goes with the session.
    """

    __tablename__ = "refresh_token"
    __table_args__ = (
        refers(["session_id"], "session", ondelete="CASCADE"),
        Index("ix_refresh_token_session", "district_id", "session_id"),
    )

    sha256: bytes = Field(sa_type=LargeBinary, primary_key=True)
    session_id: UUID
    issued_at: datetime = instant_field()
    replaced_at: datetime | None = instant_field(default=None)


class AuthorizationRequestRow(Tenanted, table=True):
    """What an app asked of a person, kept while the person looks at it; bound to person and browser, taken once.

    Personal data: who was asked by which app. Goes when it is answered, or with the next one after ten minutes.
    """

    __tablename__ = "authorization_request"
    __table_args__ = (
        refers(["person_id"], "person", ondelete="CASCADE"),
        Index("ix_authorization_request_expires_at", "district_id", "expires_at"),
    )

    sha256: bytes = Field(sa_type=LargeBinary, primary_key=True)
    browser_sha256: bytes = Field(sa_type=LargeBinary)
    person_id: UUID
    client_id: str = text_field()
    parameters: dict[str, Any] = Field(sa_type=JSONB)
    expires_at: datetime = instant_field()


class AuthorizationCodeRow(Tenanted, table=True):
    """A code that an app exchanges for tokens, as its SHA-256; kept when used, so that a second use ends what the first began.

    Personal data: who let which app in. Goes with the next code a day after it has expired.
    """

    __tablename__ = "authorization_code"
    __table_args__ = (
        refers(["person_id"], "person", ondelete="CASCADE"),
        refers(["session_id"], "session", ondelete="CASCADE"),
        Index("ix_authorization_code_expires_at", "district_id", "expires_at"),
        Index("ix_authorization_code_session", "district_id", "session_id"),
    )

    sha256: bytes = Field(sa_type=LargeBinary, primary_key=True)
    person_id: UUID
    client_id: str = text_field()
    redirect_uri: str = text_field()
    scopes: list[str] = Field(sa_type=ARRAY(Text))
    challenge: str = text_field()
    device: str = text_field()
    nonce: str | None = text_field(default=None)
    auth_time: datetime = instant_field()
    methods: list[str] = Field(sa_type=ARRAY(Text))
    expires_at: datetime = instant_field()
    used_at: datetime | None = instant_field(default=None)
    session_id: UUID | None = None


class ConsentRow(Tenanted, table=True):
    """What a person allowed an app, so that it need not ask again. Personal data: that. Goes with the person.

    ``client_sha256``: of the app's description at that time; a row without one is as good as none.
    """

    __tablename__ = "consent"
    __table_args__ = (refers(["person_id"], "person", ondelete="CASCADE"),)

    person_id: UUID = Field(primary_key=True)
    client_id: str = text_field(primary_key=True)
    scopes: list[str] = Field(sa_type=ARRAY(Text))
    granted_at: datetime = instant_field()
    client_sha256: bytes | None = Field(default=None, sa_type=LargeBinary)


class InitialAccessTokenRow(Identified, table=True):
    """What lets a client register itself, as its SHA-256, and the scopes it may register. Personal data: who made it.

    Goes with the district.
    """

    __tablename__ = "initial_access_token"
    __table_args__ = (UniqueConstraint("district_id", "sha256"),)

    sha256: bytes = Field(sa_type=LargeBinary)
    name: str = text_field()
    scopes: list[str] = Field(sa_type=ARRAY(Text))
    created_by: str = text_field()
    created_at: datetime = instant_field()
    expires_at: datetime = instant_field()
    revoked_at: datetime | None = instant_field(default=None)


__all__ = [
    "AuthorizationCodeRow",
    "AuthorizationRequestRow",
    "ConsentRow",
    "InitialAccessTokenRow",
    "RefreshTokenRow",
    "SessionRow",
]
