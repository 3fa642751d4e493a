"""``evenkeel serve`` under what happens to services; as root and as another user where that matters."""

import asyncio
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from pathlib import Path

import asyncpg
import pytest

from persistence.embedded.address import status
from persistence.embedded.installation import start_installation
from persistence.operations.migrate import upgrade
from tests.support.cli import answers, environ_with, error_output, free_port, json_output, served, token
from tests.support.embedded_services import eventually, folder_for, given_programs, gone, processes_of, service, users
from tests.support.postgres import Database

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="reads /proc; macOS is untested")
SECRET = "0123456789abcdefghijklmnopqrstuvwxyz"
EVENKEEL = Path(sys.executable).with_name("evenkeel")


@pytest.fixture(params=[users()[0], *(pytest.param(other, marks=pytest.mark.exhaustive) for other in users()[1:])])
def user(request: pytest.FixtureRequest) -> str:
    return request.param


@pytest.fixture
def home(user: str) -> Iterator[Path]:
    with folder_for(user) as made:
        yield made / "data"


@pytest.fixture
def root_home() -> Iterator[Path]:
    with folder_for(users()[0]) as made:
        yield made / "data"


def external_database_environ(database: Database, **environ: str) -> dict[str, str]:
    """The settings of an installation with a database of its own."""
    return {"DATABASE_URL": database.app_url, "MIGRATION_DATABASE_URL": database.owner_url, "SECRET_KEY": SECRET} | environ


def test_killed_service_leaves_no_postgresql_and_the_next_one_serves_until_sigterm(home: Path, user: str) -> None:
    log = home.with_name("log")
    with served("serve", "--data", home, user=user, log=log) as first:
        assert processes_of(home)
        first.child.kill()
        assert gone(home), processes_of(home)
    with served("serve", "--data", home, user=user, log=log) as second:
        assert second.end(signal.SIGTERM) == 0
        assert processes_of(home) == []
    assert "Traceback" not in log.read_text()


@pytest.mark.exhaustive
def test_dying_postgresql_ends_the_service_and_the_next_one_serves_until_sigint(home: Path, user: str) -> None:
    log = home.with_name("log")
    with served("serve", "--data", home, user=user, log=log) as first:
        postmaster = status(home / "pgdata")
        assert postmaster is not None
        begun = time.monotonic()
        os.kill(postmaster.pid, signal.SIGKILL)
        assert first.child.wait() == 1
        assert time.monotonic() - begun < 10
        assert gone(home), processes_of(home)
    with served("serve", "--data", home, user=user, log=log) as second:
        assert second.end(signal.SIGINT) == 0
        assert processes_of(home) == []


def test_who_comes_second_to_a_folder_or_a_port_is_refused_and_the_first_serves_on(root_home: Path) -> None:
    other = root_home.with_name("other")
    with served("serve", "--data", root_home, user=users()[0], log=root_home.with_name("log")) as first:
        said = error_output("serve", "--data", root_home, "--port", free_port())
        assert f"{root_home} is in use by another process ({first.child.pid})" in said
        said = error_output("serve", "--data", other, "--port", first.port)
        assert said.startswith(f"port {first.port} of 127.0.0.1 cannot be used (Address already in use)")
        assert not other.exists()  # it is refused before anything is started
        assert first.is_ready()


@pytest.mark.exhaustive
def test_two_workers_serve_and_end_with_their_parent(root_home: Path) -> None:
    port = free_port()
    said = environ_with(WORKERS="2", PORT=str(port), DATA=str(root_home))
    environment = {name: value for name, value in {**os.environ, **said}.items() if value is not None}
    with subprocess.Popen([EVENKEEL, "serve"], env=environment, stdout=subprocess.DEVNULL, stderr=subprocess.STDOUT) as parent:
        try:
            assert eventually(lambda: answers(port))
            assert eventually(lambda: len(workers_of(parent.pid)) == 2)
            workers = workers_of(parent.pid)
        finally:
            parent.kill()
    assert gone(root_home), processes_of(root_home)
    assert eventually(lambda: not any(Path(f"/proc/{pid}/cmdline").exists() for pid in workers))
    assert not answers(port)


def workers_of(pid: int) -> list[int]:
    """The processes that ``pid`` started to serve."""
    children = Path(f"/proc/{pid}/task/{pid}/children").read_text().split()
    return [int(child) for child in children if b"spawn_main" in Path(f"/proc/{child}/cmdline").read_bytes()]


def run_sql(url: str, statement: str) -> None:
    async def talk() -> None:
        connection = await asyncpg.connect(url)
        try:
            await connection.execute(statement)
        finally:
            await connection.close()

    asyncio.run(talk())


@pytest.mark.parametrize(("role", "why"), [("admin_url", "is a superuser"), ("owner_url", "owns tables")])
def test_role_that_could_pass_the_fence_does_not_serve(module_database: Database, role: str, why: str) -> None:
    said = error_output(
        "serve",
        "--port",
        free_port(),
        **external_database_environ(module_database, DATABASE_URL=getattr(module_database, role)),
    )
    assert why in said
    assert "evenkeel_app" in said


def test_role_that_bypasses_row_level_security_does_not_serve(module_database: Database) -> None:
    name = f"passer_{os.getpid()}"
    run_sql(module_database.admin_url, f"create role {name} login bypassrls password 'pw' in role evenkeel_app")
    try:
        url = module_database.app_url.replace(module_database.app_url.split("//")[1].split("@")[0], f"{name}:pw")
        said = error_output("serve", "--port", free_port(), **external_database_environ(module_database, DATABASE_URL=url))
    finally:
        run_sql(module_database.admin_url, f"drop role {name}")
    assert f"the database role {name} bypasses row-level security" in said
    assert "pw@" not in said


def test_database_without_tables_or_under_another_secret_does_not_serve(
    module_database: Database, bare_database: Database
) -> None:
    assert "run evenkeel migrate" in error_output("serve", "--port", free_port(), **external_database_environ(bare_database))
    json_output("doctor", "--json", **external_database_environ(module_database))  # makes the signing key
    said = error_output("serve", "--port", free_port(), **external_database_environ(module_database, SECRET_KEY=SECRET[::-1]))
    assert "SECRET_KEY" in said
    assert SECRET[::-1] not in said


def test_database_that_is_away_is_named_at_start(module_database: Database) -> None:
    nowhere = f"postgresql://a:very-secret@127.0.0.1:{free_port()}/x"
    settings = external_database_environ(module_database, DATABASE_URL=nowhere, MIGRATION_DATABASE_URL=nowhere)
    for command in ("serve", "migrate"):
        said = error_output(command, **settings, PORT=str(free_port()))
        assert "database" in said
        assert "very-secret" not in said


@pytest.mark.parametrize(
    ("given", "sentences"),
    [
        ({"PORT": "http"}, ["PORT: "]),
        ({"PORT": "70000", "WORKERS": "0"}, ["PORT: ", "WORKERS: "]),
        ({"SECRET_KEY": "short"}, ["SECRET_KEY: give at least 32 random characters"]),
        ({"PUBLIC_URL": "http://evenkeel.example.org"}, ["PUBLIC_URL: http is for 127.0.0.1"]),
        ({"DATABASE_URL": "postgresql://a@b/c"}, ["DATABASE_URL and MIGRATION_DATABASE_URL go together"]),
        ({"PG_BIN": "/nowhere"}, ["PG_BIN: name the folder"]),
        ({"HOST": "203.0.113.1"}, ["port 8000 of 203.0.113.1 cannot be used"]),
    ],
)
def test_each_fault_of_the_settings_is_one_sentence(given: dict[str, str], sentences: list[str]) -> None:
    lines = error_output("serve", **given).split("\n")
    assert len(lines) == len(sentences)
    assert all(line.startswith(begun) for line, begun in zip(lines, sentences, strict=True))


def database_of_its_own(home: Path) -> Callable[[Callable[[str], None]], int]:
    """Work for a child that only runs a migrated database, and reports its URLs."""

    def work(report: Callable[[str], None]) -> int:
        with start_installation(home, pg_bin=given_programs()) as found:
            upgrade(found.urls.owner)
            report(f"{found.urls.app} {found.urls.owner}")
            signal.pause()
        return 0

    return work


@pytest.mark.exhaustive
def test_database_that_goes_away_is_told_and_its_return_is_noticed(root_home: Path) -> None:
    log = root_home.with_name("log")
    user = users()[0]
    with ExitStack() as stack:
        with service(database_of_its_own(root_home), user) as database:
            app, owner = database.line().split()
            outside = {"DATABASE_URL": app, "MIGRATION_DATABASE_URL": owner, "SECRET_KEY": SECRET}
            district = json_output("district", "create", "Lake", "--time-zone", "UTC", **outside)["id"]
            named = ("--district", district, "--name", "a", "--origin", "a", "--scopes", "directory:read")
            client = json_output("client", "create", *named, **outside)
            running = stack.enter_context(served("serve", user=user, log=log, **outside))
            bearer = token(running.port, client["client"]["client_id"], client["client_secret"])
            assert running.ask("/v1/people", authorization=bearer)[0] == 200
        assert gone(root_home)
        assert running.ask("/healthz")[0] == 200
        assert running.ask("/readyz")[0] == 503
        code, headers, problem = running.ask("/v1/people", authorization=bearer)
        assert (code, problem["status"], headers["content-type"]) == (503, 503, "application/problem+json")
        assert int(headers["retry-after"]) > 0
        again = stack.enter_context(service(database_of_its_own(root_home), user))
        assert again.line()
        assert eventually(running.is_ready)
        assert running.ask("/v1/people", authorization=bearer)[0] == 200
        assert running.end(signal.SIGTERM) == 0
    assert "Traceback" not in log.read_text()
