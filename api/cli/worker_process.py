"""A worker as a child process of the service: restarted when it ends, and stopped with the service."""

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
"""Seconds to wait for the worker beyond its own grace period, before it is killed."""
RESTART_DELAY = 2.0


@contextmanager
def spawn_worker(connections: Connections) -> Iterator[None]:
    """Run one worker until the block ends. It reads a pipe from this process and ends when the pipe closes."""
    stopping = threading.Event()
    processes: list[subprocess.Popen[bytes]] = [_start(connections)]

    def restart_when_ended() -> None:
        while True:
            processes[0].wait()
            if stopping.wait(RESTART_DELAY):
                return
            processes[0] = _start(connections)

    watcher = threading.Thread(target=restart_when_ended, name="worker-watch", daemon=True)
    watcher.start()
    try:
        yield
    finally:
        stopping.set()
        _stop(processes[0], connections.settings.worker_grace_seconds + EXTRA_GRACE)
        watcher.join(RESTART_DELAY + 1)


def worker_command() -> list[str]:
    """Return the command of a worker's process."""
    return [sys.executable, "-m", "api.worker"]


def worker_environ(connections: Connections) -> dict[str, str]:
    """Return our environment with the database URLs and a PYTHONPATH to this code, which any working folder needs."""
    path = (str(Path(api.__file__).parent.parent), os.environ.get("PYTHONPATH", ""))
    variables = {
        "DATABASE_URL": connections.app_url,
        "MIGRATION_DATABASE_URL": connections.owner_url,
        "SECRET_KEY": connections.secret,
        "PYTHONPATH": os.pathsep.join(filter(None, path)),
    }
    return os.environ | variables


def _start(connections: Connections) -> subprocess.Popen[bytes]:
    return subprocess.Popen(  # noqa: S603 - our own list
        [*worker_command(), "--child"],
        env=worker_environ(connections),
        stdin=subprocess.PIPE,
        start_new_session=True,  # Ctrl-C reaches the service only, which then stops the worker in order
    )


def _stop(process: subprocess.Popen[bytes], timeout: float) -> None:
    if process.stdin:
        process.stdin.close()
    try:
        process.wait(timeout)
    except subprocess.TimeoutExpired:
        process.kill()
        process.wait()
