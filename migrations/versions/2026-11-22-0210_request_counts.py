"""Request counts: what several processes have counted of a minute, together."""

import sqlalchemy as sa
from alembic import op

from migrations.ops import named_query

revision = "0008"
down_revision = "0007"


def upgrade() -> None:
    op.create_table(
        "request_count",
        sa.Column("minute", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("n", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("minute", "name", name=op.f("pk_request_count")),
        schema="control",
        prefixes=["UNLOGGED"],
    )
    # Rows are taken in one order, and old ones only where nobody is at them: processes never wait for one another in a circle.
    named_query(
        "count_requests(minute bigint, names text[], hits integer[])",
        "table (name text, n integer)",
        "delete from control.request_count o where (o.minute, o.name) in ("
        "select c.minute, c.name from control.request_count c where c.minute < $1 - 1 for update skip locked); "
        "insert into control.request_count as c (minute, name, n) "
        "select $1, u.name, u.hits from unnest($2, $3) as u (name, hits) order by u.name "
        "on conflict on constraint pk_request_count do update set n = c.n + excluded.n returning c.name, c.n",
        writes=True,
    )


def downgrade() -> None:
    op.execute("drop function control.count_requests(bigint, text[], integer[])")
    op.drop_table("request_count", schema="control")
