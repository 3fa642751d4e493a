"""PostgreSQL's programs for backup and restore."""

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

MISSING = "pg_dump, pg_restore and psql were not found: install PostgreSQL's client programs and set PG_BIN to their folder"


@dataclass(frozen=True, kw_only=True)
class Programs:
    """A folder with `pg_dump`, `pg_restore` and `psql`, and their major version."""

    folder: Path
    major: int

    def run(self, name: str, *arguments: object, url: str | None = None) -> str:
        """Run a program and return its output. Raises `StartError` with its first error line when it fails."""
        done = subprocess.run(  # noqa: S603 - our own argument list
            self.command(name, *arguments), capture_output=True, text=True, env=connection_environ(url), check=False
        )
        if done.returncode:
            raise StartError(f"{name} failed: {error_line(done.stderr)}")
        return done.stdout

    def command(self, name: str, *arguments: object) -> list[str]:
        """Return the argument list of a program."""
        return [str(self.folder / name), *(str(a) for a in arguments)]


def find_programs(pg_bin: Path | None) -> Programs:
    """Return the programs of PG_BIN, else the wheel's. They are clients, so they run as the current user, even as root."""
    folder = pg_bin
    if folder is None:
        spec = importlib.util.find_spec(PACKAGE)
        if spec is None or not spec.submodule_search_locations:
            raise StartError(MISSING)
        folder = Path(spec.submodule_search_locations[0]) / "pginstall/bin"
    if any(not (folder / name).exists() for name in ("pg_dump", "pg_restore", "psql")):
        raise StartError(MISSING)
    output = Programs(folder=folder, major=0).run("pg_dump", "--version")
    found = re.search(r"\d+", output)
    if found is None:
        raise StartError(f"{folder}/pg_dump prints no version: set PG_BIN to another PostgreSQL")
    return Programs(folder=folder, major=int(found.group()))


def connection_environ(url: str | None) -> dict[str, str]:
    """Return the environment of a program that connects to `url`; a password in an argument would be visible to others."""
    environ = {name: value for name, value in os.environ.items() if not name.startswith("PG")}
    if url is None:
        return environ
    parsed = make_url(url)
    host = parsed.query.get("host", parsed.host)
    port = parsed.query.get("port", parsed.port)
    settings = {
        "PGHOST": host,
        "PGPORT": port,
        "PGUSER": parsed.username,
        "PGPASSWORD": parsed.password,
        "PGDATABASE": parsed.database,
        "PGSSLMODE": parsed.query.get("sslmode", parsed.query.get("ssl")),
        "PGAPPNAME": "evenkeel backup",
    }
    return environ | {name: str(value) for name, value in settings.items() if value}


def error_line(output: str | Sequence[str]) -> str:
    """Return the first line with an error, at most 300 characters."""
    lines = output.splitlines() if isinstance(output, str) else list(output)
    errors = [line for line in lines if "error" in line.lower() or "fatal" in line.lower()] or lines
    return (errors[0] if errors else "no output").strip()[:300]
