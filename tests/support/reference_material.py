"""The reference material, which is not in the repository: a year of a partner's pushes, and rosters with faults."""

import os
from collections.abc import Mapping
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]


def shared_folder(environ: Mapping[str, str] = os.environ, root: Path = ROOT) -> Path | None:
    """The folder that EVENKEEL_SHARED names, else `shared` beside the working copy; None where there is neither."""
    named, beside = environ.get("EVENKEEL_SHARED"), root.parent / "shared"
    return Path(named) if named else beside if beside.exists() else None


def sample(name: str, folder: Path | None = None) -> Path:
    """The path of the sample `name`.

    The test is skipped only where there is no reference material at all; where there is some, a missing sample fails the test.
    """
    folder = folder or shared_folder()
    if folder is None:
        pytest.skip("no reference material: set EVENKEEL_SHARED, or put the folder shared beside the working copy")
    path = folder / "samples" / name
    if not path.exists():
        pytest.fail(f"the reference material lacks {path}: complete it, or unset EVENKEEL_SHARED")
    return path
