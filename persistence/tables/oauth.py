"""Authorization of apps: pending requests, codes, consents, and a token family for each device."""

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import ARRAY, Index, LargeBinary, Text, UniqueConstraint
from sqlalchemy.dialects.postgresql import JSONB

from domain.privacy.data_map import OnErase, OnMerge
from persistence.tables import holds
from persistence.tables.columns import TenantEntity, TenantRow, column, instant_column, refers, text_column


class SessionRow(TenantEntity, table=True):
    """A family of tokens: one person, one app, one device. `scopes` is what was granted, however narrow a token of it is."""

    __tablename__ = "session"
    __table_args__ = (
        refers(["person_id"], "person", ondelete="CASCADE"),
        Index("ix_session_person", "district_id", "person_id", "id"),
        holds.table(
            purpose="Apps that a person let in, one for each device.",
            read_by="the person alone",
            erased="180 days after it began; with the person, or the district",
            not_exported="tells of this installation",
        ),
    )

    person_id: UUID = column(holds.person("Who.", OnErase.DELETE, OnMerge.DELETE))
    client_id: str = text_column(holds.plain("Which app."))
    client_name: str = text_column(holds.plain("What it is called."))
    device: str = text_column(holds.about_person("The kind of device."))
    scopes: list[str] = column(holds.plain("What it may do."), sa_type=ARRAY(Text))
    auth_time: datetime = instant_column(holds.plain("When they signed in."))
    methods: list[str] = column(holds.plain("How."), sa_type=ARRAY(Text))
    created_at: datetime = instant_column(holds.plain("Since when."))
    used_at: datetime = instant_column(holds.plain("When last used."))
    idle_until: datetime = instant_column(holds.plain("Until when if it is not used."))
    absolute_until: datetime = instant_column(holds.plain("Until when at most."))
    revoked_at: datetime | None = instant_column(holds.plain("When it was ended."), default=None)


class RefreshTokenRow(TenantRow, table=True):
    """A refresh token, as SHA-256; it stays when replaced, so that its reuse is detected."""

    __tablename__ = "refresh_token"
    __table_args__ = (
        refers(["session_id"], "session", ondelete="CASCADE"),
        Index("ix_refresh_token_session", "district_id", "session_id"),
        holds.table(
            purpose="Tokens with which an app goes on.",
            read_by="the service",
            erased="with the session",
            not_exported="tells of this installation",
        ),
    )

    sha256: bytes = column(holds.secret("SHA-256 of it."), sa_type=LargeBinary, primary_key=True)
    session_id: UUID = column(holds.plain("Of which session."))
    issued_at: datetime = instant_column(holds.plain("When."))
    replaced_at: datetime | None = instant_column(holds.plain("When it was used."), default=None)


class AuthorizationRequestRow(TenantRow, table=True):
    """A pending authorization request, while the person decides; bound to person and browser, used once."""

    __tablename__ = "authorization_request"
    __table_args__ = (
        refers(["person_id"], "person", ondelete="CASCADE"),
        Index("ix_authorization_request_expires_at", "district_id", "expires_at"),
        holds.table(
            purpose="What an app asks while a person decides.",
            read_by="the service",
            erased="within minutes; with the person, or the district",
            not_exported="tells of this installation",
        ),
    )

    sha256: bytes = column(holds.secret("SHA-256 of its name."), sa_type=LargeBinary, primary_key=True)
    browser_sha256: bytes = column(holds.secret("SHA-256 of the browser's cookie."), sa_type=LargeBinary)
    person_id: UUID = column(holds.person("Who decides.", OnErase.DELETE, OnMerge.DELETE))
    client_id: str = text_column(holds.plain("Which app."))
    parameters: dict[str, Any] = column(holds.plain("What it asks for."), sa_type=JSONB)
    expires_at: datetime = instant_column(holds.plain("Until when."))


class AuthorizationCodeRow(TenantRow, table=True):
    """An authorization code, as SHA-256.

    A used code stays, so that a second use revokes the session of the first.
    """

    __tablename__ = "authorization_code"
    __table_args__ = (
        refers(["person_id"], "person", ondelete="CASCADE"),
        refers(["session_id"], "session", ondelete="CASCADE"),
        Index("ix_authorization_code_expires_at", "district_id", "expires_at"),
        Index("ix_authorization_code_session", "district_id", "session_id"),
        holds.table(
            purpose="Codes that an app changes for tokens.",
            read_by="the service",
            erased="with the session, the person, or the district",
            not_exported="tells of this installation",
        ),
    )

    sha256: bytes = column(holds.secret("SHA-256 of it."), sa_type=LargeBinary, primary_key=True)
    person_id: UUID = column(holds.person("Whose.", OnErase.DELETE, OnMerge.DELETE))
    client_id: str = text_column(holds.plain("Which app."))
    redirect_uri: str = text_column(holds.plain("Where it went."))
    scopes: list[str] = column(holds.plain("What for."), sa_type=ARRAY(Text))
    challenge: str = text_column(holds.plain("PKCE's."))
    device: str = text_column(holds.about_person("The kind of device."))
    nonce: str | None = text_column(holds.plain("The app's."), default=None)
    auth_time: datetime = instant_column(holds.plain("When they signed in."))
    methods: list[str] = column(holds.plain("How."), sa_type=ARRAY(Text))
    expires_at: datetime = instant_column(holds.plain("Until when."))
    used_at: datetime | None = instant_column(holds.plain("When it was used."), default=None)
    session_id: UUID | None = column(holds.plain("What came of it."), default=None)


class ConsentRow(TenantRow, table=True):
    """The scopes that a person granted to an app, so that it need not ask again.

    `client_sha256`: digest of the app's description at that time; a row without it is ignored.
    """

    __tablename__ = "consent"
    __table_args__ = (
        refers(["person_id"], "person", ondelete="CASCADE"),
        holds.table(
            purpose="Apps that need not ask again.",
            read_by="the service",
            erased="with the person, or the district",
            not_exported="tells of this installation",
        ),
    )

    person_id: UUID = column(holds.person("Who.", OnErase.DELETE, OnMerge.DELETE), primary_key=True)
    client_id: str = text_column(holds.plain("Which app."), primary_key=True)
    scopes: list[str] = column(holds.plain("What it may ask for."), sa_type=ARRAY(Text))
    granted_at: datetime = instant_column(holds.plain("Since when."))
    client_sha256: bytes | None = column(
        holds.secret("SHA-256 of how the app was described then."), default=None, sa_type=LargeBinary
    )


class InitialAccessTokenRow(TenantEntity, table=True):
    """An initial access token for dynamic client registration, as SHA-256, and the scopes that it allows."""

    __tablename__ = "initial_access_token"
    __table_args__ = (
        UniqueConstraint("district_id", "sha256"),
        holds.table(
            purpose="With which clients register themselves.",
            read_by="who administers the district",
            erased="with the district",
            not_exported="tells of this installation",
        ),
    )

    sha256: bytes = column(holds.secret("SHA-256 of it."), sa_type=LargeBinary)
    name: str = text_column(holds.plain("What for."))
    scopes: list[str] = column(holds.plain("What such a client may hold."), sa_type=ARRAY(Text))
    created_by: str = text_column(holds.plain("Who made it, as kind and id."))
    created_at: datetime = instant_column(holds.plain("When."))
    expires_at: datetime = instant_column(holds.plain("Until when."))
    revoked_at: datetime | None = instant_column(holds.plain("When it was ended."), default=None)
