"""Entries of the data map, written where a column or table is declared: what it holds and what it is for.

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
    """Our id of a person, and what happens to the row when that person is erased or merged into another.

    Neither has a default: each new reference needs a decision. `also`: columns that are emptied with it by `OnErase.FORGET`.
    """
    return _entry(DataKind.REFERENCE, what) | {"on_erase": on_erase, "on_merge": on_merge, "also": also}


def identifies(what: str) -> Info:
    """An identifier of a person in other systems."""
    return _entry(DataKind.IDENTIFIES, what)


def about_person(what: str) -> Info:
    """Data about a person."""
    return _entry(DataKind.ABOUT, what)


def free_text(what: str) -> Info:
    """Free text; it may contain any personal data."""
    return _entry(DataKind.FREE_TEXT, what)


def secret(what: str) -> Info:
    """A secret, or a hash of one."""
    return _entry(DataKind.SECRET, what)


def sealed(what: str) -> Info:
    """Encrypted under the installation's key."""
    return _entry(DataKind.SEALED, what)


def computed(what: str) -> Info:
    """Computed by the database from other columns."""
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
    """Return a table's options: its entry (fields of `domain.privacy.data_map.Table`), and `options` of SQLAlchemy's own."""
    entry = {"purpose": purpose, "read_by": read_by, "erased": erased, "retention": retention}
    return options | {"info": entry | {"not_exported": not_exported, "soft_reference": soft_reference}}


def data_map(metadata: MetaData) -> DataMap:
    """Return the data map of all tables of `metadata`. Raises `TypeError` naming a table or column without entry."""
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
