"""The audit log, and the blocks in which it is sealed."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import ARRAY, BigInteger, CheckConstraint, Index, LargeBinary, Uuid, text

from domain.shared.audit import Ending
from domain.shared.context import ActorKind
from persistence.tables import holds
from persistence.tables.columns import TenantRow, column, instant_column, one_of, text_column


class AuditEventRow(TenantRow, table=True):
    """One event: who did what, by which client, to which object. The serving role cannot change or delete it.

    `position` is the number of the transaction, set by the database, so also rows of transactions in progress have one.
    """

    __tablename__ = "audit_event"
    __table_args__ = (
        one_of("actor_kind", ActorKind),
        one_of("outcome", Ending),
        Index("ix_audit_event_object", "district_id", "object_id", "position", postgresql_where=text("object_id is not null")),
        Index("ix_audit_event_actor", "district_id", "actor_id", "position"),
        holds.table(
            purpose="What was done and read: ids, no names.",
            read_by="who administers the district",
            erased="by age, in whole blocks; with the district",
            not_exported="exported with its proofs by evenkeel audit export",
        ),
    )

    position: int = column(
        holds.plain("Its transaction."),
        primary_key=True,
        sa_type=BigInteger,
        sa_column_kwargs={"server_default": text("(pg_current_xact_id()::text::bigint)")},
    )
    id: UUID = column(holds.plain("Its id."), primary_key=True)
    at: datetime = instant_column(holds.plain("When."))
    actor_kind: str = text_column(holds.plain("Machine, person or operator."))
    actor_id: str = text_column(holds.plain("Who, as an id."))
    client_id: str | None = text_column(holds.plain("With which app."), default=None)
    session_id: UUID | None = column(holds.plain("Of which session."), default=None)
    supporter_id: UUID | None = column(holds.plain("Who acted in their place, as an id."), default=None)
    action: str = text_column(holds.plain("What."))
    object_kind: str | None = text_column(holds.plain("To what kind of thing."), default=None)
    object_id: UUID | None = column(holds.plain("To which, as an id."), default=None)
    further_ids: list[UUID] = column(holds.plain("What else was touched."), sa_type=ARRAY(Uuid))
    count: int = column(holds.plain("How many."))
    before: bytes | None = column(holds.plain("A keyed digest of the state before."), default=None, sa_type=LargeBinary)
    after: bytes | None = column(holds.plain("And after."), default=None, sa_type=LargeBinary)
    outcome: str = text_column(holds.plain("How it ended."))
    code: str | None = text_column(holds.plain("Why it was refused."), default=None)
    request_id: str = text_column(holds.plain("By which request."))


class AuditBlockRow(TenantRow, table=True):
    """A sealed range of audit events: their digests, the hash of the previous block, and our signature.

    The events may be deleted by age, which the owner records in `cut_at`; the block stays, so that the chain can be verified.
    """

    __tablename__ = "audit_block"
    __table_args__ = (
        CheckConstraint("from_position < until_position", name="positions"),
        CheckConstraint("octet_length(leaves) = 32 * count", name="leaves"),
        Index("ix_audit_block_sealed_at", "district_id", "sealed_at", "number"),
        Index("ix_audit_block_until", "district_id", "until_position"),
        holds.table(
            purpose="Seals of the trail.",
            read_by="who administers the district",
            erased="with the district",
            not_exported="exported with its proofs by evenkeel audit export",
        ),
    )

    number: int = column(holds.plain("Its number."), primary_key=True)
    from_position: int = column(holds.plain("From which transaction."), sa_type=BigInteger)
    until_position: int = column(holds.plain("Until which."), sa_type=BigInteger)
    count: int = column(holds.plain("How many rows."))
    first_at: datetime = instant_column(holds.plain("The first."))
    last_at: datetime = instant_column(holds.plain("The last."))
    leaves: bytes = column(holds.plain("Digests of the rows."), sa_type=LargeBinary)
    previous: bytes = column(holds.plain("The digest before."), sa_type=LargeBinary)
    digest: bytes = column(holds.plain("Its digest."), sa_type=LargeBinary)
    key_id: str = text_column(holds.plain("Signed by which key."))
    signature: bytes = column(holds.plain("How."), sa_type=LargeBinary)
    sealed_at: datetime = instant_column(holds.plain("When."))
    cut_at: datetime | None = instant_column(holds.plain("When its rows had had their time."), default=None)
