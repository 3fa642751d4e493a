"""Shared by all tables: names of constraints, column types, and keys that begin with the district."""

from collections.abc import Iterable
from enum import StrEnum
from typing import Any
from uuid import UUID

from sqlalchemy import CheckConstraint, DateTime, ForeignKeyConstraint, Text
from sqlmodel import Field, SQLModel

from persistence.tables import holds
from persistence.tables.holds import Info

NAMING = {
    "ix": "ix_%(table_name)s_%(column_0_N_name)s",
    "uq": "uq_%(table_name)s_%(column_0_N_name)s",
    "ck": "ck_%(table_name)s_%(constraint_name)s",
    "fk": "fk_%(table_name)s_%(column_0_N_name)s",
    "pk": "pk_%(table_name)s",
}
SQLModel.metadata.naming_convention = NAMING

INSTANT = DateTime(timezone=True)


def column(entry: Info, *, sa_column_kwargs: dict[str, Any] | None = None, **options: Any) -> Any:
    """Declare a column; `entry` is its data map entry (`holds.plain("…")`), `options` are those of SQLModel's `Field`."""
    return Field(sa_column_kwargs={"info": entry} | (sa_column_kwargs or {}), **options)


def text_column(entry: Info, **options: Any) -> Any:
    """Declare a text column of any length; commands limit the length."""
    return column(entry, sa_type=Text, **options)


def instant_column(entry: Info, **options: Any) -> Any:
    """Declare a timestamp with time zone."""
    return column(entry, sa_type=INSTANT, **options)


class TenantRow(SQLModel):
    """A row of one district, under row-level security; every key begins with `district_id`."""

    district_id: UUID = column(holds.plain("The district; the fence."), primary_key=True)


class TenantEntity(TenantRow):
    """A row with an id of its own within the district."""

    id: UUID = column(holds.plain("Our own id."), primary_key=True)


def one_of(column: str, enum: type[StrEnum]) -> CheckConstraint:
    """Check that `column` has a value of `enum`: text, since the `=` of native enums is not leakproof."""
    values = ", ".join(f"'{member.value}'" for member in enum)
    return CheckConstraint(f"{column} in ({values})", name=column)


def role_in(roles: Iterable[StrEnum]) -> str:
    """Return the condition that the column `role` is one of `roles`."""
    return "role in (" + ", ".join(sorted(f"'{role.value}'" for role in roles)) + ")"


def refers(columns: list[str], table: str, targets: list[str] | None = None, **options: Any) -> ForeignKeyConstraint:
    """Return a foreign key within the district: `columns` refer to `targets` (default: id) of `table`."""
    return ForeignKeyConstraint(
        ["district_id", *columns], [f"{table}.district_id", *(f"{table}.{t}" for t in targets or ["id"])], **options
    )
