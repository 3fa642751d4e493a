"""What the data map says of a table and of a column. The rows stand on the columns themselves, in `persistence/tables/`.

Erasure, merging, retention, export and the printed map read these values, so what a lawyer reads is what happens.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum

from domain.privacy.retention_policy import RetentionKind


class DataKind(StrEnum):
    """What a column holds, by what it would tell somebody who saw it."""

    PLAIN = "plain"
    REFERENCE = "reference"
    IDENTIFIES = "identifies"
    ABOUT = "about"
    FREE_TEXT = "free_text"
    SECRET = "secret"  # noqa: S105 - the word, not one
    SEALED = "sealed"
    COMPUTED = "computed"


PERSONAL = frozenset({DataKind.IDENTIFIES, DataKind.ABOUT, DataKind.FREE_TEXT, DataKind.REFERENCE})
STAYS_HERE = frozenset({DataKind.SECRET, DataKind.SEALED, DataKind.COMPUTED})
"""Never in an export: secrets and their hashes, what is encrypted under this installation's key, what the database computes."""


class OnErase(StrEnum):
    """What the erasure of a person does with a row that names them."""

    DELETE = "delete"
    FORGET = "forget"
    """The row stays, and the column is emptied."""
    PLACEHOLDER = "stand_in"
    """The row stays, and names an id that is nobody's."""


class OnMerge(StrEnum):
    """What a merge does with a row that names the record which is merged into another."""

    MOVE = "move"
    """The row names the kept person from then on: evidence, assignments, what somebody else says of the person."""
    DELETE = "delete"
    """The row goes with the merged record: credentials, roles, what was entrusted to whoever signed in as that record."""
    RECOMPUTE = "recompute"
    """The row follows from rows that move."""


@dataclass(frozen=True, kw_only=True)
class PersonLink:
    """What becomes of a row that names a person when that person is erased, or merged into another.

    `column`: the column with the person's id. `also`: columns that `OnErase.FORGET` empties with it.
    """

    column: str
    on_erase: OnErase
    on_merge: OnMerge
    also: tuple[str, ...] = ()


@dataclass(frozen=True, kw_only=True)
class SoftReference:
    """A column with ids of rows of `tables`, without a foreign key: the row goes with the last row of that id."""

    column: str
    tables: tuple[str, ...]


@dataclass(frozen=True, kw_only=True)
class Column:
    """One column: what it holds, and what it is for."""

    name: str
    holds: DataKind
    what: str

    @property
    def is_exported(self) -> bool:
        """Whether an export may hold the column, where it holds the table."""
        return self.holds not in STAYS_HERE


@dataclass(frozen=True, kw_only=True)
class Table:
    """One table: what a lawyer asks, and what export and erasure do.

    `not_exported`: why a district's export leaves the table out; empty where it does not. A row that refers by foreign key to
    a row that goes, goes with it: that needs no link.
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
        """The columns that an export holds, in the table's order; none where it leaves the table out."""
        return () if self.not_exported else tuple(c.name for c in self.columns if c.is_exported)


DataMap = Mapping[str, Table]
"""The entries of all tables, by the table's name."""
