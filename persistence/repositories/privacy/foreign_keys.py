"""What the tables' own description says: their order by foreign keys, and which rows go with a person's."""

from collections.abc import Callable, Sequence

from sqlalchemy import Table

from domain.privacy.data_map.model import Does, Link
from domain.privacy.data_map.tables import BY_NAME
from persistence.tables import metadata

PARENTS_FIRST: tuple[Table, ...] = tuple(t for t in metadata.sorted_tables if t.schema is None)
"""Every table of a district: what is referred to comes before what refers."""

EXPORTED: tuple[Table, ...] = tuple(t for t in PARENTS_FIRST if BY_NAME[t.name].travels)

PERSON = "person"


def columns(table: str) -> str:
    """The columns of ``table`` that travel, quoted, with commas."""
    return ", ".join(f'"{name}"' for name in BY_NAME[table].exported)


def own_references(table: Table) -> tuple[str, ...]:
    """Columns of ``table`` that refer to ``table`` itself: filled in once all its rows are there."""
    keys = (fk for fk in table.foreign_key_constraints if fk.referred_table is table)
    return tuple(name for fk in keys for name in fk.column_keys if name != "district_id")


def goes(table: Table, *, evidence_too: bool) -> str | None:
    """The condition on rows ``t`` of ``table`` that go with the people ``$2``; None where none ever does.

    ``evidence_too``: also what they said of others goes, instead of being forgotten whose it is.
    """
    return going(table, lambda link: evidence_too or link.does is Does.DELETE)


def going(table: Table, takes: Callable[[Link], bool]) -> str | None:
    """The condition on rows ``t`` of ``table`` whose link that ``takes`` names one of the people ``$2``, or that refer to such.

    None where no row ever does.
    """
    entry = BY_NAME[table.name]
    parts = [f't."{link.column}" = any($2::uuid[])' for link in entry.links if takes(link)]
    for key in sorted(table.foreign_key_constraints, key=lambda fk: str(fk.name)):
        above = key.referred_table
        if above is table or above.name == PERSON:
            continue
        inner = going(above, takes)
        if inner is not None:
            mine = ", ".join(f't."{name}"' for name in key.column_keys)
            theirs = ", ".join(f't."{element.column.name}"' for element in key.elements)
            parts.append(f"({mine}) in (select {theirs} from {above.name} t where t.district_id = $1 and ({inner}))")
    if entry.loose is not None:
        parts += _loose(entry.loose.column, entry.loose.tables, takes)
    return " or ".join(parts) or None


def _loose(column: str, tables: Sequence[str], takes: Callable[[Link], bool]) -> list[str]:
    """A row goes with the last row of its thing: another version may be about somebody else."""
    found: list[str] = []
    for name in tables:
        inner = going(metadata.tables[name], takes)
        if inner is not None:
            rows = f"from {name} t where t.district_id = $1 and t.id = h.id and"
            found.append(
                f't."{column}" in (select h.id from {name} h where h.district_id = $1 '
                f"and exists (select 1 {rows} ({inner})) and not exists (select 1 {rows} not coalesce(({inner}), false)))"
            )
    return found
