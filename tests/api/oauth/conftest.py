from collections.abc import AsyncIterator

import pytest

from tests.house_oauth import House, house_of
from tests.server import Database


@pytest.fixture
async def house(module_database: Database) -> AsyncIterator[House]:
    async with house_of(module_database) as made:
        yield made
