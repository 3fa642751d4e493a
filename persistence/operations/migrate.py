"""Run the migrations: up for operators, up and down for tests."""

from pathlib import Path

from alembic import command
from alembic.config import Config
from alembic.script.revision import ResolutionError
from alembic.util import CommandError

import migrations
from persistence.embedded import StartError

BEFORE_FIRST_RELEASE = frozenset(f"{number:04}" for number in range(1, 14))
"""Revisions of before the first release, which begins with `0001_initial`."""

VERSION_TABLE, VERSION_SCHEMA = "alembic_version", "control"


def config(owner_url: str) -> Config:
    """Return Alembic's configuration for the owner's `owner_url`; the scripts are package data."""
    cfg = Config()
    cfg.set_main_option("script_location", str(Path(migrations.__file__).parent))
    cfg.attributes["owner_url"] = owner_url
    return cfg


def upgrade(owner_url: str, revision: str = "head") -> None:
    """Bring the database up to `revision`. Blocks; call it outside an event loop.

    Raises `StartError` when the database is at a revision that this release does not know, or of before the first release.
    """
    try:
        command.upgrade(config(owner_url), revision)
    except CommandError as error:
        if not isinstance(error.__cause__, ResolutionError):
            raise
        raise StartError(
            "the database was migrated by another release, and this one does not know its revision "
            f"({error.__cause__.argument}): start the release that migrated it, or restore a backup of this release"
        ) from None


def reject_before_first_release(revision: str | None) -> None:
    """Raise `StartError` for a `revision` of before the first release; Alembic would take 0001 for 0001_initial."""
    if revision in BEFORE_FIRST_RELEASE:
        raise StartError(
            f"the database is of before the first release (revision {revision}), and its tables are not taken over: start with "
            "an empty database, or with another folder as DATA, import the roster and push the evidence again; or keep the "
            "version that made it"
        )


def downgrade(owner_url: str, revision: str) -> None:
    """Bring the database down to `revision`."""
    command.downgrade(config(owner_url), revision)


def check(owner_url: str) -> None:
    """Raise when the tables of the classes differ from those of the migrations."""
    command.check(config(owner_url))
