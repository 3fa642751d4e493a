"""Load with wrk: paths in turn, 16 connections, no gzip."""

import os
import re
import shutil
import subprocess
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from statistics import median

from bench.workers import Worker

SCRIPT = """
local paths = {{{paths}}}
local head = {{ ["Authorization"] = "Bearer {token}" }}
local at = 0
request = function()
  at = at % #paths + 1
  return wrk.format("GET", paths[at], head)
end
"""
UNITS = {"us": 1e-3, "ms": 1.0, "s": 1e3}


@dataclass(frozen=True, kw_only=True)
class Load:
    """What one run of wrk came to."""

    rate: float  # requests a second
    p50: float  # ms
    cpu: float  # ms of the worker's processor time a request


def have_wrk() -> None:
    """Install wrk where that can be done without asking; else say how."""
    if shutil.which("wrk"):
        return
    if os.geteuid() == 0 and shutil.which("apt-get"):
        print("== installing wrk with apt-get")
        for command in (["apt-get", "install", "-y", "-qq", "wrk"], ["apt-get", "update", "-qq"]):
            subprocess.run(command, check=False, stdout=subprocess.DEVNULL)
            if shutil.which("wrk"):
                return
        subprocess.run(["apt-get", "install", "-y", "-qq", "wrk"], check=False, stdout=subprocess.DEVNULL)
    if not shutil.which("wrk"):
        raise SystemExit(
            "make bench needs the load tool wrk: apt-get install wrk (Debian, Ubuntu), brew install wrk (macOS), "
            "or build it from github.com/wg/wrk"
        )


def script(folder: Path, name: str, leaders: Sequence[str], token: str) -> Path:
    """A wrk script that reads the profiles of ``leaders`` in turn."""
    path = folder / f"{name}.lua"
    path.write_text(SCRIPT.format(paths=", ".join(f'"/v1/leaders/{i}/profile"' for i in leaders), token=token))
    return path


def load(worker: Worker, lua: Path, seconds: float, connections: int = 16) -> Load:
    """Load ``worker`` for ``seconds``. Every answer must be a good one."""
    command = ["wrk", "-t1", f"-c{connections}", f"-d{seconds:g}s", "-s", str(lua), "--latency", worker.url]
    before = worker.cpu()
    said = subprocess.run(command, check=True, capture_output=True, text=True).stdout
    used = worker.cpu() - before
    if "Non-2xx" in said or "Socket errors" in said:
        raise SystemExit(f"not every answer was good:\n{said}")
    requests = int(_search(r"(\d+) requests in", said)[1])
    p50 = _search(r"50%\s+([\d.]+)(us|ms|s)\b", said)
    return Load(
        rate=float(_search(r"Requests/sec:\s+([\d.]+)", said)[1]),
        p50=float(p50[1]) * UNITS[p50[2]],
        cpu=used * 1000 / requests,
    )


def combine(slices: Sequence[Load]) -> Load:
    """Slices of equal length as one run."""
    requests = sum(s.rate for s in slices)
    return Load(
        rate=requests / len(slices),
        p50=median(s.p50 for s in slices),
        cpu=sum(s.cpu * s.rate for s in slices) / requests,
    )


def _search(pattern: str, text: str) -> re.Match[str]:
    match = re.search(pattern, text)
    if match is None:
        raise SystemExit(f"wrk said something else than expected:\n{text}")
    return match
