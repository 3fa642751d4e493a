"""A district with people, its sign-in pages, and somebody in a browser."""

import pytest

from tests.signing import house_of


@pytest.fixture
async def house(database):
    async with house_of(database) as made:
        yield made
