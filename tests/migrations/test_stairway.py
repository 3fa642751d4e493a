"""Every migration goes up, down and up again, and ends where the code's tables are."""

from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import asyncpg
import pytest
from alembic.script import ScriptDirectory

import migrations
from persistence.database.schema_revision import head
from persistence.operations.migrate import check, config, downgrade, upgrade
from tests.support.sql import fetch_column

REVISIONS = [s.revision for s in reversed(list(ScriptDirectory.from_config(config("")).walk_revisions()))]

LEFT = """
select n.nspname || '.' || c.relname from pg_class c join pg_namespace n on n.oid = c.relnamespace
where n.nspname in ('public', 'control', 'queue') and c.relname not like 'alembic_version%'
union all
select n.nspname || '.' || p.proname from pg_proc p join pg_namespace n on n.oid = p.pronamespace
where n.nspname in ('public', 'control', 'queue')
"""


def apart(work, *arguments):
    """Run what starts an event loop of its own in a thread of its own."""
    with ThreadPoolExecutor(1) as thread:
        return thread.submit(work, *arguments).result()


def before(revision: str) -> str:
    place = REVISIONS.index(revision)
    return REVISIONS[place - 1] if place else "base"


async def left(url: str) -> list[str]:
    connection = await asyncpg.connect(url)
    try:
        return [row[0] for row in await connection.fetch(LEFT)]
    finally:
        await connection.close()


def test_revisions_form_one_line_and_are_called_as_their_files():
    assert len(set(REVISIONS)) == len(REVISIONS)
    files = sorted(path.stem for path in (Path(migrations.__file__).parent / "versions").glob("[!_]*.py"))
    assert files == REVISIONS
    assert REVISIONS[-1] == head()


async def test_every_revision_goes_up_down_and_up(bare_database):
    for revision in REVISIONS:
        apart(upgrade, bare_database.owner_url, revision)
        apart(downgrade, bare_database.owner_url, before(revision))
        apart(upgrade, bare_database.owner_url, revision)
    assert await fetch_column(bare_database.owner_url, "select version_num from control.alembic_version") == [head()]
    apart(check, bare_database.owner_url)


async def test_down_to_the_start_leaves_nothing(bare_database):
    apart(upgrade, bare_database.owner_url)
    apart(downgrade, bare_database.owner_url, "base")
    assert await left(bare_database.admin_url) == []


async def test_the_tables_of_the_code_are_those_of_the_migrations(database):
    apart(check, database.owner_url)


@pytest.mark.parametrize("revision", REVISIONS)
def test_a_revision_says_what_it_does(revision):
    script = ScriptDirectory.from_config(config("")).get_revision(revision)
    assert script.doc.strip()
