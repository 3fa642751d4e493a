"""Both commands on a machine that lacks something: it is named, and nothing is left half-made."""

import shutil
import subprocess
from pathlib import Path

import pytest

HERE = Path(__file__).parents[2]
pytestmark = pytest.mark.skipif(shutil.which("make") is None, reason="make is not installed")


@pytest.fixture
def clone(tmp_path: Path) -> Path:
    for name in ("Makefile", "requirements.lock", "requirements-dev.lock", "pyproject.toml"):
        shutil.copy(HERE / name, tmp_path)
    return tmp_path


def python(folder: Path, *, refuses: str) -> Path:
    """A Python for which ``refuses`` (a part of the code asked of it) fails."""
    made = folder / "some-python"
    made.write_text(
        f'#!/bin/sh\ncase "$*" in *"{refuses}"*) exit 1;; *--version*) echo Python 3.11.9;; *) echo python3.11-venv;; esac\n'
    )
    made.chmod(0o755)
    return made


def make(clone: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(["make", *arguments], cwd=clone, capture_output=True, text=True, check=False)


@pytest.mark.parametrize("command", ["demo", "test"])
def test_python_older_than_311_is_refused_with_what_to_do(clone: Path, command: str) -> None:
    done = make(clone, command, f"PYTHON={python(clone, refuses='version_info <')}")
    assert done.returncode != 0
    assert "needs Python 3.11 or newer" in done.stderr
    assert "make demo PYTHON=" in done.stderr
    assert not (clone / ".venv").exists()


def test_missing_ensurepip_names_the_package_to_install(clone: Path) -> None:
    done = make(clone, "demo", f"PYTHON={python(clone, refuses='ensurepip')}")
    assert done.returncode != 0
    assert "ensurepip is missing" in done.stderr
    assert "apt-get install python3-venv" in done.stderr
    assert "python3.11-venv" in done.stderr


def test_port_and_data_reach_the_demo(clone: Path) -> None:
    said = make(clone, "--dry-run", "demo", "PORT=9123", "DATA=some folder").stdout
    assert 'evenkeel demo --port "9123" --data "some folder"' in said


def test_lock_without_uv_says_what_to_install(clone: Path) -> None:
    done = subprocess.run(["make", "lock", "PATH=/bin:/usr/bin"], cwd=clone, capture_output=True, text=True, check=False)
    if shutil.which("uv", path="/bin:/usr/bin"):
        pytest.skip("uv is installed system-wide")
    assert done.returncode != 0
    assert "needs uv" in done.stderr


def test_help_names_both_commands(clone: Path) -> None:
    assert {"make demo", "make test"} <= {word for word in ("make demo", "make test") if word in make(clone, "help").stdout}


def test_all_tests_are_the_usual_ones_and_the_exhaustive_ones(clone: Path) -> None:
    usual, everything = make(clone, "--dry-run", "test").stdout, make(clone, "--dry-run", "test-all").stdout
    [without] = [line for line in usual.splitlines() if "-m pytest" in line]
    [with_them] = [line for line in everything.splitlines() if "-m pytest" in line]
    assert with_them.replace("EVENKEEL_TEST_EXAMPLES=all ", "").replace(' -m ""', "") == without
    assert "-m 'not exhaustive'" in (HERE / "pyproject.toml").read_text()
    assert "make test-all" in make(clone, "help").stdout
