"""Columns said in one line each, for the data map."""

from domain.privacy.data_map.model import Column, DataKind


def _made(holds: DataKind, **columns: str) -> tuple[Column, ...]:
    return tuple(Column(name=name, holds=holds, what=what) for name, what in columns.items())


def plain(**columns: str) -> tuple[Column, ...]:
    """No personal data."""
    return _made(DataKind.PLAIN, **columns)


def refers(**columns: str) -> tuple[Column, ...]:
    """Our own id of a person."""
    return _made(DataKind.REFERENCE, **columns)


def identifies(**columns: str) -> tuple[Column, ...]:
    """What others know a person by."""
    return _made(DataKind.IDENTIFIES, **columns)


def about(**columns: str) -> tuple[Column, ...]:
    """Something about a person."""
    return _made(DataKind.ABOUT, **columns)


def free_text(**columns: str) -> tuple[Column, ...]:
    """What somebody wrote: may hold anything."""
    return _made(DataKind.FREE_TEXT, **columns)


def secret(**columns: str) -> tuple[Column, ...]:
    """A secret, or a hash of one."""
    return _made(DataKind.SECRET, **columns)


def sealed(**columns: str) -> tuple[Column, ...]:
    """Encrypted under the installation's key."""
    return _made(DataKind.SEALED, **columns)


def computed(**columns: str) -> tuple[Column, ...]:
    """Made by the database from other columns."""
    return _made(DataKind.COMPUTED, **columns)


DISTRICT = plain(district_id="The district; the fence.")
OWN_ID = plain(id="Our own id.")
