"""A database that was lent before is as if nobody had used it; otherwise it is not lent again."""

import asyncpg
import pytest

from tests.support.database_reset import SHAPE, Altered, Original
from tests.support.postgres import clone

WRITTEN = (
    "insert into configuration (district_id, version, document, created_at) values (gen_random_uuid(), 1, '{}', now())",
    "update control.client set name = 'Another' where client_id = 'evenkeel-native'",
    "select setval(s.oid, 100) from pg_class s where relkind = 'S'",
)
ALTERED = (
    "create table further (n int)",
    "alter table person add further text",
    "revoke insert on person from evenkeel_app",
    "drop policy fence on person",
    "alter table person no force row level security",
    "create function further() returns int language sql return 1",
    "do $$ begin execute format('alter database %I set work_mem = ''8MB''', current_database()); end $$",
)


async def run(url, *statements):
    connection = await asyncpg.connect(url)
    try:
        for statement in statements:
            await connection.execute(statement)
    finally:
        await connection.close()


@pytest.fixture
def copy(server):
    """A database that is lent to nobody else."""
    with clone() as made:
        yield made


async def database_content(url):
    """Every row of every table, and every sequence."""
    connection = await asyncpg.connect(url)
    try:
        tables = await connection.fetch("select relid::regclass::text from pg_stat_user_tables order by 1")
        found = {t: await connection.fetch(f"select t::text from {t} t order by 1") for (t,) in tables}
        return found, await connection.fetch("select sequencename, last_value from pg_sequences order by 1")
    finally:
        await connection.close()


async def test_rows_and_sequences_are_as_they_were(copy):
    original, before = await Original.of(copy.admin_url), await database_content(copy.admin_url)
    await run(copy.admin_url, *WRITTEN)
    assert await database_content(copy.admin_url) != before
    await original.restore(copy.admin_url)
    assert await database_content(copy.admin_url) == before


async def test_whoever_is_still_connected_is_sent_away(copy):
    original, left = await Original.of(copy.admin_url), await asyncpg.connect(copy.app_url)
    await original.restore(copy.admin_url)
    with pytest.raises((asyncpg.PostgresError, asyncpg.InterfaceError, OSError)):
        await left.execute("select 1")


@pytest.mark.parametrize("statement", ALTERED)
async def test_what_is_more_than_rows_is_noticed(copy, statement):
    original = await Original.of(copy.admin_url)
    await run(copy.admin_url, statement)
    with pytest.raises(Altered):
        await original.restore(copy.admin_url)


async def test_looking_changes_nothing(copy):
    original = await Original.of(copy.admin_url)
    await run(copy.admin_url, "analyze", "vacuum", SHAPE)
    await original.restore(copy.admin_url)
