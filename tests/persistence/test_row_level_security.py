"""The fence around a district, tried from outside as the role that serves."""

import asyncpg
import pytest

from domain.directory.usecases.districts_and_clients import NO_DISTRICT
from persistence.tables import metadata
from tests.support.districts import new_district
from tests.support.sql import OWNER, fetch_column, fetch_rows
from tests.support.units import tenant_connection

ADD_ORG = "insert into org (district_id, id, name, type, active) values ($1, $2, 'Hill', 'school', true)"
ADD_PERSON = """
insert into person (district_id, id, given_name, family_name, enabled, active) values ($1, $2, 'Ann', 'Apple', true, true)
"""
ADD_ASSIGNMENT = """
insert into assignment (district_id, id, person_id, org_id, role_sent, role_type, active)
values ($1, gen_random_uuid(), $2, $3, 'teacher', 'primary', true)
"""
PLACE, WHO = "00000000-0000-4000-8000-000000000001", "00000000-0000-4000-8000-000000000002"


@pytest.fixture
async def two(database):
    """Two districts; the first has a school and a person."""
    one, other = await new_district(database, "One"), await new_district(database, "Other")
    async with tenant_connection(database.app_url, one.id) as raw:
        await raw.execute(ADD_ORG, one.id, PLACE)
        await raw.execute(ADD_PERSON, one.id, WHO)
        await raw.execute("COMMIT")
    return one, other


async def test_without_a_fence_nothing_is_visible(two):
    url = two[0].database.app_url
    for table in (t for t in metadata.tables.values() if not t.schema):
        assert await fetch_column(url, f"select count(*) from {table.name}") == [0]
    assert await fetch_column(two[0].database.owner_url, "select count(*) from person") == [0]
    assert await fetch_column(two[0].database.admin_url, "select count(*) from person") == [1]


async def test_without_a_fence_nothing_can_be_written(two):
    with pytest.raises(asyncpg.InsufficientPrivilegeError, match="row-level security"):
        await fetch_rows(two[0].database.app_url, ADD_ORG, two[0].id, WHO)


async def test_a_reused_connection_sees_nothing_and_raises_nothing(two):
    raw = await asyncpg.connect(two[0].database.app_url)
    try:
        await raw.execute(f"BEGIN; SET LOCAL app.district_id = '{two[0].id}'")
        assert await raw.fetchval("select count(*) from person") == 1
        await raw.execute("COMMIT")
        assert await raw.fetchval("select current_setting('app.district_id', true)") == ""
        assert await raw.fetchval("select count(*) from person") == 0
    finally:
        await raw.close()


async def test_another_district_reads_changes_and_deletes_nothing(two):
    one, other = two
    async with tenant_connection(one.database.app_url, other.id) as raw:
        assert await raw.fetch("select * from person where district_id = $1", one.id) == []
        assert await raw.execute("update person set given_name = 'X' where id = $1", WHO) == "UPDATE 0"
        assert await raw.execute("delete from person") == "DELETE 0"


async def test_a_row_for_another_district_is_refused(two):
    one, other = two
    async with tenant_connection(one.database.app_url, other.id) as raw:
        with pytest.raises(asyncpg.InsufficientPrivilegeError, match="row-level security"):
            await raw.execute(ADD_PERSON, one.id, PLACE)


async def test_a_row_cannot_be_moved_to_another_district(two):
    one, other = two
    async with tenant_connection(one.database.app_url, one.id) as raw:
        with pytest.raises(asyncpg.InsufficientPrivilegeError, match="row-level security"):
            await raw.execute("update person set district_id = $1", other.id)


async def test_a_reference_across_districts_is_refused_by_the_key(two):
    one, other = two
    async with tenant_connection(one.database.app_url, other.id) as raw:
        await raw.execute(ADD_PERSON, other.id, PLACE)
        with pytest.raises(asyncpg.ForeignKeyViolationError):
            await raw.execute(ADD_ASSIGNMENT, other.id, PLACE, PLACE)


async def test_equal_ids_of_two_districts_do_not_meet(two):
    one, other = two
    async with tenant_connection(one.database.app_url, other.id) as raw:
        await raw.execute(ADD_PERSON, other.id, WHO)
        assert await raw.fetchval("select count(*) from person") == 1


async def test_the_serving_role_cannot_read_control_or_lift_the_fence(two):
    url = two[0].database.app_url
    for statement in (
        "select * from control.client",
        "insert into control.district values (gen_random_uuid(), 'X', 'UTC', now())",
        "truncate feedback",
        "alter table person disable row level security",
        "drop policy fence on person",
        f"set role {OWNER}",
    ):
        with pytest.raises(asyncpg.InsufficientPrivilegeError):
            await fetch_rows(url, statement)


async def test_switching_row_security_off_refuses_rather_than_shows(two):
    async with tenant_connection(two[0].database.app_url, NO_DISTRICT) as raw:
        await raw.execute("set local row_security = off")
        with pytest.raises(asyncpg.InsufficientPrivilegeError, match="row-level security"):
            await raw.fetch("select * from person")
