"""Many rows in one statement: ``insert … select unnest(…)``, made from the table's own columns."""

from collections.abc import Sequence
from typing import Any

from sqlalchemy import Column, Computed
from sqlalchemy.dialects.postgresql import dialect
from sqlmodel import SQLModel

from domain.shared.ids import DistrictId
from persistence.raw import Raw

POSTGRES = dialect()  # type: ignore[no-untyped-call]  # SQLAlchemy leaves its dialects' constructors untyped


class Insert:
    """Inserts rows of one tenant's table; a row is a tuple in the order of the table's columns after ``district_id``."""

    def __init__(self, row: type[SQLModel], suffix: str = "") -> None:
        columns: list[Column[Any]] = [
            c for c in SQLModel.metadata.tables[str(row.__tablename__)].columns if not isinstance(c.server_default, Computed)
        ]
        names = [c.name for c in columns]
        if names[0] != "district_id":
            raise AssertionError(f"{row.__tablename__}: every key begins with the district")
        quoted = ", ".join(f'"{n}"' for n in names)
        types = [c.type.compile(POSTGRES) for c in columns[1:]]
        arrays = ", ".join(f"${i}::{kind}[]" for i, kind in enumerate(types, 2))
        self.width = len(types)
        self.query = f"insert into {row.__tablename__} ({quoted}) select $1, u.* from unnest({arrays}) u {suffix}"

    async def run(self, raw: Raw, district_id: DistrictId, rows: Sequence[tuple[Any, ...]]) -> None:
        """Insert ``rows`` of ``district_id``; nothing when there are none."""
        if rows:
            await raw.execute(self.query, district_id, *zip(*rows, strict=True))
