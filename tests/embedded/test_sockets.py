"""The short folder for sockets stands in /tmp, where everybody may make folders."""

import os
from pathlib import Path

import pytest

from persistence.embedded import sockets
from persistence.embedded.os_account import OsAccount

ME = OsAccount(name="me", uid=os.geteuid(), gid=os.getegid(), needs_switch=False)


@pytest.fixture
def roots(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setattr(sockets, "_roots", lambda: [tmp_path])
    return tmp_path


def test_same_home_gets_the_same_folder(roots: Path) -> None:
    home = roots / ("long" * 40)
    first = sockets.socket_folder(home, 5432, ME)
    assert first.parent == roots
    assert sockets.socket_folder(home, 5432, ME) == first
    assert sockets.socket_folder(home / "other", 5432, ME) != first


def test_folder_open_to_others_is_not_taken(roots: Path) -> None:
    home = roots / ("long" * 40)
    first = sockets.socket_folder(home, 5432, ME)
    first.chmod(0o755)
    second = sockets.socket_folder(home, 5432, ME)
    assert second != first
    assert second.stat().st_mode & 0o777 == 0o700
    second.rmdir()


def test_link_laid_by_somebody_else_is_not_followed(roots: Path) -> None:
    home = roots / ("long" * 40)
    first = sockets.socket_folder(home, 5432, ME)
    first.rmdir()
    trap = roots / "trap"
    trap.mkdir(0o700)
    first.symlink_to(trap)
    second = sockets.socket_folder(home, 5432, ME)
    assert second not in (first, trap)
    second.rmdir()
