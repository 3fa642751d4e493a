"""What a provider says when it ends somebody's sign-ins, and links by which an admin names them.

Expand only: the code before this one reads and writes identity_link without the new columns.
"""

import sqlalchemy as sa
from alembic import op

from migrations.ops import fence

revision = "0010"
down_revision = "0009"

INSTANT = sa.DateTime(timezone=True)
LINK = ("id", "sids", "ended_at")


def upgrade() -> None:
    op.add_column("identity_link", sa.Column("id", sa.Uuid(), server_default=sa.text("gen_random_uuid()"), nullable=False))
    op.add_column("identity_link", sa.Column("sids", sa.ARRAY(sa.LargeBinary()), nullable=True))
    op.add_column("identity_link", sa.Column("ended_at", INSTANT, nullable=True))
    op.create_unique_constraint(op.f("uq_identity_link_district_id_id"), "identity_link", ["district_id", "id"])
    op.create_table(
        "logout_token",
        sa.Column("district_id", sa.Uuid(), nullable=False),
        sa.Column("jti_sha256", sa.LargeBinary(), nullable=False),
        sa.Column("expires_at", INSTANT, nullable=False),
        sa.PrimaryKeyConstraint("district_id", "jti_sha256", name=op.f("pk_logout_token")),
    )
    fence("logout_token", grants="select, insert, delete")


def downgrade() -> None:
    op.drop_table("logout_token")
    op.drop_constraint(op.f("uq_identity_link_district_id_id"), "identity_link")
    for column in reversed(LINK):
        op.drop_column("identity_link", column)
