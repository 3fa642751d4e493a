"""What every test may ask for: a PostgreSQL database of its own."""

import gc
from collections.abc import Iterator

import pytest

from api.runtime.gc_tuning import freeze_heap
from tests.support.open_sockets import open_sockets
from tests.support.postgres import Database, TestServer, clone, database_pool

_server = TestServer()


def _is_worker(config: pytest.Config) -> bool:
    return hasattr(config, "workerinput")


def pytest_sessionstart(session: pytest.Session) -> None:
    """With xdist the server must run before there are workers; without, the first test that asks starts it."""
    if not _is_worker(session.config) and getattr(session.config.option, "numprocesses", None):
        _server.start()


def pytest_collection_finish(session: pytest.Session) -> None:
    """The tests themselves stay, too. A run ends before the garbage of rarer turns matters, unlike a process that serves."""
    freeze_heap()
    gc.set_threshold(50_000, 20, 100)


def pytest_unconfigure(config: pytest.Config) -> None:
    database_pool.end()
    _server.stop()


@pytest.fixture(autouse=True, scope="module")
def _no_socket_stays_open() -> Iterator[None]:
    """Every connection that a module's tests and fixtures open is closed at its end."""
    before = open_sockets()
    yield
    assert not open_sockets() - before, "a test of this module leaves connections open: close them in the test or its fixture"


@pytest.fixture(scope="session")
def server() -> None:
    """The PostgreSQL server of the run."""
    _server.start()


@pytest.fixture
def database(server: None) -> Iterator[Database]:
    """A migrated, empty database for this test alone."""
    with database_pool.acquire() as lent:
        yield lent


@pytest.fixture(scope="module")
def module_database(server: None) -> Iterator[Database]:
    """A migrated, empty database for the tests of one module, which clean up after themselves or do not care."""
    with database_pool.acquire() as lent:
        yield lent


@pytest.fixture
def bare_database(server: None) -> Iterator[Database]:
    """A database without migrations, for walking them."""
    with clone("template0") as made:
        yield made
