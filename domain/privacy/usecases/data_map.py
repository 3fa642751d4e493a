"""Read the data map."""

from domain.privacy.data_map import PERSONAL, Column, DataMap, Table
from domain.privacy.retention_policy import BY_KIND
from domain.privacy.views import ColumnView, DataMapView, TableView


def read_data_map(data_map: DataMap) -> DataMapView:
    """Return what is stored, why, how long, who reads it and how it is erased. Public, as it has no data of people."""
    return DataMapView(tables=tuple(_table(t) for _, t in sorted(data_map.items())))


def _table(t: Table) -> TableView:
    return TableView(
        name=t.name,
        purpose=t.purpose,
        read_by=t.read_by,
        erased=t.erased,
        retention=t.retention,
        retention_days=None if t.retention is None else BY_KIND[t.retention].days,
        exported=not t.not_exported,
        not_exported_because=t.not_exported or None,
        columns=tuple(_column(t, c) for c in t.columns),
    )


def _column(t: Table, c: Column) -> ColumnView:
    exported = c.is_exported and not t.not_exported
    return ColumnView(name=c.name, holds=c.holds, what=c.what, personal=c.holds in PERSONAL, exported=exported)
