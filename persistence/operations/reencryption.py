"""Every column that holds sealed values, so that keys can be rotated. A test finds a sealed column that is not listed."""

from collections.abc import Callable
from dataclasses import dataclass
from uuid import UUID

from persistence.database.connection import Connection
from persistence.database.pool import ConnectionPool


@dataclass(frozen=True, kw_only=True)
class EncryptedColumn:
    """`column` of `table`, sealed for `purpose` under the text that the SQL expression `name` gives.

    `key`: the columns that tell a row, within the district for a fenced table.
    """

    table: str
    column: str
    key: tuple[str, ...]
    name: str
    purpose: str

    @property
    def tenant_scoped(self) -> bool:
        """Whether the table is a district's."""
        return not self.table.startswith("control.")


ENCRYPTED_COLUMNS = (
    EncryptedColumn(table="control.signing_key", column="sealed", key=("kid",), name="kid", purpose="signing keys"),
    EncryptedColumn(
        table="account", column="totp_sealed", key=("person_id",), name="person_id::text", purpose="authenticator seeds"
    ),
    EncryptedColumn(
        table="identity_provider",
        column="secret_sealed",
        key=("code",),
        name="district_id::text || ' ' || code",
        purpose="provider secrets",
    ),
)
"""Parts that keep a sealed column add it here."""

ReencryptValue = Callable[[str, str, bytes], bytes | None]
"""(purpose, name, sealed) to what is sealed anew, None where that is not needed."""


async def reencrypt(owner: ConnectionPool, reencrypt_value: ReencryptValue) -> dict[str, int]:
    """Seal everything anew, each district behind its own fence and in its own transaction; how many values, by column."""
    async with owner.connection() as connection:
        districts = [row[0] for row in await connection.fetch("select id from control.district order by id")]
        counted = {f"{c.table}.{c.column}": 0 for c in ENCRYPTED_COLUMNS}
        for district in (None, *districts):
            fence = "" if district is None else f"; SET LOCAL app.district_id = '{UUID(str(district))}'"
            await connection.execute(f"BEGIN{fence}")
            try:
                for column in ENCRYPTED_COLUMNS:
                    if column.tenant_scoped is (district is not None):
                        counted[f"{column.table}.{column.column}"] += await _reencrypt_column(
                            connection, column, reencrypt_value
                        )
                await connection.execute("COMMIT")
            finally:
                if connection.is_in_transaction():
                    await connection.execute("ROLLBACK")
    return counted


async def _reencrypt_column(connection: Connection, column: EncryptedColumn, reencrypt_value: ReencryptValue) -> int:
    keys = ", ".join(column.key)
    rows = await connection.fetch(
        f"select {column.column}, {column.name}, {keys} from {column.table} where {column.column} is not null for update"
    )
    where = " and ".join(f"{key} = ${i}" for i, key in enumerate(column.key, 2))
    changed = 0
    for sealed, name, *key in rows:
        made = reencrypt_value(column.purpose, name, sealed)
        if made is not None:
            await connection.execute(f"update {column.table} set {column.column} = $1 where {where}", made, *key)
            changed += 1
    return changed
