"""What a killed server leaves behind, and when it may be cleared away."""

from pathlib import Path

from persistence.embedded.os_account import OsAccount


def remove_stale_pid_file(data: Path, account: OsAccount) -> None:
    """Remove `postmaster.pid` when it is certain that no server works on `data`; the caller holds the data folder.

    PostgreSQL itself only asks whether a process has the number that stands there. In a container that starts again its
    numbers are soon another's, even a thread's of ours; and where nobody reaps, a dead server keeps its number as a zombie.
    """
    if is_unused(data, account):
        (data / "postmaster.pid").unlink(missing_ok=True)


def is_unused(data: Path, account: OsAccount) -> bool:
    """Whether no process of `account` stands in `data`, as a server and all its children do; False if that is unknown."""
    table = Path("/proc")
    if not (table / "self" / "cwd").exists():
        return False
    place = data.resolve()
    return all(_works_elsewhere(entry, place, account) for entry in table.iterdir() if entry.name.isdigit())


def _works_elsewhere(entry: Path, data: Path, account: OsAccount) -> bool:
    try:
        return entry.stat().st_uid != account.uid or (entry / "cwd").readlink() != data
    except PermissionError:
        return False
    except OSError:  # gone meanwhile, or a zombie
        return True
