"""What must not stand in a committed file: an index's address, a path of somebody's machine."""

import re
import shutil
import subprocess
from pathlib import Path

import pytest

HERE = Path(__file__).parents[2]
LOCKS = ("requirements.lock", "requirements-dev.lock")
# Written so that this file does not fit its own patterns.
INDEX = re.compile(
    r"pypi\.org/(?:simple)|files\.python(?:hosted)|registry\.npm(?:js)|(?:index)-url\s*=|(?:--extra-index)-url|(?:--find)-links"
)
MACHINE = re.compile(r"(?<![\w.$}~/-])/(?:root|work|Users/\w+|home/(?!evenkeel)\w+)/")


def committed() -> list[Path]:
    if not (HERE / ".git").exists() or shutil.which("git") is None:
        pytest.skip("not a git working copy")
    named = subprocess.run(["git", "ls-files", "-z"], cwd=HERE, check=True, capture_output=True, text=True).stdout
    return [HERE / name for name in named.split("\0") if name and (HERE / name).is_file()]


def readable(path: Path) -> str:
    content = path.read_bytes()
    return "" if b"\0" in content else content.decode(errors="replace")


@pytest.mark.parametrize("name", LOCKS)
def test_lock_holds_no_address_and_a_hash_for_every_package(name: str) -> None:
    lock = (HERE / name).read_text()
    assert re.findall(r"https?://", lock) == []
    entries = re.split(r"\n(?=\w)", lock)
    assert [entry.split()[0] for entry in entries if "--hash=sha256:" not in entry] == []


def test_tests_run_on_the_versions_that_serve() -> None:
    serving, testing = (set(re.findall(r"^[\w.-]+==\S+", (HERE / name).read_text(), re.MULTILINE)) for name in LOCKS)
    assert serving - testing == set()


@pytest.mark.parametrize(("what", "pattern"), [("index address", INDEX), ("path of a machine", MACHINE)])
def test_committed_files_are_free_of(what: str, pattern: re.Pattern[str]) -> None:
    found = [f"{path.relative_to(HERE)}: {hit.group()}" for path in committed() for hit in pattern.finditer(readable(path))]
    assert found == [], what


def test_ci_calls_make_test_and_nothing_else() -> None:
    script = HERE / ".ci/run"
    commands = [line for line in script.read_text().split("\n") if line and not line.startswith("#")]
    assert commands == ['cd "$(dirname "$0")/.." && exec make test']
    assert script.stat().st_mode & 0o111
