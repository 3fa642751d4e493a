"""The PostgreSQL of a test run: one server, one migrated template, and an empty copy of it for whoever asks.

Copying takes most of a tenth of a second, emptying a few milliseconds: a database is lent, emptied and lent again.
"""

import asyncio
import importlib.util
import itertools
import os
import shutil
import tempfile
from collections.abc import Coroutine, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import asyncpg

from persistence.embedded import EmbeddedPostgres
from persistence.embedded.roles import make_database, provision, urls
from tests.support.database_reset import Altered, Original

ADMIN, FOLDER = "EVENKEEL_TEST_ADMIN_URL", "EVENKEEL_TEST_PASSWORDS"
TEMPLATE = "evenkeel_template"
_numbers = itertools.count()


@dataclass(frozen=True, kw_only=True)
class Database:
    """A database of its own: migrated, empty, and gone after the test."""

    name: str
    admin_url: str  # superuser: for looking behind the fence, never for what the service does
    owner_url: str  # owns and migrates; under FORCE it sees no rows either
    app_url: str  # serves: no superuser, no bypassrls, owns nothing


def run_in_thread(work: Coroutine[Any, Any, Any]) -> Any:
    """Run ``work`` to its end in a thread of its own: the caller may stand in an event loop, or between two."""
    with ThreadPoolExecutor(1) as thread:
        return thread.submit(asyncio.run, work).result()


class TestServer:
    """Started by the process that controls the run; workers find it by the environment."""

    __test__ = False

    def __init__(self) -> None:
        self._server: EmbeddedPostgres | None = None
        self._home: Path | None = None

    def start(self) -> None:
        """Start once; a server named by the environment (the controller's, or one set by hand) is taken as it is."""
        if ADMIN in os.environ:
            return
        self._home = Path(tempfile.mkdtemp(prefix="evenkeel-test-"))
        pg_bin = os.environ.get("PG_BIN")
        self._server = EmbeddedPostgres(self._home, durable=False, pg_bin=Path(pg_bin) if pg_bin else None, max_connections=300)
        self._server.start()
        self._make_template(self._server.admin_url)
        os.environ[ADMIN], os.environ[FOLDER] = self._server.admin_url, str(self._home)

    def stop(self) -> None:
        if self._server is not None:
            self._server.stop(grace=5)
            del os.environ[ADMIN], os.environ[FOLDER]
            self._server = None
        if self._home is not None:
            shutil.rmtree(self._home, ignore_errors=True)

    def _make_template(self, admin_url: str) -> None:
        assert self._home is not None
        made = run_in_thread(provision(admin_url, self._home, TEMPLATE))
        if importlib.util.find_spec("migrations.env"):
            from persistence.operations.migrate import upgrade

            with ThreadPoolExecutor(1) as thread:
                thread.submit(upgrade, made.owner).result()


class DatabasePool:
    """Databases that were used, each as it was when it was made."""

    def __init__(self) -> None:
        self._free: list[Database] = []
        self._original: Original | None = None

    @contextmanager
    def acquire(self) -> Iterator[Database]:
        """A migrated, empty database, until it is given back."""
        lent = self._free.pop() if self._free else create_copy(TEMPLATE)
        if self._original is None:
            self._original = run_in_thread(Original.of(lent.admin_url))
        try:
            yield lent
        finally:
            self._restore(lent, self._original)

    def end(self) -> None:
        """Drop what is left."""
        while self._free:
            drop(self._free.pop())

    def _restore(self, database: Database, original: Original) -> None:
        try:
            run_in_thread(original.restore(database.admin_url))
        except (Altered, asyncpg.PostgresError, asyncpg.InterfaceError, OSError):
            drop(database)
        else:
            self._free.append(database)


database_pool = DatabasePool()


@contextmanager
def clone(template: str = TEMPLATE) -> Iterator[Database]:
    """A new copy of ``template`` with the three ways in; ``template0`` gives a database without migrations."""
    copy = create_copy(template)
    try:
        yield copy
    finally:
        drop(copy)


def create_copy(template: str) -> Database:
    """A copy of ``template``; whoever asks drops it."""
    admin, folder = os.environ[ADMIN], Path(os.environ[FOLDER])
    name = f"test_{os.environ.get('PYTEST_XDIST_WORKER', 'main')}_{os.getpid()}_{next(_numbers)}"
    run_in_thread(_make(admin, name, template))
    found = urls(admin, folder, name)
    return Database(name=name, admin_url=found.admin, owner_url=found.owner, app_url=found.app)


def drop(database: Database) -> None:
    """Drop it, whoever is connected; twice is once."""
    run_in_thread(_execute(os.environ[ADMIN], f"drop database if exists {database.name} with (force)"))


async def _make(admin: str, name: str, template: str) -> None:
    connection = await asyncpg.connect(admin)
    try:
        await make_database(connection, name, template, "file_copy")
    finally:
        await connection.close()


async def _execute(admin: str, statement: str) -> None:
    connection = await asyncpg.connect(admin)
    try:
        await connection.execute(statement)
    finally:
        await connection.close()
