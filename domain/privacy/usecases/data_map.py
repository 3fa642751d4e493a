"""The data map as everybody may read it: it describes the product, not anybody's data."""

from dataclasses import dataclass, field

from domain.privacy.data_map import PERSONAL, Column, DataKind, DataMap, Table
from domain.privacy.retention_policy import BY_KIND, RetentionKind


@dataclass(frozen=True, kw_only=True)
class ColumnView:
    """A column."""

    name: str = field(metadata={"description": "The column.", "examples": ["email"]})
    holds: DataKind = field(metadata={"description": "What it holds."})
    what: str = field(metadata={"description": "What it is for.", "examples": ["E-mail address."]})
    personal: bool = field(metadata={"description": "Whether it is personal data."})
    exported: bool = field(metadata={"description": "Whether a district's export holds it."})


@dataclass(frozen=True, kw_only=True)
class TableView:
    """A table."""

    name: str = field(metadata={"description": "The table.", "examples": ["person"]})
    purpose: str = field(metadata={"description": "What it is for."})
    read_by: str = field(metadata={"description": "Who reads it."})
    erased: str = field(metadata={"description": "When its rows go."})
    retention: RetentionKind | None = field(metadata={"description": "Which retention rule it follows; null: none of its own."})
    retention_days: int | None = field(metadata={"description": "The product's own period of that rule."})
    exported: bool = field(metadata={"description": "Whether a district's export holds it."})
    not_exported_because: str | None = field(metadata={"description": "Why not."})
    columns: tuple[ColumnView, ...] = field(metadata={"description": "Its columns."})


@dataclass(frozen=True, kw_only=True)
class DataMapView:
    """Everything that is kept: table by table and column by column."""

    tables: tuple[TableView, ...] = field(metadata={"description": "The tables, in alphabetical order."})


def read_data_map(data_map: DataMap) -> DataMapView:
    """What is kept, why, for how long, who reads it and how it goes. Public: it describes the product, not anybody's data."""
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
