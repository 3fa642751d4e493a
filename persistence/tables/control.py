"""Schema ``control``: what must be read before the district is known. The app role reaches it through functions only."""

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import ARRAY, BigInteger, ForeignKey, Integer, LargeBinary, Text
from sqlalchemy.dialects.postgresql import JSONB
from sqlmodel import Field, SQLModel

from domain.directory.district_lookup import AddressKind
from domain.directory.oauth_clients import AuthMethod
from domain.directory.redirect_uris import ClientKind
from persistence.tables.columns import instant_field, one_of, text_field


class DistrictRow(SQLModel, table=True):
    """A tenant. Personal data: none. Goes with the district."""

    __tablename__ = "district"
    __table_args__ = ({"schema": "control"},)

    id: UUID = Field(primary_key=True)
    name: str = text_field()
    time_zone: str = text_field()
    created_at: datetime = instant_field()


class DistrictAddressRow(SQLModel, table=True):
    """How people find their district before they sign in: slug, mail domain, or an identity provider's tenant.

    Personal data: none. Goes with the district.
    """

    __tablename__ = "district_address"
    __table_args__ = (one_of("kind", AddressKind), {"schema": "control"})

    kind: str = text_field(primary_key=True)
    value: str = text_field(primary_key=True)
    district_id: UUID = Field(sa_column_args=[ForeignKey("control.district.id")])


class ClientRow(SQLModel, table=True):
    """An OAuth client; its secrets are kept as SHA-256 only, its public keys as a JWK set or as ``{"jwks_uri": …}``.

    Personal data: none. Goes with the client's last district.
    """

    __tablename__ = "client"
    __table_args__ = (one_of("kind", ClientKind), one_of("auth_method", AuthMethod), {"schema": "control"})

    client_id: str = text_field(primary_key=True)
    name: str = text_field()
    origin: str = text_field()
    secret_sha256: bytes | None = Field(default=None, sa_type=LargeBinary)
    scopes: list[str] = Field(sa_type=ARRAY(Text))
    kind: str = text_field()
    auth_method: str = text_field()
    grant_types: list[str] = Field(sa_type=ARRAY(Text))
    redirect_uris: list[str] = Field(sa_type=ARRAY(Text))
    jwks: dict[str, Any] | None = Field(default=None, sa_type=JSONB)
    cors_origins: list[str] = Field(sa_type=ARRAY(Text))
    evaluates: bool = False
    registration_sha256: bytes | None = Field(default=None, sa_type=LargeBinary)
    created_at: datetime = instant_field()
    revoked_at: datetime | None = instant_field(default=None)


class ClientDistrictRow(SQLModel, table=True):
    """The districts in which a client is enabled; a machine has exactly one. Personal data: none. Goes with the district."""

    __tablename__ = "client_district"
    __table_args__ = ({"schema": "control"},)

    client_id: str = Field(sa_type=Text, primary_key=True, sa_column_args=[ForeignKey("control.client.client_id")])
    district_id: UUID = Field(primary_key=True, sa_column_args=[ForeignKey("control.district.id")])


class ClientAssertionRow(SQLModel, table=True):
    """An assertion that a client proved itself with, so that it serves once. Personal data: none. Goes when it has expired."""

    __tablename__ = "client_assertion"
    __table_args__ = ({"schema": "control"},)

    client_id: str = Field(
        sa_type=Text, primary_key=True, sa_column_args=[ForeignKey("control.client.client_id", ondelete="CASCADE")]
    )
    jti_sha256: bytes = Field(sa_type=LargeBinary, primary_key=True)
    expires_at: datetime = instant_field()


class SigningKeyRow(SQLModel, table=True):
    """A key that signs access tokens, sealed under SECRET_KEY. Personal data: none. Goes when retired for a day."""

    __tablename__ = "signing_key"
    __table_args__ = ({"schema": "control"},)

    kid: str = text_field(primary_key=True)
    sealed: bytes = Field(sa_type=LargeBinary)
    created_at: datetime = instant_field()
    retired_at: datetime | None = instant_field(default=None)


class RequestCountRow(SQLModel, table=True):
    """Requests of a minute, summed over all processes; unlogged: a crash forgets a minute's counts, nothing else.

    Personal data: whoever asked (a client, a person, an address) as a keyed hash. Goes after two minutes.
    """

    __tablename__ = "request_count"
    __table_args__ = ({"schema": "control", "prefixes": ["UNLOGGED"]},)

    minute: int = Field(primary_key=True, sa_type=BigInteger, sa_column_kwargs={"autoincrement": False})
    name: str = text_field(primary_key=True)
    n: int = Field(sa_type=Integer)
