"""Jobs: what was handed over for one, and everything that was wrong with it; when retention was last applied by the clock."""

import sqlalchemy as sa
from alembic import op

from migrations.ops import fence

revision = "0009"
down_revision = "0008"


def _of_job(table: str) -> sa.ForeignKeyConstraint:
    return sa.ForeignKeyConstraint(
        ["district_id", "job_id"],
        ["job.district_id", "job.id"],
        name=op.f(f"fk_{table}_district_id"),
        ondelete="CASCADE",
    )


def upgrade() -> None:
    op.create_table(
        "job_input",
        sa.Column("district_id", sa.Uuid(), nullable=False),
        sa.Column("job_id", sa.Uuid(), nullable=False),
        sa.Column("content", sa.LargeBinary(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint("octet_length(content) <= 33554432", name=op.f("ck_job_input_content")),
        _of_job("job_input"),
        sa.PrimaryKeyConstraint("district_id", "job_id", name=op.f("pk_job_input")),
    )
    # It is a ZIP: trying to pack it again would only cost time.
    op.execute("alter table job_input alter column content set storage external")
    fence("job_input", grants="select, insert, delete")
    op.create_table(
        "job_problem",
        sa.Column("district_id", sa.Uuid(), nullable=False),
        sa.Column("job_id", sa.Uuid(), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("pointer", sa.Text(), nullable=False),
        sa.Column("code", sa.Text(), nullable=False),
        sa.Column("severity", sa.Text(), nullable=False),
        sa.Column("detail", sa.Text(), nullable=False),
        sa.CheckConstraint("position >= 1", name=op.f("ck_job_problem_position")),
        _of_job("job_problem"),
        sa.PrimaryKeyConstraint("district_id", "job_id", "position", name=op.f("pk_job_problem")),
    )
    fence("job_problem", grants="select, insert, delete")
    op.add_column("retention_policy", sa.Column("applied_on", sa.Date(), nullable=True))


def downgrade() -> None:
    op.drop_column("retention_policy", "applied_on")
    op.drop_table("job_problem")
    op.drop_table("job_input")
