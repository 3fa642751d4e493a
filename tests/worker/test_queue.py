"""The queue between workers: one at a time, taken up after a death, handed back on a wish; and what is done by the clock."""

import asyncio
import signal
import subprocess
import sys
from datetime import timedelta

import asyncpg
import pytest

from api.worker.process import WorkerConfig, work
from api.worker.schedule import PERIODIC_TASKS, ForgetAnswers, PeriodicTask, forget_answers
from persistence.queue.entries import queries_on
from tests.support.service import SECRET
from tests.support.workers import (
    HERE,
    admin_connection,
    ended,
    lock_scoring_basis,
    start_configuration_job,
    state_of,
    until,
    until_waiting,
    version,
    worker,
    worker_process,
)

QUICK = {"worker_heartbeat_seconds": 1}


async def test_our_migration_made_what_the_installed_pgqueuer_expects(database):
    owner = await asyncpg.connect(database.owner_url)
    try:
        plan = await queries_on(owner).plan_upgrade()
        assert (plan.statements, plan.notes) == ((), ())
        await owner.execute("drop index queue.pgqueuer_ep_ea_idx")
        assert (await queries_on(owner).plan_upgrade()).statements  # the comparison sees what is missing
    finally:
        await owner.close()


async def test_the_serving_role_has_no_more_of_the_queue_than_it_needs(database):
    app = await asyncpg.connect(database.app_url)
    try:
        for statement in (
            "truncate queue.pgqueuer",
            "drop table queue.pgqueuer_log",
            "update queue.pgqueuer_log set status = 'failed'",
            "insert into queue.pgqueuer_statistics (count, priority, status, entrypoint) values (1, 1, 'failed', 'x')",
            "create table queue.stray (id integer)",
        ):
            with pytest.raises(asyncpg.InsufficientPrivilegeError):
                await app.execute(statement)
    finally:
        await app.close()


async def test_two_workers_never_have_one_job_at_once_whatever_became_of_a_heartbeat(service, district):
    job = await start_configuration_job(district.http)
    async with worker(service.database):
        async with lock_scoring_basis(service.database, district.id):
            await until_waiting(service.database)
            async with admin_connection(service.database) as connection:
                await connection.execute("update queue.pgqueuer set heartbeat = now() - interval '1 hour'")

                async def tried():
                    return await connection.fetchval("select attempts from queue.pgqueuer")

                async with worker(service.database):
                    await until(tried)  # the second has had the entry, and has put it back
            assert await state_of(service.database, job) == ("running", 1)
        assert (await ended(district.http, job))["state"] == "succeeded"
    assert await state_of(service.database, job) == ("succeeded", 1)
    assert await version(district.http) == 2


async def test_a_job_whose_worker_was_killed_in_the_middle_is_done_once_by_another(service, district):
    job = await start_configuration_job(district.http)
    with worker_process(service.database, **QUICK) as first:
        async with lock_scoring_basis(service.database, district.id):
            await until_waiting(service.database)
            first.kill()
            first.wait()
        assert await state_of(service.database, job) == ("running", 1)
        assert await version(district.http) == 1
        async with worker(service.database, heartbeat=timedelta(seconds=1)):
            assert (await ended(district.http, job))["state"] == "succeeded"
    assert await state_of(service.database, job) == ("succeeded", 2)
    assert await version(district.http) == 2


async def test_a_worker_told_to_stop_hands_back_what_it_can_not_finish(service, district):
    job = await start_configuration_job(district.http)
    with worker_process(service.database, worker_grace_seconds=0) as process:
        async with lock_scoring_basis(service.database, district.id):
            await until_waiting(service.database)
            process.send_signal(signal.SIGTERM)
            assert await asyncio.to_thread(process.wait, 60) == 0
            assert await state_of(service.database, job) == ("queued", 0)
    async with worker(service.database):
        assert (await ended(district.http, job))["state"] == "succeeded"


async def test_a_worker_told_to_stop_finishes_what_it_can(service, district):
    job = await start_configuration_job(district.http)
    with worker_process(service.database, worker_grace_seconds=15) as process:
        async with lock_scoring_basis(service.database, district.id):
            await until_waiting(service.database)
            process.send_signal(signal.SIGTERM)
            later = await start_configuration_job(district.http)
        assert await asyncio.to_thread(process.wait, 60) == 0
    assert await state_of(service.database, job) == ("succeeded", 1)
    assert await state_of(service.database, later) == ("queued", 0)  # nothing new is begun


async def test_a_child_ends_with_its_parent(service):
    with worker_process(service.database, "--child", stdin=subprocess.PIPE) as child:

        async def count_workers():
            async with admin_connection(service.database) as connection:
                return await connection.fetchval("select count(*) from queue.worker")

        await until(count_workers)
        child.stdin.close()  # what the kernel does when the parent is killed
        assert await asyncio.to_thread(child.wait, 60) == 0
        assert await count_workers() == 0


def test_a_worker_without_a_database_says_so(database):
    with worker_process(database, database_url="", migration_database_url="") as process:
        assert process.wait(60) == 2
        said = process.stdout.read().decode()
    assert "DATABASE_URL is missing" in said
    assert "Traceback" not in said


async def test_a_worker_refuses_a_role_that_could_get_past_the_fence(database):
    with worker_process(database, database_url=database.owner_url) as process:
        assert await asyncio.to_thread(process.wait, 60) == 2
        assert "evenkeel_app" in process.stdout.read().decode()


@pytest.mark.parametrize(
    ("module", "heavy"),
    [
        ("api.worker.__main__", ("fastapi", "strawberry", "authlib", "uvicorn", "alembic", "prometheus_client")),
        ("api.cli.main", ("fastapi", "strawberry", "authlib")),  # a second of every command's life
    ],
)
def test_neither_worker_nor_commands_load_what_serves(module, heavy):
    code = f"import sys, {module}; print([m for m in {heavy} if m in sys.modules])"
    done = subprocess.run([sys.executable, "-c", code], cwd=HERE, capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"


async def test_a_lost_connection_is_made_again(service, district):
    async with worker(service.database):
        async with admin_connection(service.database) as connection:

            async def listening():
                return await connection.fetchval("select count(*) from queue.worker")

            await until(listening)
            await connection.execute(
                "select pg_terminate_backend(pid) from pg_stat_activity"
                " where datname = current_database() and usename = 'evenkeel_app' and query ilike '%queue%'"
            )
        job = await start_configuration_job(district.http)
        assert (await ended(district.http, job))["state"] == "succeeded"


async def due(connection, name):
    """Let ``name`` be due now."""
    statement = (
        "insert into queue.pgqueuer_schedules (expression, entrypoint, next_run) values ('7 * * * *', $1, now())"
        " on conflict (expression, entrypoint) do update set next_run = now() - interval '1 second'"
    )
    await connection.execute(statement, name)


async def test_what_is_due_is_done_once_though_there_are_two_workers(service, district):
    done = []

    async def count(cmd, ctx):
        done.append(ctx.actor.district_id)

    rows = (PeriodicTask(name="count", cron="7 * * * *", use_case=count, command=ForgetAnswers()),)
    async with admin_connection(service.database) as connection:
        await due(connection, "count")
        async with worker(service.database, periodic_tasks=rows), worker(service.database, periodic_tasks=rows):

            async def ran():
                return await connection.fetchval("select last_run is not null from queue.pgqueuer_schedules")

            await until(ran)
            await asyncio.sleep(0.2)
    assert done == [district.id]


async def test_answers_kept_under_a_key_are_forgotten_after_a_day_in_every_district(service, district):
    elsewhere = await service.district("Elsewhere", roster=False)
    kept = (
        "insert into idempotency (district_id, actor, operation, key, fingerprint, answer, created_at)"
        " select $1, 'client:a', 'o', k, '', '', now() - d from (values ('old', interval '25 hours'),"
        " ('new', interval '23 hours')) v(k, d)"
    )
    async with admin_connection(service.database) as connection:
        for where in (district, elsewhere):
            await connection.execute(kept, where.id)
        await due(connection, "forget_answers")
        async with worker(service.database, periodic_tasks=PERIODIC_TASKS):

            async def forgotten():
                rows = await connection.fetch("select key, district_id from idempotency")
                return {tuple(r) for r in rows} == {("new", district.id), ("new", elsewhere.id)}

            await until(forgotten)
    assert PERIODIC_TASKS[0].use_case is forget_answers


async def test_one_districts_trouble_is_not_the_next_ones(service, district):
    elsewhere = await service.district("Elsewhere", roster=False)
    done = []

    async def trouble(cmd, ctx):
        done.append(ctx.actor.district_id)
        raise ValueError

    rows = (PeriodicTask(name="trouble", cron="7 * * * *", use_case=trouble, command=ForgetAnswers()),)
    async with admin_connection(service.database) as connection:
        await due(connection, "trouble")
        async with worker(service.database, periodic_tasks=rows):

            async def both():
                return len(done) == 2

            await until(both)
    assert set(done) == {district.id, elsewhere.id}


async def test_a_worker_leaves_no_sign_behind_when_it_goes(service):
    stop = asyncio.Event()
    values = WorkerConfig(database_url=service.database.app_url, secret=SECRET, periodic_tasks=())
    task = asyncio.create_task(work(values, stop))
    async with admin_connection(service.database) as connection:

        async def workers_active():
            return await connection.fetchval("select count(*) from queue.worker where seen_at > now() - interval '1 minute'")

        assert await until(workers_active) == 1
        stop.set()
        await task
        assert await workers_active() == 0
