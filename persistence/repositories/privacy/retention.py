"""Retention on PostgreSQL: delete or anonymize expired rows, except those of people under a legal hold.

In every statement `$1` is the district, `$2` the time before which rows have expired, `$3` the people under a hold.
"""

from collections.abc import Mapping, Sequence
from datetime import date, datetime

import msgspec

from domain.privacy.retention_policy import DEFAULT_POLICY, KeptFor, RetentionKind, RetentionPolicy
from domain.shared.ids import PersonId
from persistence.database import locks
from persistence.repositories.repository import Repository

POLICY = "select version, own::text, applied_on from retention_policy where district_id = $1"

PUT = """
insert into retention_policy (district_id, version, own, changed_at) values ($1, $2, $3::jsonb, $4)
on conflict (district_id) do update set version = excluded.version, own = excluded.own, changed_at = excluded.changed_at
"""

APPLIED = "update retention_policy set applied_on = $2 where district_id = $1"

# A record has expired when all its versions have: a correction may have moved the date.
VISITS = """
select o.id, o.version from observation o where o.district_id = $1 and not exists (
  select 1 from observation n where n.district_id = $1 and n.id = o.id
  and (n.observed_at >= $2 or n.leader_id = any($3::uuid[]) or n.observer_id = any($3::uuid[])))
"""

JUDGEMENTS = """
select a.id, a.version from assessment a where a.district_id = $1 and not exists (
  select 1 from assessment n where n.district_id = $1 and n.id = a.id
  and (n.assessed_at >= $2 or n.leader_id = any($3::uuid[]) or n.assessor_id = any($3::uuid[])))
"""

NOT_UNDER_HOLD = "not (o.leader_id = any($3::uuid[])) and coalesce(not (o.observer_id = any($3::uuid[])), true)"

OLD_VISITS = f"select o.id, o.version from observation o where o.district_id = $1 and o.superseded_at < $2 and {NOT_UNDER_HOLD}"

OLD_JUDGEMENTS = """
select a.id, a.version from assessment a where a.district_id = $1 and a.superseded_at < $2
and not (a.leader_id = any($3::uuid[])) and not (a.assessor_id = any($3::uuid[]))
"""


def _of(table: str, ids: str, columns: str = "id, version") -> tuple[str, str]:
    return table, f"delete from {table} where district_id = $1 and ({columns}) in ({ids})"


def _visits(ids: str) -> tuple[tuple[str, str], ...]:
    parts = (_of(table, ids, "observation_id, version") for table in ("rating", "feedback"))
    return (*parts, _of("observation", ids))


def _judgements(ids: str) -> tuple[tuple[str, str], ...]:
    return (_of("assessment_rating", ids, "assessment_id, version"), _of("assessment", ids))


FEEDBACK = f"""
delete from feedback f using observation o where f.district_id = $1 and o.district_id = $1
and o.id = f.observation_id and o.version = f.version and o.observed_at < $2 and {NOT_UNDER_HOLD}
"""

OBSERVERS = f"""
update observation o set observer_id = null, observer_name = null where o.district_id = $1 and o.observed_at < $2
and (o.observer_id is not null or o.observer_name is not null) and {NOT_UNDER_HOLD}
"""

PULSES = """
delete from pulse_answer a using stakeholder_group g, initiative i
where a.district_id = $1 and g.district_id = $1 and g.id = a.group_id and i.district_id = $1 and i.id = g.initiative_id
and a.answered_on < ($2 at time zone 'UTC')::date and not (i.leader_id = any($3::uuid[]))
"""

REPORTS = """
delete from roster_import r where r.district_id = $1 and r.created_at < $2 and not exists (
  select 1 from (
    select p.sourced_id from person p where p.district_id = $1 and p.id = any($3::uuid[])
    union select m.sourced_id from person_merge m where m.district_id = $1 and m.kept_id = any($3::uuid[])
  ) n where position(n.sourced_id in r.view::text) > 0)
"""

HOLDS = """
delete from legal_hold h where h.district_id = $1 and least(h.released_at, h.until) < $2
and coalesce(not (h.person_id = any($3::uuid[])), true)
"""

ANSWERS = "delete from idempotency where district_id = $1 and created_at < $2 and $3::uuid[] is not null"

INPUTS = "delete from job_input where district_id = $1 and created_at < $2 and $3::uuid[] is not null"

STATEMENTS: Mapping[RetentionKind, Sequence[tuple[str, str]]] = {
    RetentionKind.OBSERVATIONS: _visits(VISITS),
    RetentionKind.FEEDBACK_TEXT: (("feedback", FEEDBACK),),
    RetentionKind.OBSERVER_IDENTITY: (("observation.observer_id", OBSERVERS),),
    RetentionKind.ASSESSMENTS: _judgements(JUDGEMENTS),
    RetentionKind.SUPERSEDED: (*_visits(OLD_VISITS), *_judgements(OLD_JUDGEMENTS)),
    RetentionKind.PULSES: (("pulse_answer", PULSES),),
    RetentionKind.ROSTER_IMPORTS: (("roster_import", REPORTS),),
    RetentionKind.RELEASED_HOLDS: (("legal_hold", HOLDS),),
    RetentionKind.IDEMPOTENCY: (("idempotency", ANSWERS),),
    RetentionKind.JOB_INPUTS: (("job_input", INPUTS),),
}
"""For each kind, except people who left: what is counted, and the statement."""


def _forget_digests(kind_condition: str, ids: str) -> str:
    """Return the statement that clears the content digests of pushed records (`kind_condition`) among `ids`."""
    return f"update push_head set digest = '' where district_id = $1 and {kind_condition} and digest <> '' and id in ({ids})"


VISITED, JUDGED = "thing = 'observation'", "thing in ('self_assessment', 'supervisor_assessment')"
DIGESTS: Mapping[RetentionKind, str] = {
    RetentionKind.OBSERVATIONS: _forget_digests(VISITED, f"select v.id from ({VISITS}) v"),
    RetentionKind.ASSESSMENTS: _forget_digests(JUDGED, f"select v.id from ({JUDGEMENTS}) v"),
    RetentionKind.OBSERVER_IDENTITY: _forget_digests(
        VISITED,
        "select o.id from observation o where o.district_id = $1 and o.observed_at < $2 "
        f"and (o.observer_id is not null or o.observer_name is not null) and {NOT_UNDER_HOLD}",
    ),
    RetentionKind.FEEDBACK_TEXT: _forget_digests(
        VISITED,
        "select o.id from observation o join feedback f on f.district_id = $1 and f.observation_id = o.id "
        f"and f.version = o.version where o.district_id = $1 and o.observed_at < $2 and {NOT_UNDER_HOLD}",
    ),
}
"""Digests of expired content are cleared with it: the holder of the key could test a guess of the content."""

TOUCHED = {
    kind: f"select leader_id from {table} where district_id = $1 and superseded_at is null and (id, version) in ({ids})"
    for kind, table, ids in (
        (RetentionKind.OBSERVATIONS, "observation", VISITS),
        (RetentionKind.ASSESSMENTS, "assessment", JUDGEMENTS),
    )
}

LEAVERS = """
select p.id from person p where p.district_id = $1 and not p.active and p.ended_at < $2 and not (p.id = any($3::uuid[]))
and not exists (select 1 from observation o where o.district_id = $1 and (
  (o.observer_id = p.id and o.leader_id = any($3::uuid[])) or (o.leader_id = p.id and o.observer_id = any($3::uuid[]))))
and not exists (select 1 from assessment a where a.district_id = $1 and (
  (a.assessor_id = p.id and a.leader_id = any($3::uuid[])) or (a.leader_id = p.id and a.assessor_id = any($3::uuid[]))))
order by p.id
"""


class PgRetention(Repository):
    """`RetentionStore` of one district."""

    async def policy(self, *, lock: bool = False) -> RetentionPolicy:
        if lock:
            await locks.lock_district(self.connection, self.district_id, locks.Lock.RETENTION)
        row = await self.fetchrow(POLICY)
        if row is None:
            return DEFAULT_POLICY
        return RetentionPolicy(
            version=row["version"],
            own=msgspec.json.decode(row["own"], type=tuple[KeptFor, ...]),
            applied_on=row["applied_on"],
        )

    async def put(self, policy: RetentionPolicy, at: datetime) -> None:
        own = msgspec.json.encode(policy.own).decode()
        await self.execute(PUT, policy.version, own, at)

    async def mark_applied(self, on: date) -> None:
        await self.execute(APPLIED, on)

    async def affected_people(
        self, kind: RetentionKind, before: datetime, under_hold: Sequence[PersonId]
    ) -> frozenset[PersonId]:
        rows = await self.fetch(TOUCHED[kind], before, list(under_hold))
        return frozenset(row[0] for row in rows)

    async def expire(self, kind: RetentionKind, before: datetime, under_hold: Sequence[PersonId]) -> dict[str, int]:
        found: dict[str, int] = {}
        if kind in DIGESTS:
            await self.execute(DIGESTS[kind], before, list(under_hold))
        for name, statement in STATEMENTS[kind]:
            status = await self.execute(statement, before, list(under_hold))
            found[name] = int(status.rsplit(" ", 1)[1])
        return found

    async def leavers(self, before: datetime, under_hold: Sequence[PersonId]) -> Sequence[PersonId]:
        return [row[0] for row in await self.fetch(LEAVERS, before, list(under_hold))]
