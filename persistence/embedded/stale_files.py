"""What a killed server leaves behind, and when it may be cleared away."""

from pathlib import Path

from persistence.embedded.os_account import Account


def clear_remains(data: Path, account: Account) -> None:
    """Remove ``postmaster.pid`` when it is certain that no server works on ``data``; the caller holds the data folder.

    PostgreSQL itself only asks whether a process has the number that stands there. In a container that starts again its
    numbers are soon another's, even a thread's of ours; and where nobody reaps, a dead server keeps its number as a zombie.
    """
    if nobody_works_on(data, account):
        (data / "postmaster.pid").unlink(missing_ok=True)


def nobody_works_on(data: Path, account: Account) -> bool:
    """Whether no process of ``account`` stands in ``data``, as a server and all its children do; False if that is unknown."""
    table = Path("/proc")
    if not (table / "self" / "cwd").exists():
        return False
    place = data.resolve()
    return all(_stands_elsewhere(entry, place, account) for entry in table.iterdir() if entry.name.isdigit())


def _stands_elsewhere(entry: Path, place: Path, account: Account) -> bool:
    try:
        return entry.stat().st_uid != account.uid or (entry / "cwd").readlink() != place
    except PermissionError:
        return False
    except OSError:  # gone meanwhile, or a zombie
        return True
