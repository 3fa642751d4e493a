"""A Dockerfile's steps, played in order in a bare folder that stands in for the root of the image.

What an image build does and this does not: the base image (a fresh virtual environment takes its place), the change of
user, and ``useradd``, for which a program that only says yes lies in the path.
"""

import fnmatch
import os
import shlex
import shutil
import subprocess
from dataclasses import dataclass, field
from pathlib import Path

HERE = Path(__file__).parents[2]


def steps(dockerfile: Path) -> list[tuple[str, str]]:
    """Instruction and argument of every step, continued lines joined, comments left out."""
    text = "\n".join(line for line in dockerfile.read_text().split("\n") if not line.lstrip().startswith("#"))
    lines = [line.split(None, 1) for line in text.replace("\\\n", " ").split("\n") if line.strip()]
    return [(word.upper(), rest.strip()) for word, rest in lines]


def is_ignored(name: str, patterns: list[str]) -> bool:
    """Whether .dockerignore keeps ``name`` out of the build: the last pattern that fits it or a folder above it decides."""
    parts = name.split("/")
    above = ["/".join(parts[: n + 1]) for n in range(len(parts))]
    ignored = False
    for pattern in patterns:
        wanted = pattern.lstrip("!").removesuffix("/")
        if any(_fits(part, wanted) for part in above):
            ignored = not pattern.startswith("!")
    return ignored


def _fits(path: str, pattern: str) -> bool:
    if pattern.startswith("**/"):
        return fnmatch.fnmatchcase(path.rpartition("/")[2], pattern.removeprefix("**/"))
    return path.count("/") == pattern.count("/") and fnmatch.fnmatchcase(path, pattern)


@dataclass
class Stage:
    """The stand-in: ``root`` for ``/``, and what the steps so far have set."""

    root: Path
    python: Path
    workdir: str = "/"
    environment: dict[str, str] = field(default_factory=dict)
    user: str = "root"

    def at(self, path: str) -> Path:
        """``path`` of the image, absolute or from its working folder, in the stand-in."""
        return self.root / os.path.join(self.workdir, path).lstrip("/")  # noqa: PTH118 - the image's path, not this system's

    def play(self, word: str, rest: str) -> None:
        done = {"RUN": self.run, "COPY": self.copy, "WORKDIR": self.go, "ENV": self.set, "USER": self.become}.get(word)
        if done:
            done(rest)

    def run(self, command: str) -> None:
        done = subprocess.run(
            ["sh", "-ec", command], cwd=self.at("."), env=self.environ(), capture_output=True, text=True, check=False
        )
        assert done.returncode == 0, f"{command}\n{done.stdout[-2000:]}\n{done.stderr[-4000:]}"

    def copy(self, arguments: str) -> None:
        *sources, target = shlex.split(arguments)
        patterns = [line for line in (HERE / ".dockerignore").read_text().split("\n") if line and not line.startswith("#")]
        for source in sources:
            self._copy(source, self.at(target), patterns)

    def _copy(self, source: str, target: Path, patterns: list[str]) -> None:
        found = HERE / source
        files = [found] if found.is_file() else [path for path in found.rglob("*") if path.is_file()]
        taken = [path for path in files if not is_ignored(path.relative_to(HERE).as_posix(), patterns)]
        assert taken, f"COPY {source}: nothing of it gets past .dockerignore"
        for path in taken:
            to = target / (path.name if found.is_file() else path.relative_to(found))
            to.parent.mkdir(parents=True, exist_ok=True)
            shutil.copy(path, to)

    def go(self, path: str) -> None:
        self.workdir = os.path.join(self.workdir, path)  # noqa: PTH118 - the image's path, not this system's
        self.at(".").mkdir(parents=True, exist_ok=True)

    def set(self, pairs: str) -> None:
        self.environment.update(pair.split("=", 1) for pair in shlex.split(pairs))

    def become(self, user: str) -> None:
        self.user = user

    def environ(self) -> dict[str, str]:
        """The environment of a step; pip's cache is used here, and nothing of our own Python's settings."""
        kept = {
            name: value for name, value in os.environ.items() if name in ("HOME", "LANG", "TMPDIR") or name.startswith("PIP_")
        }
        said = {name: value for name, value in self.environment.items() if name != "PIP_NO_CACHE_DIR"}
        path = f"{self.root / 'stand-in'}:{self.python.parent}:/usr/bin:/bin"
        return {**kept, **said, "PATH": path, "PIP_NO_COMPILE": "1"}
