"""What opens doors to people: granted roles, supervision, sharing, consent to support; private notes; merged records."""

import sqlalchemy as sa
from alembic import op

from migrations.ops import APP, fence

revision = "0002"
down_revision = "0001"

TENANTED = ("role_grant", "supervision", "sharing", "support_consent", "private_note", "person_merge")

ROLES = (
    "role in ('district_admin', 'supervisor', 'principal', 'assistant_principal', 'teacher_leader', 'teacher', "
    "'staff', 'coach', 'researcher')"
)


def _person(table: str, column: str) -> sa.ForeignKeyConstraint:
    name = f"fk_{table}_district_id_{column}"
    return sa.ForeignKeyConstraint(["district_id", column], ["person.district_id", "person.id"], name=op.f(name))


def upgrade() -> None:
    op.create_table(
        "role_grant",
        sa.Column("district_id", sa.Uuid(), nullable=False),
        sa.Column("person_id", sa.Uuid(), nullable=False),
        sa.Column("role", sa.Text(), nullable=False),
        sa.Column("granted_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("granted_by", sa.Text(), nullable=False),
        sa.CheckConstraint(ROLES, name=op.f("ck_role_grant_role")),
        _person("role_grant", "person_id"),
        sa.PrimaryKeyConstraint("district_id", "person_id", "role", name=op.f("pk_role_grant")),
    )
    op.create_table(
        "supervision",
        sa.Column("district_id", sa.Uuid(), nullable=False),
        sa.Column("supervisor_id", sa.Uuid(), nullable=False),
        sa.Column("leader_id", sa.Uuid(), nullable=False),
        sa.Column("since", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint("supervisor_id <> leader_id", name=op.f("ck_supervision_apart")),
        _person("supervision", "supervisor_id"),
        _person("supervision", "leader_id"),
        sa.PrimaryKeyConstraint("district_id", "supervisor_id", "leader_id", name=op.f("pk_supervision")),
    )
    op.create_index("ix_supervision_leader", "supervision", ["district_id", "leader_id"])
    op.create_table(
        "sharing",
        sa.Column("district_id", sa.Uuid(), nullable=False),
        sa.Column("leader_id", sa.Uuid(), nullable=False),
        sa.Column("coach_id", sa.Uuid(), nullable=False),
        sa.Column("shared_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("until", sa.Date(), nullable=True),
        sa.CheckConstraint("leader_id <> coach_id", name=op.f("ck_sharing_apart")),
        _person("sharing", "leader_id"),
        _person("sharing", "coach_id"),
        sa.PrimaryKeyConstraint("district_id", "leader_id", "coach_id", name=op.f("pk_sharing")),
    )
    op.create_index("ix_sharing_coach", "sharing", ["district_id", "coach_id"])
    op.create_table(
        "support_consent",
        sa.Column("district_id", sa.Uuid(), nullable=False),
        sa.Column("person_id", sa.Uuid(), nullable=False),
        sa.Column("supporter_id", sa.Uuid(), nullable=False),
        sa.Column("given_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("until", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint("person_id <> supporter_id", name=op.f("ck_support_consent_apart")),
        _person("support_consent", "person_id"),
        _person("support_consent", "supporter_id"),
        sa.PrimaryKeyConstraint("district_id", "person_id", "supporter_id", name=op.f("pk_support_consent")),
    )
    op.create_table(
        "private_note",
        sa.Column("district_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("author_id", sa.Uuid(), nullable=False),
        sa.Column("leader_id", sa.Uuid(), nullable=True),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("changed_at", sa.DateTime(timezone=True), nullable=False),
        _person("private_note", "author_id"),
        _person("private_note", "leader_id"),
        sa.PrimaryKeyConstraint("district_id", "id", name=op.f("pk_private_note")),
    )
    op.create_index("ix_private_note_author", "private_note", ["district_id", "author_id", "id"])
    op.create_table(
        "person_merge",
        sa.Column("district_id", sa.Uuid(), nullable=False),
        sa.Column("merged_id", sa.Uuid(), nullable=False),
        sa.Column("kept_id", sa.Uuid(), nullable=False),
        sa.Column("sourced_id", sa.Text(), nullable=True),
        sa.Column("merged_at", sa.DateTime(timezone=True), nullable=False),
        _person("person_merge", "kept_id"),
        sa.PrimaryKeyConstraint("district_id", "merged_id", name=op.f("pk_person_merge")),
    )
    op.create_index("ix_person_merge_kept", "person_merge", ["district_id", "kept_id"])
    for table in TENANTED:
        fence(table)
    # Evidence stays as it came in; whose it is may be put right when two records turn out to be of one person.
    op.execute(f"grant update (leader_id, observer_id) on observation to {APP}")
    op.execute(f"grant update (leader_id, assessor_id) on assessment to {APP}")


def downgrade() -> None:
    op.execute(f"revoke update (leader_id, observer_id) on observation from {APP}")
    op.execute(f"revoke update (leader_id, assessor_id) on assessment from {APP}")
    for table in reversed(TENANTED):
        op.drop_table(table)
