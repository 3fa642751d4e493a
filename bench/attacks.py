"""Row 6: how long ``/healthz`` takes while one attacker sends what is expensive to refuse, as fast as the rate limit lets them.

Each attack is one of those that once stopped the service for everybody. Requests are sent at the default quota of an address
(without a token) or of a client (with one), evenly spaced, over at most ``AT_ONCE`` connections; the probe asks every 10 ms.
"""

import asyncio
import json
import time
from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass
from math import ceil
from statistics import quantiles

from bench.workers import Worker

A_MINUTE = 600
"""The default quotas of an address and of a client (README, ``RATE_LIMIT_*``)."""
MAX_CONNECTIONS = 8
PROBE_SECONDS = 0.01
SETTLE_SECONDS = 1.0

Send = Callable[[asyncio.StreamReader, asyncio.StreamWriter], AsyncIterator[None]]


@dataclass(frozen=True, kw_only=True)
class Attack:
    """What is sent again and again; ``token``: whether with an access token."""

    name: str
    path: str
    body: bytes
    token: bool = False

    def request(self, token: str) -> bytes:
        head = f"POST {self.path} HTTP/1.1\r\nHost: bench\r\nContent-Type: application/json\r\n"
        head += f"Content-Length: {len(self.body)}\r\n" + (f"Authorization: Bearer {token}\r\n" if self.token else "")
        return f"{head}\r\n".encode() + self.body


def attacks() -> Sequence[Attack]:
    """Every attack that is a request."""
    members = {f"m{n}": n for n in range(10_000)}
    variable = {
        "query": "mutation($i: PutInitiativeInput!) { putInitiative(input: $i) { __typename } }",
        "variables": {"i": members},
    }
    overlapping = "{ __typename " + " ".join("leaders { edges { cursor } }" for _ in range(480)) + " }"
    schemas = " ".join(f"s{n}: __schema {{ types {{ name fields {{ name type {{ name }} }} }} }}" for n in range(20))
    faults = {f"m{n}": n for n in range(20_000)}
    return (
        Attack(name="a GraphQL variable of 10,000 unknown members", path="/graphql", body=json.dumps(variable).encode()),
        Attack(name="480 overlapping fields", path="/graphql", body=json.dumps({"query": overlapping}).encode()),
        Attack(name="__schema 20 times", path="/graphql", body=json.dumps({"query": f"{{ {schemas} }}"}).encode()),
        Attack(name="a body of 20,000 unknown members", path="/v1/observations", body=json.dumps(faults).encode(), token=True),
    )


@dataclass(frozen=True, kw_only=True)
class ProbeResult:
    """How ``/healthz`` was answered: milliseconds."""

    p50: float
    p99: float
    longest: float
    sent: int

    def as_dict(self) -> dict[str, float]:
        """As results.json has it."""
        return {
            "p50_ms": round(self.p50, 1),
            "p99_ms": round(self.p99, 1),
            "longest_ms": round(self.longest, 1),
            "sent": self.sent,
        }


def run(worker: Worker, token: str, seconds: float) -> dict[str, dict[str, float]]:
    """Every attack in turn, and ``/healthz`` with none."""
    return asyncio.run(_run(worker, token, seconds))


async def _run(worker: Worker, token: str, seconds: float) -> dict[str, dict[str, float]]:
    found = {"nothing": (await _probe(worker, seconds, _nothing)).as_dict()}
    for attack in attacks():
        request = attack.request(token)
        found[attack.name] = (await _probe(worker, seconds, lambda count, r=request: _requests(worker, r, count))).as_dict()
    found["one header of 60 MB"] = (await _probe(worker, seconds, lambda count: _header(worker, count))).as_dict()
    found["500 half-sent requests"] = (await _probe(worker, seconds, lambda count: _half_sent(worker, count))).as_dict()
    return found


Count = Callable[[], None]


async def _probe(worker: Worker, seconds: float, attack: Callable[[Count], asyncio.Future[None]]) -> ProbeResult:
    """Probe for ``seconds`` while ``attack`` goes on; then wait until the worker is itself again."""
    sent = 0

    def count() -> None:
        nonlocal sent
        sent += 1

    attacking = asyncio.ensure_future(attack(count))
    times: list[float] = []
    end = time.monotonic() + seconds
    async with _connected(worker) as (reader, writer):
        while time.monotonic() < end or not times:
            begun = time.perf_counter()
            writer.write(b"GET /healthz HTTP/1.1\r\nHost: bench\r\n\r\n")
            await _read_status(reader)
            times.append((time.perf_counter() - begun) * 1000)
            await asyncio.sleep(PROBE_SECONDS)
    attacking.cancel()
    await asyncio.gather(attacking, return_exceptions=True)
    await _idle(worker)
    # A probe that waits asks no further one: whoever would have asked meanwhile waited as well, on average half as long.
    weighted = [t for t in times for _ in range(max(1, ceil(t / (PROBE_SECONDS * 2000))))]
    cut = quantiles(weighted, n=100) if len(weighted) > 1 else [weighted[0]] * 99
    return ProbeResult(p50=cut[49], p99=cut[98], longest=max(times), sent=sent)


async def _idle(worker: Worker) -> None:
    """Wait until the worker has done with what was sent: it works on although whoever asked has left."""
    used = -1.0
    while worker.cpu() - used > SETTLE_SECONDS / 10:
        used = worker.cpu()
        await asyncio.sleep(SETTLE_SECONDS)


async def _nothing(_count: Count) -> None:
    await asyncio.Event().wait()


async def _requests(worker: Worker, request: bytes, count: Count) -> None:
    """``request`` at the quota: evenly spaced, as long as a connection is free."""
    free = asyncio.Semaphore(MAX_CONNECTIONS)
    running: set[asyncio.Task[None]] = set()

    async def one() -> None:
        with suppress(OSError, asyncio.IncompleteReadError):
            async with _connected(worker) as (reader, writer):
                writer.write(request)
                await writer.drain()
                await _read_status(reader)
        free.release()

    try:
        while True:
            await free.acquire()
            running.add(task := asyncio.create_task(one()))
            task.add_done_callback(running.discard)
            count()
            await asyncio.sleep(60 / A_MINUTE)
    finally:
        for task in tuple(running):
            task.cancel()


async def _header(worker: Worker, count: Count) -> None:
    """A header that goes on for 60 MB, again and again."""
    while True:
        with suppress(OSError):
            async with _connected(worker) as (_, writer):
                writer.write(b"GET / HTTP/1.1\r\nHost: bench\r\nX-Large: ")
                count()
                for _ in range(600):
                    writer.write(b"a" * 100_000)
                    await writer.drain()
        await asyncio.sleep(60 / A_MINUTE)


async def _half_sent(worker: Worker, count: Count) -> None:
    """500 connections with half a head, held open; a further byte of each every second."""
    held = [await asyncio.open_connection("127.0.0.1", worker.port) for _ in range(500)]
    try:
        for _, writer in held:
            writer.write(b"GET / HTTP/1.1\r\nHost: ")
            count()
        while True:
            await asyncio.sleep(1)
            for _, writer in held:
                if not writer.is_closing():
                    writer.write(b"x")
    finally:
        for _, writer in held:
            writer.close()


@asynccontextmanager
async def _connected(worker: Worker) -> AsyncIterator[tuple[asyncio.StreamReader, asyncio.StreamWriter]]:
    reader, writer = await asyncio.open_connection("127.0.0.1", worker.port)
    try:
        yield reader, writer
    finally:
        writer.close()


async def _read_status(reader: asyncio.StreamReader) -> int:
    """The status of the next answer, which is read to its end."""
    head = await reader.readuntil(b"\r\n\r\n")
    lines = head.lower().split(b"\r\n")
    length = next((int(line.split(b":")[1]) for line in lines if line.startswith(b"content-length:")), 0)
    await reader.readexactly(length)
    return int(lines[0].split()[1])
