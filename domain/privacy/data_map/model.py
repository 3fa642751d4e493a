"""What the data map says of a table and of a column, as values that erasure, export and the documents read."""

from dataclasses import dataclass
from enum import StrEnum
from typing import Annotated

from domain.privacy.retention_policy import RetentionKind
from domain.shared.fields import Examples


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
"""Never in an export: secrets, hashes of secrets, what is sealed under this installation's key, what the database computes."""


class Does(StrEnum):
    """What the erasure of a person does with a row that names them."""

    DELETE = "delete"
    FORGET = "forget"
    STAND_IN = "stand_in"


class OnMerge(StrEnum):
    """What a merge does with a row that names the record which is merged into another."""

    MOVE = "move"
    """The row names the kept person from then on: evidence, assignments, what somebody else says of the person."""
    DELETE = "delete"
    """The row goes with the merged record: credentials, roles, what was entrusted to whoever signed in as that record."""
    RECOMPUTE = "recompute"
    """The row follows from rows that move."""


@dataclass(frozen=True, kw_only=True)
class Column:
    """One column."""

    name: Annotated[str, Examples("email")]
    """The column."""
    holds: DataKind
    """What it holds."""
    what: Annotated[str, Examples("E-mail address.")]
    """What it is for."""

    @property
    def travels(self) -> bool:
        """Whether an export may hold it."""
        return self.holds not in STAYS_HERE


@dataclass(frozen=True, kw_only=True)
class Link:
    """A column that names a person, and what becomes of the row when that person is erased, or merged into another.

    ``on_merge`` has no default: a new reference must say it. ``also``: columns that are emptied with it where it is forgotten.
    """

    column: str
    does: Does
    on_merge: OnMerge
    also: tuple[str, ...] = ()


@dataclass(frozen=True, kw_only=True)
class Loose:
    """A column that holds ids of rows of ``tables`` without a foreign key: the row goes with the last of them."""

    column: str
    tables: tuple[str, ...]


@dataclass(frozen=True, kw_only=True)
class Table:
    """One table: everything a lawyer asks, and what export and erasure do.

    ``travels``: whether a district's export holds it; ``why_not`` says why where it does not. A row that refers by foreign key
    to a row that goes, goes with it: that needs no link.
    """

    name: str
    purpose: str
    read_by: str
    erased: str
    columns: tuple[Column, ...]
    retention: RetentionKind | None = None
    travels: bool = True
    why_not: str = ""
    links: tuple[Link, ...] = ()
    loose: Loose | None = None

    @property
    def is_control(self) -> bool:
        """Whether it stands in a schema of its own, outside every fence."""
        return "." in self.name

    @property
    def exported(self) -> tuple[str, ...]:
        """The columns that an export holds, in their order."""
        return tuple(c.name for c in self.columns if c.travels) if self.travels else ()
