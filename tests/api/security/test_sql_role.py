"""What the serving role can do with a statement of an attacker's, and what an operator's mistake would let it do."""

import io
from dataclasses import dataclass

import asyncpg
import pytest
import pytest_asyncio

from api.rest.change import GROUP_BODY, INITIATIVE_BODY, PULSE
from api.rest.example_ids import OBSERVATION_BODY
from api.rest.scoring import CONFIGURATION_BODY, SELF_ASSESSMENT_BODY
from persistence.database.pool import ConnectionPool
from persistence.database.startup_checks import role_errors
from persistence.tables import metadata
from tests.api.scenarios.test_partner_month import CROSSWALK, INSTRUMENT
from tests.support.attacks import LEADER, admin_connection, post_created, seed
from tests.support.audit_sealing import seal
from tests.support.postgres import Database
from tests.support.service import serving
from tests.support.sql import OWNER
from tests.support.units import tenant_connection

FENCED = sorted(t.name for t in metadata.tables.values() if not t.schema)


@dataclass(frozen=True)
class Full:
    """Two districts; the first has something in every table."""

    database: Database
    one: str
    other: str


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def full(module_database):
    async with serving(module_database) as service:
        one, other = await service.district("One"), await service.district("Other", roster=False)
        http, leader = one.http, await one.person(LEADER)
        initiative = await post_created(http, "/v1/initiatives", INITIATIVE_BODY)
        group = await post_created(http, f"/v1/initiatives/{initiative}/groups", GROUP_BODY)
        await post_created(http, "/v1/instruments", INSTRUMENT)
        await post_created(http, "/v1/crosswalks", CROSSWALK)
        await post_created(http, "/v1/observations", OBSERVATION_BODY, **{"Idempotency-Key": "k"})
        await post_created(http, f"/v1/leaders/{leader}/self-assessments", SELF_ASSESSMENT_BODY)
        await post_created(http, "/v1/configuration", CONFIGURATION_BODY, **{"If-Match": '"1"'})
        await http.put("/v1/roster/role-mapping", json={"districtAdministrator": "supervisor"})
        pulse = f"/v1/initiatives/{initiative}/groups/{group}/magnitude/pulses/2026-10-12"
        await http.put(pulse, json={"answers": PULSE})
        await post_created(
            http, "/v1/legal-holds", {"about": "person", "person_id": await one.person("207266"), "reason": "litigation"}
        )
        await http.put("/v1/retention", json={"rules": [{"kind": "pulses", "days": 400}]})
        await http.post(f"/v1/people/{await one.person('207219')}:erase", json={})
        await post_created(
            http, "/v1/observations", OBSERVATION_BODY | {"external_id": "again"}, **{"Idempotency-Key": "after"}
        )
        await seal(service)
    await seed(module_database, one.id, FENCED)
    return Full(module_database, str(one.id), str(other.id))


async def test_no_table_of_another_district_is_seen_changed_or_emptied(full):
    async with admin_connection(full.database) as looking:
        held = {t: await looking.fetchval(f"select count(*) from {t} where district_id = $1", full.one) for t in FENCED}
        assert {t for t, n in held.items() if not n} == set()
        for table in FENCED:
            async with tenant_connection(full.database.app_url, full.other) as raw:
                assert await raw.fetch(f"select * from {table} where district_id = $1", full.one) == [], table
                # The rows are judged before an attacker's own condition is: an error would tell of them.
                probe = f"select 1 from {table} where 1 / (case when district_id = '{full.one}' then 0 else 1 end) = 0"
                assert await raw.fetch(probe) == [], table
                copied = io.BytesIO()
                with pytest.raises((asyncpg.FeatureNotSupportedError, asyncpg.InsufficientPrivilegeError)):
                    await raw.copy_to_table(table, source=copied)
            for attempt in (
                f"delete from {table} where district_id = '{full.one}'",
                f"update {table} set district_id = '{full.other}' where district_id = '{full.one}'",
                f'insert into {table} select (jsonb_populate_record(null::{table}, \'{{"district_id": "{full.one}"}}\')).*',
                f"truncate {table}",
                f"alter table {table} no force row level security",
                f"drop policy fence on {table}",
                f"create trigger t before insert on {table} for each row execute function suppress_redundant_updates_trigger()",
            ):
                async with tenant_connection(full.database.app_url, full.other) as raw:
                    try:
                        assert (await raw.execute(attempt)).endswith(" 0"), attempt
                    except (asyncpg.InsufficientPrivilegeError, asyncpg.GeneratedAlwaysError):
                        continue
        after = {t: await looking.fetchval(f"select count(*) from {t} where district_id = $1", full.one) for t in FENCED}
    assert after == held


async def test_statistics_of_rows_are_not_for_the_serving_role(full):
    async with admin_connection(full.database) as looking:
        await looking.execute("analyze")
    async with tenant_connection(full.database.app_url, full.other) as raw:
        assert await raw.fetchval("select count(*) from pg_stats where schemaname in ('public', 'control')") == 0
    for catalogue in ("pg_statistic", "pg_authid", "pg_user_mapping"):
        async with tenant_connection(full.database.app_url, full.other) as raw:
            with pytest.raises(asyncpg.InsufficientPrivilegeError):
                await raw.fetch(f"select count(*) from {catalogue} c where c is not null")


@pytest.mark.parametrize(
    "statement",
    [
        "create temp table person (id int)",
        "create schema stray",
        "create function public.current_setting(text, boolean) returns text language sql as 'select null'",
        "create function pg_temp.f() returns int language sql as 'select 1'",
        "create operator public.= (leftarg = uuid, rightarg = uuid, function = uuid_ne)",
        "create view public.v as select 1",
        f"set role {OWNER}",
        f"set session authorization {OWNER}",
        f"grant {OWNER} to evenkeel_app",
        "alter role evenkeel_app bypassrls",
        "alter role evenkeel_app superuser",
        "alter database postgres set app.district_id = '1'",
        "alter function control.registered_client(text) security invoker",
        "copy person to program 'cat'",
        "copy person from '/etc/passwd'",
        "select pg_read_file('/etc/passwd')",
        "select lo_import('/etc/passwd')",
        "create extension dblink",
        "set session_replication_role = replica",
        "set local row_security = off; select * from person",
        "select * from control.client",
        "select * from control.district",
        "select * from control.signing_key",
        "update control.client set scopes = '{*}'",
        "insert into control.client_district values ('x', gen_random_uuid())",
    ],
)
async def test_the_serving_role_can_make_and_become_nothing(full, statement):
    async with tenant_connection(full.database.app_url, full.other) as raw:
        with pytest.raises((asyncpg.InsufficientPrivilegeError, asyncpg.UndefinedObjectError)):
            await raw.execute(statement)


async def test_the_functions_that_reach_control_answer_to_a_whole_name_only(full):
    async with tenant_connection(full.database.app_url, full.other) as raw:
        for sought in ("", "%", "' or true --", "*", "_"):
            assert await raw.fetch("select * from control.registered_client($1)", sought) == []
        await raw.execute("set local search_path = pg_temp, public")
        assert await raw.fetch("select * from control.registered_client('x')") == []
        await raw.execute("select control.offer_signing_key('attacker', '\\x00', now())")
        kids = [row["kid"] for row in await raw.fetch("select kid from control.signing_keys()")]
    assert "attacker" not in kids


@pytest.mark.parametrize(
    "mistake", ["grant evenkeel_owner to {role}", "grant postgres_like to {role}", "alter role {role} bypassrls"]
)
async def test_a_role_that_an_operator_made_too_strong_is_not_served_from(database, mistake):
    """The server is shared by tests, so it is a role of this test's own."""
    role = f"weak_{database.name}"
    async with admin_connection(database) as connection:
        power = f"power_{database.name}"
        await connection.execute(
            f"create role {role} login; create role {power} bypassrls; grant {role} to {connection._params.user}"
        )
        try:
            await connection.execute(f"grant connect on database {database.name} to {role}")
            assert await role_errors_as(database, role) == []
            await connection.execute(mistake.format(role=role).replace("postgres_like", power))
            assert await role_errors_as(database, role)
        finally:
            await connection.execute(f"drop owned by {role}; drop role {role}, {power}")


async def role_errors_as(database, role):
    async with ConnectionPool(database.admin_url, size=1) as pool:
        async with pool.connection() as connection:
            await connection.execute(f"set session authorization {role}")
        return await role_errors(pool)
