"""Inputs of profiles on PostgreSQL: current tallies, and evidence units."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from itertools import groupby
from operator import itemgetter
from typing import cast
from uuid import UUID

from domain.framework.evidence_sources import Source
from domain.framework.responsibilities import Responsibility
from domain.observations.commands import PushedRating
from domain.observations.model import Rubric
from domain.observations.rules import evidence_units
from domain.scoring.evidence_units import EvidenceUnit, convert, newest_by_key, precedence
from domain.scoring.ports import ProfileInputs
from domain.scoring.tally import Tally
from domain.shared.access_scope import AccessScope
from domain.shared.ids import DistrictId, PersonId
from persistence.database.connection import Connection, Record
from persistence.repositories.instruments import PgInstruments
from persistence.repositories.repository import Repository
from persistence.repositories.sql_fragments import IS_LEADER

HELD = f"""
select t.responsibility, t.source, t.fw_f, t.fwx_f, t.n, t.sum_x_f, t.sum_xx_f, t.form_c, t.newest_at, s.configuration_version,
  exists (select 1 from assignment a where a.district_id = $1 and a.person_id = $2 and a.{IS_LEADER}) as leads
from scoring_basis s
left join tally t on t.district_id = s.district_id and t.leader_id = $2 and t.basis = s.basis
where s.district_id = $1
"""

HELD_MANY = f"""
select t.responsibility, t.source, t.fw_f, t.fwx_f, t.n, t.sum_x_f, t.sum_xx_f, t.form_c, t.newest_at, s.configuration_version,
  exists (select 1 from assignment a where a.district_id = $1 and a.person_id = k.id and a.{IS_LEADER}) as leads,
  k.id as leader_id
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


NO_LEADER = ProfileInputs(is_leader=False, configuration_version=1, tallies=())
"""A leader beyond the access scope: the same as a person who leads no school."""


class PgScores(Repository):
    """`ScoreReader` of one district, limited to leaders within `scope`."""

    def __init__(self, connection: Connection, district_id: DistrictId, scope: AccessScope) -> None:
        super().__init__(connection, district_id)
        self._scope = scope

    async def profile_inputs(self, leader_id: PersonId) -> ProfileInputs:
        if not self._scope.covers(leader_id):
            return NO_LEADER
        return _profile_inputs(await self.fetch(HELD, leader_id))

    async def profile_inputs_many(self, leader_ids: Sequence[PersonId]) -> Sequence[ProfileInputs]:
        rows = await self.fetch(HELD_MANY, list(set(self._scope.filter_people(leader_ids))))
        profiles = {leader_id: _profile_inputs(list(group)) for leader_id, group in groupby(rows, key=itemgetter("leader_id"))}
        return [profiles.get(leader_id, NO_LEADER) for leader_id in leader_ids]

    async def units_until(self, leader_id: PersonId, at: datetime | None) -> Sequence[EvidenceUnit]:
        if not self._scope.covers(leader_id):
            return []
        return await PgEvidence(self.connection, self.district_id).units_of(leader_id, at)


class PgEvidence(Repository):
    """`EvidenceReader` of one district: for updating tallies, so not limited to an access scope."""

    async def units_of(self, leader_id: PersonId, at: datetime | None = None) -> Sequence[EvidenceUnit]:
        until = " and {}.{} <= $3" if at else ""
        values = (self.district_id, leader_id, *([at] if at else []))
        visits = await self.connection.fetch(
            f"{SEEN} and o.leader_id = $2{until.format('o', 'observed_at')} order by o.id", *values
        )
        assessed = await self.connection.fetch(
            f"{ASSESSED} and a.leader_id = $2{until.format('a', 'assessed_at')} order by a.id desc", *values
        )
        return [unit for _, found in await self._units(visits, assessed) for unit in found]

    async def all_units(self, sources: Sequence[Source]) -> Sequence[tuple[PersonId, tuple[EvidenceUnit, ...]]]:
        visits = await self.fetch(f"{SEEN} order by o.id") if Source.OBSERVATION in sources else []
        query = f"{ASSESSED} and a.source = any($2::text[]) order by a.id desc"
        return await self._units(visits, await self.fetch(query, list(sources)))

    async def evidence_rows(self) -> int:
        query = f"select (select count(*) from ({SEEN}) s) + (select count(*) from ({ASSESSED}) a)"
        return int(await self.fetchval(query))

    async def _units(
        self, observed: Sequence[Record], assessed: Sequence[Record]
    ) -> Sequence[tuple[PersonId, tuple[EvidenceUnit, ...]]]:
        ids = sorted({row["instrument_id"] for row in observed if row["instrument_id"] is not None})
        rubrics = {r.id: r for r in await PgInstruments(self.connection, self.district_id).rubrics([], ids)}
        return [*_visits(observed, cast("Mapping[UUID, Rubric]", rubrics)), *assessments(assessed)]


def _profile_inputs(rows: Sequence[Record]) -> ProfileInputs:
    """Rows are passed as they are: their columns are in a tally's order. A leader without tallies has one row of nulls."""
    first = rows[0]
    tallies = () if first["responsibility"] is None else rows
    return ProfileInputs(first["leads"], first["configuration_version"], cast("tuple[Tally, ...]", tallies))


def _visits(rows: Sequence[Record], rubrics: Mapping[UUID, Rubric]) -> Iterable[tuple[PersonId, tuple[EvidenceUnit, ...]]]:
    for _, group in groupby(rows, key=itemgetter("id")):
        visit = list(group)
        first = visit[0]
        ratings = [
            PushedRating(responsibility=row["responsibility"], element=row["element"], value=row["value"], level=row["level"])
            for row in visit
        ]
        yield first["leader_id"], evidence_units(ratings, rubrics.get(first["instrument_id"]), first["observed_at"])


def assessments(rows: Sequence[Record]) -> Iterable[tuple[PersonId, tuple[EvidenceUnit, ...]]]:
    """Yield the newest rating of each assessor for each leader and responsibility (METHOD 3.6)."""
    contest = itemgetter("leader_id", "assessor_id", "source", "responsibility")
    for row in newest_by_key(
        rows, key_of=contest, rank=lambda r: precedence(r["assessed_at"], r["version"], r["external_id"])
    ).values():
        x = round(convert(row["value"], row["worst"], row["best"], ""), 12)
        unit = EvidenceUnit(Responsibility(row["responsibility"]), Source(row["source"]), x, 1.0, row["assessed_at"])
        yield row["leader_id"], (unit,)
