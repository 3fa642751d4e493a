"""What a column holds and what a table is for: the entries of the data map, written where the column is declared.

`holds.plain("Its version.")` is the first argument of a column, `holds.table(…)` the last of `__table_args__`. Both go into
SQLAlchemy's `info`, and `data_map` reads them back for erasure, merging, export and the printed map.
"""

from typing import Any

from sqlalchemy import Column as SqlColumn
from sqlalchemy import MetaData
from sqlalchemy import Table as SqlTable

from domain.privacy.data_map import Column, DataKind, DataMap, OnErase, OnMerge, PersonLink, SoftReference, Table
from domain.privacy.retention_policy import RetentionKind

Info = dict[str, Any]


def plain(what: str) -> Info:
    """No personal data."""
    return _entry(DataKind.PLAIN, what)


def person(what: str, on_erase: OnErase, on_merge: OnMerge, *, also: tuple[str, ...] = ()) -> Info:
    """Our own id of a person, and what becomes of the row when that person is erased, or merged into another.

    Neither has a default: whoever adds a reference decides. `also`: columns that are emptied with it by `OnErase.FORGET`.
    """
    return _entry(DataKind.REFERENCE, what) | {"on_erase": on_erase, "on_merge": on_merge, "also": also}


def identifies(what: str) -> Info:
    """What others know a person by."""
    return _entry(DataKind.IDENTIFIES, what)


def about_person(what: str) -> Info:
    """Something about a person."""
    return _entry(DataKind.ABOUT, what)


def free_text(what: str) -> Info:
    """What somebody wrote; it may hold anything."""
    return _entry(DataKind.FREE_TEXT, what)


def secret(what: str) -> Info:
    """A secret, or a hash of one."""
    return _entry(DataKind.SECRET, what)


def sealed(what: str) -> Info:
    """Encrypted under the installation's key."""
    return _entry(DataKind.SEALED, what)


def computed(what: str) -> Info:
    """Made by the database from other columns."""
    return _entry(DataKind.COMPUTED, what)


def _entry(kind: DataKind, what: str) -> Info:
    return {"holds": kind, "what": what}


def table(
    *,
    purpose: str,
    read_by: str,
    erased: str,
    retention: RetentionKind | None = None,
    not_exported: str = "",
    soft_reference: SoftReference | None = None,
    **options: Any,
) -> dict[str, Any]:
    """The options of a table: its entry (the fields of `domain.privacy.data_map.Table`), and `options` of SQLAlchemy's own."""
    entry = {"purpose": purpose, "read_by": read_by, "erased": erased, "retention": retention}
    return options | {"info": entry | {"not_exported": not_exported, "soft_reference": soft_reference}}


def data_map(metadata: MetaData) -> DataMap:
    """The data map of all tables of `metadata`. Raises `TypeError` for a table or a column without an entry, and names it."""
    return {str(name): _table(made) for name, made in metadata.tables.items()}


def _table(made: SqlTable) -> Table:
    if "purpose" not in made.info:
        raise TypeError(f"the table {made.key} has no entry in the data map: end its __table_args__ with holds.table(…)")
    links = tuple(
        PersonLink(column=str(c.name), on_erase=c.info["on_erase"], on_merge=c.info["on_merge"], also=c.info["also"])
        for c in made.columns
        if "on_erase" in c.info
    )
    return Table(name=str(made.key), columns=tuple(_column(made, c) for c in made.columns), links=links, **made.info)


def _column(made: SqlTable, column: SqlColumn[Any]) -> Column:
    if "holds" not in column.info:
        raise TypeError(
            f"the column {made.key}.{column.name} has no entry in the data map: declare it as "
            f'column(holds.plain("What it is for.")), or with what else it holds'
        )
    return Column(name=str(column.name), holds=column.info["holds"], what=column.info["what"])
