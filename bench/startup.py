"""Row 8: how long `evenkeel serve` takes until it is ready, against the time in which Python only imports the application.

The data folder is there already and holds its tables, as at every start but the first. Both are processes of their own.
"""

import os
import resource
import subprocess
import sys
import tempfile
import time
import urllib.error
import urllib.request
from pathlib import Path

from bench.statistics import RunPairs
from bench.workers import PATIENCE, free_port

LIMIT = (sys.executable, "-c", "import api.app")


def run(runs: int) -> RunPairs:
    """Seconds of `runs` starts and of as many imports, in turn."""
    with tempfile.TemporaryDirectory(prefix="evenkeel-bench-start-") as home:
        Path(home).chmod(0o711)  # as root the server runs as another user, who has to get through
        _start(Path(home))
        starts, imports = [], []
        before = resource.getrusage(resource.RUSAGE_CHILDREN)
        for _ in range(runs):
            starts.append(_start(Path(home)))
            begun = time.perf_counter()
            subprocess.run(LIMIT, check=True)
            imports.append(time.perf_counter() - begun)
        after = resource.getrusage(resource.RUSAGE_CHILDREN)
    cpu = after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime
    return RunPairs(unit="s", service=starts, limit=imports, cpu=cpu * 1000 / runs, faster_is_less=True)


def _start(home: Path) -> float:
    """Seconds until the service over the folder `home` answers, which is then ended. Raises `SystemExit` if it does not."""
    port = free_port()
    environment = {name: value for name, value in os.environ.items() if not name.startswith(("DATABASE_", "MIGRATION_"))}
    log = home / "start.log"
    begun = time.perf_counter()
    with log.open("wb") as output:
        process = subprocess.Popen(
            [sys.executable, "-c", "from api.cli.main import main; main()", "serve", "--port", str(port)],
            env=environment | {"DATA": str(home / "data")},
            stdout=output,
            stderr=subprocess.STDOUT,
        )
    try:
        while time.perf_counter() - begun < PATIENCE:
            if process.poll() is not None:
                break
            try:
                with urllib.request.urlopen(f"http://127.0.0.1:{port}/readyz", timeout=1):
                    return time.perf_counter() - begun
            except (urllib.error.URLError, OSError):
                time.sleep(0.02)
        raise SystemExit(f"the service is not ready: {log.read_text()[-2000:]}")
    finally:
        process.terminate()
        process.wait(60)
