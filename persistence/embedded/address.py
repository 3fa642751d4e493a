"""Where the embedded server listens, and its URLs."""

import os
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import quote

ADMIN = "evenkeel_admin"
PORT = 5432  # only a part of the socket's name unless TCP is asked for


@dataclass(frozen=True, kw_only=True)
class Address:
    """The folder of the socket, and the port in the socket's name."""

    sockets: Path
    port: int

    def url(self, user: str, password: str, database: str) -> str:
        """Return a URL for libpq, asyncpg and SQLAlchemy; it has the port because the socket's name contains it."""
        credentials = f"{quote(user, safe='')}:{quote(password, safe='')}"
        return (
            f"postgresql://{credentials}@/{quote(database, safe='')}?host={quote(str(self.sockets), safe='')}&port={self.port}"
        )


@dataclass(frozen=True, kw_only=True)
class Status:
    """Content of `postmaster.pid`: the server's process, its address, and whether it accepts connections."""

    pid: int
    address: Address
    ready: bool


def status(data: Path) -> Status | None:
    """Read the status of the server of `data`; None when there is none, or the file is still incomplete."""
    try:
        lines = (data / "postmaster.pid").read_text().split("\n")
        return Status(
            pid=int(lines[0]),
            address=Address(port=int(lines[3]), sockets=Path(lines[4])),
            ready=lines[7].strip() == "ready",
        )
    except (OSError, ValueError, IndexError):
        return None


def running_admin_url(home: Path) -> str | None:
    """Return the administrator's URL of a server that another process runs in `home`; None when none is running."""
    found = status(home / "pgdata")
    if found is None or not found.ready or not _is_alive(found.pid):
        return None
    return found.address.url(ADMIN, (home / "admin.password").read_text(), "postgres")


def _is_alive(pid: int) -> bool:
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    except PermissionError:
        return True
    return True
