"""Every column that holds sealed values, so that keys can be rotated. A test finds a sealed column that is not listed."""

from collections.abc import Callable
from dataclasses import dataclass
from uuid import UUID

from persistence.database.connection import Connection
from persistence.database.pool import ConnectionPool


@dataclass(frozen=True, kw_only=True)
class SealedColumn:
    """``column`` of ``table``, sealed for ``purpose`` under the text that the SQL expression ``name`` gives.

    ``key``: the columns that tell a row, within the district for a fenced table.
    """

    table: str
    column: str
    key: tuple[str, ...]
    name: str
    purpose: str

    @property
    def fenced(self) -> bool:
        """Whether the table is a district's."""
        return not self.table.startswith("control.")


SEALED = (
    SealedColumn(table="control.signing_key", column="sealed", key=("kid",), name="kid", purpose="signing keys"),
    SealedColumn(
        table="account", column="totp_sealed", key=("person_id",), name="person_id::text", purpose="authenticator seeds"
    ),
    SealedColumn(
        table="identity_provider",
        column="secret_sealed",
        key=("code",),
        name="district_id::text || ' ' || code",
        purpose="provider secrets",
    ),
)
"""Parts that keep a sealed column add it here."""

Reseal = Callable[[str, str, bytes], bytes | None]
"""(purpose, name, sealed) to what is sealed anew, None where that is not needed."""


async def reseal(owner: ConnectionPool, anew: Reseal) -> dict[str, int]:
    """Seal everything anew, each district behind its own fence and in its own transaction; how many values, by column."""
    async with owner.connection() as connection:
        districts = [row[0] for row in await connection.fetch("select id from control.district order by id")]
        counted = {f"{c.table}.{c.column}": 0 for c in SEALED}
        for district in (None, *districts):
            fence = "" if district is None else f"; SET LOCAL app.district_id = '{UUID(str(district))}'"
            await connection.execute(f"BEGIN{fence}")
            try:
                for column in SEALED:
                    if column.fenced is (district is not None):
                        counted[f"{column.table}.{column.column}"] += await _column(connection, column, anew)
                await connection.execute("COMMIT")
            finally:
                if connection.is_in_transaction():
                    await connection.execute("ROLLBACK")
    return counted


async def _column(connection: Connection, column: SealedColumn, anew: Reseal) -> int:
    keys = ", ".join(column.key)
    rows = await connection.fetch(
        f"select {column.column}, {column.name}, {keys} from {column.table} where {column.column} is not null for update"
    )
    where = " and ".join(f"{key} = ${i}" for i, key in enumerate(column.key, 2))
    changed = 0
    for sealed, name, *key in rows:
        made = anew(column.purpose, name, sealed)
        if made is not None:
            await connection.execute(f"update {column.table} set {column.column} = $1 where {where}", made, *key)
            changed += 1
    return changed
