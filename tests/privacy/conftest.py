import pytest

from tests.driving import Rest
from tests.privacy.filling import Filled, Installation, fill
from tests.service import serving


@pytest.fixture
async def service(database):
    """The application on a database of its own."""
    async with serving(database) as running:
        yield running


@pytest.fixture
async def filled(service):
    """An installation with a district that has a year in it, and a neighbour."""
    district = await service.district()
    driver = Rest(district.http, service.app)
    ids = await fill(driver, district)
    neighbour = await service.district("Neighbour")
    return Filled(Installation(service.database), service, district, driver, ids, neighbour)
