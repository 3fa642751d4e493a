"""The demo as a reader of the documents starts it."""

import json
import os
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time
import urllib.request
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]


@pytest.fixture(scope="session")
def demo():
    """A running demo: its address and its folder."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    # Not below pytest's own folder: the account that runs PostgreSQL could not enter it.
    folder = Path(tempfile.mkdtemp(prefix="evenkeel-tour-"))
    env = {k: v for k, v in os.environ.items() if k not in {"DATABASE_URL", "MIGRATION_DATABASE_URL", "SECRET_KEY"}}
    command = [
        sys.executable,
        "-c",
        "from api.cli.main import main; main()",
        "demo",
        "--port",
        str(port),
        "--data",
        str(folder),
    ]
    with subprocess.Popen(command, cwd=ROOT, env=env, stdout=subprocess.DEVNULL) as process:
        address = f"http://127.0.0.1:{port}"
        try:
            _wait(address, process)
            yield address, folder
        finally:
            process.send_signal(signal.SIGTERM)
            process.wait(20)
            shutil.rmtree(folder, ignore_errors=True)


def _wait(address, process):
    for _ in range(400):
        assert process.poll() is None, "the demo ended early"
        try:
            with urllib.request.urlopen(f"{address}/readyz") as answer:  # noqa: S310 - our own address
                assert json.load(answer)["status"] == "ready"
        except OSError:
            time.sleep(0.1)
        else:
            return
    raise AssertionError("the demo did not become ready")
