"""A district's rows out and in, made from the tables' own description: a table that is added is covered by its data map row."""

from collections.abc import AsyncIterator, Mapping, Sequence
from datetime import datetime
from typing import Any

import msgspec

from domain.privacy.data_map import DataMap
from domain.privacy.erasure_certificate import Certificate
from domain.privacy.ports import NewDistrict, PackedClient
from domain.shared.ids import DistrictId
from persistence.database.connection import Raw
from persistence.repositories.privacy.foreign_keys import EXPORTED, PARENTS_FIRST, columns, own_references
from persistence.repositories.privacy.portability_sql import SHEETS
from persistence.repositories.score_check import deviations
from persistence.tables import DATA_MAP, metadata

AT_ONCE = 500

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


class PgPortability:
    """``PortabilityStore`` on the connection of a fenced unit."""

    def __init__(self, raw: Raw, district_id: DistrictId) -> None:
        self._raw = raw
        self._district_id = district_id

    async def snapshot(self) -> None:
        await self._raw.execute(SNAPSHOT)

    async def schema_revision(self) -> str:
        return str(await self._raw.fetchval("select control.schema_version()"))

    async def district(self) -> NewDistrict | None:
        row = await self._raw.fetchrow(DISTRICT, self._district_id)
        return None if row is None else NewDistrict(id=row[0], name=row[1], time_zone=row[2])

    async def clients(self) -> Sequence[PackedClient]:
        return [PackedClient(**{**row, "scopes": tuple(row["scopes"])}) for row in await self._raw.fetch(CLIENTS)]

    @property
    def tables(self) -> Mapping[str, Sequence[str]]:
        return {str(t.name): DATA_MAP[t.name].exported_columns for t in EXPORTED}

    @property
    def data_map(self) -> DataMap:
        return DATA_MAP

    async def rows(self, table: str) -> AsyncIterator[Sequence[str]]:
        made = metadata.tables[table]
        order = ", ".join(f't."{c.name}"' for c in made.primary_key.columns)
        mine = ", ".join(f"t.{name}" for name in columns(table).split(", "))
        inner = f"select {mine} from {table} t where t.district_id = $1 order by {order}"
        async for rows in self._batches(f"select row_to_json(r)::text from ({inner}) r"):
            yield [row[0] for row in rows]

    def heading(self, name: str) -> Sequence[str]:
        return SHEETS[name][0]

    async def sheet(self, name: str) -> AsyncIterator[Sequence[tuple[Any, ...]]]:
        async for rows in self._batches(SHEETS[name][1]):
            yield [tuple(row) for row in rows]

    async def add_district(self, district: NewDistrict, at: datetime) -> bool:
        if await self._raw.fetchval("select exists (select 1 from control.district where id = $1)", district.id):
            return False
        await self._raw.execute(ADD_DISTRICT, district.id, district.name, district.time_zone, at)
        await self._raw.execute(RETURNED, district.id, at)
        return True

    async def add_client(self, client: PackedClient, digest: bytes) -> bool:
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
        if await self._raw.fetchval(ADD_CLIENT, *values) is None:
            return False
        await self._raw.execute(ENABLE, client.client_id, self._district_id)
        return True

    async def insert(self, table: str, rows: Sequence[str]) -> None:
        later = own_references(metadata.tables[table])
        names = [n for n in columns(table).split(", ") if n != '"district_id"']
        values = ", ".join("null" if n.strip('"') in later else f"r.{n}" for n in names)
        query = (
            f'insert into {table} ("district_id", {", ".join(names)}) select $1, {values} '
            f"from json_populate_recordset(null::{table}, $2::json) r"
        )
        await self._raw.execute(query, self._district_id, f"[{','.join(rows)}]")

    def refers_to_itself(self, table: str) -> bool:
        return bool(own_references(metadata.tables[table]))

    async def link(self, table: str, rows: Sequence[str]) -> None:
        later = own_references(metadata.tables[table])
        places = ", ".join(f'"{name}" = r."{name}"' for name in later)
        query = f"update {table} t set {places} from json_populate_recordset(null::{table}, $2::json) r"
        await self._raw.execute(f"{query} where t.district_id = $1 and t.id = r.id", self._district_id, f"[{','.join(rows)}]")

    async def wrong_tallies(self) -> int:
        return len((await deviations(self._raw, self._district_id))[1])

    async def counts(self) -> Mapping[str, int]:
        found = {}
        for t in PARENTS_FIRST:
            query = f"select count(*) from {t.name} where district_id = $1"
            found[str(t.name)] = int(await self._raw.fetchval(query, self._district_id))
        return found

    async def empty(self) -> Mapping[str, int]:
        gone: dict[str, int] = {}
        for t in reversed(PARENTS_FIRST):
            status = await self._raw.execute(f"delete from {t.name} where district_id = $1", self._district_id)
            gone[str(t.name)] = int(status.rsplit(" ", 1)[1])
        clients = [row[0] for row in await self._raw.fetch(DISABLE, self._district_id)]
        await self._raw.execute(DROP_ASSERTIONS, clients)
        status = await self._raw.execute(DROP_CLIENTS, clients)
        gone["control.client_district"], gone["control.client"] = len(clients), int(status.rsplit(" ", 1)[1])
        status = await self._raw.execute(DROP_ADDRESSES, self._district_id)
        gone["control.district_address"] = int(status.rsplit(" ", 1)[1])
        status = await self._raw.execute(DROP_DISTRICT, self._district_id)
        gone["control.district"] = int(status.rsplit(" ", 1)[1])
        return gone

    async def is_erased(self) -> bool:
        return bool(await self._raw.fetchval(IS_ERASED, self._district_id))

    async def keep_proof(self, certificate: Certificate, at: datetime) -> None:
        document = msgspec.json.encode(certificate.document).decode()
        await self._raw.execute(KEEP_PROOF, self._district_id, at, document, certificate.signature)

    async def _batches(self, query: str) -> AsyncIterator[Sequence[Any]]:
        cursor = await self._raw.cursor(query, self._district_id)
        while rows := await cursor.fetch(AT_ONCE):
            yield rows
