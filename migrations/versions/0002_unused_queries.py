"""Drop named queries that no release uses any more.

The last of three steps: their successors have been there since the first release. Two of them could register or change a client
without its purpose lock.
"""

from alembic import op

from migrations.ops import DISTRICT, named_query

revision = "0002_unused_queries"
down_revision = "0001_initial"

UNUSED = (
    "find_client(text)",
    "register_client(text, text, text, text[], text, text, text[], text[], jsonb, bytea, bytea, timestamptz)",
    "update_client(text, text, text[], text[], jsonb)",
)


def upgrade() -> None:
    for signature in UNUSED:
        op.execute(f"drop function control.{signature}")


def downgrade() -> None:
    named_query(
        "find_client(sought text)",
        "table (client_id text, name text, origin text, secret_sha256 bytea, scopes text[], "
        "revoked_at timestamptz, district_id uuid)",
        "select c.client_id, c.name, c.origin, c.secret_sha256, c.scopes, c.revoked_at, d.district_id "
        "from control.client c join control.client_district d on d.client_id = c.client_id where c.client_id = sought",
    )
    named_query(
        "register_client(client text, called text, origin text, scopes text[], kind text, method text, grants text[], "
        "redirects text[], keys jsonb, secret bytea, registration bytea, at timestamptz)",
        "void",
        "insert into control.client (client_id, name, origin, secret_sha256, scopes, kind, auth_method, grant_types, "
        "redirect_uris, jwks, registration_sha256, created_at) values (client, called, origin, secret, scopes, kind, method, "
        "grants, redirects, keys, registration, at); "
        f"insert into control.client_district (client_id, district_id) values (client, {DISTRICT})",
        writes=True,
    )
    named_query(
        "update_client(client text, called text, allowed text[], redirects text[], keys jsonb)",
        "void",
        "update control.client c set name = called, scopes = allowed, redirect_uris = redirects, jwks = keys "
        "where c.client_id = client and c.registration_sha256 is not null and c.revoked_at is null and exists (select from "
        f"control.client_district d where d.client_id = c.client_id and d.district_id = {DISTRICT})",
        writes=True,
    )
