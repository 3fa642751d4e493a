"""What a release refuses to do with the database of another release."""

import asyncio

import asyncpg

from tests.support.cli import refusal
from tests.support.postgres import Database
from tests.support.service import SECRET


async def test_migrating_a_database_of_a_newer_release_is_refused_with_the_remedy(database: Database) -> None:
    owner = await asyncpg.connect(database.owner_url)
    await owner.execute("update control.alembic_version set version_num = '9999'")
    await owner.close()
    urls = {"DATABASE_URL": database.app_url, "MIGRATION_DATABASE_URL": database.owner_url, "SECRET_KEY": SECRET}
    said = await asyncio.to_thread(refusal, "migrate", **urls)
    assert "does not know its revision (9999): start the release that migrated it" in said
