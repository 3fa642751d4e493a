import pytest

from tests.support.rest_graphql_driver import Rest
from tests.support.service import serving
from tests.support.year_of_data import Filled, Installation, fill


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
