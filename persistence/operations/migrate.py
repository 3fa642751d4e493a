"""Runs the migrations: up for an operator, up and down for the tests that walk them."""

from pathlib import Path

from alembic import command
from alembic.config import Config
from alembic.script.revision import ResolutionError
from alembic.util import CommandError

import migrations
from persistence.embedded import StartError

BEFORE_FIRST_RELEASE = frozenset(f"{number:04}" for number in range(1, 14))
"""Revisions of the weeks in which the tables were made; the first release begins with `0001_initial`."""

VERSION_TABLE, VERSION_SCHEMA = "alembic_version", "control"


def config(owner_url: str) -> Config:
    """Alembic's configuration for the owner's `owner_url`; the scripts are package data."""
    made = Config()
    made.set_main_option("script_location", str(Path(migrations.__file__).parent))
    made.attributes["owner_url"] = owner_url
    return made


def upgrade(owner_url: str, revision: str = "head") -> None:
    """Bring the database up to `revision`. Blocks; call it outside an event loop.

    Raises `CannotStart` where the database is at a revision that this release does not have, or of before the first release.
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
    """Raise `CannotStart` for a `revision` of before the first release; Alembic would take 0001 for 0001_initial."""
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
    """Raise when the tables of the code differ from those of the migrations."""
    command.check(config(owner_url))
