"""The queries of schema ``control`` that the serving role may run before, or without, standing in a district."""

from migrations.ops import DISTRICT, named_query

IN_THIS_DISTRICT = (
    "c.client_id = client and c.registration_sha256 is not null and c.revoked_at is null and exists (select from "
    f"control.client_district d where d.client_id = c.client_id and d.district_id = {DISTRICT})"
)


def create() -> None:
    """Create them all."""
    named_query("schema_version()", "text", "select v.version_num::text from control.alembic_version v")
    _districts()
    _signing_keys()
    _clients()
    _registration()
    _audit_and_counts()


def _districts() -> None:
    named_query(
        "find_district(sought uuid)",
        "table (id uuid, name text, time_zone text)",
        "select d.id, d.name, d.time_zone from control.district d where d.id = sought",
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
    # Whose trail to seal. Ids alone: they open nothing.
    named_query("district_ids()", "setof uuid", "select d.id from control.district d order by d.id")


def _signing_keys() -> None:
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


def _clients() -> None:
    named_query(
        "find_client(sought text)",
        "table (client_id text, name text, origin text, secret_sha256 bytea, scopes text[], "
        "revoked_at timestamptz, district_id uuid)",
        "select c.client_id, c.name, c.origin, c.secret_sha256, c.scopes, c.revoked_at, d.district_id "
        "from control.client c join control.client_district d on d.client_id = c.client_id where c.client_id = sought",
    )
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
    named_query(
        "allows_origin(asked text)",
        "boolean",
        "select exists (select from control.client c where asked = any (c.cors_origins) and c.revoked_at is null)",
    )
    # The query by which an export reads the machines of its district.
    named_query(
        "clients_of_this_district()",
        "table (client_id text, name text, origin text, scopes text[], created_at timestamptz, revoked_at timestamptz, "
        "evaluates boolean)",
        "select c.client_id, c.name, c.origin, c.scopes, c.created_at, c.revoked_at, c.evaluates "
        "from control.client c join control.client_district d on d.client_id = c.client_id "
        f"where d.district_id = {DISTRICT} and c.kind = 'machine' order by c.client_id",
    )


def _registration() -> None:
    # Whoever serves can let a client into the district it stands in, and nowhere else.
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
        "register_client(client text, called text, origin text, scopes text[], kind text, method text, grants text[], "
        "redirects text[], keys jsonb, secret bytea, registration bytea, at timestamptz, evaluating boolean)",
        "void",
        "insert into control.client (client_id, name, origin, secret_sha256, scopes, kind, auth_method, grant_types, "
        "redirect_uris, jwks, registration_sha256, created_at, evaluates) values (client, called, origin, secret, scopes, "
        "kind, method, grants, redirects, keys, registration, at, evaluating); "
        f"insert into control.client_district (client_id, district_id) values (client, {DISTRICT})",
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
        "update_client(client text, called text, allowed text[], redirects text[], keys jsonb, evaluating boolean)",
        "void",
        "update control.client c set name = called, scopes = allowed, redirect_uris = redirects, jwks = keys, "
        "evaluates = c.evaluates or evaluating "
        "where c.client_id = client and c.registration_sha256 is not null and c.revoked_at is null and exists "
        f"(select from control.client_district d where d.client_id = c.client_id and d.district_id = {DISTRICT})",
        writes=True,
    )
    named_query(
        "withdraw_client(client text, at timestamptz)",
        "void",
        f"update control.client c set revoked_at = at where {IN_THIS_DISTRICT}",
        writes=True,
    )


def _audit_and_counts() -> None:
    # Below it, every transaction has ended: what is not to be seen there now never will be.
    named_query("audit_horizon()", "bigint", "select pg_snapshot_xmin(pg_current_snapshot())::text::bigint")
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
