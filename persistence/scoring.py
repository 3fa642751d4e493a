"""Tallies, what profiles are read from, assessments and configurations on PostgreSQL."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from functools import lru_cache
from itertools import groupby
from typing import Any, cast
from uuid import UUID

import msgspec

from domain.assessments.ports import HeldAssessment, NewAssessment
from domain.framework.configuration import PRODUCT, Configuration
from domain.framework.responsibilities import Responsibility
from domain.framework.sources import Source
from domain.observations.commands import PushedRating
from domain.observations.model import Rubric
from domain.observations.rules import units
from domain.scoring.ports import Basis, Held, TallyChange, TallyKey
from domain.scoring.tally import Tally
from domain.scoring.units import Unit, convert, precedence, winners
from domain.shared.ids import AssessmentId, DistrictId, PersonId
from domain.shared.roles import LEADER_ROLES
from persistence.inserts import Insert
from persistence.observations import PgInstruments
from persistence.packing import plain
from persistence.raw import Raw, Record
from persistence.tables.scoring import AssessmentRatingRow, AssessmentRow

LEADERS = ", ".join(f"'{role.value}'" for role in sorted(LEADER_ROLES))

BASIS = "select basis, configuration_version, half_life_days, landmark from scoring_basis where district_id = $1"

SWITCH = """
update scoring_basis set basis = $2, configuration_version = $3, half_life_days = $4, landmark = $5 where district_id = $1
"""

E12 = "0.000000000001"
"""Sums travel as whole numbers of 1e-12, which any text holds exactly; the server scales them, exactly too."""

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
"""One row a key, summed before, in key order: that is what keeps concurrent pushes from locking each other out."""

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


class PgTallies:
    """``TallyStore`` for one district."""

    def __init__(self, raw: Raw, district_id: DistrictId) -> None:
        self._raw = raw
        self._district_id = district_id

    async def basis(self) -> Basis:
        """What the tallies are built with; a rebuild waits until this unit has ended."""
        return _basis(await self._raw.fetchrow(f"{BASIS} for share", self._district_id))

    async def basis_alone(self) -> Basis:
        """The same, once every unit that shares it has ended; none begins until this one has."""
        return _basis(await self._raw.fetchrow(f"{BASIS} for update", self._district_id))

    async def apply(self, basis: Basis, changes: Sequence[TallyChange]) -> Mapping[TallyKey, datetime]:
        """Add ``changes``, at most one a key, in key order; ``newest_at`` of those taken from. A tally with no units goes."""
        coming, taken = [c for c in changes if not c.taken], [c for c in changes if c.taken]
        if taken:
            keys = (list(column) for column in zip(*(c[:3] for c in changes), strict=True))
            await self._raw.execute(LOCK_TALLIES, self._district_id, basis.number, *keys)
        if coming:
            columns = (plain(column) for column in _columns(coming))
            await self._raw.execute(APPLY, self._district_id, basis.number, basis.configuration_version, *columns)
        if not taken:
            return {}
        rows = await self._raw.fetch(TAKE, self._district_id, basis.number, basis.configuration_version, *_columns(taken))
        await self._raw.execute(EMPTY, self._district_id, basis.number, list({c.leader_id for c in taken}))
        return {TallyKey(row[0], Responsibility(row[1]), Source(row[2])): row[3] for row in rows}

    async def put_newest(self, basis: Basis, newest: Sequence[tuple[TallyKey, datetime]]) -> None:
        """Correct ``newest_at`` where the newest unit was taken away."""
        columns = zip(*((*key, at) for key, at in newest), strict=True)
        await self._raw.execute(PUT_NEWEST, self._district_id, basis.number, *(list(c) for c in columns))

    async def drop(self, basis: Basis, sources: Sequence[Source]) -> None:
        """Forget the tallies of ``sources`` of the whole district."""
        query = "delete from tally where district_id = $1 and basis = $2 and source = any($3::text[])"
        await self._raw.execute(query, self._district_id, basis.number, list(sources))

    async def holds(self, basis: Basis, sources: Iterable[Source]) -> bool:
        """Whether there are tallies of ``sources``."""
        query = "select exists (select 1 from tally where district_id = $1 and basis = $2 and source = any($3::text[]))"
        return bool(await self._raw.fetchval(query, self._district_id, basis.number, list(sources)))

    async def carry(self, before: Basis, after: Basis) -> None:
        """Take the tallies of ``before`` over to ``after`` as they are."""
        query = "update tally set basis = $3 where district_id = $1 and basis = $2"
        await self._raw.execute(query, self._district_id, before.number, after.number)

    async def switch(self, basis: Basis) -> None:
        """Make ``basis`` the one in force."""
        values = (basis.number, basis.configuration_version, basis.half_life_days, basis.landmark)
        await self._raw.execute(SWITCH, self._district_id, *values)


def _basis(row: Record | None) -> Basis:
    if row is None:
        raise AssertionError("every district has a basis from its creation on")
    return Basis(number=row[0], configuration_version=row[1], half_life_days=row[2], landmark=row[3])


def _columns(changes: Sequence[TallyChange]) -> Iterable[list[Any]]:
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


IS_LEADER = f"exists (select 1 from assignment a where a.district_id = $1 and a.person_id = $2 and a.role in ({LEADERS}))"

HELD = f"""
select t.responsibility, t.source, t.fw_f, t.fwx_f, t.n, t.sum_x_f, t.sum_xx_f, t.form_c, t.newest_at, s.configuration_version,
  {IS_LEADER}
from scoring_basis s
left join tally t on t.district_id = s.district_id and t.leader_id = $2 and t.basis = s.basis
where s.district_id = $1
"""

HELD_MANY = f"""
select t.responsibility, t.source, t.fw_f, t.fwx_f, t.n, t.sum_x_f, t.sum_xx_f, t.form_c, t.newest_at, s.configuration_version,
  exists (select 1 from assignment a where a.district_id = $1 and a.person_id = k.id and a.role in ({LEADERS})), k.id
from unnest($2::uuid[]) k(id) join scoring_basis s on s.district_id = $1
left join tally t on t.district_id = s.district_id and t.leader_id = k.id and t.basis = s.basis
order by k.id
"""

SEEN = """
select o.leader_id, o.id, o.observed_at, o.instrument_id, r.responsibility, r.element, r.value, r.level
from observation o join rating r on r.district_id = o.district_id and r.observation_id = o.id and r.version = o.version
where o.district_id = $1 and o.superseded_at is null and (r.value is not null or r.level is not null)
"""

ASSESSED = """
select a.leader_id, a.assessor_id, a.source, a.assessed_at, r.responsibility, r.value, a.worst, a.best, a.version, a.external_id
from assessment a join assessment_rating r on r.district_id = a.district_id and r.assessment_id = a.id and r.version = a.version
where a.district_id = $1 and a.superseded_at is null
"""


class PgScores:
    """``ScoreReader`` for one district."""

    def __init__(self, raw: Raw, district_id: DistrictId) -> None:
        self._raw = raw
        self._district_id = district_id

    async def held(self, leader_id: PersonId) -> Held:
        """The tallies of one leader in force, in one query. Rows go to the rule as they come: they have a tally's order."""
        rows = await self._raw.fetch(HELD, self._district_id, leader_id)
        first = rows[0]
        return Held(first[10], first[9], cast("tuple[Tally, ...]", () if first[0] is None else rows))

    async def held_many(self, leader_ids: Sequence[PersonId]) -> Sequence[Held]:
        """The same for several leaders, in their order, in one query."""
        found: dict[UUID, Held] = {}
        fetched = await self._raw.fetch(HELD_MANY, self._district_id, list(set(leader_ids)))
        for leader_id, group in groupby(fetched, key=lambda row: row[11]):
            rows = list(group)
            found[leader_id] = Held(rows[0][10], rows[0][9], cast("tuple[Tally, ...]", () if rows[0][0] is None else rows))
        return [found[leader_id] for leader_id in leader_ids]

    async def units_until(self, leader_id: PersonId, at: datetime | None) -> Sequence[Unit]:
        """Every current unit of evidence about ``leader_id`` up to ``at``, straight from the evidence rows."""
        until = " and {}.{} <= $3" if at else ""
        values = (self._district_id, leader_id, *([at] if at else []))
        seen = await self._raw.fetch(f"{SEEN} and o.leader_id = $2{until.format('o', 'observed_at')} order by o.id", *values)
        assessed = await self._raw.fetch(
            f"{ASSESSED} and a.leader_id = $2{until.format('a', 'assessed_at')} order by a.id desc", *values
        )
        return [unit for _, found in await self._units(seen, assessed) for unit in found]

    async def all_units(self, sources: Sequence[Source]) -> Sequence[tuple[PersonId, tuple[Unit, ...]]]:
        """Every current unit of the district that is of ``sources``, by leader: what a rebuild is made of."""
        seen = await self._raw.fetch(f"{SEEN} order by o.id", self._district_id) if Source.OBSERVATION in sources else []
        query = f"{ASSESSED} and a.source = any($2::text[]) order by a.id desc"
        return await self._units(seen, await self._raw.fetch(query, self._district_id, list(sources)))

    async def evidence_rows(self) -> int:
        """How many ratings of the district count now, in observations and assessments."""
        query = f"select (select count(*) from ({SEEN}) s) + (select count(*) from ({ASSESSED}) a)"
        return int(await self._raw.fetchval(query, self._district_id))

    async def _units(self, seen: Sequence[Record], assessed: Sequence[Record]) -> Sequence[tuple[PersonId, tuple[Unit, ...]]]:
        ids = sorted({row["instrument_id"] for row in seen if row["instrument_id"] is not None})
        rubrics = {r.id: r for r in await PgInstruments(self._raw, self._district_id).rubrics([], ids)}
        return [*_visits(seen, cast("Mapping[UUID, Rubric]", rubrics)), *_assessments(assessed)]


def _visits(rows: Sequence[Record], rubrics: Mapping[UUID, Rubric]) -> Iterable[tuple[PersonId, tuple[Unit, ...]]]:
    for _, group in groupby(rows, key=lambda row: row[1]):
        visit = list(group)
        ratings = [PushedRating(responsibility=v[4], element=v[5], value=v[6], level=v[7]) for v in visit]
        yield visit[0][0], units(ratings, rubrics.get(visit[0][3]), visit[0][2])


def _assessments(rows: Sequence[Record]) -> Iterable[tuple[PersonId, tuple[Unit, ...]]]:
    """The newest rating that each assessor gave each leader on each responsibility (spec.md 1)."""
    for row in winners(rows, contest=lambda r: (r[0], r[1], r[2], r[4]), rank=lambda r: precedence(r[3], r[8], r[9])).values():
        x = round(convert(row[5], row[6], row[7], ""), 12)
        yield row[0], (Unit(Responsibility(row[4]), Source(row[2]), x, 1.0, row[3]),)


@lru_cache(maxsize=256)
def _document(document: str) -> Configuration:
    return msgspec.json.decode(document, type=Configuration)


class PgConfigurations:
    """``ConfigurationStore`` for one district. Version 1 is the product's and is never stored."""

    def __init__(self, raw: Raw, district_id: DistrictId) -> None:
        self._raw = raw
        self._district_id = district_id

    async def get(self, version: int) -> Configuration | None:
        """That version, if the district has it."""
        if version == PRODUCT.version:
            return PRODUCT
        query = "select document::text from configuration where district_id = $1 and version = $2"
        document = await self._raw.fetchval(query, self._district_id, version)
        return None if document is None else _document(document)

    async def current_version(self) -> int:
        """The version in force."""
        query = "select configuration_version from scoring_basis where district_id = $1"
        return int(await self._raw.fetchval(query, self._district_id))

    async def add(self, configuration: Configuration, at: datetime) -> None:
        """Keep a new version."""
        query = "insert into configuration (district_id, version, document, created_at) values ($1, $2, $3::jsonb, $4)"
        document = msgspec.json.encode(configuration).decode()
        await self._raw.execute(query, self._district_id, configuration.version, document, at)


ASSESSMENTS, ASSESSMENT_RATINGS = Insert(AssessmentRow), Insert(AssessmentRatingRow)

SUPERSEDE = """
update assessment set superseded_at = $3 where district_id = $1 and id = $2 and superseded_at is null
"""

ALONE = "select pg_advisory_xact_lock(hashtextextended($1::uuid::text || $2::uuid::text, 1))"

FIND = """
select origin, source, external_id, version, superseded_at is null as live, leader_id, assessor_id from assessment
where district_id = $1 and id = $2 order by version desc limit 1
"""


class PgAssessments:
    """``AssessmentStore`` for one district."""

    def __init__(self, raw: Raw, district_id: DistrictId) -> None:
        self._raw = raw
        self._district_id = district_id

    async def alone(self, leader_id: PersonId) -> None:
        """One assessment of a leader at a time, until the unit ends: which one counts is decided between them."""
        await self._raw.execute(ALONE, self._district_id, leader_id)

    async def add(self, assessment: NewAssessment) -> None:
        """Keep one with its ratings."""
        a = assessment
        row = (
            *(a.id, a.version, a.source.value, a.origin, a.client_id, a.external_id, a.purpose, a.leader_id, a.assessor_id),
            *(a.assessed_at, a.scale.worst, a.scale.best, a.received_at, None),
        )
        await ASSESSMENTS.run(self._raw, self._district_id, [row])
        rows = [(a.id, a.version, r.responsibility, r.value) for r in a.ratings]
        await ASSESSMENT_RATINGS.run(self._raw, self._district_id, rows)

    async def supersede(self, assessment_id: AssessmentId, at: datetime) -> None:
        """Mark the live version superseded."""
        await self._raw.execute(SUPERSEDE, self._district_id, assessment_id, at)

    async def find(self, assessment_id: AssessmentId) -> HeldAssessment | None:
        """The newest version of one."""
        row = await self._raw.fetchrow(FIND, self._district_id, assessment_id)
        return None if row is None else HeldAssessment(row[0], Source(row[1]), *row[2:])

    async def lock(self, assessment_id: AssessmentId) -> None:
        """Let nobody else retract it until the unit ends."""
        await self._raw.execute(f"{FIND} for update", self._district_id, assessment_id)

    async def standing(self, leader_id: PersonId, source: Source, assessor_id: PersonId) -> Sequence[Unit]:
        """The newest rating of each responsibility that ``assessor_id`` gave ``leader_id``."""
        query = f"{ASSESSED} and a.leader_id = $2 and a.source = $3 and a.assessor_id = $4 order by a.id desc"
        rows = await self._raw.fetch(query, self._district_id, leader_id, source.value, assessor_id)
        return [unit for _, found in _assessments(rows) for unit in found]
