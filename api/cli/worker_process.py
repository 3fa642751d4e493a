"""A worker beside the service: a process of its own, started again when it dies, and gone when the service is."""

import os
import subprocess
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import api
from api.cli.session import Ways

GRACE = 5.0
"""Seconds that it has beyond its own grace."""
PAUSE = 2.0


@contextmanager
def worker_beside(found: Ways) -> Iterator[None]:
    """One worker for as long as the block lasts. It reads a pipe from us: when that ends, by whatever ended us, so does it."""
    ending = threading.Event()
    held: list[subprocess.Popen[bytes]] = [_started(found)]

    def keep() -> None:
        while True:
            held[0].wait()
            if ending.wait(PAUSE):
                return
            held[0] = _started(found)

    keeper = threading.Thread(target=keep, name="worker-watch", daemon=True)
    keeper.start()
    try:
        yield
    finally:
        ending.set()
        _end(held[0], found.settings.worker_grace_seconds + GRACE)
        keeper.join(PAUSE + 1)


def command() -> list[str]:
    """The lean process that works."""
    return [sys.executable, "-m", "api.worker"]


def surroundings(found: Ways) -> dict[str, str]:
    """Our environment with the ways into the database; whatever folder it stands in, it is this code that runs."""
    path = (str(Path(api.__file__).parent.parent), os.environ.get("PYTHONPATH", ""))
    handed = {
        "DATABASE_URL": found.app_url,
        "MIGRATION_DATABASE_URL": found.owner_url,
        "SECRET_KEY": found.secret,
        "PYTHONPATH": os.pathsep.join(filter(None, path)),
    }
    return os.environ | handed


def _started(found: Ways) -> subprocess.Popen[bytes]:
    return subprocess.Popen(  # noqa: S603 - our own list
        [*command(), "--child"],
        env=surroundings(found),
        stdin=subprocess.PIPE,
        start_new_session=True,  # Ctrl-C reaches the service, which ends it in order
    )


def _end(process: subprocess.Popen[bytes], patience: float) -> None:
    if process.stdin:
        process.stdin.close()
    try:
        process.wait(patience)
    except subprocess.TimeoutExpired:
        process.kill()
        process.wait()
