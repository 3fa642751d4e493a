"""Derived from the tables' metadata: their order by foreign keys, and which rows are deleted with a person."""

from collections.abc import Callable

from sqlalchemy import Table

from domain.privacy.data_map import OnErase, PersonLink, SoftReference
from persistence.tables import DATA_MAP, metadata

PARENTS_FIRST: tuple[Table, ...] = tuple(t for t in metadata.sorted_tables if t.schema is None)
"""The tables of a district, in the order of their foreign keys: referenced tables first."""

EXPORTED: tuple[Table, ...] = tuple(t for t in PARENTS_FIRST if not DATA_MAP[t.name].not_exported)

PERSON = "person"


def columns(table: str) -> str:
    """Return the exported columns of `table`, quoted, separated by commas."""
    return ", ".join(f'"{name}"' for name in DATA_MAP[table].exported_columns)


def own_references(table: Table) -> tuple[str, ...]:
    """Return the columns of `table` that refer to `table` itself: an import fills them in after all rows."""
    keys = (fk for fk in table.foreign_key_constraints if fk.referred_table is table)
    return tuple(name for fk in keys for name in fk.column_keys if name != "district_id")


def erased_rows_condition(table: Table, *, evidence_too: bool) -> str | None:
    """Return the condition on rows `t` of `table` to delete with the people `$2`; None when there are never any.

    `evidence_too`: also delete what they wrote about others, instead of making it anonymous.
    """
    return linked_rows_condition(table, lambda link: evidence_too or link.on_erase is OnErase.DELETE)


def linked_rows_condition(table: Table, selects: Callable[[PersonLink], bool]) -> str | None:
    """Return the condition on rows `t` of `table` with a link to the people `$2`, or that refer to such rows.

    `selects` chooses the links. None when no row ever matches.
    """
    entry = DATA_MAP[table.name]
    parts = [f't."{link.column}" = any($2::uuid[])' for link in entry.links if selects(link)]
    for key in sorted(table.foreign_key_constraints, key=lambda fk: str(fk.name)):
        above = key.referred_table
        if above is table or above.name == PERSON:
            continue
        inner = linked_rows_condition(above, selects)
        if inner is not None:
            own = ", ".join(f't."{name}"' for name in key.column_keys)
            theirs = ", ".join(f't."{element.column.name}"' for element in key.elements)
            parts.append(f"({own}) in (select {theirs} from {above.name} t where t.district_id = $1 and ({inner}))")
    if entry.soft_reference is not None:
        parts += _soft_references(entry.soft_reference, selects)
    return " or ".join(parts) or None


def _soft_references(reference: SoftReference, selects: Callable[[PersonLink], bool]) -> list[str]:
    """A row is deleted with the last row of its record: another version may be about another person."""
    conditions: list[str] = []
    for name in reference.tables:
        inner = linked_rows_condition(metadata.tables[name], selects)
        if inner is not None:
            rows = f"from {name} t where t.district_id = $1 and t.id = h.id and"
            conditions.append(
                f't."{reference.column}" in (select h.id from {name} h where h.district_id = $1 '
                f"and exists (select 1 {rows} ({inner})) and not exists (select 1 {rows} not coalesce(({inner}), false)))"
            )
    return conditions
