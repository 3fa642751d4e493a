"""What the tables' own description says: their order by foreign keys, and which rows go with a person's."""

from collections.abc import Callable

from sqlalchemy import Table

from domain.privacy.data_map import OnErase, PersonLink, SoftReference
from persistence.tables import DATA_MAP, metadata

PARENTS_FIRST: tuple[Table, ...] = tuple(t for t in metadata.sorted_tables if t.schema is None)
"""Every table of a district: what is referred to comes before what refers."""

EXPORTED: tuple[Table, ...] = tuple(t for t in PARENTS_FIRST if not DATA_MAP[t.name].not_exported)

PERSON = "person"


def columns(table: str) -> str:
    """The columns of `table` that an export holds, quoted, with commas."""
    return ", ".join(f'"{name}"' for name in DATA_MAP[table].exported_columns)


def own_references(table: Table) -> tuple[str, ...]:
    """Columns of `table` that refer to `table` itself: filled in once all its rows are there."""
    keys = (fk for fk in table.foreign_key_constraints if fk.referred_table is table)
    return tuple(name for fk in keys for name in fk.column_keys if name != "district_id")


def erased_rows_condition(table: Table, *, evidence_too: bool) -> str | None:
    """The condition on rows `t` of `table` that go with the people `$2`; None where none ever does.

    `evidence_too`: also what they said of others goes, instead of being forgotten whose it is.
    """
    return linked_rows_condition(table, lambda link: evidence_too or link.on_erase is OnErase.DELETE)


def linked_rows_condition(table: Table, selects: Callable[[PersonLink], bool]) -> str | None:
    """The condition on rows `t` of `table` whose link that `takes` names one of the people `$2`, or that refer to such.

    None where no row ever does.
    """
    entry = DATA_MAP[table.name]
    parts = [f't."{link.column}" = any($2::uuid[])' for link in entry.links if selects(link)]
    for key in sorted(table.foreign_key_constraints, key=lambda fk: str(fk.name)):
        above = key.referred_table
        if above is table or above.name == PERSON:
            continue
        inner = linked_rows_condition(above, selects)
        if inner is not None:
            mine = ", ".join(f't."{name}"' for name in key.column_keys)
            theirs = ", ".join(f't."{element.column.name}"' for element in key.elements)
            parts.append(f"({mine}) in (select {theirs} from {above.name} t where t.district_id = $1 and ({inner}))")
    if entry.soft_reference is not None:
        parts += _soft_references(entry.soft_reference, selects)
    return " or ".join(parts) or None


def _soft_references(reference: SoftReference, selects: Callable[[PersonLink], bool]) -> list[str]:
    """A row goes with the last row of its thing: another version may be about somebody else."""
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
