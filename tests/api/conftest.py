import pytest
import pytest_asyncio

from tests.support.service import serving


@pytest.fixture
async def service(database):
    """The application on a database of its own."""
    async with serving(database) as running:
        yield running


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def shared_service(module_database):
    """The application, for all tests of a module that need no more than a district of their own."""
    async with serving(module_database) as running:
        yield running


@pytest.fixture
def service_of_district(request):
    """An application of the test's own where it asks for ``service`` or ``database``, else the one of its module."""
    asks = {"service", "database"} & set(request.fixturenames)
    return request.getfixturevalue("service" if asks else "shared_service")


@pytest.fixture
async def district(service_of_district):
    """A new district with the roster of Grand Bend. Who asks for ``service`` too has it alone; else others of the module have theirs beside it."""
    return await service_of_district.district()


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def common(module_database):
    """A district with the roster of Grand Bend, for all tests of a module: they change nothing, or do not care."""
    async with serving(module_database) as running:
        yield await running.district()
