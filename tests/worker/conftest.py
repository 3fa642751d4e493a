import pytest

from tests.support.service import serving


@pytest.fixture
async def service(database):
    """The application on a database of its own."""
    async with serving(database) as running:
        yield running


@pytest.fixture
async def district(service):
    """A district without a roster."""
    return await service.district(roster=False)
