"""First tables.

Expand, backfill in batches inside each district's fence, enforce: each its own step, able to run against the previous code.
"""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

from migrations.ops import APP, fence, named_query

revision = "0001"
down_revision = None

TENANTED = (
    "academic_session",
    "assessment",
    "assessment_rating",
    "assignment",
    "configuration",
    "crosswalk",
    "feedback",
    "idempotency",
    "initiative",
    "instrument",
    "observation",
    "org",
    "person",
    "person_user_id",
    "pulse_answer",
    "push_head",
    "rating",
    "role_mapping",
    "roster_import",
    "scoring_basis",
    "stakeholder_group",
    "tally",
)
"""Every table of a district; each is fenced."""

IMMUTABLE = "select, insert, delete"
"""Rows of evidence are written and, by erasure alone, deleted."""

GRANTS = {
    "observation": "select, insert, delete, update (superseded_at)",
    "assessment": "select, insert, delete, update (superseded_at)",
    "rating": IMMUTABLE,
    "feedback": IMMUTABLE,
    "assessment_rating": IMMUTABLE,
    "pulse_answer": IMMUTABLE,
    "instrument": IMMUTABLE,
    "crosswalk": IMMUTABLE,
    "configuration": IMMUTABLE,
}


def upgrade() -> None:
    op.create_table(
        "academic_session",
        sa.Column("district_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("sourced_id", sa.Text(), nullable=False),
        sa.Column("title", sa.Text(), nullable=False),
        sa.Column("starts_on", sa.Date(), nullable=False),
        sa.Column("ends_on", sa.Date(), nullable=False),
        sa.Column("school_year", sa.Integer(), nullable=False),
        sa.Column("active", sa.Boolean(), nullable=False),
        sa.Column("ended_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint("active = (ended_at is null)", name=op.f("ck_academic_session_ended")),
        sa.PrimaryKeyConstraint("district_id", "id", name=op.f("pk_academic_session")),
        sa.UniqueConstraint("district_id", "sourced_id", name=op.f("uq_academic_session_district_id_sourced_id")),
    )
    op.create_table(
        "configuration",
        sa.Column("district_id", sa.Uuid(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("document", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("district_id", "version", name=op.f("pk_configuration")),
    )
    op.create_table(
        "client",
        sa.Column("client_id", sa.Text(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("origin", sa.Text(), nullable=False),
        sa.Column("secret_sha256", sa.LargeBinary(), nullable=False),
        sa.Column("scopes", sa.ARRAY(sa.Text()), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("revoked_at", sa.DateTime(timezone=True), nullable=True),
        sa.PrimaryKeyConstraint("client_id", name=op.f("pk_client")),
        schema="control",
    )
    op.create_table(
        "district",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("time_zone", sa.Text(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_district")),
        schema="control",
    )
    op.create_table(
        "signing_key",
        sa.Column("kid", sa.Text(), nullable=False),
        sa.Column("sealed", sa.LargeBinary(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("retired_at", sa.DateTime(timezone=True), nullable=True),
        sa.PrimaryKeyConstraint("kid", name=op.f("pk_signing_key")),
        schema="control",
    )
    op.create_table(
        "idempotency",
        sa.Column("district_id", sa.Uuid(), nullable=False),
        sa.Column("actor", sa.Text(), nullable=False),
        sa.Column("operation", sa.Text(), nullable=False),
        sa.Column("key", sa.Text(), nullable=False),
        sa.Column("fingerprint", sa.LargeBinary(), nullable=False),
        sa.Column("answer", sa.LargeBinary(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("district_id", "actor", "operation", "key", name=op.f("pk_idempotency")),
    )
    op.create_index("ix_idempotency_created_at", "idempotency", ["district_id", "created_at"], unique=False)
    op.create_table(
        "instrument",
        sa.Column("district_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("code", sa.Text(), nullable=False),
        sa.Column("version", sa.Text(), nullable=False),
        sa.Column("title", sa.Text(), nullable=True),
        sa.Column("elements", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("district_id", "id", name=op.f("pk_instrument")),
        sa.UniqueConstraint("district_id", "code", "version", name=op.f("uq_instrument_district_id_code_version")),
    )
    op.create_table(
        "org",
        sa.Column("district_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("sourced_id", sa.Text(), nullable=True),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("type", sa.Text(), nullable=False),
        sa.Column("identifier", sa.Text(), nullable=True),
        sa.Column("parent_id", sa.Uuid(), nullable=True),
        sa.Column("active", sa.Boolean(), nullable=False),
        sa.Column("ended_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint("active = (ended_at is null)", name=op.f("ck_org_ended")),
        sa.ForeignKeyConstraint(
            ["district_id", "parent_id"], ["org.district_id", "org.id"], name=op.f("fk_org_district_id_parent_id")
        ),
        sa.PrimaryKeyConstraint("district_id", "id", name=op.f("pk_org")),
        sa.UniqueConstraint("district_id", "sourced_id", name=op.f("uq_org_district_id_sourced_id")),
    )
    op.create_index(
        "ix_org_identifier",
        "org",
        ["district_id", "identifier"],
        unique=False,
        postgresql_where=sa.text("identifier is not null"),
    )
    op.create_index(
        "ix_org_listed", "org", ["district_id", "name", "id"], unique=False, postgresql_where=sa.text("type = 'school'")
    )
    op.create_table(
        "person",
        sa.Column("district_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("sourced_id", sa.Text(), nullable=True),
        sa.Column("given_name", sa.Text(), nullable=False),
        sa.Column("middle_name", sa.Text(), nullable=True),
        sa.Column("family_name", sa.Text(), nullable=False),
        sa.Column("preferred_given_name", sa.Text(), nullable=True),
        sa.Column("preferred_middle_name", sa.Text(), nullable=True),
        sa.Column("preferred_family_name", sa.Text(), nullable=True),
        sa.Column("email", sa.Text(), nullable=True),
        sa.Column("email_folded", sa.Text(), nullable=True),
        sa.Column("username", sa.Text(), nullable=True),
        sa.Column("username_folded", sa.Text(), nullable=True),
        sa.Column("identifier", sa.Text(), nullable=True),
        sa.Column("enabled", sa.Boolean(), nullable=False),
        sa.Column("active", sa.Boolean(), nullable=False),
        sa.Column("ended_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint("active = (ended_at is null)", name=op.f("ck_person_ended")),
        sa.PrimaryKeyConstraint("district_id", "id", name=op.f("pk_person")),
        sa.UniqueConstraint("district_id", "sourced_id", name=op.f("uq_person_district_id_sourced_id")),
    )
    op.create_index(
        "ix_person_email",
        "person",
        ["district_id", "email_folded"],
        unique=False,
        postgresql_where=sa.text("email_folded is not null"),
    )
    op.create_index(
        "ix_person_identifier",
        "person",
        ["district_id", "identifier"],
        unique=False,
        postgresql_where=sa.text("identifier is not null"),
    )
    op.create_index("ix_person_listed", "person", ["district_id", "family_name", "given_name", "id"], unique=False)
    op.create_index(
        "ix_person_username",
        "person",
        ["district_id", "username_folded"],
        unique=False,
        postgresql_where=sa.text("username_folded is not null"),
    )
    op.create_table(
        "push_head",
        sa.Column("district_id", sa.Uuid(), nullable=False),
        sa.Column("origin", sa.Text(), nullable=False),
        sa.Column("thing", sa.Text(), nullable=False),
        sa.Column("external_id", sa.Text(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("version", sa.BigInteger(), nullable=False),
        sa.Column("digest", sa.LargeBinary(), nullable=True),
        sa.CheckConstraint(
            "thing in ('observation', 'self_assessment', 'supervisor_assessment', 'initiative', 'group')",
            name=op.f("ck_push_head_thing"),
        ),
        sa.PrimaryKeyConstraint("district_id", "origin", "thing", "external_id", name=op.f("pk_push_head")),
    )
    op.create_table(
        "role_mapping",
        sa.Column("district_id", sa.Uuid(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("entries", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.PrimaryKeyConstraint("district_id", name=op.f("pk_role_mapping")),
    )
    op.create_table(
        "roster_import",
        sa.Column("district_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("view", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.CheckConstraint("state in ('applied', 'dry_run')", name=op.f("ck_roster_import_state")),
        sa.PrimaryKeyConstraint("district_id", "id", name=op.f("pk_roster_import")),
    )
    op.create_table(
        "scoring_basis",
        sa.Column("district_id", sa.Uuid(), nullable=False),
        sa.Column("basis", sa.Integer(), nullable=False),
        sa.Column("configuration_version", sa.Integer(), nullable=False),
        sa.Column("half_life_days", sa.Float(), nullable=False),
        sa.Column("landmark", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("district_id", name=op.f("pk_scoring_basis")),
    )
    op.create_table(
        "assessment",
        sa.Column("district_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("version", sa.BigInteger(), nullable=False),
        sa.Column("source", sa.Text(), nullable=False),
        sa.Column("origin", sa.Text(), nullable=False),
        sa.Column("client_id", sa.Text(), nullable=False),
        sa.Column("external_id", sa.Text(), nullable=True),
        sa.Column("purpose", sa.Text(), nullable=False),
        sa.Column("leader_id", sa.Uuid(), nullable=False),
        sa.Column("assessor_id", sa.Uuid(), nullable=False),
        sa.Column("assessed_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("worst", sa.Float(), nullable=False),
        sa.Column("best", sa.Float(), nullable=False),
        sa.Column("received_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("superseded_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint("source in ('self', 'supervisor')", name=op.f("ck_assessment_source")),
        sa.ForeignKeyConstraint(
            ["district_id", "assessor_id"],
            ["person.district_id", "person.id"],
            name=op.f("fk_assessment_district_id_assessor_id"),
        ),
        sa.ForeignKeyConstraint(
            ["district_id", "leader_id"], ["person.district_id", "person.id"], name=op.f("fk_assessment_district_id_leader_id")
        ),
        sa.PrimaryKeyConstraint("district_id", "id", "version", name=op.f("pk_assessment")),
    )
    op.create_index("ix_assessment_leader", "assessment", ["district_id", "leader_id", "source", "assessor_id"], unique=False)
    op.create_table(
        "assignment",
        sa.Column("district_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("sourced_id", sa.Text(), nullable=True),
        sa.Column("person_id", sa.Uuid(), nullable=False),
        sa.Column("org_id", sa.Uuid(), nullable=False),
        sa.Column("role_sent", sa.Text(), nullable=False),
        sa.Column("role_type", sa.Text(), nullable=False),
        sa.Column("role", sa.Text(), nullable=True),
        sa.Column("begins_on", sa.Date(), nullable=True),
        sa.Column("ends_on", sa.Date(), nullable=True),
        sa.Column("active", sa.Boolean(), nullable=False),
        sa.Column("ended_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint("active = (ended_at is null)", name=op.f("ck_assignment_ended")),
        sa.CheckConstraint(
            "role in ('district_admin', 'supervisor', 'principal', 'assistant_principal', 'teacher_leader', 'teacher', 'staff', 'coach', 'researcher')",
            name=op.f("ck_assignment_role"),
        ),
        sa.ForeignKeyConstraint(
            ["district_id", "org_id"], ["org.district_id", "org.id"], name=op.f("fk_assignment_district_id_org_id")
        ),
        sa.ForeignKeyConstraint(
            ["district_id", "person_id"], ["person.district_id", "person.id"], name=op.f("fk_assignment_district_id_person_id")
        ),
        sa.PrimaryKeyConstraint("district_id", "id", name=op.f("pk_assignment")),
        sa.UniqueConstraint(
            "district_id",
            "sourced_id",
            "person_id",
            "org_id",
            "role_sent",
            name=op.f("uq_assignment_district_id_sourced_id_person_id_org_id_role_sent"),
        ),
    )
    op.create_index(
        "ix_assignment_leader",
        "assignment",
        ["district_id", "person_id"],
        unique=False,
        postgresql_where=sa.text("role in ('assistant_principal', 'principal')"),
    )
    op.create_index("ix_assignment_person", "assignment", ["district_id", "person_id"], unique=False)
    op.create_table(
        "client_district",
        sa.Column("client_id", sa.Text(), nullable=False),
        sa.Column("district_id", sa.Uuid(), nullable=False),
        sa.ForeignKeyConstraint(["client_id"], ["control.client.client_id"], name=op.f("fk_client_district_client_id")),
        sa.ForeignKeyConstraint(["district_id"], ["control.district.id"], name=op.f("fk_client_district_district_id")),
        sa.PrimaryKeyConstraint("client_id", "district_id", name=op.f("pk_client_district")),
        schema="control",
    )
    op.create_table(
        "crosswalk",
        sa.Column("district_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("code", sa.Text(), nullable=False),
        sa.Column("version", sa.Text(), nullable=False),
        sa.Column("instrument_id", sa.Uuid(), nullable=False),
        sa.Column("ordinal", sa.Integer(), nullable=False),
        sa.Column("mappings", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["district_id", "instrument_id"],
            ["instrument.district_id", "instrument.id"],
            name=op.f("fk_crosswalk_district_id_instrument_id"),
        ),
        sa.PrimaryKeyConstraint("district_id", "id", name=op.f("pk_crosswalk")),
        sa.UniqueConstraint("district_id", "code", "version", name=op.f("uq_crosswalk_district_id_code_version")),
        sa.UniqueConstraint(
            "district_id", "instrument_id", "ordinal", name=op.f("uq_crosswalk_district_id_instrument_id_ordinal")
        ),
    )
    op.create_table(
        "initiative",
        sa.Column("district_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("external_id", sa.Text(), nullable=True),
        sa.Column("leader_id", sa.Uuid(), nullable=False),
        sa.Column("title", sa.Text(), nullable=False),
        sa.Column("focus_area", sa.Text(), nullable=True),
        sa.Column("practice", sa.Text(), nullable=True),
        sa.Column("school_id", sa.Uuid(), nullable=True),
        sa.Column("starts_on", sa.Date(), nullable=True),
        sa.Column("ends_on", sa.Date(), nullable=True),
        sa.Column("decide_by", sa.Date(), nullable=True),
        sa.Column("stakes", sa.Text(), nullable=True),
        sa.Column("goal_tied_to_student_learning", sa.Boolean(), nullable=False),
        sa.Column("about_teaching_and_learning", sa.Boolean(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint("stakes in ('low', 'high')", name=op.f("ck_initiative_stakes")),
        sa.ForeignKeyConstraint(
            ["district_id", "leader_id"], ["person.district_id", "person.id"], name=op.f("fk_initiative_district_id_leader_id")
        ),
        sa.ForeignKeyConstraint(
            ["district_id", "school_id"], ["org.district_id", "org.id"], name=op.f("fk_initiative_district_id_school_id")
        ),
        sa.PrimaryKeyConstraint("district_id", "id", name=op.f("pk_initiative")),
    )
    op.create_index("ix_initiative_leader", "initiative", ["district_id", "leader_id", "id"], unique=False)
    op.create_table(
        "observation",
        sa.Column("district_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("version", sa.BigInteger(), nullable=False),
        sa.Column("origin", sa.Text(), nullable=False),
        sa.Column("client_id", sa.Text(), nullable=False),
        sa.Column("external_id", sa.Text(), nullable=True),
        sa.Column("purpose", sa.Text(), nullable=False),
        sa.Column("leader_id", sa.Uuid(), nullable=False),
        sa.Column("observer_id", sa.Uuid(), nullable=True),
        sa.Column("observer_name", sa.Text(), nullable=True),
        sa.Column("school_id", sa.Uuid(), nullable=False),
        sa.Column("observed_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("setting", sa.Text(), nullable=False),
        sa.Column("announced", sa.Boolean(), nullable=True),
        sa.Column("duration_minutes", sa.SmallInteger(), nullable=True),
        sa.Column("instrument_id", sa.Uuid(), nullable=True),
        sa.Column("received_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("superseded_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint(
            "setting in ('classroom', 'meeting', 'common_area', 'online', 'other')", name=op.f("ck_observation_setting")
        ),
        sa.ForeignKeyConstraint(
            ["district_id", "instrument_id"],
            ["instrument.district_id", "instrument.id"],
            name=op.f("fk_observation_district_id_instrument_id"),
        ),
        sa.ForeignKeyConstraint(
            ["district_id", "leader_id"], ["person.district_id", "person.id"], name=op.f("fk_observation_district_id_leader_id")
        ),
        sa.ForeignKeyConstraint(
            ["district_id", "observer_id"],
            ["person.district_id", "person.id"],
            name=op.f("fk_observation_district_id_observer_id"),
        ),
        sa.ForeignKeyConstraint(
            ["district_id", "school_id"], ["org.district_id", "org.id"], name=op.f("fk_observation_district_id_school_id")
        ),
        sa.PrimaryKeyConstraint("district_id", "id", "version", name=op.f("pk_observation")),
    )
    op.create_index("ix_observation_leader", "observation", ["district_id", "leader_id", "observed_at"], unique=False)
    op.create_index(
        "ix_observation_listed",
        "observation",
        ["district_id", sa.literal_column("observed_at desc"), sa.literal_column("id desc")],
        unique=False,
        postgresql_where=sa.text("superseded_at is null"),
    )
    op.create_table(
        "person_user_id",
        sa.Column("district_id", sa.Uuid(), nullable=False),
        sa.Column("person_id", sa.Uuid(), nullable=False),
        sa.Column("type", sa.Text(), nullable=False),
        sa.Column("value", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(
            ["district_id", "person_id"],
            ["person.district_id", "person.id"],
            name=op.f("fk_person_user_id_district_id_person_id"),
        ),
        sa.PrimaryKeyConstraint("district_id", "person_id", "type", "value", name=op.f("pk_person_user_id")),
    )
    op.create_index("ix_person_user_id_value", "person_user_id", ["district_id", "type", "value"], unique=False)
    op.create_table(
        "tally",
        sa.Column("district_id", sa.Uuid(), nullable=False),
        sa.Column("leader_id", sa.Uuid(), nullable=False),
        sa.Column("basis", sa.Integer(), nullable=False),
        sa.Column("responsibility", sa.Text(), nullable=False),
        sa.Column("source", sa.Text(), nullable=False),
        sa.Column("fw", sa.Numeric(), nullable=False),
        sa.Column("fwx", sa.Numeric(), nullable=False),
        sa.Column("n", sa.Integer(), nullable=False),
        sa.Column("sum_x", sa.Numeric(), nullable=False),
        sa.Column("sum_xx", sa.Numeric(), nullable=False),
        sa.Column("newest_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("occasion", sa.Uuid(), nullable=True),
        sa.Column("form_c", sa.Float(), nullable=False),
        sa.Column("constants", sa.Integer(), nullable=False),
        sa.Column("fw_f", sa.Double(), sa.Computed("(fw)::double precision", persisted=True), nullable=False),
        sa.Column("fwx_f", sa.Double(), sa.Computed("(fwx)::double precision", persisted=True), nullable=False),
        sa.Column("sum_x_f", sa.Double(), sa.Computed("(sum_x)::double precision", persisted=True), nullable=False),
        sa.Column("sum_xx_f", sa.Double(), sa.Computed("(sum_xx)::double precision", persisted=True), nullable=False),
        sa.CheckConstraint(
            "responsibility in ('acknowledgement', 'adaptability', 'advocacy', 'celebrates', 'change_agent', 'communication', 'community', 'focus', 'ideals_beliefs', 'input', 'inspires', 'intellectual_stimulation', 'involvement_in_teaching_and_learning', 'knowledge_of_teaching_and_learning', 'monitors_evaluates', 'protects', 'relationships', 'resources', 'situational_awareness', 'structures_and_routines', 'visibility')",
            name=op.f("ck_tally_responsibility"),
        ),
        sa.CheckConstraint(
            "source in ('teacher', 'staff', 'peer', 'supervisor', 'observation', 'self')", name=op.f("ck_tally_source")
        ),
        sa.ForeignKeyConstraint(
            ["district_id", "leader_id"], ["person.district_id", "person.id"], name=op.f("fk_tally_district_id_leader_id")
        ),
        sa.PrimaryKeyConstraint("district_id", "leader_id", "basis", "responsibility", "source", name=op.f("pk_tally")),
    )
    op.create_table(
        "assessment_rating",
        sa.Column("district_id", sa.Uuid(), nullable=False),
        sa.Column("assessment_id", sa.Uuid(), nullable=False),
        sa.Column("version", sa.BigInteger(), nullable=False),
        sa.Column("responsibility", sa.Text(), nullable=False),
        sa.Column("value", sa.Float(), nullable=False),
        sa.CheckConstraint(
            "responsibility in ('acknowledgement', 'adaptability', 'advocacy', 'celebrates', 'change_agent', 'communication', 'community', 'focus', 'ideals_beliefs', 'input', 'inspires', 'intellectual_stimulation', 'involvement_in_teaching_and_learning', 'knowledge_of_teaching_and_learning', 'monitors_evaluates', 'protects', 'relationships', 'resources', 'situational_awareness', 'structures_and_routines', 'visibility')",
            name=op.f("ck_assessment_rating_responsibility"),
        ),
        sa.ForeignKeyConstraint(
            ["district_id", "assessment_id", "version"],
            ["assessment.district_id", "assessment.id", "assessment.version"],
            name=op.f("fk_assessment_rating_district_id_assessment_id_version"),
        ),
        sa.PrimaryKeyConstraint("district_id", "assessment_id", "version", "responsibility", name=op.f("pk_assessment_rating")),
    )
    op.create_table(
        "feedback",
        sa.Column("district_id", sa.Uuid(), nullable=False),
        sa.Column("observation_id", sa.Uuid(), nullable=False),
        sa.Column("version", sa.BigInteger(), nullable=False),
        sa.Column("position", sa.SmallInteger(), nullable=False),
        sa.Column("type", sa.Text(), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.CheckConstraint(
            "type in ('reinforcement', 'refinement', 'question', 'next_step', 'note')", name=op.f("ck_feedback_type")
        ),
        sa.ForeignKeyConstraint(
            ["district_id", "observation_id", "version"],
            ["observation.district_id", "observation.id", "observation.version"],
            name=op.f("fk_feedback_district_id_observation_id_version"),
        ),
        sa.PrimaryKeyConstraint("district_id", "observation_id", "version", "position", name=op.f("pk_feedback")),
    )
    op.create_table(
        "rating",
        sa.Column("district_id", sa.Uuid(), nullable=False),
        sa.Column("observation_id", sa.Uuid(), nullable=False),
        sa.Column("version", sa.BigInteger(), nullable=False),
        sa.Column("position", sa.SmallInteger(), nullable=False),
        sa.Column("responsibility", sa.Text(), nullable=True),
        sa.Column("element", sa.Text(), nullable=True),
        sa.Column("value", sa.Float(), nullable=True),
        sa.Column("level", sa.Text(), nullable=True),
        sa.CheckConstraint(
            "responsibility in ('acknowledgement', 'adaptability', 'advocacy', 'celebrates', 'change_agent', 'communication', 'community', 'focus', 'ideals_beliefs', 'input', 'inspires', 'intellectual_stimulation', 'involvement_in_teaching_and_learning', 'knowledge_of_teaching_and_learning', 'monitors_evaluates', 'protects', 'relationships', 'resources', 'situational_awareness', 'structures_and_routines', 'visibility')",
            name=op.f("ck_rating_responsibility"),
        ),
        sa.ForeignKeyConstraint(
            ["district_id", "observation_id", "version"],
            ["observation.district_id", "observation.id", "observation.version"],
            name=op.f("fk_rating_district_id_observation_id_version"),
        ),
        sa.PrimaryKeyConstraint("district_id", "observation_id", "version", "position", name=op.f("pk_rating")),
    )
    op.create_table(
        "stakeholder_group",
        sa.Column("district_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("initiative_id", sa.Uuid(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("external_id", sa.Text(), nullable=True),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("size", sa.Integer(), nullable=False),
        sa.Column("role", sa.Text(), nullable=False),
        sa.Column("must_change_practice", sa.Boolean(), nullable=True),
        sa.Column("estimate", sa.ARRAY(sa.SmallInteger()), nullable=True),
        sa.Column("create_demand", sa.Float(), nullable=False),
        sa.Column("implement", sa.Float(), nullable=False),
        sa.Column("manage_transitions", sa.Float(), nullable=False),
        sa.Column("monitor_evaluate", sa.Float(), nullable=False),
        sa.Column("stance_answers", postgresql.JSONB(astext_type=sa.Text()), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint("size >= 1", name=op.f("ck_stakeholder_group_size")),
        sa.CheckConstraint("role in ('implementing', 'affected', 'supporting')", name=op.f("ck_stakeholder_group_role")),
        sa.ForeignKeyConstraint(
            ["district_id", "initiative_id"],
            ["initiative.district_id", "initiative.id"],
            name=op.f("fk_stakeholder_group_district_id_initiative_id"),
        ),
        sa.PrimaryKeyConstraint("district_id", "id", name=op.f("pk_stakeholder_group")),
    )
    op.create_index(
        "ix_stakeholder_group_initiative", "stakeholder_group", ["district_id", "initiative_id", "id"], unique=False
    )
    op.create_table(
        "pulse_answer",
        sa.Column("district_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("group_id", sa.Uuid(), nullable=False),
        sa.Column("answered_on", sa.Date(), nullable=False),
        sa.Column("answers", sa.ARRAY(sa.SmallInteger()), nullable=False),
        sa.ForeignKeyConstraint(
            ["district_id", "group_id"],
            ["stakeholder_group.district_id", "stakeholder_group.id"],
            name=op.f("fk_pulse_answer_district_id_group_id"),
        ),
        sa.PrimaryKeyConstraint("district_id", "id", name=op.f("pk_pulse_answer")),
    )
    op.create_index("ix_pulse_answer_group", "pulse_answer", ["district_id", "group_id", "answered_on"], unique=False)
    for table in TENANTED:
        fence(table, grants=GRANTS.get(table, "select, insert, update, delete"))
    op.execute(f"grant usage on schema control to {APP}")
    named_query(
        "find_client(sought text)",
        "table (client_id text, name text, origin text, secret_sha256 bytea, scopes text[], "
        "revoked_at timestamptz, district_id uuid)",
        "select c.client_id, c.name, c.origin, c.secret_sha256, c.scopes, c.revoked_at, d.district_id "
        "from control.client c join control.client_district d on d.client_id = c.client_id where c.client_id = sought",
    )
    named_query(
        "find_district(sought uuid)",
        "table (id uuid, name text, time_zone text)",
        "select d.id, d.name, d.time_zone from control.district d where d.id = sought",
    )
    named_query(
        "signing_keys()",
        "table (kid text, sealed bytea, created_at timestamptz, retired_at timestamptz)",
        "select k.kid, k.sealed, k.created_at, k.retired_at from control.signing_key k order by k.created_at, k.kid",
    )
    named_query(
        "offer_signing_key(kid text, sealed bytea, at timestamptz)",
        "void",
        "select pg_advisory_xact_lock(7402716051); "
        "insert into control.signing_key (kid, sealed, created_at) select $1, $2, $3 "
        "where not exists (select 1 from control.signing_key k where k.retired_at is null)",
        writes=True,
    )
    named_query("schema_version()", "text", "select v.version_num::text from control.alembic_version v")


def downgrade() -> None:
    for function in ("schema_version()", "offer_signing_key(text, bytea, timestamptz)", "signing_keys()"):
        op.execute(f"drop function control.{function}")
    op.execute("drop function control.find_district(uuid)")
    op.execute("drop function control.find_client(text)")
    op.execute(f"revoke usage on schema control from {APP}")
    op.drop_index("ix_pulse_answer_group", table_name="pulse_answer")
    op.drop_table("pulse_answer")
    op.drop_index("ix_stakeholder_group_initiative", table_name="stakeholder_group")
    op.drop_table("stakeholder_group")
    op.drop_table("rating")
    op.drop_table("feedback")
    op.drop_table("assessment_rating")
    op.drop_table("tally")
    op.drop_index("ix_person_user_id_value", table_name="person_user_id")
    op.drop_table("person_user_id")
    op.drop_index("ix_observation_listed", table_name="observation", postgresql_where=sa.text("superseded_at is null"))
    op.drop_index("ix_observation_leader", table_name="observation")
    op.drop_table("observation")
    op.drop_index("ix_initiative_leader", table_name="initiative")
    op.drop_table("initiative")
    op.drop_table("crosswalk")
    op.drop_table("client_district", schema="control")
    op.drop_index("ix_assignment_person", table_name="assignment")
    op.drop_index(
        "ix_assignment_leader",
        table_name="assignment",
        postgresql_where=sa.text("role in ('assistant_principal', 'principal')"),
    )
    op.drop_table("assignment")
    op.drop_index("ix_assessment_leader", table_name="assessment")
    op.drop_table("assessment")
    op.drop_table("scoring_basis")
    op.drop_table("roster_import")
    op.drop_table("role_mapping")
    op.drop_table("push_head")
    op.drop_index("ix_person_username", table_name="person", postgresql_where=sa.text("username_folded is not null"))
    op.drop_index("ix_person_listed", table_name="person")
    op.drop_index("ix_person_identifier", table_name="person", postgresql_where=sa.text("identifier is not null"))
    op.drop_index("ix_person_email", table_name="person", postgresql_where=sa.text("email_folded is not null"))
    op.drop_table("person")
    op.drop_index("ix_org_listed", table_name="org", postgresql_where=sa.text("type = 'school'"))
    op.drop_index("ix_org_identifier", table_name="org", postgresql_where=sa.text("identifier is not null"))
    op.drop_table("org")
    op.drop_table("instrument")
    op.drop_index("ix_idempotency_created_at", table_name="idempotency")
    op.drop_table("idempotency")
    op.drop_table("signing_key", schema="control")
    op.drop_table("district", schema="control")
    op.drop_table("client", schema="control")
    op.drop_table("configuration")
    op.drop_table("academic_session")
