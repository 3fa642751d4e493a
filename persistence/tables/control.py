"""Schema `control`: read before the district is known. The serving role may only call its functions."""

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import ARRAY, BigInteger, ForeignKey, Integer, LargeBinary, Text
from sqlalchemy.dialects.postgresql import JSONB
from sqlmodel import SQLModel

from domain.directory.district_lookup import AddressKind
from domain.directory.oauth_clients import AuthMethod
from domain.directory.redirect_uris import ClientKind
from persistence.tables import holds
from persistence.tables.columns import column, instant_column, one_of, text_column


class DistrictRow(SQLModel, table=True):
    """A tenant."""

    __tablename__ = "district"
    __table_args__ = (
        holds.table(
            schema="control",
            purpose="The tenants.",
            read_by="the operator; the service through named queries; whoever acts in the district: its own row",
            erased="with the district",
        ),
    )

    id: UUID = column(holds.plain("The district's id."), primary_key=True)
    name: str = text_column(holds.plain("What people call it."))
    time_zone: str = text_column(holds.plain("Its IANA zone."))
    created_at: datetime = instant_column(holds.plain("When it was registered."))


class DistrictAddressRow(SQLModel, table=True):
    """An address by which people find their district before login: slug, mail domain, or an identity provider's tenant."""

    __tablename__ = "district_address"
    __table_args__ = (
        one_of("kind", AddressKind),
        holds.table(
            schema="control",
            purpose="By what people find their district: a short name, a mail domain, a provider's tenant.",
            read_by="the operator; the service through named queries",
            erased="with the district",
            not_exported="belongs to the installation; said again where the district goes",
        ),
    )

    kind: str = text_column(holds.plain("Which of these."), primary_key=True)
    value: str = text_column(holds.plain("The word itself."), primary_key=True)
    district_id: UUID = column(holds.plain("The district; the fence."), sa_column_args=[ForeignKey("control.district.id")])


class ClientRow(SQLModel, table=True):
    """An OAuth client; secrets are stored as SHA-256 only, public keys as a JWK set or as `{"jwks_uri": …}`."""

    __tablename__ = "client"
    __table_args__ = (
        one_of("kind", ClientKind),
        one_of("auth_method", AuthMethod),
        holds.table(
            schema="control",
            purpose="OAuth clients: machines and applications.",
            read_by="the operator; the service through named queries",
            erased="with the last district in which it is enabled",
        ),
    )

    client_id: str = text_column(holds.plain("Its public id."), primary_key=True)
    name: str = text_column(holds.plain("What people call it."))
    origin: str = text_column(holds.plain("The pushing system it belongs to."))
    secret_sha256: bytes | None = column(holds.secret("SHA-256 of its secret."), default=None, sa_type=LargeBinary)
    scopes: list[str] = column(holds.plain("What it may ask for."), sa_type=ARRAY(Text))
    kind: str = text_column(holds.plain("Machine, web, browser or native."))
    auth_method: str = text_column(holds.plain("How it proves who it is."))
    grant_types: list[str] = column(holds.plain("What it may do at the token endpoint."), sa_type=ARRAY(Text))
    redirect_uris: list[str] = column(holds.plain("Where people are sent back to."), sa_type=ARRAY(Text))
    jwks: dict[str, Any] | None = column(holds.plain("Its public keys, or where it keeps them."), default=None, sa_type=JSONB)
    cors_origins: list[str] = column(holds.plain("Where its pages come from."), sa_type=ARRAY(Text))
    evaluates: bool = column(holds.plain("Whether it is for evaluating staff."), default=False)
    registration_sha256: bytes | None = column(
        holds.secret("SHA-256 of the token that manages it."), default=None, sa_type=LargeBinary
    )
    created_at: datetime = instant_column(holds.plain("When it was registered."))
    revoked_at: datetime | None = instant_column(holds.plain("Since when it is refused."), default=None)


class ClientDistrictRow(SQLModel, table=True):
    """The districts in which a client is enabled; a machine has exactly one."""

    __tablename__ = "client_district"
    __table_args__ = (
        holds.table(
            schema="control",
            purpose="In which districts a client is enabled.",
            read_by="the operator; the service through named queries",
            erased="with the district",
            not_exported="follows from the clients of the package",
        ),
    )

    client_id: str = column(
        holds.plain("The client."), sa_type=Text, primary_key=True, sa_column_args=[ForeignKey("control.client.client_id")]
    )
    district_id: UUID = column(
        holds.plain("The district; the fence."), primary_key=True, sa_column_args=[ForeignKey("control.district.id")]
    )


class ClientAssertionRow(SQLModel, table=True):
    """A client assertion that was used, so that it is accepted once."""

    __tablename__ = "client_assertion"
    __table_args__ = (
        holds.table(
            schema="control",
            purpose="Assertions that were used, so that each is used once.",
            read_by="the service",
            erased="when they are over",
            not_exported="belongs to the installation",
        ),
    )

    client_id: str = column(
        holds.plain("Whose."),
        sa_type=Text,
        primary_key=True,
        sa_column_args=[ForeignKey("control.client.client_id", ondelete="CASCADE")],
    )
    jti_sha256: bytes = column(holds.secret("SHA-256 of its id."), sa_type=LargeBinary, primary_key=True)
    expires_at: datetime = instant_column(holds.plain("Until when."))


class SigningKeyRow(SQLModel, table=True):
    """A key that signs access tokens, encrypted under SECRET_KEY."""

    __tablename__ = "signing_key"
    __table_args__ = (
        holds.table(
            schema="control",
            purpose="Keys that sign access tokens.",
            read_by="the service",
            erased="a day after it was retired",
            not_exported="belongs to the installation",
        ),
    )

    kid: str = text_column(holds.plain("The key's id."), primary_key=True)
    sealed: bytes = column(holds.sealed("The private key, sealed under SECRET_KEY."), sa_type=LargeBinary)
    created_at: datetime = instant_column(holds.plain("When it was made."))
    retired_at: datetime | None = instant_column(holds.plain("Since when it signs no more."), default=None)


class RequestCountRow(SQLModel, table=True):
    """Requests of a minute, over all processes. Unlogged: a crash loses the current counts, nothing else."""

    __tablename__ = "request_count"
    __table_args__ = (
        holds.table(
            schema="control",
            prefixes=["UNLOGGED"],
            purpose="Requests of the last minutes, for limits.",
            read_by="the service",
            erased="within minutes",
            not_exported="belongs to the installation",
        ),
    )

    minute: int = column(holds.plain("When."), primary_key=True, sa_type=BigInteger, sa_column_kwargs={"autoincrement": False})
    name: str = text_column(holds.secret("A keyed digest of who."), primary_key=True)
    n: int = column(holds.plain("How many."), sa_type=Integer)
