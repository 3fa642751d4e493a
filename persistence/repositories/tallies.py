"""Tallies on PostgreSQL."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from typing import Any

from domain.framework.evidence_sources import Source
from domain.framework.responsibilities import Responsibility
from domain.scoring.ports import TallyBasis, TallyDelta, TallyKey
from persistence.database import locks
from persistence.database.column_packing import pack_scalars
from persistence.database.connection import Record
from persistence.repositories.repository import Repository

SWITCH = """
update scoring_basis set basis = $2, configuration_version = $3, half_life_days = $4, landmark = $5 where district_id = $1
"""

E12 = "0.000000000001"
"""Sums are sent as integers in units of 1e-12, exact as text; the server scales them exactly."""

APPLY = f"""
insert into tally as t
  (district_id, leader_id, basis, responsibility, source, fw, fwx, n, sum_x, sum_xx, newest_at, form_c, constants)
select $1::uuid, u.leader_id, $2::int, u.responsibility, u.source, u.fw::numeric * {E12}, u.fwx::numeric * {E12}, u.n,
  u.sum_x::numeric * {E12}, u.sum_xx::numeric * {E12}, u.newest_at, 1, $3::int
from unnest(
  string_to_array($4, ',')::uuid[], string_to_array($5, ','), string_to_array($6, ','), string_to_array($7, ','),
  string_to_array($8, ','), string_to_array($9, ',')::int[], string_to_array($10, ','), string_to_array($11, ','),
  string_to_array($12, ',')::timestamptz[]
) u(leader_id, responsibility, source, fw, fwx, n, sum_x, sum_xx, newest_at)
order by 2, 3, 4, 5
on conflict (district_id, leader_id, basis, responsibility, source) do update set
  fw = t.fw + excluded.fw, fwx = t.fwx + excluded.fwx, n = t.n + excluded.n, sum_x = t.sum_x + excluded.sum_x,
  sum_xx = t.sum_xx + excluded.sum_xx, newest_at = greatest(t.newest_at, excluded.newest_at), constants = excluded.constants
"""
"""One row for each key, summed before, in key order, so that concurrent pushes do not deadlock."""

TAKE = f"""
update tally t set
  fw = t.fw + u.fw::numeric * {E12}, fwx = t.fwx + u.fwx::numeric * {E12}, n = t.n + u.n,
  sum_x = t.sum_x + u.sum_x::numeric * {E12}, sum_xx = t.sum_xx + u.sum_xx::numeric * {E12},
  newest_at = greatest(t.newest_at, u.newest_at), constants = $3
from unnest($4::uuid[], $5::text[], $6::text[], $7::text[], $8::text[], $9::int[], $10::text[], $11::text[], $12::timestamptz[])
  u(leader_id, responsibility, source, fw, fwx, n, sum_x, sum_xx, newest_at)
where t.district_id = $1 and t.basis = $2 and t.leader_id = u.leader_id and t.responsibility = u.responsibility
  and t.source = u.source
returning t.leader_id, t.responsibility, t.source, t.newest_at
"""

LOCK_TALLIES = """
select 1 from unnest($3::uuid[], $4::text[], $5::text[]) k(leader_id, responsibility, source)
join tally t on t.district_id = $1 and t.basis = $2 and t.leader_id = k.leader_id and t.responsibility = k.responsibility
  and t.source = k.source
order by t.leader_id, t.responsibility, t.source for update of t
"""

EMPTY = "delete from tally where district_id = $1 and basis = $2 and n = 0 and leader_id = any($3::uuid[])"

PUT_NEWEST = """
update tally t set newest_at = u.newest_at
from unnest($3::uuid[], $4::text[], $5::text[], $6::timestamptz[]) u(leader_id, responsibility, source, newest_at)
where t.district_id = $1 and t.basis = $2 and t.leader_id = u.leader_id and t.responsibility = u.responsibility
  and t.source = u.source
"""


class PgTallies(Repository):
    """`TallyStore` of one district."""

    async def basis(self) -> TallyBasis:
        return _basis(await locks.lock_basis(self.connection, self.district_id, exclusive=False))

    async def lock_basis(self) -> TallyBasis:
        return _basis(await locks.lock_basis(self.connection, self.district_id, exclusive=True))

    async def apply(self, basis: TallyBasis, changes: Sequence[TallyDelta]) -> Mapping[TallyKey, datetime]:
        locks.check_order(self.connection, locks.Lock.TALLIES)
        additions, removals = [c for c in changes if not c.has_removals], [c for c in changes if c.has_removals]
        if removals:
            keys = (list(column) for column in zip(*(c[:3] for c in changes), strict=True))
            await self.execute(LOCK_TALLIES, basis.number, *keys)
        if additions:
            columns = (pack_scalars(column) for column in _columns(additions))
            await self.execute(APPLY, basis.number, basis.configuration_version, *columns)
        if not removals:
            return {}
        rows = await self.fetch(TAKE, basis.number, basis.configuration_version, *_columns(removals))
        await self.execute(EMPTY, basis.number, list({c.leader_id for c in removals}))
        return {
            TallyKey(row["leader_id"], Responsibility(row["responsibility"]), Source(row["source"])): row["newest_at"]
            for row in rows
        }

    async def set_newest(self, basis: TallyBasis, newest: Sequence[tuple[TallyKey, datetime]]) -> None:
        columns = zip(*((*key, at) for key, at in newest), strict=True)
        await self.execute(PUT_NEWEST, basis.number, *(list(c) for c in columns))

    async def drop(self, basis: TallyBasis, sources: Sequence[Source]) -> None:
        query = "delete from tally where district_id = $1 and basis = $2 and source = any($3::text[])"
        await self.execute(query, basis.number, list(sources))

    async def has_any(self, basis: TallyBasis, sources: Iterable[Source]) -> bool:
        query = "select exists (select 1 from tally where district_id = $1 and basis = $2 and source = any($3::text[]))"
        return bool(await self.fetchval(query, basis.number, list(sources)))

    async def carry_over(self, before: TallyBasis, after: TallyBasis) -> None:
        query = "update tally set basis = $3 where district_id = $1 and basis = $2"
        await self.execute(query, before.number, after.number)

    async def switch(self, basis: TallyBasis) -> None:
        values = (basis.number, basis.configuration_version, basis.half_life_days, basis.landmark)
        await self.execute(SWITCH, *values)


def _basis(row: Record) -> TallyBasis:
    return TallyBasis(
        number=row["basis"],
        configuration_version=row["configuration_version"],
        half_life_days=row["half_life_days"],
        landmark=row["landmark"],
    )


def _columns(changes: Sequence[TallyDelta]) -> Iterable[list[Any]]:
    leaders, responsibilities, sources, sums, newest, _ = zip(*changes, strict=True)
    yield list(leaders)
    yield list(responsibilities)
    yield list(sources)
    yield [str(s.fw) for s in sums]
    yield [str(s.fwx) for s in sums]
    yield [s.n for s in sums]
    yield [str(s.sum_x) for s in sums]
    yield [str(s.sum_xx) for s in sums]
    yield list(newest)
