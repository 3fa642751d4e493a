"""No image can be built everywhere; its steps can be taken, in order, in a bare folder."""

import json
import subprocess
import sys
from pathlib import Path

import pytest

from tests.support.docker_steps import HERE, Stage, is_ignored, steps

DOCKERFILE = HERE / "Dockerfile"


def arguments_of(word: str) -> list[str]:
    return [rest for found, rest in steps(DOCKERFILE) if found == word]


def stage(root: Path) -> Stage:
    subprocess.run([sys.executable, "-m", "venv", root / "usr"], check=True, capture_output=True)
    useradd = root / "stand-in" / "useradd"
    useradd.parent.mkdir()
    useradd.write_text("#!/bin/sh\nexit 0\n")
    useradd.chmod(0o755)
    return Stage(root=root, python=root / "usr/bin/python")


@pytest.mark.exhaustive
def test_steps_in_order_in_a_bare_folder_make_an_installation_that_runs(tmp_path: Path) -> None:
    made = stage(tmp_path)
    for word, rest in steps(DOCKERFILE):
        made.play(word, rest)
    made.run("python -c 'import migrations, persistence.embedded as e; assert \"site-packages\" in e.__file__'")
    [entry], arguments = json.loads(arguments_of("ENTRYPOINT")[0]), json.loads(arguments_of("CMD")[0])
    made.run(f"{entry} --help")
    made.run(f"{entry} {arguments[0]} --help")
    assert made.user not in ("root", "0")


def test_image_is_slim_and_asks_after_its_own_health() -> None:
    assert arguments_of("FROM") == [arguments_of("FROM")[0]]
    assert arguments_of("FROM")[0].startswith("python:3.")
    assert "slim" in arguments_of("FROM")[0]
    [health] = arguments_of("HEALTHCHECK")
    program, flag, code = json.loads(health.partition("CMD ")[2])
    assert (program, flag) == ("python", "-c")
    assert "/healthz" in code
    compile(code, "healthcheck", "exec")


def test_root_builds_and_another_user_serves() -> None:
    words = [word for word, _ in steps(DOCKERFILE)]
    assert "RUN" not in words[words.index("USER") :]
    assert arguments_of("USER")[-1].isdigit()  # an orchestrator that demands non-root can check a number only


@pytest.mark.parametrize(
    ("name", "out"),
    [("api/cli/main.py", False), ("api/demo/roster.zip", False), ("README.md", False), ("api/__pycache__/cli.pyc", True)]
    + [(name, True) for name in (".data/demo.json", ".venv/bin/python", ".git/config", "tests/conftest.py", ".env")],
)
def test_only_what_the_service_needs_gets_into_the_build(name: str, out: bool) -> None:
    patterns = [line for line in (HERE / ".dockerignore").read_text().split("\n") if line and not line.startswith("#")]
    assert is_ignored(name, patterns) is out
