"""The operating system account that PostgreSQL runs as, and which folders it can access."""

import os
import pwd
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import TypedDict

from persistence.embedded.errors import StartError


class UserSwitch(TypedDict, total=False):
    """Arguments of `subprocess.Popen` that change a child's account; empty for the current account."""

    user: int
    group: int
    extra_groups: Iterable[str | int]


@dataclass(frozen=True, kw_only=True)
class OsAccount:
    """An account; `needs_switch` when we are root and children must change to it, since PostgreSQL does not run as root."""

    name: str
    uid: int
    gid: int
    needs_switch: bool

    def popen_arguments(self) -> UserSwitch:
        """Return the arguments with which a child process changes to this account."""
        return UserSwitch(user=self.uid, group=self.gid, extra_groups=[]) if self.needs_switch else UserSwitch()

    def make_private_folder(self, path: Path) -> Path:
        """Create `path`, if it does not exist, as a folder that only this account can access; return it."""
        path.mkdir(0o700, exist_ok=True)
        if self.needs_switch:
            os.chown(path, self.uid, self.gid, follow_symlinks=False)
        return path

    def first_closed_folder(self, path: Path) -> Path | None:
        """Return the outermost folder of `path` (itself included) that this account cannot enter; None if it can enter all."""
        resolved = path.resolve()
        folders = [*reversed(resolved.parents), resolved]
        return next((folder for folder in folders if folder.is_dir() and not self._can_enter(folder)), None)

    def _can_enter(self, folder: Path) -> bool:
        status = folder.stat()
        if status.st_uid == self.uid:
            return bool(status.st_mode & 0o100)
        if status.st_gid == self.gid:
            return bool(status.st_mode & 0o010)
        return bool(status.st_mode & 0o001)


def server_account(run_as: str, data: Path) -> OsAccount:
    """Return the account for the cluster in `data`: the current one; as root its owner, or `run_as` for a new cluster."""
    if os.geteuid() != 0:
        return OsAccount(name=str(os.geteuid()), uid=os.geteuid(), gid=os.getegid(), needs_switch=False)
    if data.exists():
        return _owner(data)
    try:
        found = pwd.getpwnam(run_as)
    except KeyError:
        raise StartError(
            f"PostgreSQL does not run as root, and the user {run_as!r} to run it as does not exist: create it"
        ) from None
    if found.pw_uid == 0:
        raise StartError("PostgreSQL does not run as root: choose another user to run it as")
    return OsAccount(name=run_as, uid=found.pw_uid, gid=found.pw_gid, needs_switch=True)


def _owner(data: Path) -> OsAccount:
    # The cluster may belong to another user than `run_as`: PostgreSQL serves a cluster only as its owner.
    found = data.stat()
    if found.st_uid == 0:
        raise StartError(f"{data} belongs to root, and PostgreSQL does not run as root: run chown -R nobody on it")
    return OsAccount(name=f"uid {found.st_uid}", uid=found.st_uid, gid=found.st_gid, needs_switch=True)


def default_folder(near: Path, run_as: str = "nobody") -> Path:
    """Return `near/.data`; as root, `/var/lib/evenkeel` when `run_as` cannot enter `near` (a private home)."""
    if os.geteuid() != 0 or server_account(run_as, near / "no cluster").first_closed_folder(near) is None:
        return near / ".data"
    return Path("/var/lib/evenkeel")
