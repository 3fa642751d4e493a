"""The folder of the server's socket: in the data folder, or a short one where that path is too long."""

import hashlib
import os
import re
import stat
import sys
import tempfile
from pathlib import Path

from persistence.embedded.os_account import OsAccount

# sockaddr_un holds 108 bytes on Linux and 104 on macOS, the closing zero included.
MAX_PATH_BYTES = 107 if sys.platform == "linux" else 103
# PostgreSQL and the drivers split the value at commas: a path with unusual characters is treated like a long one.
SAFE_PATH = re.compile(r"[A-Za-z0-9_./+-]+")


def fits(folder: Path, port: int) -> bool:
    """Whether the system and every driver accept the path of a socket in `folder`."""
    name = f"{folder}/.s.PGSQL.{port}"
    return len(os.fsencode(name)) <= MAX_PATH_BYTES and SAFE_PATH.fullmatch(name) is not None


def socket_folder(home: Path, port: int, account: OsAccount) -> Path:
    """Create a folder that only `account` can enter: `home/run`, or if that path is too long, a short one for `home`."""
    within = home / "run"
    if fits(within, port):
        return account.make_private_folder(within)
    return _short_folder(home, account)


def remove_socket_folder(folder: Path, home: Path) -> None:
    """Remove a short folder after the server has ended; `home/run` stays."""
    if folder.parent != home:
        try:
            folder.rmdir()
        except OSError:
            return  # the next start reuses it


def _short_folder(home: Path, account: OsAccount) -> Path:
    """Return the same folder at every start, so that a killed service leaves one at most; never one of another user."""
    for root in _roots():
        folder = root / f"evenkeel-{hashlib.sha256(os.fsencode(home)).hexdigest()[:12]}"
        if _make_private(folder, account) or _is_private(folder, account):
            return folder
    folder = Path(tempfile.mkdtemp(prefix="evenkeel-", dir="/tmp"))
    return account.make_private_folder(folder)


def _make_private(folder: Path, account: OsAccount) -> bool:
    try:
        folder.mkdir(0o700)
    except OSError:
        return False
    account.make_private_folder(folder)
    return True


def _roots() -> list[Path]:
    own = [Path("/run")] if os.geteuid() == 0 else [Path(found)] if (found := os.environ.get("XDG_RUNTIME_DIR")) else []
    return [root for root in (*own, Path("/tmp")) if root.is_dir() and fits(root / "evenkeel-0123456789ab", 65535)]  # noqa: S108 - see _is_private


def _is_private(folder: Path, account: OsAccount) -> bool:
    """Whether `folder` is a real folder of `account` that no other user can enter: everybody may write to /tmp."""
    try:
        status = folder.lstat()
    except OSError:
        return False
    return stat.S_ISDIR(status.st_mode) and status.st_uid == account.uid and stat.S_IMODE(status.st_mode) == 0o700
