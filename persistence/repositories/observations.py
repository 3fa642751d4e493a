"""Observations on PostgreSQL."""

from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import Any, Literal

import msgspec

from domain.observations.commands import ListObservations, PushedRating
from domain.observations.model import FeedbackType, ObservationState, Purpose, Setting
from domain.observations.ports import NewObservation, StoredObservation, Superseded
from domain.observations.views import (
    FeedbackView,
    InstrumentRefView,
    ObservationView,
    RatingView,
)
from domain.shared.access_scope import AccessScope
from domain.shared.ids import DistrictId, ObservationId
from domain.shared.paging import Key
from persistence.database import locks
from persistence.database.bulk_insert import BulkInsert
from persistence.database.connection import Connection, Record
from persistence.repositories.repository import Repository
from persistence.tables.observations import FeedbackRow, ObservationRow, RatingRow

OBSERVATIONS, RATINGS, FEEDBACK = BulkInsert(ObservationRow), BulkInsert(RatingRow), BulkInsert(FeedbackRow)

SUPERSEDE = """
update observation set superseded_at = $3
where district_id = $1 and id = any($2::uuid[]) and superseded_at is null
returning id, version, leader_id, observed_at, instrument_id
"""

RATINGS_OF = """
select r.observation_id, r.responsibility, r.element, r.value, r.level
from unnest($2::uuid[], $3::bigint[]) k(id, version)
join rating r on r.district_id = $1 and r.observation_id = k.id and r.version = k.version
order by r.observation_id, r.position
"""

FIND = """
select o.origin, o.external_id, o.version, o.superseded_at is null as live from observation o
where o.district_id = $1 and o.id = $2 and o.origin = $3 order by o.version desc limit 1
"""

SHOWN = """
select o.id, o.external_id, o.version, o.origin, o.superseded_at is null as live, o.purpose, o.leader_id, o.observer_id,
  o.observer_name, o.school_id, o.observed_at, o.setting, o.announced, o.duration_minutes, o.received_at,
  i.code as instrument_code, i.version as instrument_version,
  (select coalesce(json_agg(json_build_array(r.responsibility, r.element, r.value, r.level) order by r.position), '[]')::text
   from rating r where r.district_id = o.district_id and r.observation_id = o.id and r.version = o.version) as ratings,
  (select coalesce(json_agg(json_build_array(f.type, f.text) order by f.position), '[]')::text
   from feedback f where f.district_id = o.district_id and f.observation_id = o.id and f.version = o.version) as feedback
from observation o left join instrument i on i.district_id = o.district_id and i.id = o.instrument_id
"""

READ = f"{SHOWN} where o.district_id = $1 and o.id = $2 order by o.version desc limit 1"

NEWEST = (
    "not exists (select 1 from observation n where n.district_id = o.district_id and n.id = o.id and n.version > o.version)"
)
"""Views show a retracted observation's newest version only, and never a replaced version."""


class PgObservations(Repository):
    """`ObservationStore` of one district: reads within `scope`, finds what `origin` pushed."""

    def __init__(self, connection: Connection, district_id: DistrictId, scope: AccessScope, origin: str) -> None:
        super().__init__(connection, district_id)
        self._scope = scope
        self._origin = origin

    async def add(self, observations: Sequence[NewObservation]) -> None:
        if not observations:
            return
        await OBSERVATIONS.run(self.connection, self.district_id, [(*_columns(o), None) for o in observations])
        await RATINGS.run(self.connection, self.district_id, [row for o in observations for row in _ratings(o)])
        await FEEDBACK.run(self.connection, self.district_id, [row for o in observations for row in _feedback(o)])

    async def supersede(self, ids: Sequence[ObservationId], at: datetime) -> Sequence[Superseded]:
        rows = await self.fetch(SUPERSEDE, sorted(ids), at)
        return await with_ratings(self.connection, self.district_id, rows)

    async def find(self, observation_id: ObservationId) -> StoredObservation | None:
        row = await self.fetchrow(FIND, observation_id, self._origin)
        return None if row is None else StoredObservation(*row)

    async def lock(self, observation_id: ObservationId) -> None:
        locks.check_order(self.connection, locks.Lock.EVIDENCE)
        await self.execute(f"{FIND} for update", observation_id, self._origin)

    async def read(self, observation_id: ObservationId) -> ObservationView | None:
        row = await self.fetchrow(READ, observation_id)
        return None if row is None or not self._scope.covers_pushed(row["origin"], row["leader_id"]) else _view(row)

    async def page(self, cmd: ListObservations, after: Key | None) -> Sequence[ObservationView]:
        """The query contains only the requested conditions."""
        live = cmd.state is ObservationState.LIVE
        clauses = ["o.district_id = $1", "o.superseded_at is null" if live else f"o.superseded_at is not null and {NEWEST}"]
        values: list[Any] = [self.district_id]
        scope = self._scope
        if not scope.everything and scope.people:
            values += [list(scope.people), scope.origin]
            clauses.append("(o.leader_id = any($2::uuid[]) or o.origin = $3)")
        elif not scope.everything:
            values.append(scope.origin)
            clauses.append("o.origin = $2")
        for clause, value in (
            ("o.leader_id = ${}", cmd.leader_id),
            ("o.school_id = ${}", cmd.school_id),
            ("o.external_id = ${}", cmd.external_id),
            ("o.observed_at >= ${}", cmd.observed_from),
            ("o.observed_at < ${}", cmd.observed_before),
        ):
            if value is not None:
                values.append(value)
                clauses.append(clause.format(len(values)))
        if after is not None:
            values += [datetime.fromisoformat(after[0]), after[1]]
            clauses.append(f"(o.observed_at, o.id) < (${len(values) - 1}, ${len(values)}::uuid)")
        values.append(cmd.limit + 1)
        query = f"{SHOWN} where {' and '.join(clauses)} order by o.observed_at desc, o.id desc limit ${len(values)}"
        return [_view(row) for row in await self.connection.fetch(query, *values)]


async def with_ratings(connection: Connection, district_id: DistrictId, rows: Sequence[Record]) -> Sequence[Superseded]:
    """Return the observations (id, version, leader_id, observed_at, instrument_id) with their ratings, by one query."""
    found: dict[Any, list[PushedRating]] = {row["id"]: [] for row in rows}
    if rows:
        ids, versions = [row["id"] for row in rows], [row["version"] for row in rows]
        for r in await connection.fetch(RATINGS_OF, district_id, ids, versions):
            found[r["observation_id"]].append(_rating(r["responsibility"], r["element"], r["value"], r["level"]))
    return [
        Superseded(row["id"], row["leader_id"], row["observed_at"], row["instrument_id"], tuple(found[row["id"]]))
        for row in rows
    ]


def _rating(responsibility: str | None, element: str | None, value: float | None, level: str | None) -> PushedRating:
    absent: Literal[True] | None = True if value is None and level is None else None
    return PushedRating(responsibility=responsibility, element=element, value=value, level=level, not_observed=absent)


def _columns(o: NewObservation) -> tuple[Any, ...]:
    return (
        o.id,
        o.version,
        o.origin,
        o.client_id,
        o.external_id,
        o.purpose,
        o.leader_id,
        o.observer_id,
        o.observer_name,
        o.school_id,
        o.observed_at,
        o.setting,
        o.announced,
        o.duration_minutes,
        o.instrument_id,
        o.received_at,
    )


def _ratings(o: NewObservation) -> Iterable[tuple[Any, ...]]:
    for position, r in enumerate(o.ratings):
        yield o.id, o.version, position, r.responsibility, r.element, r.value, r.level


def _feedback(o: NewObservation) -> Iterable[tuple[Any, ...]]:
    for position, f in enumerate(o.feedback):
        yield o.id, o.version, position, f.type, f.text


def _view(row: Record) -> ObservationView:
    code, version = row["instrument_code"], row["instrument_version"]
    return ObservationView(
        id=row["id"],
        external_id=row["external_id"],
        external_version=str(row["version"]),
        origin=row["origin"],
        state=ObservationState.LIVE if row["live"] else ObservationState.RETRACTED,
        purpose=Purpose(row["purpose"]),
        leader_id=row["leader_id"],
        observer_id=row["observer_id"],
        observer_name=row["observer_name"],
        school_id=row["school_id"],
        observed_at=row["observed_at"],
        setting=Setting(row["setting"]),
        announced=row["announced"],
        duration_minutes=row["duration_minutes"],
        instrument=None if code is None else InstrumentRefView(code=code, version=version),
        ratings=tuple(
            RatingView(responsibility=r, element=e, value=v, level=lv, not_observed=v is None and lv is None)
            for r, e, v, lv in msgspec.json.decode(row["ratings"])
        ),
        feedback=tuple(FeedbackView(type=FeedbackType(t), text=text) for t, text in msgspec.json.decode(row["feedback"])),
        received_at=row["received_at"],
    )
