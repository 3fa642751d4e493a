"""A person's current roles and relationships, by one query inside tenant isolation; runs at every request of a person."""

from collections.abc import Collection
from typing import Any

from domain.shared.ids import DistrictId, PersonId, SchoolId, SessionId
from domain.shared.roles import GRANTED_ROLES, PersonContext, Role, withheld_roles
from persistence.database.connection import Connection
from persistence.repositories.sql_fragments import IS_LEADER, IS_SUPERVISOR, role_in

GRANTED = "select g.role from role_grant g where g.district_id = $1 and g.person_id = $2"
EDGES = "select e.leader_id from supervision e where e.district_id = $1 and e.supervisor_id = $2"
# An edge counts only while its supervisor has a role that may supervise, which the roster alone may give.
SUPERVISES_AS = f"""
select a.role from assignment a where a.district_id = $1 and a.person_id = $2 and a.active and a.{IS_SUPERVISOR}
union select g.role from role_grant g where g.district_id = $1 and g.person_id = $2 and g.{IS_SUPERVISOR}
"""
# The last day ends at midnight in the district's time zone.
COACHES = """
select s.leader_id from sharing s where s.district_id = $1 and s.coach_id = $2 and (
  s.until is null or s.until >= (now() at time zone (select d.time_zone from control.find_district($1) d))::date)
"""

PERSON_CONTEXT = f"""
select
  array(
    select a.role from assignment a
    where a.district_id = $1 and a.person_id = $2 and a.active and a.role is not null and not a.{role_in(GRANTED_ROLES)}
    union {GRANTED}
  ) as roles,
  array(
    select distinct a.org_id from assignment a join org o on o.district_id = a.district_id and o.id = a.org_id
    where a.district_id = $1 and a.person_id = $2 and a.active and o.type = 'school'
  ) as schools,
  exists (select from assignment a where a.district_id = $1 and a.person_id = $2 and a.{IS_LEADER}) as leads,
  array({EDGES}) as edges,
  array({SUPERVISES_AS}) as supervises_as,
  array({COACHES}) as coaches,
  exists (
    select from account n where n.district_id = $1 and n.person_id = $2 and n.second_factor_waived
  ) as second_factor_waived
from person p where p.district_id = $1 and p.id = $2 and p.active and p.enabled and not exists (
  select from account n where n.district_id = $1 and n.person_id = $2 and n.deactivated_at is not null
)
"""

METHODS = "select s.methods from session s where s.district_id = $1 and s.person_id = $2 and s.id = $3"

LIVE = f"""
select r.*, s.methods from ({PERSON_CONTEXT}) r
join session s on s.district_id = $1 and s.person_id = $2 and s.id = $3
where s.revoked_at is null and s.idle_until > now() and s.absolute_until > now()
"""
"""The same, and the login methods of the requesting session while it is active."""


async def load_person_context(
    connection: Connection, district_id: DistrictId, person_id: PersonId, *, methods: Collection[str]
) -> PersonContext | None:
    """Return the person's current context in a session begun by `methods`; None when the person has no access."""
    row = await connection.fetchrow(PERSON_CONTEXT, district_id, person_id)
    return None if row is None else person_context(row, person_id, methods)


async def load_session_context(
    connection: Connection, district_id: DistrictId, person_id: PersonId, session_id: SessionId
) -> PersonContext | None:
    """Return the person's current context in that session; None when the person has no access or the session has ended."""
    row = await connection.fetchrow(LIVE, district_id, person_id, session_id)
    return None if row is None else person_context(row, person_id, row["methods"])


async def methods_of(
    connection: Connection, district_id: DistrictId, person_id: PersonId, session_id: SessionId | None
) -> frozenset[str]:
    """Return the login methods of the session, even one that has ended; empty for an unknown one."""
    found = None if session_id is None else await connection.fetchval(METHODS, district_id, person_id, session_id)
    return frozenset(found or ())


def person_context(row: Any, person_id: PersonId, methods: Collection[str]) -> PersonContext:
    """Build the context from the query's row, for a session begun by `methods`."""
    withheld = withheld_roles(methods, waived=row["second_factor_waived"])
    roles = frozenset(Role(role) for role in row["roles"])
    supervises = frozenset(map(Role, row["supervises_as"])) - withheld
    return PersonContext(
        person_id=person_id,
        roles=roles - withheld,
        schools=frozenset(SchoolId(school) for school in row["schools"]),
        leads=row["leads"],
        supervises=frozenset(PersonId(p) for p in row["edges"]) if supervises else frozenset(),
        coaches=frozenset(PersonId(p) for p in row["coaches"]),
        withheld=roles & withheld,
    )
