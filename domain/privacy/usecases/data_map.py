"""The data map as everybody may read it: it tells of the product, not of anybody's data."""

from dataclasses import dataclass
from typing import Annotated

from domain.privacy.data_map.model import PERSONAL, Column, DataKind, Table
from domain.privacy.data_map.tables import TABLES
from domain.privacy.retention_policy import BY_KIND, RetentionKind
from domain.shared.fields import Examples


@dataclass(frozen=True, kw_only=True)
class ColumnView:
    """A column."""

    name: Annotated[str, Examples("email")]
    """The column."""
    holds: DataKind
    """What it holds."""
    what: Annotated[str, Examples("E-mail address.")]
    """What it is for."""
    personal: bool
    """Whether it is personal data."""
    exported: bool
    """Whether a district's export holds it."""


@dataclass(frozen=True, kw_only=True)
class TableView:
    """A table."""

    name: Annotated[str, Examples("person")]
    """The table."""
    purpose: str
    """What it is for."""
    read_by: str
    """Who reads it."""
    erased: str
    """When its rows go."""
    retention: RetentionKind | None
    """Which retention rule it follows; null: none of its own."""
    retention_days: int | None
    """The product's own period of that rule."""
    exported: bool
    """Whether a district's export holds it."""
    not_exported_because: str | None
    """Why not."""
    columns: tuple[ColumnView, ...]
    """Its columns."""


@dataclass(frozen=True, kw_only=True)
class DataMapView:
    """Everything that is kept: table by table and column by column."""

    tables: tuple[TableView, ...]
    """The tables, in alphabetical order."""


def read_data_map() -> DataMapView:
    """What is kept, why, for how long, who reads it and how it goes. Public: it tells of the product, not of anybody."""
    return DataMapView(tables=tuple(_table(t) for t in sorted(TABLES, key=lambda t: t.name)))


def _table(t: Table) -> TableView:
    return TableView(
        name=t.name,
        purpose=t.purpose,
        read_by=t.read_by,
        erased=t.erased,
        retention=t.retention,
        retention_days=None if t.retention is None else BY_KIND[t.retention].days,
        exported=t.travels,
        not_exported_because=None if t.travels else t.why_not,
        columns=tuple(_column(t, c) for c in t.columns),
    )


def _column(t: Table, c: Column) -> ColumnView:
    return ColumnView(name=c.name, holds=c.holds, what=c.what, personal=c.holds in PERSONAL, exported=t.travels and c.travels)
