"""Where the data goes when nobody says: beside us, or where the server's user can enter."""

import os
from pathlib import Path

import pytest

from persistence.embedded import StartError, default_folder
from persistence.embedded.os_account import OsAccount, server_account

AS_ROOT = pytest.mark.skipif(os.geteuid() != 0, reason="only root has to change to another user")
STRANGER = OsAccount(name="stranger", uid=65_534, gid=65_534, needs_switch=True)


def test_data_stands_beside_us_where_the_server_can_enter() -> None:
    assert default_folder(Path("/usr")) == Path("/usr/.data")


@AS_ROOT
def test_data_of_root_below_a_closed_home_goes_to_the_system_folder(tmp_path: Path) -> None:
    (tmp_path / "home").mkdir(0o700)
    assert default_folder(tmp_path / "home") == Path("/var/lib/evenkeel")


def test_way_is_closed_at_the_outermost_folder_without_passage(tmp_path: Path) -> None:
    inner = tmp_path / "outer" / "inner"
    inner.mkdir(parents=True)
    tmp_path.chmod(0o700)
    assert STRANGER.first_closed_folder(inner) in (tmp_path, *tmp_path.parents)
    assert STRANGER.first_closed_folder(Path("/usr/bin")) is None


@AS_ROOT
def test_unknown_user_and_root_are_refused_with_a_sentence(tmp_path: Path) -> None:
    with pytest.raises(StartError, match="the user 'nosuchuser' to run it as does not exist"):
        server_account("nosuchuser", tmp_path / "pgdata")
    with pytest.raises(StartError, match="does not run as root: choose another user"):
        server_account("root", tmp_path / "pgdata")


@AS_ROOT
def test_cluster_that_is_there_is_served_as_its_owner(tmp_path: Path) -> None:
    os.chown(tmp_path, 1, 1)
    assert server_account("nobody", tmp_path).uid == 1
