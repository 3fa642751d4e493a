"""``python -m bench.breakdown``: where the time of a profile and of a push goes, one caller, inside one process."""

import asyncio
import gc
import logging
import random
import time
from collections.abc import Awaitable, Callable
from hashlib import sha256
from statistics import median
from typing import Any
from uuid import UUID

import asyncpg
import uvloop
from asyncpg.connection import Connection

from api.app import AppConfig, create_app
from api.execution.runner import UseCaseRunner
from api.runtime.environment import build_environment
from api.wire.json_encoding import encode
from api.wire.observation_batch import parse_batch, push_batch
from bench.dataset import SECRET, BenchDatabase, District, create_bench_database, seed_district, start_postgres
from bench.push import Caller, add_instrument, body
from bench.workers import application, serving, token
from domain.framework.configuration import PRODUCT
from domain.permissions.rules import authorize
from domain.scoring.commands import ReadProfile
from domain.scoring.score import profile
from domain.scoring.usecases.profile import read_profile
from domain.shared.context import Actor, ActorKind
from persistence.database.pool import ConnectionPool
from persistence.unit_of_work import begin_unit_of_work

TIMES, ROUNDS, PUSHES = 200, 9, 30
timings: dict[str, list[float]] = {}


async def part(name: str, work: Callable[[], Awaitable[Any]]) -> None:
    """Print the median of processor and wall time of ``work``, in microseconds."""
    found = []
    for _ in range(ROUNDS):
        cpu, wall = time.process_time(), time.perf_counter()
        for _ in range(TIMES):
            await work()
        found.append(((time.process_time() - cpu) / TIMES * 1e6, (time.perf_counter() - wall) / TIMES * 1e6))
    cpus, walls = zip(*found, strict=True)
    print(f"{name:44} {median(cpus):8.0f} us cpu {median(walls):8.0f} us", flush=True)


async def measure_read(at: BenchDatabase, made: District, access_token: str) -> None:
    """The parts of a profile."""
    app = create_app(AppConfig(database_url=at.urls.app, public_url="http://127.0.0.1:1", secret=SECRET))
    pool = ConnectionPool(at.urls.app)
    actor = Actor(kind=ActorKind.CLIENT, id="x", district_id=UUID(made.id), origin="x", scopes=frozenset({"scores:read"}))
    world = build_environment(pool, SECRET)
    asked = ReadProfile(leader_id=UUID(made.leaders[3]))
    shown = await UseCaseRunner(actor=actor, environment=world, request_id="x").run(read_profile, asked)
    whole = encode(shown)
    async with begin_unit_of_work(pool, actor, permission=authorize(actor, "read_profile"), read_only=True) as unit:
        held = (await unit.scores.profile_inputs(asked.leader_id)).tallies

        async def fetch() -> None:
            await unit.scores.profile_inputs(asked.leader_id)

        await part("the 84 rows, fenced", fetch)

    async def begin_and_rollback() -> None:
        async with begin_unit_of_work(pool, actor, read_only=True):
            pass

    async def score() -> None:
        profile(held, PRODUCT, shown.as_of)

    async def bytes_of() -> None:
        encode(shown)

    async def etag() -> None:
        sha256(whole).hexdigest()

    async def use_case() -> None:
        await UseCaseRunner(actor=actor, environment=world, request_id="x").run(read_profile, asked)

    await part("pool, BEGIN and fence, ROLLBACK", begin_and_rollback)
    await part("21 scores from 84 rows", score)
    await part("JSON", bytes_of)
    await part("ETag", etag)
    await part("use case (rows, fence, scores and the rest)", use_case)
    await _over_asgi(app, made, access_token)
    await pool.close()


async def _over_asgi(app: Any, made: District, access_token: str) -> None:
    path = f"/v1/leaders/{made.leaders[3]}/profile"

    async def receive() -> dict[str, Any]:
        return {"type": "http.request", "body": b"", "more_body": False}

    async def send(message: dict[str, Any]) -> None:
        if message.get("status", 200) != 200:
            raise SystemExit(f"{path}: {message}")

    def scope(where: str) -> dict[str, Any]:
        headers = [(b"host", b"127.0.0.1"), (b"authorization", f"Bearer {access_token}".encode())]
        return {
            "type": "http",
            "asgi": {"version": "3.0"},
            "http_version": "1.1",
            "method": "GET",
            "scheme": "http",
            "path": where,
            "raw_path": where.encode(),
            "query_string": b"",
            "root_path": "",
            "headers": headers,
            "client": ("127.0.0.1", 1),
            "server": ("127.0.0.1", 1),
        }

    async with app.router.lifespan_context(app):
        await part("whole request but for uvicorn", lambda: app(scope(path), receive, send))
        await part("a request without database and rules (GET /v1)", lambda: app(scope("/v1"), receive, send))


def watch() -> None:
    """Note how long each statement takes, in milliseconds, by its first words."""
    for name in ("execute", "fetch"):
        original = getattr(Connection, name)

        async def noted(self: Any, query: str, *values: Any, _original: Any = original, **options: Any) -> Any:
            begun = time.perf_counter()
            try:
                return await _original(self, query, *values, **options)
            finally:
                timings.setdefault(" ".join(query.split())[:44], []).append((time.perf_counter() - begun) * 1000)

        setattr(Connection, name, noted)


async def measure_push(at: BenchDatabase, made: District) -> None:
    """The parts of a push, in milliseconds."""
    pool = ConnectionPool(at.urls.app)
    world, chance = build_environment(pool, SECRET), random.Random(5)  # noqa: S311 - not a secret
    scopes = frozenset({"observations:write"})
    actor = Actor(kind=ActorKind.CLIENT, id="x", district_id=UUID(made.id), origin="x", scopes=scopes)

    async def push(run: str) -> tuple[float, float]:
        sent, begun = body(run, chance), time.perf_counter()
        heard, between = parse_batch(sent), time.perf_counter()
        encode(await UseCaseRunner(actor=actor, environment=world, request_id="x").run(push_batch, heard))
        return (between - begun) * 1000, (time.perf_counter() - between) * 1000

    for i in range(8):
        await push(f"warm-{i}")
    admin = await asyncpg.connect(at.urls.admin)
    await admin.execute("vacuum analyze")
    await admin.close()
    await push("after")
    timings.clear()
    found = [await push(f"parts-{i}") for i in range(PUSHES)]
    print(f"\n{'from bytes to commands':44} {median(h for h, _ in found):8.1f} ms")
    statements = {name: median(times) for name, times in timings.items() if len(times) >= PUSHES}
    for name, ms in statements.items():
        print(f"  {name:42} {ms:8.1f} ms")
    rest = median(d for _, d in found) - sum(statements.values())
    print(f"{'deciding, units, sums, rows, answer (Python)':44} {rest:8.1f} ms")
    await pool.close()


async def main(at: BenchDatabase, made: District, access_token: str) -> None:
    """Both."""
    logging.disable()
    gc.collect()
    gc.freeze()
    await measure_read(at, made, access_token)
    watch()
    await measure_push(at, made)


if __name__ == "__main__":
    with start_postgres() as running:
        bench_at = create_bench_database(running, "evenkeel")
        bench_district = asyncio.run(seed_district(bench_at, 200))
        log = bench_at.folder / "service.log"
        with serving("api.main:app", application(bench_at) | {"PUBLIC_URL": "http://127.0.0.1:1"}, log) as worker:
            bench_token = token(worker, bench_district)
            add_instrument(Caller(worker, bench_token))
        uvloop.run(main(bench_at, bench_district, bench_token))
