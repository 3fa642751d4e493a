"""Whose instrument it is: the origin that created it, null for older ones.

Expand only: the code before this one reads and writes instrument without the new column.
"""

import sqlalchemy as sa
from alembic import op

revision = "0013"
down_revision = "0012"


def upgrade() -> None:
    op.add_column("instrument", sa.Column("origin", sa.Text(), nullable=True))


def downgrade() -> None:
    op.drop_column("instrument", "origin")
