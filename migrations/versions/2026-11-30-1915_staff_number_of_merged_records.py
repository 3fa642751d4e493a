"""The staff number of a record that was merged: an erasure lists it as well.

Expand only: the code before this one writes person_merge without it.
"""

import sqlalchemy as sa
from alembic import op

revision = "0011"
down_revision = "0010"


def upgrade() -> None:
    op.add_column("person_merge", sa.Column("identifier", sa.Text(), nullable=True))


def downgrade() -> None:
    op.drop_column("person_merge", "identifier")
