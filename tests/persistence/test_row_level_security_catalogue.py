"""The fence around a district, read from the catalogue: no table is an exception."""

import asyncpg
import pytest

from persistence.tables import metadata
from tests.support.sql import APP, OWNER, fetch_column, fetch_rows

# each query names what breaks the rule

TABLES = """
select c.relname from pg_class c where c.relnamespace = 'public'::regnamespace and c.relkind in ('r', 'p') order by 1
"""

OTHER_RELATIONS = """
select c.relname from pg_class c where c.relnamespace = 'public'::regnamespace and c.relkind not in ('r', 'p', 'i', 'I')
"""

KEYLESS = """
select c.relname from pg_class c where c.relnamespace = 'public'::regnamespace and c.relkind in ('r', 'p')
and not exists (select from pg_index i where i.indrelid = c.oid and i.indisprimary)
"""

INDEXES_ELSEWHERE = """
select i.indexrelid::regclass::text from pg_index i join pg_class c on c.oid = i.indrelid
left join pg_attribute a on a.attrelid = c.oid and a.attnum = i.indkey[0]
where c.relnamespace = 'public'::regnamespace and a.attname is distinct from 'district_id'
"""

FOREIGN_KEYS_ELSEWHERE = """
select k.conname from pg_constraint k
join pg_attribute f on f.attrelid = k.conrelid and f.attnum = k.conkey[1]
join pg_attribute t on t.attrelid = k.confrelid and t.attnum = k.confkey[1]
join pg_class c on c.oid = k.confrelid
where k.contype = 'f' and k.connamespace = 'public'::regnamespace
and (f.attname <> 'district_id' or t.attname <> 'district_id' or c.relnamespace <> 'public'::regnamespace)
"""

UNFENCED = """
select c.relname from pg_class c where c.relnamespace = 'public'::regnamespace and c.relkind in ('r', 'p')
and not (c.relrowsecurity and c.relforcerowsecurity)
"""

POLICIES = """
select c.relname, p.polname, p.polcmd, p.polpermissive, p.polroles = array[0::oid] as of_all,
  pg_get_expr(p.polqual, p.polrelid) as seen, pg_get_expr(p.polwithcheck, p.polrelid) as kept
from pg_class c left join pg_policy p on p.polrelid = c.oid
where c.relnamespace = 'public'::regnamespace and c.relkind in ('r', 'p')
"""

NULLABLE = """
select c.relname from pg_class c left join pg_attribute a on a.attrelid = c.oid and a.attname = 'district_id' and a.attnotnull
  and a.atttypid = 'uuid'::regtype
where c.relnamespace = 'public'::regnamespace and c.relkind in ('r', 'p') and a.attname is null
"""

OWNERS = """
select distinct pg_get_userbyid(c.relowner) from pg_class c
where c.relnamespace in ('public'::regnamespace, 'control'::regnamespace)
"""

POWERS = "select rolsuper or rolbypassrls or rolcreaterole or rolcreatedb or rolreplication from pg_roles where rolname = $1"

TOO_MUCH = """
select c.relname || ' ' || p from pg_class c, unnest(array['truncate', 'references', 'trigger']) p
where c.relnamespace = 'public'::regnamespace and c.relkind in ('r', 'p') and has_table_privilege($1, c.oid, p)
"""

REACHED_CONTROL = """
select c.relname from pg_class c where c.relnamespace = 'control'::regnamespace and c.relkind in ('r', 'p', 'v', 'm')
and (has_any_column_privilege($1, c.oid, 'select, insert, update')
  or has_table_privilege($1, c.oid, 'delete, truncate, references, trigger'))
"""

PUBLIC_GRANTS = """
select c.relname from pg_class c, aclexplode(c.relacl) g
where c.relnamespace in ('public'::regnamespace, 'control'::regnamespace) and g.grantee = 0
"""

LOOSE_FUNCTIONS = """
select p.oid::regprocedure::text from pg_proc p where p.pronamespace = 'control'::regnamespace and not (
  p.prosecdef
  and pg_get_userbyid(p.proowner) = $1
  and coalesce('search_path=pg_catalog, pg_temp' = any(p.proconfig), false)
  and has_function_privilege($2, p.oid, 'execute')
  and not exists (select from aclexplode(coalesce(p.proacl, acldefault('f', p.proowner))) g where g.grantee = 0)
)
"""

OTHER_FUNCTIONS = "select p.oid::regprocedure::text from pg_proc p where p.pronamespace = 'public'::regnamespace"

FENCE = "(district_id = (NULLIF(current_setting('app.district_id'::text, true), ''::text))::uuid)"


async def test_the_catalogue_holds_the_tables_of_the_code(database):
    assert await fetch_column(database.admin_url, TABLES) == sorted(t.name for t in metadata.tables.values() if not t.schema)


async def test_nothing_but_tables_and_indexes_stands_in_public(database):
    # a view or a function there would read with its owner's rights
    assert await fetch_column(database.admin_url, OTHER_RELATIONS) == []
    assert await fetch_column(database.admin_url, OTHER_FUNCTIONS) == []


@pytest.mark.parametrize(
    "broken",
    [
        pytest.param(NULLABLE, id="district_id_is_a_uuid_and_never_null"),
        pytest.param(KEYLESS, id="a_table_has_a_primary_key"),
        pytest.param(INDEXES_ELSEWHERE, id="every_index_begins_with_the_district"),
        pytest.param(FOREIGN_KEYS_ELSEWHERE, id="every_foreign_key_begins_with_the_district"),
        pytest.param(UNFENCED, id="row_security_is_enabled_and_forced"),
        pytest.param(PUBLIC_GRANTS, id="nothing_is_granted_to_everybody"),
    ],
)
async def test_no_table_is_an_exception(database, broken):
    assert await fetch_column(database.admin_url, broken) == []


async def test_each_table_has_the_one_policy_for_everything_and_everybody(database):
    for table, *policy in await fetch_rows(database.admin_url, POLICIES):
        assert policy == ["fence", b"*", True, True, FENCE, FENCE], table


async def test_the_owner_owns_and_the_serving_role_has_no_powers(database):
    assert await fetch_column(database.admin_url, OWNERS) == [OWNER]
    assert await fetch_column(database.admin_url, POWERS, APP) == [False]
    assert await fetch_column(database.admin_url, POWERS, OWNER) == [False]
    assert await fetch_column(database.admin_url, TOO_MUCH, APP) == []


async def test_the_serving_role_reaches_control_through_named_queries_only(database):
    assert await fetch_column(database.admin_url, REACHED_CONTROL, APP) == []
    assert await fetch_column(database.admin_url, LOOSE_FUNCTIONS, OWNER, APP) == []
    (may_make,) = await fetch_column(database.admin_url, "select has_schema_privilege($1, 'control', 'create')", APP)
    assert not may_make


async def test_the_serving_role_can_make_no_tables(database):
    with pytest.raises(asyncpg.InsufficientPrivilegeError):
        await fetch_rows(database.app_url, "create table stray (id integer)")


BREAKS = {
    NULLABLE: "create table stray (district_id text primary key)",
    KEYLESS: "create table stray (district_id uuid not null)",
    INDEXES_ELSEWHERE: "create index stray on person (family_name)",
    FOREIGN_KEYS_ELSEWHERE: "alter table org add foreign key (district_id) references control.district (id)",
    UNFENCED: "alter table person no force row level security",
    PUBLIC_GRANTS: "grant select on person to public",
    OTHER_RELATIONS: "create view stray as select * from person",
    OTHER_FUNCTIONS: "create function public.stray() returns bigint language sql as 'select count(*) from person'",
}
BREAKS_FOR_APP = {
    TOO_MUCH: f"grant truncate on person to {APP}",
    REACHED_CONTROL: f"grant select (name) on control.client to {APP}",
}
BREAKS_OF_FUNCTIONS = (
    "grant execute on function control.registered_client(text) to public",
    "alter function control.registered_client(text) security invoker",
    "alter function control.registered_client(text) reset search_path",
)


async def test_the_guards_see_what_breaks_each_rule(database):
    for query, breaking in BREAKS.items():
        assert await broken_by(database, breaking, query), breaking
    for query, breaking in BREAKS_FOR_APP.items():
        assert await broken_by(database, breaking, query, APP), breaking
    for breaking in BREAKS_OF_FUNCTIONS:
        assert await broken_by(database, breaking, LOOSE_FUNCTIONS, OWNER, APP), breaking


async def broken_by(database, breaking, query, *values):
    """What ``query`` names once ``breaking`` was done, which is undone again."""
    owner = await asyncpg.connect(database.owner_url)
    try:
        await owner.execute(f"begin; {breaking}")
        return await owner.fetch(query, *values)
    finally:
        await owner.close()
