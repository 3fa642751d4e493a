"""A worker beside the service: a process of its own, started again when it dies, and gone when the service is."""

import os
import subprocess
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import api
from api.cli.session import Connections

EXTRA_GRACE = 5.0
"""Seconds that it has beyond its own grace."""
RESTART_DELAY = 2.0


@contextmanager
def spawn_worker(connections: Connections) -> Iterator[None]:
    """One worker for as long as the block lasts. It reads a pipe from us: when that ends, by whatever ended us, so does it."""
    ending = threading.Event()
    held: list[subprocess.Popen[bytes]] = [_start(connections)]

    def restart_when_ended() -> None:
        while True:
            held[0].wait()
            if ending.wait(RESTART_DELAY):
                return
            held[0] = _start(connections)

    keeper = threading.Thread(target=restart_when_ended, name="worker-watch", daemon=True)
    keeper.start()
    try:
        yield
    finally:
        ending.set()
        _stop(held[0], connections.settings.worker_grace_seconds + EXTRA_GRACE)
        keeper.join(RESTART_DELAY + 1)


def worker_command() -> list[str]:
    """The lean process that works."""
    return [sys.executable, "-m", "api.worker"]


def worker_environ(connections: Connections) -> dict[str, str]:
    """Our environment with the ways into the database; whatever folder it stands in, it is this code that runs."""
    path = (str(Path(api.__file__).parent.parent), os.environ.get("PYTHONPATH", ""))
    handed = {
        "DATABASE_URL": connections.app_url,
        "MIGRATION_DATABASE_URL": connections.owner_url,
        "SECRET_KEY": connections.secret,
        "PYTHONPATH": os.pathsep.join(filter(None, path)),
    }
    return os.environ | handed


def _start(connections: Connections) -> subprocess.Popen[bytes]:
    return subprocess.Popen(  # noqa: S603 - our own list
        [*worker_command(), "--child"],
        env=worker_environ(connections),
        stdin=subprocess.PIPE,
        start_new_session=True,  # Ctrl-C reaches the service, which ends it in order
    )


def _stop(process: subprocess.Popen[bytes], timeout: float) -> None:
    if process.stdin:
        process.stdin.close()
    try:
        process.wait(timeout)
    except subprocess.TimeoutExpired:
        process.kill()
        process.wait()
