"""What a release refuses to do with the database of another release."""

import asyncio

import asyncpg
import pytest

from tests.support.cli import error_output
from tests.support.postgres import Database
from tests.support.service import SECRET


@pytest.mark.parametrize(
    ("revision", "remedy"),
    [
        ("9999", "does not know its revision (9999): start the release that migrated it"),
        (
            "0001",
            "of before the first release (revision 0001), and its tables are not taken over: start with an empty database",
        ),
        (
            "0013",
            "of before the first release (revision 0013), and its tables are not taken over: start with an empty database",
        ),
    ],
)
async def test_the_database_of_another_release_is_refused_with_the_remedy(
    database: Database, revision: str, remedy: str
) -> None:
    owner = await asyncpg.connect(database.owner_url)
    await owner.execute("update control.alembic_version set version_num = $1", revision)
    await owner.close()
    urls = {"DATABASE_URL": database.app_url, "MIGRATION_DATABASE_URL": database.owner_url, "SECRET_KEY": SECRET}
    said = await asyncio.to_thread(error_output, "migrate", **urls)
    assert remedy in said
    assert "Traceback" not in said
