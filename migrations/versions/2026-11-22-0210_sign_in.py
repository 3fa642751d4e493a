"""How people sign in.

Expand only: new tables, named queries on how a district is found, and no change to what is there.
"""

import sqlalchemy as sa
from alembic import op

from migrations.ops import fence, named_query

revision = "0003"
down_revision = "0002"

TENANTED = (
    "account",
    "account_code",
    "recovery_code",
    "browser_session",
    "sign_in_tries",
    "identity_provider",
    "identity_link",
)
"""Every table of a district; each is fenced."""

INSTANT = sa.DateTime(timezone=True)


def _of_a_person(table: str) -> sa.ForeignKeyConstraint:
    return sa.ForeignKeyConstraint(
        ["district_id", "person_id"],
        ["person.district_id", "person.id"],
        name=op.f(f"fk_{table}_district_id_person_id"),
    )


def _key(table: str, *columns: str) -> sa.PrimaryKeyConstraint:
    return sa.PrimaryKeyConstraint("district_id", *columns, name=op.f(f"pk_{table}"))


def _accounts() -> None:
    op.create_table(
        "account",
        sa.Column("district_id", sa.Uuid(), nullable=False),
        sa.Column("person_id", sa.Uuid(), nullable=False),
        sa.Column("username", sa.Text(), nullable=True),
        sa.Column("username_folded", sa.Text(), nullable=True),
        sa.Column("password_hash", sa.Text(), nullable=True),
        sa.Column("break_glass", sa.Boolean(), nullable=False),
        sa.Column("second_factor_waived", sa.Boolean(), server_default=sa.text("false"), nullable=False),
        sa.Column("deactivated_at", INSTANT, nullable=True),
        sa.Column("totp_sealed", sa.LargeBinary(), nullable=True),
        sa.Column("totp_confirmed_at", INSTANT, nullable=True),
        sa.Column("totp_last_step", sa.BigInteger(), nullable=True),
        _of_a_person("account"),
        _key("account", "person_id"),
        sa.UniqueConstraint("district_id", "username_folded", name=op.f("uq_account_district_id_username_folded")),
    )
    op.create_table(
        "account_code",
        sa.Column("district_id", sa.Uuid(), nullable=False),
        sa.Column("code_sha256", sa.LargeBinary(), nullable=False),
        sa.Column("person_id", sa.Uuid(), nullable=False),
        sa.Column("purpose", sa.Text(), nullable=False),
        sa.Column("expires_at", INSTANT, nullable=False),
        sa.CheckConstraint("purpose in ('enrol', 'reset')", name=op.f("ck_account_code_purpose")),
        _of_a_person("account_code"),
        _key("account_code", "code_sha256"),
    )
    op.create_index("ix_account_code_person", "account_code", ["district_id", "person_id"])
    op.create_table(
        "recovery_code",
        sa.Column("district_id", sa.Uuid(), nullable=False),
        sa.Column("person_id", sa.Uuid(), nullable=False),
        sa.Column("code_sha256", sa.LargeBinary(), nullable=False),
        _of_a_person("recovery_code"),
        _key("recovery_code", "person_id", "code_sha256"),
    )


def _sessions() -> None:
    op.create_table(
        "browser_session",
        sa.Column("district_id", sa.Uuid(), nullable=False),
        sa.Column("token_sha256", sa.LargeBinary(), nullable=False),
        sa.Column("person_id", sa.Uuid(), nullable=False),
        sa.Column("stage", sa.Text(), nullable=False),
        sa.Column("methods", sa.ARRAY(sa.Text()), nullable=False),
        sa.Column("signed_in_at", INSTANT, nullable=False),
        sa.Column("seen_at", INSTANT, nullable=False),
        sa.CheckConstraint("stage in ('first_factor', 'signed_in')", name=op.f("ck_browser_session_stage")),
        _of_a_person("browser_session"),
        _key("browser_session", "token_sha256"),
    )
    op.create_index("ix_browser_session_person", "browser_session", ["district_id", "person_id"])
    op.create_table(
        "sign_in_tries",
        sa.Column("district_id", sa.Uuid(), nullable=False),
        sa.Column("subject", sa.LargeBinary(), nullable=False),
        sa.Column("failures", sa.Integer(), nullable=False),
        sa.Column("last_at", INSTANT, nullable=False),
        sa.Column("next_at", INSTANT, nullable=False),
        _key("sign_in_tries", "subject"),
    )


def _providers() -> None:
    op.create_table(
        "identity_provider",
        sa.Column("district_id", sa.Uuid(), nullable=False),
        sa.Column("code", sa.Text(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("issuer", sa.Text(), nullable=False),
        sa.Column("client_id", sa.Text(), nullable=False),
        sa.Column("secret_sealed", sa.LargeBinary(), nullable=False),
        sa.Column("tenants", sa.ARRAY(sa.Text()), nullable=False),
        sa.Column("claim", sa.Text(), nullable=False),
        sa.Column("roster_field", sa.Text(), nullable=False),
        sa.Column("exclusive", sa.Boolean(), nullable=False),
        sa.Column("active", sa.Boolean(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.CheckConstraint(
            "kind in ('google', 'entra', 'clever', 'classlink', 'oidc')", name=op.f("ck_identity_provider_kind")
        ),
        _key("identity_provider", "code"),
    )
    op.create_table(
        "identity_link",
        sa.Column("district_id", sa.Uuid(), nullable=False),
        sa.Column("issuer", sa.Text(), nullable=False),
        sa.Column("subject", sa.Text(), nullable=False),
        sa.Column("person_id", sa.Uuid(), nullable=False),
        sa.Column("linked_at", INSTANT, nullable=False),
        _of_a_person("identity_link"),
        _key("identity_link", "issuer", "subject"),
    )
    op.create_index("ix_identity_link_person", "identity_link", ["district_id", "person_id"])


def _addresses() -> None:
    op.create_table(
        "district_address",
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("value", sa.Text(), nullable=False),
        sa.Column("district_id", sa.Uuid(), nullable=False),
        sa.CheckConstraint("kind in ('slug', 'mail_domain', 'tenant')", name=op.f("ck_district_address_kind")),
        sa.ForeignKeyConstraint(["district_id"], ["control.district.id"], name=op.f("fk_district_address_district_id")),
        sa.PrimaryKeyConstraint("kind", "value", name=op.f("pk_district_address")),
        schema="control",
    )
    named_query(
        "find_address(wanted text, sought text)",
        "table (id uuid, name text, slug text)",
        "select d.id, d.name, s.value from control.district_address a join control.district d on d.id = a.district_id "
        "join lateral (select min(i.value) as value from control.district_address i "
        "where i.kind = 'slug' and i.district_id = d.id) s on s.value is not null "
        "where a.kind = wanted and a.value = sought",
    )
    named_query(
        "find_slug(sought uuid)",
        "text",
        "select min(a.value) from control.district_address a where a.kind = 'slug' and a.district_id = sought",
    )
    # A portal (Clever) lands people here without saying of which district they are.
    named_query(
        "find_tenants(prefix text)",
        "table (id uuid, name text, slug text)",
        "select d.id, d.name, s.value from (select distinct a.district_id from control.district_address a "
        "where a.kind = 'tenant' and starts_with(a.value, prefix)) t join control.district d on d.id = t.district_id "
        "join lateral (select min(i.value) as value from control.district_address i "
        "where i.kind = 'slug' and i.district_id = d.id) s on s.value is not null order by d.name, d.id limit 100",
    )


def upgrade() -> None:
    _accounts()
    _sessions()
    _providers()
    for table in TENANTED:
        fence(table)
    _addresses()


def downgrade() -> None:
    for function in ("find_tenants(text)", "find_slug(uuid)", "find_address(text, text)"):
        op.execute(f"drop function control.{function}")
    op.drop_table("district_address", schema="control")
    for table in reversed(TENANTED):
        op.drop_table(table)
