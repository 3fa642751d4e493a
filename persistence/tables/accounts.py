"""How people sign in: local accounts, one-time codes, browser sessions, and the identity providers of a district."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import ARRAY, BigInteger, Index, LargeBinary, Text, UniqueConstraint, text
from sqlmodel import Field

from domain.accounts.model import CodePurpose, ProviderKind, Stage
from persistence.tables.columns import Tenanted, instant_field, one_of, refers, text_field


class AccountRow(Tenanted, table=True):
    """How a person of the roster signs in, or that they may not. Personal data: user name, password hash, sealed TOTP seed.

    Erased with the person or the district.
    """

    __tablename__ = "account"
    __table_args__ = (refers(["person_id"], "person"), UniqueConstraint("district_id", "username_folded"))

    person_id: UUID = Field(primary_key=True)
    username: str | None = text_field(default=None)
    username_folded: str | None = text_field(default=None)
    password_hash: str | None = text_field(default=None)
    break_glass: bool = False
    second_factor_waived: bool = Field(default=False, sa_column_kwargs={"server_default": text("false")})
    deactivated_at: datetime | None = instant_field(default=None)
    totp_sealed: bytes | None = Field(default=None, sa_type=LargeBinary)
    totp_confirmed_at: datetime | None = instant_field(default=None)
    totp_last_step: int | None = Field(default=None, sa_type=BigInteger)


class AccountCodeRow(Tenanted, table=True):
    """A one-time code, as SHA-256: printed by an admin or sent by mail. Personal data: whose it is. Goes once used or expired.

    Erased with the person or the district.
    """

    __tablename__ = "account_code"
    __table_args__ = (
        refers(["person_id"], "person"),
        one_of("purpose", CodePurpose),
        Index("ix_account_code_person", "district_id", "person_id"),
    )

    code_sha256: bytes = Field(primary_key=True, sa_type=LargeBinary)
    person_id: UUID
    purpose: str = text_field()
    expires_at: datetime = instant_field()


class RecoveryCodeRow(Tenanted, table=True):
    """A code that stands in once for a lost second factor, as SHA-256. Personal data: whose it is. Erased with the person."""

    __tablename__ = "recovery_code"
    __table_args__ = (refers(["person_id"], "person"),)

    person_id: UUID = Field(primary_key=True)
    code_sha256: bytes = Field(primary_key=True, sa_type=LargeBinary)


class BrowserSessionRow(Tenanted, table=True):
    """A browser that signed in, by the SHA-256 of its cookie. Personal data: who, when and how. Gone a day after its end.

    Erased with the person or the district.
    """

    __tablename__ = "browser_session"
    __table_args__ = (
        refers(["person_id"], "person"),
        one_of("stage", Stage),
        Index("ix_browser_session_person", "district_id", "person_id"),
    )

    token_sha256: bytes = Field(primary_key=True, sa_type=LargeBinary)
    person_id: UUID
    stage: str = text_field()
    methods: list[str] = Field(sa_type=ARRAY(Text))
    signed_in_at: datetime = instant_field()
    seen_at: datetime = instant_field()


class SignInTriesRow(Tenanted, table=True):
    """How often signing in failed lately, by the keyed digest of a user name or an address. Personal data: that digest.

    Gone after a day without a failure, and when somebody of the district is erased.
    """

    __tablename__ = "sign_in_tries"

    subject: bytes = Field(primary_key=True, sa_type=LargeBinary)
    failures: int
    last_at: datetime = instant_field()
    next_at: datetime = instant_field()


class IdentityProviderRow(Tenanted, table=True):
    """A district's own provider (OpenID Connect), its client secret sealed. Personal data: none. Goes with the district."""

    __tablename__ = "identity_provider"
    __table_args__ = (one_of("kind", ProviderKind),)

    code: str = text_field(primary_key=True)
    kind: str = text_field()
    name: str = text_field()
    issuer: str = text_field()
    client_id: str = text_field()
    secret_sealed: bytes = Field(sa_type=LargeBinary)
    tenants: list[str] = Field(sa_type=ARRAY(Text))
    claim: str = text_field()
    roster_field: str = text_field()
    exclusive: bool = False
    active: bool = True
    version: int


class IdentityLinkRow(Tenanted, table=True):
    """Who a subject of an issuer is here; whatever protocol said so. Personal data: that subject. Erased with the person."""

    __tablename__ = "identity_link"
    __table_args__ = (
        refers(["person_id"], "person"),
        Index("ix_identity_link_person", "district_id", "person_id"),
        UniqueConstraint("district_id", "id"),
    )

    issuer: str = text_field(primary_key=True)
    subject: str = text_field(primary_key=True)
    person_id: UUID
    linked_at: datetime = instant_field()
    id: UUID = Field(sa_column_kwargs={"server_default": text("gen_random_uuid()")})
    sids: list[bytes] | None = Field(default=None, sa_type=ARRAY(LargeBinary))
    ended_at: datetime | None = instant_field(default=None)


class LogoutTokenRow(Tenanted, table=True):
    """A provider's word that somebody's sign-ins end, as SHA-256, until it expires: it counts once. Personal data: none.

    Gone once it expired.
    """

    __tablename__ = "logout_token"

    jti_sha256: bytes = Field(primary_key=True, sa_type=LargeBinary)
    expires_at: datetime = instant_field()
