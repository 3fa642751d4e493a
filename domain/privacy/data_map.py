"""Types of the data map. Its entries are declared with the columns, in `persistence/tables/`.

Erasure, merging, retention and export work by these values, and the printed map shows them, so the two can't differ.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum

from domain.privacy.retention_policy import RetentionKind


class DataKind(StrEnum):
    """The kind of data in a column, by what it reveals."""

    PLAIN = "plain"
    REFERENCE = "reference"
    IDENTIFIES = "identifies"
    ABOUT = "about"
    FREE_TEXT = "free_text"
    SECRET = "secret"  # noqa: S105 - a name, no password
    SEALED = "sealed"
    COMPUTED = "computed"


PERSONAL = frozenset({DataKind.IDENTIFIES, DataKind.ABOUT, DataKind.FREE_TEXT, DataKind.REFERENCE})
STAYS_HERE = frozenset({DataKind.SECRET, DataKind.SEALED, DataKind.COMPUTED})
"""Never exported: secrets and their hashes, data encrypted with this installation's key, columns computed by the database."""


class OnErase(StrEnum):
    """What the erasure of a person does with a row that refers to them."""

    DELETE = "delete"
    FORGET = "forget"
    """The row stays, and the column is set to null."""
    PLACEHOLDER = "stand_in"
    """The row stays, and the column gets a placeholder id that belongs to no person."""


class OnMerge(StrEnum):
    """What a merge does with a row that refers to the record that is merged into another."""

    MOVE = "move"
    """The row refers to the kept person from then on: evidence, assignments, what others recorded about the person."""
    DELETE = "delete"
    """The row is deleted with the merged record: credentials, roles and what belongs to its sign-in."""
    RECOMPUTE = "recompute"
    """The row is recomputed from rows that move."""


@dataclass(frozen=True, kw_only=True)
class PersonLink:
    """What happens to a row that refers to a person who is erased or merged into another.

    `column`: the column with the person's id. `also`: further columns that `OnErase.FORGET` sets to null.
    """

    column: str
    on_erase: OnErase
    on_merge: OnMerge
    also: tuple[str, ...] = ()


@dataclass(frozen=True, kw_only=True)
class SoftReference:
    """A column with ids of rows of `tables` without a foreign key: the row is deleted with the last row of that id."""

    column: str
    tables: tuple[str, ...]


@dataclass(frozen=True, kw_only=True)
class Column:
    """One column: its kind of data, and its purpose."""

    name: str
    holds: DataKind
    what: str

    @property
    def is_exported(self) -> bool:
        """Whether the column is exported with its table."""
        return self.holds not in STAYS_HERE


@dataclass(frozen=True, kw_only=True)
class Table:
    """One table: what a lawyer asks about it, and what export and erasure do with it.

    `not_exported`: why a district's export leaves the table out; empty if it is exported. A row with a foreign key to a deleted
    row is deleted too, and needs no link for that.
    """

    name: str
    purpose: str
    read_by: str
    erased: str
    columns: tuple[Column, ...]
    retention: RetentionKind | None = None
    not_exported: str = ""
    links: tuple[PersonLink, ...] = ()
    soft_reference: SoftReference | None = None

    @property
    def exported_columns(self) -> tuple[str, ...]:
        """The exported columns in the table's order; empty if the table is not exported."""
        return () if self.not_exported else tuple(c.name for c in self.columns if c.is_exported)


DataMap = Mapping[str, Table]
"""The entries of all tables by name."""
