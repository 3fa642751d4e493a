"""Remove the files that a killed server left, when that is safe."""

from pathlib import Path

from persistence.embedded.os_account import OsAccount


def remove_stale_pid_file(data: Path, account: OsAccount) -> None:
    """Remove `postmaster.pid` when it is certain that no server uses `data`; the caller has locked the data folder.

    PostgreSQL itself only checks whether a process with that pid exists. In a restarted container another process, even a
    thread of ours, soon has that pid; and where zombies are not reaped, a dead server keeps its pid.
    """
    if is_unused(data, account):
        (data / "postmaster.pid").unlink(missing_ok=True)


def is_unused(data: Path, account: OsAccount) -> bool:
    """Whether no process of `account` has `data` as working directory, as a server and its children do; False if unknown."""
    table = Path("/proc")
    if not (table / "self" / "cwd").exists():
        return False
    folder = data.resolve()
    return all(_works_elsewhere(entry, folder, account) for entry in table.iterdir() if entry.name.isdigit())


def _works_elsewhere(entry: Path, data: Path, account: OsAccount) -> bool:
    try:
        return entry.stat().st_uid != account.uid or (entry / "cwd").readlink() != data
    except PermissionError:
        return False
    except OSError:  # ended meanwhile, or a zombie
        return True
