"""The trail of what was done, and the blocks it is sealed in."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import ARRAY, BigInteger, CheckConstraint, Index, LargeBinary, Uuid, text
from sqlmodel import Field

from domain.shared.audit import Ending
from domain.shared.context import ActorKind
from persistence.tables.columns import Tenanted, instant_field, one_of, text_field


class AuditEventRow(Tenanted, table=True):
    """One act: who, by which client, what, about which thing. Written once; the serving role can't change or delete it.

    ``position`` is the number of the transaction, put by the database: rows of unfinished transactions have a place already.
    Personal data: ids of people who acted and were looked at, no name, no text. Gone by age, in whole blocks, by the owner.
    """

    __tablename__ = "audit_event"
    __table_args__ = (
        one_of("actor_kind", ActorKind),
        one_of("outcome", Ending),
        Index("ix_audit_event_object", "district_id", "object_id", "position", postgresql_where=text("object_id is not null")),
        Index("ix_audit_event_actor", "district_id", "actor_id", "position"),
    )

    position: int = Field(
        primary_key=True,
        sa_type=BigInteger,
        sa_column_kwargs={"server_default": text("(pg_current_xact_id()::text::bigint)")},
    )
    id: UUID = Field(primary_key=True)
    at: datetime = instant_field()
    actor_kind: str = text_field()
    actor_id: str = text_field()
    client_id: str | None = text_field(default=None)
    session_id: UUID | None = None
    supporter_id: UUID | None = None
    action: str = text_field()
    object_kind: str | None = text_field(default=None)
    object_id: UUID | None = None
    further_ids: list[UUID] = Field(sa_type=ARRAY(Uuid))
    count: int
    before: bytes | None = Field(default=None, sa_type=LargeBinary)
    after: bytes | None = Field(default=None, sa_type=LargeBinary)
    outcome: str = text_field()
    code: str | None = text_field(default=None)
    request_id: str = text_field()


class AuditBlockRow(Tenanted, table=True):
    """Rows of the trail from one position to another, sealed: their digests, the block before, and our signature.

    The rows may go by age, which the owner notes in ``cut_at``; the block stays, so that the chain still holds.
    Personal data: none. Gone with the district.
    """

    __tablename__ = "audit_block"
    __table_args__ = (
        CheckConstraint("from_position < until_position", name="positions"),
        CheckConstraint("octet_length(leaves) = 32 * count", name="leaves"),
        Index("ix_audit_block_sealed_at", "district_id", "sealed_at", "number"),
        Index("ix_audit_block_until", "district_id", "until_position"),
    )

    number: int = Field(primary_key=True)
    from_position: int = Field(sa_type=BigInteger)
    until_position: int = Field(sa_type=BigInteger)
    count: int
    first_at: datetime = instant_field()
    last_at: datetime = instant_field()
    leaves: bytes = Field(sa_type=LargeBinary)
    previous: bytes = Field(sa_type=LargeBinary)
    digest: bytes = Field(sa_type=LargeBinary)
    key_id: str = text_field()
    signature: bytes = Field(sa_type=LargeBinary)
    sealed_at: datetime = instant_field()
    cut_at: datetime | None = instant_field(default=None)


__all__ = ["AuditBlockRow", "AuditEventRow"]
