"""Recompute every tally from the evidence by independent code: one SQL statement in floating point.

It shares no function with the tallies: no evidence units, decay or exact sums. Differences above 1e-9 are reported.
Anonymous sources are left out, as their single answers are not stored.
"""

from dataclasses import dataclass
from uuid import UUID

from persistence.database.connection import Connection

TOLERANCE = 1e-9

RECOMPUTED = """
with basis as (
  select * from scoring_basis where district_id = $1
),
element as (
  select i.id as instrument_id, e->>'code' as code, (e->'scale'->>'worst')::float8 as worst,
    (e->'scale'->>'best')::float8 as best, e->'levels' as levels
  from instrument i cross join lateral jsonb_array_elements(i.elements) e where i.district_id = $1
),
mapped as (
  select c.instrument_id, m->>'element' as element, m->>'responsibility' as responsibility, (m->>'weight')::float8 as weight
  from (select distinct on (instrument_id) * from crosswalk where district_id = $1 order by instrument_id, ordinal desc) c
  cross join lateral jsonb_array_elements(c.mappings) m
),
rated as (
  select o.leader_id, o.id, o.observed_at as at, r.responsibility, 1::float8 as weight, r.value as x
  from observation o join rating r on r.district_id = o.district_id and r.observation_id = o.id and r.version = o.version
  where o.district_id = $1 and o.superseded_at is null and r.responsibility is not null and r.value is not null
  union all
  select o.leader_id, o.id, o.observed_at, m.responsibility, m.weight,
    1 + 4 * (coalesce(r.value, (
      select (l->>'value')::float8 from jsonb_array_elements(e.levels) l where l->>'code' = r.level
    )) - e.worst) / (e.best - e.worst)
  from observation o join rating r on r.district_id = o.district_id and r.observation_id = o.id and r.version = o.version
  join element e on e.instrument_id = o.instrument_id and e.code = r.element
  join mapped m on m.instrument_id = o.instrument_id and m.element = r.element
  where o.district_id = $1 and o.superseded_at is null and (r.value is not null or r.level is not null)
),
unit as (
  select leader_id, 'observation' as source, responsibility, at, sum(weight * x) / sum(weight) as x, least(1, sum(weight)) as c
  from rated group by leader_id, id, at, responsibility
  union all
  select * from (
    select distinct on (a.leader_id, a.source, a.assessor_id, r.responsibility)
      a.leader_id, a.source, r.responsibility, a.assessed_at,
      1 + 4 * (r.value - a.worst) / (a.best - a.worst), 1::float8
    from assessment a
    join assessment_rating r on r.district_id = a.district_id and r.assessment_id = a.id and r.version = a.version
    where a.district_id = $1 and a.superseded_at is null
    order by a.leader_id, a.source, a.assessor_id, r.responsibility, a.assessed_at desc, a.version desc,
      coalesce(a.external_id, '') collate "C" desc, a.id desc
  ) newest
),
weighed as (
  select u.*, u.c * power(2::float8,
    floor(extract(epoch from u.at - b.landmark))::float8 / 86400 / b.half_life_days) as w
  from unit u cross join basis b
),
expected as (
  select leader_id, responsibility, source, sum(w) as fw, sum(w * x) as fwx, count(*)::int as n, sum(x) as sum_x,
    sum(x * x) as sum_xx, max(at) as newest_at
  from weighed group by leader_id, responsibility, source
),
held as (
  select t.* from tally t join basis b on t.basis = b.basis
  where t.district_id = $1 and t.source in ('observation', 'supervisor', 'self')
)
select coalesce(e.leader_id, h.leader_id) as leader_id, coalesce(e.responsibility, h.responsibility) as responsibility,
  coalesce(e.source, h.source) as source, h.fw_f, e.fw, h.fwx_f, e.fwx, h.n as held_n, e.n, h.sum_x_f, e.sum_x,
  h.sum_xx_f, e.sum_xx, h.newest_at as held_newest_at, e.newest_at
from expected e full join held h
  on h.leader_id = e.leader_id and h.responsibility = e.responsibility and h.source = e.source
order by 1, 2, 3
"""


@dataclass(frozen=True, kw_only=True)
class Deviation:
    """A tally that differs from the evidence: its key, the column and both values."""

    leader_id: UUID
    responsibility: str
    source: str
    what: str
    stored: str
    expected: str


async def deviations(connection: Connection, district_id: UUID) -> tuple[int, list[Deviation]]:
    """Compare the tallies of the transaction's district; return their number and every deviation."""
    rows = await connection.fetch(RECOMPUTED, district_id)
    found: list[Deviation] = []
    for row in rows:
        pairs = (
            ("fw", row["fw_f"], row["fw"]),
            ("fwx", row["fwx_f"], row["fwx"]),
            ("n", row["held_n"], row["n"]),
            ("sum_x", row["sum_x_f"], row["sum_x"]),
            ("sum_xx", row["sum_xx_f"], row["sum_xx"]),
        )
        off = [(name, stored, expected) for name, stored, expected in pairs if _differs(stored, expected)]
        if row["held_newest_at"] != row["newest_at"]:
            off.append(("newest_at", row["held_newest_at"], row["newest_at"]))
        found += [
            Deviation(
                leader_id=row["leader_id"],
                responsibility=row["responsibility"],
                source=row["source"],
                what=name,
                stored=str(stored),
                expected=str(expected),
            )
            for name, stored, expected in off
        ]
    return len(rows), found


def _differs(stored: float | None, expected: float | None) -> bool:
    """Whether they differ by more than 1e-9, relative to the larger (absolute below 1), or only one of them is missing."""
    if stored is None or expected is None:
        return True
    return abs(stored - expected) > TOLERANCE * max(1.0, abs(stored), abs(expected))
