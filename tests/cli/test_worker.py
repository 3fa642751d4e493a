"""The worker as an operator has it: a child of the demo, a command beside the service, and in the doctor's eyes."""

import asyncio
import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import asyncpg
import pytest

from tests.support.cli import HERE, Serving, ask, environ_with, error_output, evenkeel, json_output, served, token
from tests.support.embedded_services import eventually, folder_for, users

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="reads /proc; macOS is untested")
USER = users()[0]


@pytest.fixture
def home() -> Iterator[Path]:
    with folder_for(USER) as made:
        yield made / "data"


def workers(pid: int) -> list[int]:
    """The children of a process that are workers."""
    found = [task / "children" for task in Path(f"/proc/{pid}/task").iterdir()]
    children = [int(child) for path in found for child in path.read_text().split()]
    return [c for c in children if b"api.worker" in Path(f"/proc/{c}/cmdline").read_bytes()]


def lives(pid: int) -> bool:
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] != "Z"
    except FileNotFoundError:
        return False


def configured(serving: Serving, home: Path) -> dict:
    """A configuration put in force by a job, over HTTP: the job as it ended."""
    client = json.loads((home / "demo.json").read_text())["clients"][0]
    bearer = token(serving.port, client["client_id"], client["client_secret"])
    _, headers, held = ask(serving.port, "/v1/configuration", authorization=bearer)
    said = {name: value for name, value in held.items() if name != "version"}
    wanted = {"authorization": bearer, "if-match": headers["etag"], "prefer": "respond-async"}
    status, headers, job = serving.send("/v1/configuration", said | {"half_life_days": 200.0}, **wanted)
    assert status == 202, job
    path = headers["location"].partition("/v1/")[2]

    def done() -> bool:
        job.update(ask(serving.port, f"/v1/{path}", authorization=bearer)[2])
        return job["finished_at"] is not None

    assert eventually(done), job
    return job


@pytest.mark.exhaustive
def test_the_demo_has_a_worker_of_its_own_that_goes_with_it(home: Path, tmp_path: Path) -> None:
    with served("demo", user=USER, log=tmp_path / "log", DATA=str(home)) as found:
        [worker] = workers(found.child.pid)
        job = configured(found, home)
        assert (job["state"], job["result_url"]) == ("succeeded", "/v1/configuration?version=2")
        assert "a worker is active" in evenkeel("doctor", DATA=str(home)).stdout
        os.kill(worker, signal.SIGKILL)
        assert eventually(lambda: [w for w in workers(found.child.pid) if w != worker])  # another takes its place
        [worker] = workers(found.child.pid)
        found.child.kill()
        assert eventually(lambda: not lives(worker))
    with served("demo", user=USER, log=tmp_path / "again", DATA=str(home)) as found:
        [worker] = workers(found.child.pid)
        assert found.end(signal.SIGTERM) == 0
        assert not lives(worker)


def test_a_service_has_a_worker_where_it_is_asked_for(home: Path, tmp_path: Path) -> None:
    with served("serve", user=USER, log=tmp_path / "log", DATA=str(home)) as found:
        assert workers(found.child.pid) == []
        urls = json_output("doctor", "--json", DATA=str(home))
        code = "from api.cli.main import main; main()"
        said = {name: value for name, value in {**os.environ, **environ_with(DATA=str(home))}.items() if value is not None}
        with subprocess.Popen([sys.executable, "-c", code, "worker"], env=said, cwd=HERE, stdout=subprocess.PIPE) as beside:
            try:
                assert eventually(lambda: asyncio.run(has_worker(urls["app_database_url"])))
                assert rss(beside.pid) < 120
            finally:
                beside.terminate()
            assert beside.wait(15) == 0


def test_a_worker_alone_says_what_it_lacks(home: Path) -> None:
    said = {"DATA": str(home)}
    assert "serve" in error_output("worker", **said)


async def has_worker(url: str) -> bool:
    connection = await asyncpg.connect(url)
    try:
        return bool(await connection.fetchval("select count(*) from queue.worker"))
    finally:
        await connection.close()


def rss(pid: int) -> float:
    """MB of memory that the process holds."""
    time.sleep(0.2)
    return int(Path(f"/proc/{pid}/statm").read_text().split()[1]) * os.sysconf("SC_PAGE_SIZE") / 2**20
