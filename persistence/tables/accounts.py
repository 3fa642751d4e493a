"""How people sign in: local accounts, one-time codes, browser sessions, and the identity providers of a district."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import ARRAY, BigInteger, Index, LargeBinary, Text, UniqueConstraint, text

from domain.accounts.model import CodePurpose, LoginStage, ProviderKind
from domain.privacy.data_map import OnErase, OnMerge
from persistence.tables import holds
from persistence.tables.columns import TenantRow, column, instant_column, one_of, refers, text_column


class AccountRow(TenantRow, table=True):
    """How a person of the roster signs in, and whether they may."""

    __tablename__ = "account"
    __table_args__ = (
        refers(["person_id"], "person"),
        UniqueConstraint("district_id", "username_folded"),
        holds.table(
            purpose="How a person signs in.",
            read_by="the service; who administers the district: whether there is one",
            erased="with the person, or the district",
            not_exported="holds secrets; people are given a new sign-in code where the district goes",
        ),
    )

    person_id: UUID = column(holds.person("Whose.", OnErase.DELETE, OnMerge.DELETE), primary_key=True)
    username: str | None = text_column(holds.identifies("The name to sign in with."), default=None)
    username_folded: str | None = text_column(holds.identifies("The same, letter case ignored."), default=None)
    password_hash: str | None = text_column(holds.secret("Argon2id of the password."), default=None)
    break_glass: bool = column(holds.plain("Whether it opens when single sign-on is the only way."), default=False)
    second_factor_waived: bool = column(
        holds.plain("Whether a password alone does."), default=False, sa_column_kwargs={"server_default": text("false")}
    )
    deactivated_at: datetime | None = instant_column(holds.plain("Since when it is closed."), default=None)
    totp_sealed: bytes | None = column(holds.sealed("The seed of the second factor."), default=None, sa_type=LargeBinary)
    totp_confirmed_at: datetime | None = instant_column(holds.plain("Since when it is asked."), default=None)
    totp_last_step: int | None = column(holds.plain("The last code used."), default=None, sa_type=BigInteger)


class AccountCodeRow(TenantRow, table=True):
    """A one-time code, as SHA-256: printed by an admin or sent by mail."""

    __tablename__ = "account_code"
    __table_args__ = (
        refers(["person_id"], "person"),
        one_of("purpose", CodePurpose),
        Index("ix_account_code_person", "district_id", "person_id"),
        holds.table(
            purpose="One-time codes and letters with which a password is set.",
            read_by="the service",
            erased="when used or over; with the person, or the district",
            not_exported="holds secrets; people are given a new sign-in code where the district goes",
        ),
    )

    code_sha256: bytes = column(holds.secret("SHA-256 of it."), primary_key=True, sa_type=LargeBinary)
    person_id: UUID = column(holds.person("For whom.", OnErase.DELETE, OnMerge.DELETE))
    purpose: str = text_column(holds.plain("What for."))
    expires_at: datetime = instant_column(holds.plain("Until when."))


class RecoveryCodeRow(TenantRow, table=True):
    """A recovery code: replaces a lost second factor, once; stored as SHA-256."""

    __tablename__ = "recovery_code"
    __table_args__ = (
        refers(["person_id"], "person"),
        holds.table(
            purpose="Codes for who lost the second factor.",
            read_by="the service",
            erased="with the person, or the district",
            not_exported="holds secrets; people are given a new sign-in code where the district goes",
        ),
    )

    person_id: UUID = column(holds.person("Whose.", OnErase.DELETE, OnMerge.DELETE), primary_key=True)
    code_sha256: bytes = column(holds.secret("SHA-256 of it."), primary_key=True, sa_type=LargeBinary)


class BrowserSessionRow(TenantRow, table=True):
    """A browser session, by the SHA-256 of its cookie."""

    __tablename__ = "browser_session"
    __table_args__ = (
        refers(["person_id"], "person"),
        one_of("stage", LoginStage),
        Index("ix_browser_session_person", "district_id", "person_id"),
        holds.table(
            purpose="Browsers that are signed in.",
            read_by="the service",
            erased="a day after sign-in; with the person, or the district",
            not_exported="tells of this installation",
        ),
    )

    token_sha256: bytes = column(holds.secret("SHA-256 of the cookie."), primary_key=True, sa_type=LargeBinary)
    person_id: UUID = column(holds.person("Who.", OnErase.DELETE, OnMerge.DELETE))
    stage: str = text_column(holds.plain("How far they are."))
    methods: list[str] = column(holds.plain("How they signed in."), sa_type=ARRAY(Text))
    signed_in_at: datetime = instant_column(holds.plain("When."))
    seen_at: datetime = instant_column(holds.plain("When last seen."))


class SignInTriesRow(TenantRow, table=True):
    """Recent failed login attempts, by the keyed digest of a user name or an IP address."""

    __tablename__ = "sign_in_tries"
    __table_args__ = (
        holds.table(
            purpose="Failed tries, so that guessing takes long.",
            read_by="the service",
            erased="a day after the last; with any erased person, or the district",
            not_exported="tells of this installation",
        ),
    )

    subject: bytes = column(
        holds.secret("A keyed digest of the name or address that tried."), primary_key=True, sa_type=LargeBinary
    )
    failures: int = column(holds.plain("How many."))
    last_at: datetime = instant_column(holds.plain("When last."))
    next_at: datetime = instant_column(holds.plain("When again."))


class IdentityProviderRow(TenantRow, table=True):
    """A district's own identity provider (OpenID Connect), with its client secret encrypted."""

    __tablename__ = "identity_provider"
    __table_args__ = (
        one_of("kind", ProviderKind),
        holds.table(
            purpose="Single sign-on of the district.",
            read_by="who administers the district",
            erased="with the district",
            not_exported="its secret can't travel; it is configured again where the district goes",
        ),
    )

    code: str = text_column(holds.plain("Its code."), primary_key=True)
    kind: str = text_column(holds.plain("Whose product."))
    name: str = text_column(holds.plain("What the page calls it."))
    issuer: str = text_column(holds.plain("Its address."))
    client_id: str = text_column(holds.plain("What we are called there."))
    secret_sealed: bytes = column(holds.sealed("Our secret there."), sa_type=LargeBinary)
    tenants: list[str] = column(holds.plain("Which of its customers are let in."), sa_type=ARRAY(Text))
    claim: str = text_column(holds.plain("What it tells of a person."))
    roster_field: str = text_column(holds.plain("What of the roster that is."))
    exclusive: bool = column(holds.plain("Whether it is the only way in."), default=False)
    active: bool = column(holds.plain("Whether it is used."), default=True)
    version: int = column(holds.plain("Its version."))


class IdentityLinkRow(TenantRow, table=True):
    """The person behind a subject of an issuer, whatever the protocol."""

    __tablename__ = "identity_link"
    __table_args__ = (
        refers(["person_id"], "person"),
        Index("ix_identity_link_person", "district_id", "person_id"),
        UniqueConstraint("district_id", "id"),
        holds.table(
            purpose="Whom a provider means by whom.",
            read_by="the service",
            erased="with the person, or the district",
            not_exported="a way to sign in; a first sign-in where the district goes makes it anew",
        ),
    )

    issuer: str = text_column(holds.plain("Which provider."), primary_key=True)
    subject: str = text_column(holds.identifies("The person's id there."), primary_key=True)
    person_id: UUID = column(holds.person("Who that is.", OnErase.DELETE, OnMerge.DELETE))
    linked_at: datetime = instant_column(holds.plain("Since when."))
    id: UUID = column(holds.plain("Our own id of the link."), sa_column_kwargs={"server_default": text("gen_random_uuid()")})
    sids: list[bytes] | None = column(
        holds.secret("SHA-256 of their last sessions there."), default=None, sa_type=ARRAY(LargeBinary)
    )
    ended_at: datetime | None = instant_column(holds.plain("Until when the provider ended what it vouched for."), default=None)


class LogoutTokenRow(TenantRow, table=True):
    """A provider's logout token that was used, as SHA-256, until it expires: each is accepted once."""

    __tablename__ = "logout_token"
    __table_args__ = (
        holds.table(
            purpose="A provider's word that somebody's sign-ins end, so that it counts once.",
            read_by="the service",
            erased="when it expires, within a day; with the district",
            not_exported="tells of this installation",
        ),
    )

    jti_sha256: bytes = column(holds.secret("SHA-256 of its id."), primary_key=True, sa_type=LargeBinary)
    expires_at: datetime = instant_column(holds.plain("Until when it would count."))
