"""The operating system's account that PostgreSQL runs under, and where it may go."""

import os
import pwd
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import TypedDict

from persistence.embedded.errors import StartError


class UserSwitch(TypedDict, total=False):
    """What `subprocess.Popen` needs to change the account of a child; empty when it stays."""

    user: int
    group: int
    extra_groups: Iterable[str | int]


@dataclass(frozen=True, kw_only=True)
class OsAccount:
    """One account; `switches` when we are root and children change to it, since PostgreSQL refuses root."""

    name: str
    uid: int
    gid: int
    needs_switch: bool

    def popen_arguments(self) -> UserSwitch:
        """The arguments by which a child process changes to this account."""
        return UserSwitch(user=self.uid, group=self.gid, extra_groups=[]) if self.needs_switch else UserSwitch()

    def make_private_folder(self, path: Path) -> Path:
        """Make `path` a folder that this account alone can enter, if it is not there yet."""
        path.mkdir(0o700, exist_ok=True)
        if self.needs_switch:
            os.chown(path, self.uid, self.gid, follow_symlinks=False)
        return path

    def first_closed_folder(self, path: Path) -> Path | None:
        """The outermost folder on the way to `path` (itself included) that this account cannot pass."""
        resolved = path.resolve()
        way = [*reversed(resolved.parents), resolved]
        return next((folder for folder in way if folder.is_dir() and not self._can_enter(folder)), None)

    def _can_enter(self, folder: Path) -> bool:
        found = folder.stat()
        if found.st_uid == self.uid:
            return bool(found.st_mode & 0o100)
        if found.st_gid == self.gid:
            return bool(found.st_mode & 0o010)
        return bool(found.st_mode & 0o001)


def server_account(run_as: str, data: Path) -> OsAccount:
    """The account for the cluster in `data`: ours, or as root its owner's, or `run_as` where there is none yet."""
    if os.geteuid() != 0:
        return OsAccount(name=str(os.geteuid()), uid=os.geteuid(), gid=os.getegid(), needs_switch=False)
    if data.exists():
        return _owner(data)
    try:
        found = pwd.getpwnam(run_as)
    except KeyError:
        raise StartError(
            f"PostgreSQL refuses to run as root, and there is no user {run_as!r} to run it as: create it"
        ) from None
    if found.pw_uid == 0:
        raise StartError("PostgreSQL refuses to run as root: name another user to run it as")
    return OsAccount(name=run_as, uid=found.pw_uid, gid=found.pw_gid, needs_switch=True)


def _owner(data: Path) -> OsAccount:
    # An operator may have begun as another user: PostgreSQL serves a cluster only as the cluster's owner.
    found = data.stat()
    if found.st_uid == 0:
        raise StartError(f"{data} belongs to root, and PostgreSQL refuses to run as root: give it to nobody with chown -R")
    return OsAccount(name=f"uid {found.st_uid}", uid=found.st_uid, gid=found.st_gid, needs_switch=True)


def default_folder(near: Path, run_as: str = "nobody") -> Path:
    """`near/.data`; as root below a folder that `run_as` cannot enter (a closed home): `/var/lib/evenkeel`."""
    if os.geteuid() != 0 or server_account(run_as, near / "no cluster").first_closed_folder(near) is None:
        return near / ".data"
    return Path("/var/lib/evenkeel")
