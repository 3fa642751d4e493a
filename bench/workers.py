"""Workers to measure: uvicorn with uvloop and httptools, one process each; their processor time and memory from /proc."""

import base64
import json
import os
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from bench.dataset import SECRET, BenchDatabase, District

TICK = os.sysconf("SC_CLK_TCK")
PATIENCE = 180


@dataclass(frozen=True, kw_only=True)
class Worker:
    """A process that serves on ``port`` of 127.0.0.1."""

    pid: int
    port: int

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    def cpu(self) -> float:
        """Processor seconds used until now."""
        fields = Path(f"/proc/{self.pid}/stat").read_text().rpartition(")")[2].split()
        return (int(fields[11]) + int(fields[12])) / TICK

    def pss(self) -> float:
        """Memory in MB (10^6 bytes), shared pages counted in proportion."""
        lines = Path(f"/proc/{self.pid}/smaps_rollup").read_text().splitlines()
        return next(int(line.split()[1]) * 1024 / 1e6 for line in lines if line.startswith("Pss:"))


def application(at: BenchDatabase) -> dict[str, str]:
    """The settings of the service over ``at``."""
    # Requests are counted as in service, against a quota that is never used up.
    quotas = {f"RATE_LIMIT_{kind}": "1000000000" for kind in ("CLIENT", "PERSON", "ADDRESS")}
    return {"DATABASE_URL": at.urls.app, "MIGRATION_DATABASE_URL": at.urls.owner, "SECRET_KEY": SECRET, **quotas}


def limit(at: BenchDatabase, district: District) -> dict[str, str]:
    """The settings of the limit over ``at``."""
    return {"BENCH_DATABASE_URL": at.urls.admin, "BENCH_DISTRICT": district.id}


@contextmanager
def serving(app: str, settings: Mapping[str, str], log: Path) -> Iterator[Worker]:
    """``app`` served by one worker, its log (a line a request, as in service) in ``log``."""
    port = free_port()
    options = ("--loop", "uvloop", "--http", "httptools", "--no-access-log", "--log-level", "warning", "--port", str(port))
    with _running(("uvicorn", app, *options), port, settings, log) as worker:
        yield worker


@contextmanager
def bounded(settings: Mapping[str, str], log: Path) -> Iterator[Worker]:
    """The service with the limits on connections that ``evenkeel serve`` has."""
    port = free_port()
    with _running(("bench.serve", str(port)), port, settings, log) as worker:
        yield worker


@contextmanager
def _running(module: Sequence[str], port: int, settings: Mapping[str, str], log: Path) -> Iterator[Worker]:
    environment = {**os.environ, "PUBLIC_URL": f"http://127.0.0.1:{port}", **settings}
    with log.open("wb") as output:
        process = subprocess.Popen([sys.executable, "-m", *module], env=environment, stdout=output, stderr=subprocess.STDOUT)
    try:
        _until_ready(process, port, log)
        yield Worker(pid=process.pid, port=port)
    finally:
        process.terminate()
        try:
            process.wait(20)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()


def free_port() -> int:
    """A port of 127.0.0.1 that nobody listens on at this moment."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def _until_ready(process: subprocess.Popen[bytes], port: int, log: Path) -> None:
    end = time.monotonic() + PATIENCE
    while time.monotonic() < end:
        if process.poll() is not None:
            raise SystemExit(f"the worker ended: {log.read_text()[-2000:]}")
        try:
            with socket.create_connection(("127.0.0.1", port), timeout=1):
                return
        except OSError:
            time.sleep(0.05)
    raise SystemExit(f"the worker is not ready after {PATIENCE} s: {log.read_text()[-2000:]}")


def token(worker: Worker, district: District) -> str:
    """An access token, as any client gets it."""
    basic = base64.b64encode(":".join(district.client).encode()).decode()
    request = urllib.request.Request(  # noqa: S310 - our own address
        f"{worker.url}/oauth/token", b"grant_type=client_credentials", {"Authorization": f"Basic {basic}"}
    )
    try:
        with urllib.request.urlopen(request) as answer:  # noqa: S310 - our own address
            return json.load(answer)["access_token"]
    except urllib.error.HTTPError as error:
        raise SystemExit(error.read().decode()) from None
