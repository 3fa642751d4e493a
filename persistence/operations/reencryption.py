"""Re-encrypts every encrypted column when keys are rotated. A test finds an encrypted column that is not listed here."""

from collections.abc import Callable
from dataclasses import dataclass
from uuid import UUID

from persistence.database.connection import Connection
from persistence.database.pool import ConnectionPool


@dataclass(frozen=True, kw_only=True)
class EncryptedColumn:
    """`column` of `table`, encrypted for `purpose` and bound to the text of the SQL expression `name`.

    `key`: the columns that identify a row; within the district when the table belongs to one.
    """

    table: str
    column: str
    key: tuple[str, ...]
    name: str
    purpose: str

    @property
    def tenant_scoped(self) -> bool:
        """Whether the table belongs to a district (is outside schema `control`)."""
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
"""Add every new encrypted column here."""

ReencryptValue = Callable[[str, str, bytes], bytes | None]
"""(purpose, name, encrypted value) to the re-encrypted value; None when it is up to date."""


async def reencrypt(owner: ConnectionPool, reencrypt_value: ReencryptValue) -> dict[str, int]:
    """Re-encrypt all values, one transaction for each district, inside its tenant isolation; return the counts by column."""
    async with owner.connection() as connection:
        districts = [row[0] for row in await connection.fetch("select id from control.district order by id")]
        counted = {f"{c.table}.{c.column}": 0 for c in ENCRYPTED_COLUMNS}
        for district in (None, *districts):
            set_tenant = "" if district is None else f"; SET LOCAL app.district_id = '{UUID(str(district))}'"
            await connection.execute(f"BEGIN{set_tenant}")
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
        replacement = reencrypt_value(column.purpose, name, sealed)
        if replacement is not None:
            await connection.execute(f"update {column.table} set {column.column} = $1 where {where}", replacement, *key)
            changed += 1
    return changed
