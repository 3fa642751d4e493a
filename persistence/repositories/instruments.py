"""Instruments and crosswalks on PostgreSQL."""

from collections.abc import Sequence
from datetime import datetime

import msgspec

from domain.framework.responsibilities import Responsibility
from domain.observations.commands import CreateCrosswalk, CreateInstrument
from domain.observations.model import Element, ElementWeight, Rubric
from domain.observations.views import (
    CrosswalkView,
    InstrumentRefView,
    InstrumentView,
)
from domain.shared.ids import CrosswalkId, InstrumentId, PersonId
from domain.shared.paging import Key
from persistence.database.connection import Record
from persistence.repositories.repository import Repository

RUBRICS = """
select i.id, i.code, i.version, i.origin, i.elements::text as elements, c.mappings::text as mappings
from (
  select i.* from unnest($2::text[], $3::text[]) k(code, version)
  join instrument i on i.district_id = $1 and i.code = k.code and i.version = k.version
  union all
  select i.* from unnest($4::uuid[]) k(id) join instrument i on i.district_id = $1 and i.id = k.id
) i
left join lateral (
  select c.mappings from crosswalk c where c.district_id = i.district_id and c.instrument_id = i.id
  order by c.ordinal desc limit 1
) c on true
"""

ADD_INSTRUMENT = """
insert into instrument (district_id, id, code, version, title, elements, origin, created_at)
values ($1, $2, $3, $4, $5, $6::jsonb, $7, $8)
on conflict (district_id, code, version) do nothing returning id
"""

ADD_CROSSWALK = """
insert into crosswalk (district_id, id, code, version, instrument_id, ordinal, mappings, created_at)
select $1, $2, $3, $4, $5, 1 + coalesce(max(c.ordinal), 0), $6::jsonb, $7
from crosswalk c where c.district_id = $1 and c.instrument_id = $5
on conflict (district_id, code, version) do nothing returning id
"""

INSTRUMENTS = """
select id, code, version, title, elements::text as elements, origin, created_at from instrument where district_id = $1
"""

LOCK_CODE = "select pg_advisory_xact_lock(hashtextextended($1, 0))"

LEADERS_RATED = """
select distinct leader_id from observation where district_id = $1 and instrument_id = $2 and superseded_at is null
"""

CROSSWALKS = """
select c.id, c.code, c.version, i.code as instrument_code, i.version as instrument_version, c.mappings::text as mappings,
  c.created_at, not exists (select 1 from crosswalk n
    where n.district_id = c.district_id and n.instrument_id = c.instrument_id and n.ordinal > c.ordinal) as current
from crosswalk c join instrument i on i.district_id = c.district_id and i.id = c.instrument_id
where c.district_id = $1
"""

LIVE_RATINGS = """
select count(*) from observation o
join rating r on r.district_id = o.district_id and r.observation_id = o.id and r.version = o.version
where o.district_id = $1 and o.instrument_id = $2 and o.superseded_at is null
"""


class PgInstruments(Repository):
    """`InstrumentStore` of one district."""

    async def rubrics(self, refs: Sequence[tuple[str, str]], ids: Sequence[InstrumentId]) -> Sequence[Rubric]:
        if not refs and not ids:
            return []
        codes, versions = [code for code, _ in refs], [version for _, version in refs]
        return [_rubric(row) for row in await self.fetch(RUBRICS, codes, versions, list(ids))]

    async def add_instrument(self, instrument_id: InstrumentId, cmd: CreateInstrument, origin: str, at: datetime) -> bool:
        elements = msgspec.json.encode(cmd.elements).decode()
        values = (instrument_id, cmd.code, cmd.version, cmd.title, elements, origin, at)
        return await self.fetchval(ADD_INSTRUMENT, *values) is not None

    async def add_crosswalk(
        self, crosswalk_id: CrosswalkId, cmd: CreateCrosswalk, instrument_id: InstrumentId, at: datetime
    ) -> bool:
        mappings = msgspec.json.encode(cmd.mappings).decode()
        values = (crosswalk_id, cmd.code, cmd.version, instrument_id, mappings, at)
        return await self.fetchval(ADD_CROSSWALK, *values) is not None

    async def crosswalk_code(self, instrument_id: InstrumentId) -> str | None:
        query = "select code from crosswalk where district_id = $1 and instrument_id = $2 limit 1"
        code: str | None = await self.fetchval(query, instrument_id)
        return code

    async def instrument_of(self, code: str) -> InstrumentId | None:
        query = "select instrument_id from crosswalk where district_id = $1 and code = $2 limit 1"
        found: InstrumentId | None = await self.fetchval(query, code)
        return found

    async def instrument(self, code: str, version: str) -> InstrumentView | None:
        row = await self.fetchrow(f"{INSTRUMENTS} and code = $2 and version = $3", code, version)
        return None if row is None else _instrument(row)

    async def crosswalk(self, code: str, version: str) -> CrosswalkView | None:
        row = await self.fetchrow(f"{CROSSWALKS} and c.code = $2 and c.version = $3", code, version)
        return None if row is None else _crosswalk(row)

    async def instruments(self, limit: int, after: Key | None) -> Sequence[InstrumentView]:
        query = f"{INSTRUMENTS} and (code, version, id) > ($2, $3, $4::uuid) order by code, version, id limit $5"
        return [_instrument(row) for row in await self.fetch(query, *(after or FIRST), limit + 1)]

    async def crosswalks(self, limit: int, after: Key | None) -> Sequence[CrosswalkView]:
        query = f"{CROSSWALKS} and (c.code, c.version, c.id) > ($2, $3, $4::uuid) order by c.code, c.version, c.id limit $5"
        return [_crosswalk(row) for row in await self.fetch(query, *(after or FIRST), limit + 1)]

    async def lock_code(self, code: str) -> None:
        await self.connection.execute(LOCK_CODE, f"instrument\x1f{self.district_id}\x1f{code}")

    async def first_version(self, code: str) -> InstrumentView | None:
        query = f"{INSTRUMENTS} and code = $2 order by created_at, id limit 1"
        row = await self.fetchrow(query, code)
        return None if row is None else _instrument(row)

    async def leaders_rated(self, instrument_id: InstrumentId) -> Sequence[PersonId]:
        return [PersonId(row[0]) for row in await self.fetch(LEADERS_RATED, instrument_id)]

    async def savepoint(self) -> None:
        await self.connection.execute("SAVEPOINT crosswalk")

    async def roll_back(self) -> None:
        await self.connection.execute("ROLLBACK TO SAVEPOINT crosswalk")

    async def live_ratings(self, instrument_id: InstrumentId) -> int:
        return int(await self.fetchval(LIVE_RATINGS, instrument_id))


FIRST: Key = ("", "", "00000000-0000-0000-0000-000000000000")


def _rubric(row: Record) -> Rubric:
    weights: dict[str, list[tuple[Responsibility, float]]] = {}
    for m in msgspec.json.decode(row["mappings"] or "[]", type=list[ElementWeight]):
        weights.setdefault(m.element, []).append((Responsibility(m.responsibility), m.weight))
    return Rubric(
        id=row["id"],
        code=row["code"],
        version=row["version"],
        elements={e.code: e for e in msgspec.json.decode(row["elements"], type=list[Element])},
        weights={element: tuple(pairs) for element, pairs in weights.items()},
        origin=row["origin"],
    )


def _instrument(row: Record) -> InstrumentView:
    return InstrumentView(
        id=row["id"],
        code=row["code"],
        version=row["version"],
        title=row["title"],
        elements=msgspec.json.decode(row["elements"], type=tuple[Element, ...]),
        origin=row["origin"],
        created_at=row["created_at"],
    )


def _crosswalk(row: Record) -> CrosswalkView:
    return CrosswalkView(
        id=row["id"],
        code=row["code"],
        version=row["version"],
        instrument=InstrumentRefView(code=row["instrument_code"], version=row["instrument_version"]),
        mappings=msgspec.json.decode(row["mappings"], type=tuple[ElementWeight, ...]),
        current=row["current"],
        created_at=row["created_at"],
    )
