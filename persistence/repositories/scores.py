"""What profiles are read from on PostgreSQL: tallies in force, and evidence as units."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from itertools import groupby
from typing import cast
from uuid import UUID

from domain.framework.evidence_sources import Source
from domain.framework.responsibilities import Responsibility
from domain.observations.commands import PushedRating
from domain.observations.model import Rubric
from domain.observations.rules import units
from domain.scoring.evidence_units import EvidenceUnit, convert, precedence, winners
from domain.scoring.ports import Held
from domain.scoring.tally import Tally
from domain.shared.access_scope import AccessScope
from domain.shared.ids import DistrictId, PersonId
from domain.shared.roles import LEADER_ROLES
from persistence.database.connection import Raw, Record
from persistence.repositories.instruments import PgInstruments

LEADERS = ", ".join(f"'{role.value}'" for role in sorted(LEADER_ROLES))

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


NO_LEADER = Held(leader=False, configuration_version=1, tallies=())
"""Whoever is beyond the access scope: the same as whoever leads no school."""


class PgScores:
    """``ScoreReader`` for one district, narrowed to leaders within ``scope``."""

    def __init__(self, raw: Raw, district_id: DistrictId, scope: AccessScope) -> None:
        self._raw = raw
        self._district_id = district_id
        self._scope = scope

    async def held(self, leader_id: PersonId) -> Held:
        """The tallies of one leader in force, in one query. Rows go to the rule as they come: they have a tally's order."""
        if not self._scope.covers(leader_id):
            return NO_LEADER
        rows = await self._raw.fetch(HELD, self._district_id, leader_id)
        first = rows[0]
        return Held(first[10], first[9], cast("tuple[Tally, ...]", () if first[0] is None else rows))

    async def held_many(self, leader_ids: Sequence[PersonId]) -> Sequence[Held]:
        """The same for several leaders, in their order, in one query."""
        found: dict[UUID, Held] = {}
        fetched = await self._raw.fetch(HELD_MANY, self._district_id, list(set(self._scope.among(leader_ids))))
        for leader_id, group in groupby(fetched, key=lambda row: row[11]):
            rows = list(group)
            found[leader_id] = Held(rows[0][10], rows[0][9], cast("tuple[Tally, ...]", () if rows[0][0] is None else rows))
        return [found.get(leader_id, NO_LEADER) for leader_id in leader_ids]

    async def units_until(self, leader_id: PersonId, at: datetime | None) -> Sequence[EvidenceUnit]:
        """Every current unit of evidence about ``leader_id`` up to ``at``, straight from the evidence rows."""
        if not self._scope.covers(leader_id):
            return []
        return await PgEvidence(self._raw, self._district_id).units_of(leader_id, at)


class PgEvidence:
    """``EvidenceReader`` for one district: for keeping tallies right, whoever they are about."""

    def __init__(self, raw: Raw, district_id: DistrictId) -> None:
        self._raw = raw
        self._district_id = district_id

    async def units_of(self, leader_id: PersonId, at: datetime | None = None) -> Sequence[EvidenceUnit]:
        """Every current unit of evidence about ``leader_id`` (``at``: up to then), straight from the evidence rows."""
        until = " and {}.{} <= $3" if at else ""
        values = (self._district_id, leader_id, *([at] if at else []))
        seen = await self._raw.fetch(f"{SEEN} and o.leader_id = $2{until.format('o', 'observed_at')} order by o.id", *values)
        assessed = await self._raw.fetch(
            f"{ASSESSED} and a.leader_id = $2{until.format('a', 'assessed_at')} order by a.id desc", *values
        )
        return [unit for _, found in await self._units(seen, assessed) for unit in found]

    async def all_units(self, sources: Sequence[Source]) -> Sequence[tuple[PersonId, tuple[EvidenceUnit, ...]]]:
        """Every current unit of the district that is of ``sources``, by leader: what a rebuild is made of."""
        seen = await self._raw.fetch(f"{SEEN} order by o.id", self._district_id) if Source.OBSERVATION in sources else []
        query = f"{ASSESSED} and a.source = any($2::text[]) order by a.id desc"
        return await self._units(seen, await self._raw.fetch(query, self._district_id, list(sources)))

    async def evidence_rows(self) -> int:
        """How many ratings of the district count now, in observations and assessments."""
        query = f"select (select count(*) from ({SEEN}) s) + (select count(*) from ({ASSESSED}) a)"
        return int(await self._raw.fetchval(query, self._district_id))

    async def _units(
        self, seen: Sequence[Record], assessed: Sequence[Record]
    ) -> Sequence[tuple[PersonId, tuple[EvidenceUnit, ...]]]:
        ids = sorted({row["instrument_id"] for row in seen if row["instrument_id"] is not None})
        rubrics = {r.id: r for r in await PgInstruments(self._raw, self._district_id).rubrics([], ids)}
        return [*_visits(seen, cast("Mapping[UUID, Rubric]", rubrics)), *assessments(assessed)]


def _visits(rows: Sequence[Record], rubrics: Mapping[UUID, Rubric]) -> Iterable[tuple[PersonId, tuple[EvidenceUnit, ...]]]:
    for _, group in groupby(rows, key=lambda row: row[1]):
        visit = list(group)
        ratings = [PushedRating(responsibility=v[4], element=v[5], value=v[6], level=v[7]) for v in visit]
        yield visit[0][0], units(ratings, rubrics.get(visit[0][3]), visit[0][2])


def assessments(rows: Sequence[Record]) -> Iterable[tuple[PersonId, tuple[EvidenceUnit, ...]]]:
    """The newest rating that each assessor gave each leader on each responsibility (METHOD 3.6)."""
    for row in winners(rows, contest=lambda r: (r[0], r[1], r[2], r[4]), rank=lambda r: precedence(r[3], r[8], r[9])).values():
        x = round(convert(row[5], row[6], row[7], ""), 12)
        yield row[0], (EvidenceUnit(Responsibility(row[4]), Source(row[2]), x, 1.0, row[3]),)
