"""Workers for tests: in this process, or in one of their own that can be killed."""

import asyncio
import os
import subprocess
import sys
import time
from contextlib import asynccontextmanager, contextmanager
from datetime import timedelta
from pathlib import Path

import asyncpg
import msgspec

from api.worker.process import WorkerConfig, work
from domain.framework.configuration import PRODUCT
from tests.support.service import SECRET

HERE = Path(__file__).parents[2]
CONFIGURED = {k: v for k, v in msgspec.json.decode(msgspec.json.encode(PRODUCT)).items() if k != "version"}
ASYNC_HEADERS = {"If-Match": '"1"', "Prefer": "respond-async"}
PATIENCE = 60


@asynccontextmanager
async def worker(database, **values):
    """A worker on ``database`` for as long as the block lasts."""
    stop = asyncio.Event()
    made = {"periodic_tasks": (), "grace": timedelta(seconds=10), **values}
    task = asyncio.create_task(work(WorkerConfig(database_url=database.app_url, secret=SECRET, **made), stop))
    try:
        yield task
    finally:
        stop.set()
        await task


@contextmanager
def worker_process(database, *arguments, stdin=None, **overrides):
    """A worker of its own process; killed in the end."""
    settings = {
        "DATABASE_URL": database.app_url,
        "MIGRATION_DATABASE_URL": database.owner_url,
        "SECRET_KEY": SECRET,
        "PATH": os.environ["PATH"],
        "PYTHONDONTWRITEBYTECODE": "1",
        **{name.upper(): str(value) for name, value in overrides.items()},
    }
    command = [sys.executable, "-m", "api.worker", *arguments]
    process = subprocess.Popen(command, cwd=HERE, env=settings, stdin=stdin, stdout=subprocess.PIPE, stderr=subprocess.STDOUT)
    try:
        yield process
    finally:
        process.kill()
        process.wait()
        process.stdout.close()
        if process.stdin:
            process.stdin.close()


async def until(check, patience=PATIENCE):
    """What ``check`` gives once it gives something."""
    end = time.monotonic() + patience
    while not (found := await check()):
        assert time.monotonic() < end, "it never came"
        await asyncio.sleep(0.02)
    return found


async def ended(http, job_id):
    """The job as it is shown once it has ended."""

    async def look():
        job = (await http.get(f"/v1/jobs/{job_id}")).json()
        return job if job["finished_at"] else None

    return await until(look)


async def start_configuration_job(http, body=CONFIGURED, **headers):
    """The id of a job that puts ``body`` in force."""
    answer = await http.post("/v1/configuration", json=body, headers=ASYNC_HEADERS | headers)
    assert answer.status_code == 202, answer.text
    return answer.json()["id"]


@asynccontextmanager
async def admin_connection(database):
    """A connection that sees everything."""
    connection = await asyncpg.connect(database.admin_url)
    try:
        yield connection
    finally:
        await connection.close()


@asynccontextmanager
async def lock_scoring_basis(database, district_id):
    """For as long as the block lasts, whoever rebuilds or configures waits."""
    async with admin_connection(database) as connection:
        begun = connection.transaction()
        await begun.start()
        await connection.execute("select 1 from scoring_basis where district_id = $1 for update", district_id)
        try:
            yield connection
        finally:
            await begun.rollback()


async def state_of(database, job_id):
    """State and attempts, as they are kept."""
    async with admin_connection(database) as connection:
        return tuple(await connection.fetchrow("select state, attempts from job where id = $1", job_id))


async def until_state(database, job_id, *expected):
    """Wait for state and attempts."""

    async def look():
        return await state_of(database, job_id) == expected

    await until(look)


async def until_waiting(database, count=1):
    """Wait until so many jobs stand in the middle of their work, held up by a lock."""

    async def look():
        async with admin_connection(database) as connection:
            waits = "select count(*) from pg_stat_activity where datname = current_database() and wait_event_type = 'Lock'"
            return await connection.fetchval(waits) >= count

    await until(look)


async def version(http):
    """The configuration in force."""
    return (await http.get("/v1/configuration")).json()["version"]
