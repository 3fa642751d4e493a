"""Export and import of a district's rows, derived from the tables' metadata: a new table is covered by its data map entry."""

from collections.abc import AsyncIterator, Mapping, Sequence
from datetime import datetime
from typing import Any

import msgspec

from domain.privacy.data_map import DataMap
from domain.privacy.erasure_certificate import Certificate
from domain.privacy.ports import ExportedClient, NewDistrict
from persistence.repositories.privacy.foreign_keys import EXPORTED, PARENTS_FIRST, columns, own_references
from persistence.repositories.privacy.portability_sql import SHEETS
from persistence.repositories.repository import Repository
from persistence.repositories.score_check import deviations
from persistence.tables import DATA_MAP, metadata

BATCH_SIZE = 500

SNAPSHOT = "SET TRANSACTION ISOLATION LEVEL REPEATABLE READ"

DISTRICT = "select id, name, time_zone from control.find_district($1)"

CLIENTS = "select client_id, name, origin, scopes, created_at, revoked_at, evaluates from control.clients_of_this_district()"

ADD_DISTRICT = "insert into control.district (id, name, time_zone, created_at) values ($1, $2, $3, $4)"

ADD_CLIENT = """
insert into control.client (client_id, name, origin, secret_sha256, scopes, created_at, revoked_at, evaluates)
values ($1, $2, $3, $4, $5, $6, $7, $8) on conflict (client_id) do nothing returning client_id
"""

ENABLE = "insert into control.client_district (client_id, district_id) values ($1, $2)"

DISABLE = "delete from control.client_district where district_id = $1 returning client_id"

DROP_CLIENTS = """
delete from control.client c where c.client_id = any($1::text[])
and c.kind <> 'native' and not exists (select 1 from control.client_district d where d.client_id = c.client_id)
"""

DROP_ASSERTIONS = "delete from control.client_assertion where client_id = any($1::text[])"
DROP_ADDRESSES = "delete from control.district_address where district_id = $1"
DROP_DISTRICT = "delete from control.district where id = $1"

KEEP_PROOF = """
insert into control.district_erasure (district_id, erased_at, document, signature) values ($1, $2, $3::jsonb, $4)
"""

IS_ERASED = """
select exists (select 1 from control.district_erasure where district_id = $1 and returned_at is null)
"""

RETURNED = "update control.district_erasure set returned_at = $2 where district_id = $1 and returned_at is null"


class PgPortability(Repository):
    """`PortabilityStore` of one district."""

    async def snapshot(self) -> None:
        await self.connection.execute(SNAPSHOT)

    async def schema_revision(self) -> str:
        return str(await self.connection.fetchval("select control.schema_version()"))

    async def district(self) -> NewDistrict | None:
        row = await self.fetchrow(DISTRICT)
        return None if row is None else NewDistrict(**row)

    async def clients(self) -> Sequence[ExportedClient]:
        return [ExportedClient(**{**row, "scopes": tuple(row["scopes"])}) for row in await self.connection.fetch(CLIENTS)]

    @property
    def tables(self) -> Mapping[str, Sequence[str]]:
        return {str(t.name): DATA_MAP[t.name].exported_columns for t in EXPORTED}

    @property
    def data_map(self) -> DataMap:
        return DATA_MAP

    async def rows(self, table: str) -> AsyncIterator[Sequence[str]]:
        description = metadata.tables[table]
        order = ", ".join(f't."{c.name}"' for c in description.primary_key.columns)
        selected = ", ".join(f"t.{name}" for name in columns(table).split(", "))
        inner = f"select {selected} from {table} t where t.district_id = $1 order by {order}"
        async for rows in self._batches(f"select row_to_json(r)::text from ({inner}) r"):
            yield [row[0] for row in rows]

    def sheet_columns(self, name: str) -> Sequence[str]:
        return SHEETS[name][0]

    async def sheet(self, name: str) -> AsyncIterator[Sequence[tuple[Any, ...]]]:
        async for rows in self._batches(SHEETS[name][1]):
            yield [tuple(row) for row in rows]

    async def add_district(self, district: NewDistrict, at: datetime) -> bool:
        if await self.connection.fetchval("select exists (select 1 from control.district where id = $1)", district.id):
            return False
        await self.connection.execute(ADD_DISTRICT, district.id, district.name, district.time_zone, at)
        await self.connection.execute(RETURNED, district.id, at)
        return True

    async def add_client(self, client: ExportedClient, digest: bytes) -> bool:
        values = (
            client.client_id,
            client.name,
            client.origin,
            digest,
            list(client.scopes),
            client.created_at,
            client.revoked_at,
            client.evaluates,
        )
        if await self.connection.fetchval(ADD_CLIENT, *values) is None:
            return False
        await self.connection.execute(ENABLE, client.client_id, self.district_id)
        return True

    async def insert(self, table: str, rows: Sequence[str]) -> None:
        later = own_references(metadata.tables[table])
        names = [n for n in columns(table).split(", ") if n != '"district_id"']
        values = ", ".join("null" if n.strip('"') in later else f"r.{n}" for n in names)
        query = (
            f'insert into {table} ("district_id", {", ".join(names)}) select $1, {values} '
            f"from json_populate_recordset(null::{table}, $2::json) r"
        )
        await self.execute(query, f"[{','.join(rows)}]")

    def refers_to_itself(self, table: str) -> bool:
        return bool(own_references(metadata.tables[table]))

    async def link(self, table: str, rows: Sequence[str]) -> None:
        later = own_references(metadata.tables[table])
        places = ", ".join(f'"{name}" = r."{name}"' for name in later)
        query = f"update {table} t set {places} from json_populate_recordset(null::{table}, $2::json) r"
        await self.execute(f"{query} where t.district_id = $1 and t.id = r.id", f"[{','.join(rows)}]")

    async def wrong_tallies(self) -> int:
        return len((await deviations(self.connection, self.district_id))[1])

    async def counts(self) -> Mapping[str, int]:
        found = {}
        for t in PARENTS_FIRST:
            query = f"select count(*) from {t.name} where district_id = $1"
            found[str(t.name)] = int(await self.fetchval(query))
        return found

    async def delete_all(self) -> Mapping[str, int]:
        deleted: dict[str, int] = {}
        for t in reversed(PARENTS_FIRST):
            status = await self.execute(f"delete from {t.name} where district_id = $1")
            deleted[str(t.name)] = int(status.rsplit(" ", 1)[1])
        clients = [row[0] for row in await self.fetch(DISABLE)]
        await self.connection.execute(DROP_ASSERTIONS, clients)
        status = await self.connection.execute(DROP_CLIENTS, clients)
        deleted["control.client_district"], deleted["control.client"] = len(clients), int(status.rsplit(" ", 1)[1])
        status = await self.execute(DROP_ADDRESSES)
        deleted["control.district_address"] = int(status.rsplit(" ", 1)[1])
        status = await self.execute(DROP_DISTRICT)
        deleted["control.district"] = int(status.rsplit(" ", 1)[1])
        return deleted

    async def is_erased(self) -> bool:
        return bool(await self.fetchval(IS_ERASED))

    async def save_certificate(self, certificate: Certificate, at: datetime) -> None:
        document = msgspec.json.encode(certificate.document).decode()
        await self.execute(KEEP_PROOF, at, document, certificate.signature)

    async def _batches(self, query: str) -> AsyncIterator[Sequence[Any]]:
        cursor = await self.connection.cursor(query, self.district_id)
        while rows := await cursor.fetch(BATCH_SIZE):
            yield rows
