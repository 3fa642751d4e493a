from collections.abc import AsyncIterator

import pytest

from tests.support.oauth_server import House, house_of
from tests.support.postgres import Database


@pytest.fixture
async def house(module_database: Database) -> AsyncIterator[House]:
    async with house_of(module_database) as made:
        yield made
