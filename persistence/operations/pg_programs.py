"""PostgreSQL's own programs for taking and reading backups."""

import importlib.util
import os
import re
import subprocess
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from sqlalchemy.engine import make_url

from persistence.embedded import StartError
from persistence.embedded.binaries import PACKAGE

MISSING = "no pg_dump, pg_restore and psql here: install PostgreSQL's client programs and set PG_BIN to their folder"


@dataclass(frozen=True, kw_only=True)
class Programs:
    """A folder with `pg_dump`, `pg_restore` and `psql`, and their major version."""

    folder: Path
    major: int

    def run(self, name: str, *arguments: object, url: str | None = None) -> str:
        """What the program says, once it has ended well. Raises `CannotStart` with its own sentence."""
        done = subprocess.run(  # noqa: S603 - our own argument list
            self.command(name, *arguments), capture_output=True, text=True, env=connection_environ(url), check=False
        )
        if done.returncode:
            raise StartError(f"{name} failed: {error_line(done.stderr)}")
        return done.stdout

    def command(self, name: str, *arguments: object) -> list[str]:
        """The argument list of a program."""
        return [str(self.folder / name), *(str(a) for a in arguments)]


def find_programs(pg_bin: Path | None) -> Programs:
    """Those of PG_BIN, else the wheel's; run by ourselves, also as root: they serve nothing."""
    folder = pg_bin
    if folder is None:
        spec = importlib.util.find_spec(PACKAGE)
        if spec is None or not spec.submodule_search_locations:
            raise StartError(MISSING)
        folder = Path(spec.submodule_search_locations[0]) / "pginstall/bin"
    if any(not (folder / name).exists() for name in ("pg_dump", "pg_restore", "psql")):
        raise StartError(MISSING)
    told = Programs(folder=folder, major=0).run("pg_dump", "--version")
    found = re.search(r"\d+", told)
    if found is None:
        raise StartError(f"{folder}/pg_dump does not say its version: set PG_BIN to another PostgreSQL")
    return Programs(folder=folder, major=int(found.group()))


def connection_environ(url: str | None) -> dict[str, str]:
    """The environment of a program that connects to `url`: a password in an argument could be read by others."""
    found = {name: value for name, value in os.environ.items() if not name.startswith("PG")}
    if url is None:
        return found
    read = make_url(url)
    host = read.query.get("host", read.host)
    port = read.query.get("port", read.port)
    told = {
        "PGHOST": host,
        "PGPORT": port,
        "PGUSER": read.username,
        "PGPASSWORD": read.password,
        "PGDATABASE": read.database,
        "PGSSLMODE": read.query.get("sslmode", read.query.get("ssl")),
        "PGAPPNAME": "evenkeel backup",
    }
    return found | {name: str(value) for name, value in told.items() if value}


def error_line(output: str | Sequence[str]) -> str:
    """The first line that tells of an error."""
    lines = output.splitlines() if isinstance(output, str) else list(output)
    telling = [line for line in lines if "error" in line.lower() or "fatal" in line.lower()] or lines
    return (telling[0] if telling else "it said nothing").strip()[:300]
