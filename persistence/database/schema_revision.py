"""The revision of the tables that this code needs, read without Alembic: the service only compares it."""

import re
from functools import cache
from pathlib import Path

import migrations

REVISION = re.compile(r'^revision = "(\w+)"$', re.MULTILINE)
BEFORE = re.compile(r'^down_revision = "(\w+)"$', re.MULTILINE)


@cache
def head() -> str:
    """Return the newest revision, the one that no other follows; it does not change while a process runs."""
    scripts = [path.read_text() for path in (Path(migrations.__file__).parent / "versions").glob("*.py")]
    last: str
    [last] = {name for text in scripts for name in REVISION.findall(text)} - {
        name for text in scripts for name in BEFORE.findall(text)
    }
    return last
