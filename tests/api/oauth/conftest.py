from collections.abc import AsyncIterator

import pytest

from tests.support.oauth_server import OAuthServer, start_oauth_server
from tests.support.postgres import Database


@pytest.fixture
async def oauth_server(module_database: Database) -> AsyncIterator[OAuthServer]:
    async with start_oauth_server(module_database) as made:
        yield made
