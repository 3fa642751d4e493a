"""Legal holds, retention, and the list of what was erased.

Erasure may forget who observed and who assessed: the serving role may now change those columns of evidence, and no others.
"""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

from migrations.ops import APP, fence, named_query

revision = "0007"
down_revision = "0006"

ASSESSOR = "fk_assessment_district_id_assessor_id"


def upgrade() -> None:
    op.create_table(
        "legal_hold",
        sa.Column("district_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("about", sa.Text(), nullable=False),
        sa.Column("person_id", sa.Uuid(), nullable=True),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("set_by", sa.Text(), nullable=False),
        sa.Column("set_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("until", sa.DateTime(timezone=True), nullable=True),
        sa.Column("released_by", sa.Text(), nullable=True),
        sa.Column("released_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint("(about = 'person') = (person_id is not null)", name=op.f("ck_legal_hold_person")),
        sa.CheckConstraint("about in ('person', 'district')", name=op.f("ck_legal_hold_about")),
        sa.CheckConstraint(
            "reason in ('litigation', 'investigation', 'records_request', 'external_audit')", name=op.f("ck_legal_hold_reason")
        ),
        sa.ForeignKeyConstraint(
            ["district_id", "person_id"], ["person.district_id", "person.id"], name=op.f("fk_legal_hold_district_id_person_id")
        ),
        sa.PrimaryKeyConstraint("district_id", "id", name=op.f("pk_legal_hold")),
    )
    op.create_index("ix_legal_hold_person", "legal_hold", ["district_id", "person_id"], unique=False)
    op.create_table(
        "retention_policy",
        sa.Column("district_id", sa.Uuid(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("own", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("changed_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("district_id", name=op.f("pk_retention_policy")),
    )
    op.create_table(
        "erasure_certificate",
        sa.Column("district_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("document", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("signature", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("district_id", "id", name=op.f("pk_erasure_certificate")),
    )
    op.create_table(
        "erasure",
        sa.Column("district_id", sa.Uuid(), nullable=False),
        sa.Column("digest", sa.LargeBinary(), nullable=False),
        sa.Column("certificate_id", sa.Uuid(), nullable=False),
        sa.Column("erased_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["district_id", "certificate_id"],
            ["erasure_certificate.district_id", "erasure_certificate.id"],
            name=op.f("fk_erasure_district_id_certificate_id"),
        ),
        sa.PrimaryKeyConstraint("district_id", "digest", name=op.f("pk_erasure")),
    )
    op.create_table(
        "district_erasure",
        sa.Column("district_id", sa.Uuid(), nullable=False),
        sa.Column("erased_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("document", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("signature", sa.Text(), nullable=False),
        sa.Column("returned_at", sa.DateTime(timezone=True), nullable=True),
        sa.PrimaryKeyConstraint("district_id", "erased_at", name=op.f("pk_district_erasure")),
        schema="control",
    )
    fence("legal_hold")
    fence("retention_policy")
    fence("erasure_certificate", grants="select, insert")
    fence("erasure", grants="select, insert")
    op.drop_constraint(ASSESSOR, "assessment", type_="foreignkey")
    op.execute(f"grant update (observer_id, observer_name) on observation to {APP}")
    op.execute(f"grant update (assessor_id) on assessment to {APP}")
    named_query(
        "clients_of_this_district()",
        "table (client_id text, name text, origin text, scopes text[], created_at timestamptz, revoked_at timestamptz)",
        "select c.client_id, c.name, c.origin, c.scopes, c.created_at, c.revoked_at "
        "from control.client c join control.client_district d on d.client_id = c.client_id "
        "where d.district_id = nullif(current_setting('app.district_id', true), '')::uuid and c.kind = 'machine' "
        "order by c.client_id",
    )


def downgrade() -> None:
    op.execute("drop function control.clients_of_this_district()")
    op.execute(f"revoke update (assessor_id) on assessment from {APP}")
    op.execute(f"revoke update (observer_id, observer_name) on observation from {APP}")
    # Not valid: assessors who were erased are nobody's ids, and stay.
    op.execute(
        f"alter table assessment add constraint {ASSESSOR} foreign key (district_id, assessor_id) "
        "references person (district_id, id) not valid"
    )
    op.drop_table("district_erasure", schema="control")
    op.drop_table("erasure")
    op.drop_table("erasure_certificate")
    op.drop_table("retention_policy")
    op.drop_index("ix_legal_hold_person", table_name="legal_hold")
    op.drop_table("legal_hold")
