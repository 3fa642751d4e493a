"""People let apps in: kinds of clients, codes, sessions and their tokens, consent, registration by others.

The code before this one reads control.find_client and inserts clients without the new columns: both still work.
"""

from typing import Any

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

from migrations.ops import fence, named_query

revision = "0004"
down_revision = "0003"

NATIVE = "evenkeel-native"
NATIVE_SCOPES = (
    "directory:read roster:write observations:read observations:write assessments:write scores:read change:read change:write "
    "advice:read configuration:read configuration:write me:read me:write audit:read exports:write admin:read admin:write"
)
HERE = "nullif(current_setting('app.district_id', true), '')::uuid"
IN_THIS_DISTRICT = (
    "c.client_id = client and c.registration_sha256 is not null and c.revoked_at is null and exists (select from "
    f"control.client_district d where d.client_id = c.client_id and d.district_id = {HERE})"
)
TABLES = ("consent", "authorization_request", "authorization_code", "refresh_token", "session", "initial_access_token")
COLUMNS = (
    *("kind", "auth_method", "grant_types", "redirect_uris", "jwks", "cors_origins", "evaluates"),
    "registration_sha256",
)
FUNCTIONS = (
    "registered_client(text)",
    "use_assertion(text, bytea, timestamptz, timestamptz)",
    "register_client(text, text, text, text[], text, text, text[], text[], jsonb, bytea, bytea, timestamptz)",
    "update_client(text, text, text[], text[], jsonb)",
    "withdraw_client(text, timestamptz)",
    "allows_origin(text)",
)


def upgrade() -> None:
    _widen_clients()
    _make_session()
    _make_codes()
    for table in TABLES:
        fence(table)
    _name_queries()
    op.execute(
        "insert into control.client (client_id, name, origin, secret_sha256, scopes, kind, auth_method, grant_types, "
        "redirect_uris, created_at) "
        f"values ('{NATIVE}', 'Evenkeel', 'evenkeel', null, string_to_array('{NATIVE_SCOPES}', ' '), 'native', 'none', "
        "'{authorization_code,refresh_token}', '{http://127.0.0.1/callback,http://[::1]/callback}', now())"
    )


def _widen_clients() -> None:
    columns: tuple[sa.Column[Any], ...] = (
        sa.Column("kind", sa.Text(), nullable=False, server_default="machine"),
        sa.Column("auth_method", sa.Text(), nullable=False, server_default="client_secret_basic"),
        sa.Column("grant_types", sa.ARRAY(sa.Text()), nullable=False, server_default="{client_credentials}"),
        sa.Column("redirect_uris", sa.ARRAY(sa.Text()), nullable=False, server_default="{}"),
        sa.Column("jwks", postgresql.JSONB(astext_type=sa.Text()), nullable=True),
        sa.Column("cors_origins", sa.ARRAY(sa.Text()), nullable=False, server_default="{}"),
        sa.Column("evaluates", sa.Boolean(), nullable=False, server_default="false"),
        sa.Column("registration_sha256", sa.LargeBinary(), nullable=True),
    )
    for column in columns:
        op.add_column("client", column, schema="control")
    op.alter_column("client", "secret_sha256", nullable=True, schema="control")
    op.create_check_constraint(
        op.f("ck_client_kind"), "client", "kind in ('machine', 'web', 'native', 'browser')", schema="control"
    )
    op.create_check_constraint(
        op.f("ck_client_auth_method"),
        "client",
        "auth_method in ('client_secret_basic', 'client_secret_post', 'private_key_jwt', 'none')",
        schema="control",
    )
    op.create_table(
        "client_assertion",
        sa.Column("client_id", sa.Text(), nullable=False),
        sa.Column("jti_sha256", sa.LargeBinary(), nullable=False),
        sa.Column("expires_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["client_id"], ["control.client.client_id"], name=op.f("fk_client_assertion_client_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("client_id", "jti_sha256", name=op.f("pk_client_assertion")),
        schema="control",
    )


def _make_session() -> None:
    op.create_table(
        "session",
        sa.Column("district_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("person_id", sa.Uuid(), nullable=False),
        sa.Column("client_id", sa.Text(), nullable=False),
        sa.Column("client_name", sa.Text(), nullable=False),
        sa.Column("device", sa.Text(), nullable=False),
        sa.Column("scopes", sa.ARRAY(sa.Text()), nullable=False),
        sa.Column("auth_time", sa.DateTime(timezone=True), nullable=False),
        sa.Column("methods", sa.ARRAY(sa.Text()), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("used_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("idle_until", sa.DateTime(timezone=True), nullable=False),
        sa.Column("absolute_until", sa.DateTime(timezone=True), nullable=False),
        sa.Column("revoked_at", sa.DateTime(timezone=True), nullable=True),
        _of("session", "person_id", "person"),
        sa.PrimaryKeyConstraint("district_id", "id", name=op.f("pk_session")),
    )
    op.create_index("ix_session_person", "session", ["district_id", "person_id", "id"])
    op.create_table(
        "refresh_token",
        sa.Column("district_id", sa.Uuid(), nullable=False),
        sa.Column("sha256", sa.LargeBinary(), nullable=False),
        sa.Column("session_id", sa.Uuid(), nullable=False),
        sa.Column("issued_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("replaced_at", sa.DateTime(timezone=True), nullable=True),
        _of("refresh_token", "session_id", "session"),
        sa.PrimaryKeyConstraint("district_id", "sha256", name=op.f("pk_refresh_token")),
    )
    op.create_index("ix_refresh_token_session", "refresh_token", ["district_id", "session_id"])


def _make_codes() -> None:
    op.create_table(
        "authorization_request",
        sa.Column("district_id", sa.Uuid(), nullable=False),
        sa.Column("sha256", sa.LargeBinary(), nullable=False),
        sa.Column("browser_sha256", sa.LargeBinary(), nullable=False),
        sa.Column("person_id", sa.Uuid(), nullable=False),
        sa.Column("client_id", sa.Text(), nullable=False),
        sa.Column("parameters", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("expires_at", sa.DateTime(timezone=True), nullable=False),
        _of("authorization_request", "person_id", "person"),
        sa.PrimaryKeyConstraint("district_id", "sha256", name=op.f("pk_authorization_request")),
    )
    op.create_index("ix_authorization_request_expires_at", "authorization_request", ["district_id", "expires_at"])
    op.create_table(
        "authorization_code",
        sa.Column("district_id", sa.Uuid(), nullable=False),
        sa.Column("sha256", sa.LargeBinary(), nullable=False),
        sa.Column("person_id", sa.Uuid(), nullable=False),
        sa.Column("client_id", sa.Text(), nullable=False),
        sa.Column("redirect_uri", sa.Text(), nullable=False),
        sa.Column("scopes", sa.ARRAY(sa.Text()), nullable=False),
        sa.Column("challenge", sa.Text(), nullable=False),
        sa.Column("device", sa.Text(), nullable=False),
        sa.Column("nonce", sa.Text(), nullable=True),
        sa.Column("auth_time", sa.DateTime(timezone=True), nullable=False),
        sa.Column("methods", sa.ARRAY(sa.Text()), nullable=False),
        sa.Column("expires_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("used_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("session_id", sa.Uuid(), nullable=True),
        _of("authorization_code", "person_id", "person"),
        _of("authorization_code", "session_id", "session"),
        sa.PrimaryKeyConstraint("district_id", "sha256", name=op.f("pk_authorization_code")),
    )
    op.create_index("ix_authorization_code_expires_at", "authorization_code", ["district_id", "expires_at"])
    op.create_index("ix_authorization_code_session", "authorization_code", ["district_id", "session_id"])
    op.create_table(
        "consent",
        sa.Column("district_id", sa.Uuid(), nullable=False),
        sa.Column("person_id", sa.Uuid(), nullable=False),
        sa.Column("client_id", sa.Text(), nullable=False),
        sa.Column("scopes", sa.ARRAY(sa.Text()), nullable=False),
        sa.Column("granted_at", sa.DateTime(timezone=True), nullable=False),
        _of("consent", "person_id", "person"),
        sa.PrimaryKeyConstraint("district_id", "person_id", "client_id", name=op.f("pk_consent")),
    )
    op.create_table(
        "initial_access_token",
        sa.Column("district_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("sha256", sa.LargeBinary(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("scopes", sa.ARRAY(sa.Text()), nullable=False),
        sa.Column("created_by", sa.Text(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("expires_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("revoked_at", sa.DateTime(timezone=True), nullable=True),
        sa.PrimaryKeyConstraint("district_id", "id", name=op.f("pk_initial_access_token")),
        sa.UniqueConstraint("district_id", "sha256", name=op.f("uq_initial_access_token_district_id_sha256")),
    )


def _of(table: str, column: str, target: str) -> sa.ForeignKeyConstraint:
    return sa.ForeignKeyConstraint(
        ["district_id", column],
        [f"{target}.district_id", f"{target}.id"],
        name=op.f(f"fk_{table}_district_id_{column}"),
        ondelete="CASCADE",
    )


def _name_queries() -> None:
    named_query(
        "registered_client(sought text)",
        "table (client_id text, name text, origin text, secret_sha256 bytea, scopes text[], revoked_at timestamptz, "
        "districts uuid[], kind text, auth_method text, grant_types text[], redirect_uris text[], jwks text, "
        "cors_origins text[], evaluates boolean, registration_sha256 bytea)",
        "select c.client_id, c.name, c.origin, c.secret_sha256, c.scopes, c.revoked_at, "
        "array(select d.district_id from control.client_district d where d.client_id = c.client_id order by 1), "
        "c.kind, c.auth_method, c.grant_types, c.redirect_uris, c.jwks::text, c.cors_origins, c.evaluates, "
        "c.registration_sha256 from control.client c where c.client_id = sought",
    )
    named_query(
        "use_assertion(client text, jti bytea, until timestamptz, at timestamptz)",
        "boolean",
        "with gone as (delete from control.client_assertion a where a.client_id = client and a.expires_at < at), "
        "kept as (insert into control.client_assertion (client_id, jti_sha256, expires_at) values (client, jti, until) "
        "on conflict do nothing returning 1) select exists (select from kept)",
        writes=True,
    )
    # Whoever serves can let a client into the district it stands in, and nowhere else.
    named_query(
        "register_client(client text, called text, origin text, scopes text[], kind text, method text, grants text[], "
        "redirects text[], keys jsonb, secret bytea, registration bytea, at timestamptz)",
        "void",
        "insert into control.client (client_id, name, origin, secret_sha256, scopes, kind, auth_method, grant_types, "
        "redirect_uris, jwks, registration_sha256, created_at) values (client, called, origin, secret, scopes, kind, method, "
        "grants, redirects, keys, registration, at); "
        f"insert into control.client_district (client_id, district_id) values (client, {HERE})",
        writes=True,
    )
    named_query(
        "update_client(client text, called text, allowed text[], redirects text[], keys jsonb)",
        "void",
        "update control.client c set name = called, scopes = allowed, redirect_uris = redirects, jwks = keys "
        f"where {IN_THIS_DISTRICT}",
        writes=True,
    )
    named_query(
        "withdraw_client(client text, at timestamptz)",
        "void",
        f"update control.client c set revoked_at = at where {IN_THIS_DISTRICT}",
        writes=True,
    )
    named_query(
        "allows_origin(asked text)",
        "boolean",
        "select exists (select from control.client c where asked = any (c.cors_origins) and c.revoked_at is null)",
    )


def downgrade() -> None:
    for function in FUNCTIONS:
        op.execute(f"drop function control.{function}")
    for table in TABLES:
        op.drop_table(table)
    op.drop_table("client_assertion", schema="control")
    # The code before this one knows machines with a secret, and nothing else.
    strange = "select client_id from control.client where kind <> 'machine' or secret_sha256 is null"
    op.execute(f"delete from control.client_district where client_id in ({strange})")
    op.execute(f"delete from control.client where client_id in ({strange})")
    for column in COLUMNS:
        op.drop_column("client", column, schema="control")
    op.alter_column("client", "secret_sha256", nullable=False, schema="control")
