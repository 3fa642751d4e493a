"""Consent to an app as it was described; exports and registrations that say which clients evaluate.

Expand only: the code before this one reads and writes consent without the new column, and asks people again; the queries by
which it registers clients stay beside the new ones. Failed tries under digests without a key are forgotten: by a truncation,
as the fence lets no statement see the rows of all districts.
"""

import sqlalchemy as sa
from alembic import op

from migrations.ops import named_query

revision = "0012"
down_revision = "0011"

HERE = "nullif(current_setting('app.district_id', true), '')::uuid"
CLIENTS = "clients_of_this_district()"
MEMBERS = ("client_id text", "name text", "origin text", "scopes text[]", "created_at timestamptz", "revoked_at timestamptz")
REGISTER = "register_client(text, text, text, text[], text, text, text[], text[], jsonb, bytea, bytea, timestamptz, boolean)"
UPDATE = "update_client(text, text, text[], text[], jsonb, boolean)"


def upgrade() -> None:
    op.add_column("consent", sa.Column("client_sha256", sa.LargeBinary(), nullable=True))
    op.execute("truncate sign_in_tries")
    _clients(*MEMBERS, "evaluates boolean")
    named_query(
        "register_client(client text, called text, origin text, scopes text[], kind text, method text, grants text[], "
        "redirects text[], keys jsonb, secret bytea, registration bytea, at timestamptz, evaluating boolean)",
        "void",
        "insert into control.client (client_id, name, origin, secret_sha256, scopes, kind, auth_method, grant_types, "
        "redirect_uris, jwks, registration_sha256, created_at, evaluates) values (client, called, origin, secret, scopes, "
        "kind, method, grants, redirects, keys, registration, at, evaluating); "
        f"insert into control.client_district (client_id, district_id) values (client, {HERE})",
        writes=True,
    )
    named_query(
        "update_client(client text, called text, allowed text[], redirects text[], keys jsonb, evaluating boolean)",
        "void",
        "update control.client c set name = called, scopes = allowed, redirect_uris = redirects, jwks = keys, "
        "evaluates = c.evaluates or evaluating "
        "where c.client_id = client and c.registration_sha256 is not null and c.revoked_at is null and exists "
        f"(select from control.client_district d where d.client_id = c.client_id and d.district_id = {HERE})",
        writes=True,
    )


def downgrade() -> None:
    for function in (UPDATE, REGISTER):
        op.execute(f"drop function control.{function}")
    _clients(*MEMBERS)
    op.drop_column("consent", "client_sha256")


def _clients(*members: str) -> None:
    """The query by which an export reads the machines of its district."""
    op.execute(f"drop function control.{CLIENTS}")
    named_query(
        CLIENTS,
        f"table ({', '.join(members)})",
        f"select {', '.join(f'c.{member.split()[0]}' for member in members)} "
        "from control.client c join control.client_district d on d.client_id = c.client_id "
        f"where d.district_id = {HERE} and c.kind = 'machine' order by c.client_id",
    )
