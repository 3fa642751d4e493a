"""Insert many rows by one statement, `insert … select unnest(…)`, built from the table's columns."""

from collections.abc import Sequence
from typing import Any

from sqlalchemy import Column, Computed, Text
from sqlalchemy.dialects.postgresql import dialect
from sqlmodel import SQLModel

from domain.shared.ids import DistrictId
from persistence.database.column_packing import choose_separators, pack_scalars, pack_texts
from persistence.database.connection import Connection

POSTGRES = dialect()  # type: ignore[no-untyped-call]  # SQLAlchemy leaves its dialects' constructors untyped

PACK_FROM_ROWS = 20
"""From this many rows on, columns are sent as texts (see `column_packing`); for fewer, arrays are as fast."""


class BulkInsert:
    """Inserts rows into one table of a tenant; a row is a tuple in the order of the table's columns after `district_id`."""

    def __init__(self, row: type[SQLModel]) -> None:
        table = SQLModel.metadata.tables[str(row.__tablename__)]
        columns: list[Column[Any]] = [c for c in table.columns if not isinstance(c.server_default, Computed)]
        names = [c.name for c in columns]
        if names[0] != "district_id":
            raise AssertionError(f"{row.__tablename__}: every key begins with the district")
        self._texts = [i for i, c in enumerate(columns[1:]) if isinstance(c.type, Text)]
        kinds = [c.type.compile(POSTGRES) for c in columns[1:]]
        quoted = ", ".join(f'"{name}"' for name in names)
        into = f"insert into {row.__tablename__} ({quoted}) select $1, u.* from unnest"
        self.query = f"{into}({', '.join(f'${i}::{kind}[]' for i, kind in enumerate(kinds, 2))}) u"
        packed = (_unpacked(i, kind, text=i - 4 in self._texts) for i, kind in enumerate(kinds, 4))
        self.packed = f"{into}({', '.join(packed)}) u"

    async def run(self, connection: Connection, district_id: DistrictId, rows: Sequence[tuple[Any, ...]]) -> None:
        """Insert `rows` into the district; without rows, do nothing."""
        columns: list[Sequence[Any]] = list(zip(*rows, strict=True))
        if len(rows) >= PACK_FROM_ROWS:
            separator, null = choose_separators(columns[i] for i in self._texts)
            packed = [pack_texts(c, separator, null) if i in self._texts else pack_scalars(c) for i, c in enumerate(columns)]
            await connection.execute(self.packed, district_id, separator, null, *packed)
        elif rows:
            await connection.execute(self.query, district_id, *columns)


def _unpacked(number: int, kind: str, *, text: bool) -> str:
    return f"string_to_array(${number}, $2, $3)" if text else f"string_to_array(${number}, ',', '-')::{kind}[]"
