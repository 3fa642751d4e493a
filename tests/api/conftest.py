import pytest
import pytest_asyncio

from tests.support.service import serving


@pytest.fixture
async def service(database):
    """The application on a database of its own."""
    async with serving(database) as running:
        yield running


@pytest.fixture
async def district(service):
    """A district with the roster of Grand Bend."""
    return await service.district()


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def common(module_database):
    """A district with the roster of Grand Bend, for all tests of a module: they change nothing, or do not care."""
    async with serving(module_database) as running:
        yield await running.district()
