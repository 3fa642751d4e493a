"""What an installation by wheel brings along besides code."""

import subprocess
import sys
import zipfile
from pathlib import Path

import pytest

HERE = Path(__file__).parents[2]
PACKAGES = ("api", "domain", "migrations", "persistence")


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> set[str]:
    made = tmp_path_factory.mktemp("wheel")
    subprocess.run(
        [sys.executable, "-m", "hatchling", "build", "-t", "wheel", "-d", made], cwd=HERE, check=True, capture_output=True
    )
    [built] = made.glob("evenkeel-*.whl")
    return set(zipfile.ZipFile(built).namelist())


def test_wheel_holds_every_file_of_its_packages(wheel: set[str]) -> None:
    files = {
        path.relative_to(HERE).as_posix() for package in PACKAGES for path in (HERE / package).rglob("*") if path.is_file()
    }
    wanted = {name for name in files if "__pycache__" not in name}
    assert wanted - wheel == set()


def test_wheel_holds_migrations_and_notices(wheel: set[str]) -> None:
    assert {"migrations/env.py", "migrations/script.py.mako"} <= wheel
    assert {name.rpartition("/")[2] for name in wheel if ".dist-info/licenses/" in name} == {"LICENSE", "NOTICE"}


def test_wheel_holds_the_roster_of_the_demo(wheel: set[str]) -> None:
    assert "api/demo/grand-bend-oneroster-1.2-bulk.zip" in wheel
    assert "api/demo/NOTICE" in wheel


def test_wheel_holds_nothing_else(wheel: set[str]) -> None:
    assert {name.partition("/")[0] for name in wheel} - set(PACKAGES) == {"evenkeel-0.1.0.dist-info"}
