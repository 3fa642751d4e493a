"""Row 7: 200 clients ask for expensive GraphQL lists at once: the most memory, what is shed, and how a cheap request fares."""

import asyncio
import json
import time
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from statistics import quantiles
from typing import Any

from bench.workers import Worker

CLIENTS = 200
QUERY = (
    "{ leaders(first: 50) { edges { node { uuid profile { asOf scores { responsibility estimate sd "
    "interval { low high } sources { source n mean } } } } } } }"
)
CHEAP_SECONDS = 0.05
LOOK_SECONDS = 0.2


@dataclass
class OverloadResult:
    """What was answered: seconds by status, and MB at each look."""

    expensive: dict[int, list[float]] = field(default_factory=dict)
    cheap: dict[int, list[float]] = field(default_factory=dict)
    memory: list[float] = field(default_factory=list)

    def as_dict(self) -> dict[str, Any]:
        """As results.json has it; times in ms."""
        half = len(self.memory) // 2
        shed = self.expensive.get(503, [])
        return {
            "clients": CLIENTS,
            "peak_mb": round(max(self.memory), 1),
            "peak_mb_first_half": round(max(self.memory[:half] or self.memory), 1),
            "answered": len(self.expensive.get(200, [])),
            "shed": len(shed),
            "longest_until_shed_ms": round(max(shed, default=0.0) * 1000),
            "cheap_p99_ms": round(_p99([t for times in self.cheap.values() for t in times]) * 1000, 1),
            "cheap_answered": {str(status): len(times) for status, times in sorted(self.cheap.items())},
            "others": {str(status): len(times) for status, times in sorted(self.expensive.items()) if status not in {200, 503}},
        }


def run(worker: Worker, token: str, leaders: Sequence[str], seconds: float) -> dict[str, Any]:
    """``CLIENTS`` at once for ``seconds``; beside them one that reads a profile every 50 ms."""
    return asyncio.run(_run(worker, token, leaders, seconds)).as_dict()


async def _run(worker: Worker, token: str, leaders: Sequence[str], seconds: float) -> OverloadResult:
    crowd, end = OverloadResult(), time.monotonic() + seconds
    body = json.dumps({"query": QUERY}).encode()
    head = f"Host: bench\r\nAuthorization: Bearer {token}\r\n"
    expensive = (
        f"POST /graphql HTTP/1.1\r\n{head}Content-Type: application/json\r\nContent-Length: {len(body)}\r\n\r\n".encode() + body
    )
    profiles = [f"GET /v1/leaders/{leader}/profile HTTP/1.1\r\n{head}\r\n".encode() for leader in leaders]

    async def look() -> None:
        while time.monotonic() < end:
            crowd.memory.append(worker.pss())
            await asyncio.sleep(LOOK_SECONDS)

    clients = [_client(worker, [expensive], crowd.expensive, end, 0.0) for _ in range(CLIENTS)]
    await asyncio.gather(look(), _client(worker, profiles, crowd.cheap, end, CHEAP_SECONDS), *clients)
    return crowd


async def _client(
    worker: Worker, requests: Sequence[bytes], times_by_status: dict[int, list[float]], end: float, pause: float
) -> None:
    """``requests`` in turn on one connection until ``end``; who is told to come back waits as long as told."""
    turn = 0
    while time.monotonic() < end:
        with suppress(OSError, asyncio.IncompleteReadError):
            reader, writer = await asyncio.open_connection("127.0.0.1", worker.port)
            while time.monotonic() < end:
                begun = time.perf_counter()
                writer.write(requests[turn % len(requests)])
                status, again = await _answer(reader)
                times_by_status.setdefault(status, []).append(time.perf_counter() - begun)
                turn += 1
                await asyncio.sleep(min(again, max(0.0, end - time.monotonic())) or pause)
            writer.close()


async def _answer(reader: asyncio.StreamReader) -> tuple[int, float]:
    """Status, and seconds to wait before the next request."""
    lines = (await reader.readuntil(b"\r\n\r\n")).lower().split(b"\r\n")
    headers = dict(line.split(b": ", 1) for line in lines[1:] if b": " in line)
    await reader.readexactly(int(headers.get(b"content-length", 0)))
    return int(lines[0].split()[1]), float(headers.get(b"retry-after", 0))


def _p99(times: Sequence[float]) -> float:
    return quantiles(times, n=100)[98] if len(times) > 1 else max(times, default=0.0)
