"""The audit trail: rows that can only be added, and the blocks that seal them."""

import sqlalchemy as sa
from alembic import op

from migrations.ops import fence, named_query

revision = "0005"
down_revision = "0004"

SAID = (
    "district_id, id, at, actor_kind, actor_id, client_id, session_id, supporter_id, action, object_kind, object_id, "
    "further_ids, count, before, after, outcome, code, request_id"
)
"""What the serving role may say of a row: everything but its position, so that it can put none among those sealed."""


def upgrade() -> None:
    op.create_table(
        "audit_event",
        sa.Column("district_id", sa.Uuid(), nullable=False),
        sa.Column("position", sa.BigInteger(), server_default=sa.text("(pg_current_xact_id()::text::bigint)"), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("actor_kind", sa.Text(), nullable=False),
        sa.Column("actor_id", sa.Text(), nullable=False),
        sa.Column("client_id", sa.Text(), nullable=True),
        sa.Column("session_id", sa.Uuid(), nullable=True),
        sa.Column("supporter_id", sa.Uuid(), nullable=True),
        sa.Column("action", sa.Text(), nullable=False),
        sa.Column("object_kind", sa.Text(), nullable=True),
        sa.Column("object_id", sa.Uuid(), nullable=True),
        sa.Column("further_ids", sa.ARRAY(sa.Uuid()), nullable=False),
        sa.Column("count", sa.Integer(), nullable=False),
        sa.Column("before", sa.LargeBinary(), nullable=True),
        sa.Column("after", sa.LargeBinary(), nullable=True),
        sa.Column("outcome", sa.Text(), nullable=False),
        sa.Column("code", sa.Text(), nullable=True),
        sa.Column("request_id", sa.Text(), nullable=False),
        sa.CheckConstraint("actor_kind in ('client', 'person', 'operator')", name=op.f("ck_audit_event_actor_kind")),
        sa.CheckConstraint("outcome in ('done', 'replayed', 'refused')", name=op.f("ck_audit_event_outcome")),
        sa.PrimaryKeyConstraint("district_id", "position", "id", name=op.f("pk_audit_event")),
    )
    op.create_index(
        "ix_audit_event_object",
        "audit_event",
        ["district_id", "object_id", "position"],
        unique=False,
        postgresql_where=sa.text("object_id is not null"),
    )
    op.create_index("ix_audit_event_actor", "audit_event", ["district_id", "actor_id", "position"], unique=False)
    op.create_table(
        "audit_block",
        sa.Column("district_id", sa.Uuid(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("from_position", sa.BigInteger(), nullable=False),
        sa.Column("until_position", sa.BigInteger(), nullable=False),
        sa.Column("count", sa.Integer(), nullable=False),
        sa.Column("first_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("last_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("leaves", sa.LargeBinary(), nullable=False),
        sa.Column("previous", sa.LargeBinary(), nullable=False),
        sa.Column("digest", sa.LargeBinary(), nullable=False),
        sa.Column("key_id", sa.Text(), nullable=False),
        sa.Column("signature", sa.LargeBinary(), nullable=False),
        sa.Column("sealed_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("cut_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint("from_position < until_position", name=op.f("ck_audit_block_positions")),
        sa.CheckConstraint("octet_length(leaves) = 32 * count", name=op.f("ck_audit_block_leaves")),
        sa.PrimaryKeyConstraint("district_id", "number", name=op.f("pk_audit_block")),
    )
    op.create_index("ix_audit_block_sealed_at", "audit_block", ["district_id", "sealed_at", "number"], unique=False)
    op.create_index("ix_audit_block_until", "audit_block", ["district_id", "until_position"], unique=False)
    fence("audit_event", grants=f"select, insert ({SAID})")
    fence("audit_block", grants="select, insert")
    # Below it, every transaction has ended: what is not to be seen there now never will be.
    named_query("audit_horizon()", "bigint", "select pg_snapshot_xmin(pg_current_snapshot())::text::bigint")
    # Whose trail to seal. Ids alone: they open nothing.
    named_query("district_ids()", "setof uuid", "select d.id from control.district d order by d.id")


def downgrade() -> None:
    op.execute("drop function control.district_ids()")
    op.execute("drop function control.audit_horizon()")
    op.drop_table("audit_block")
    op.drop_table("audit_event")
