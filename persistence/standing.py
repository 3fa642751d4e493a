"""How a person stands now, in one query behind the fence; asked at every request of a person."""

from domain.shared.ids import DistrictId, PersonId, SchoolId, SessionId
from domain.shared.roles import GRANTED_ROLES, SUPERVISING_ROLES, Role, Standing
from persistence.raw import Raw
from persistence.tables.directory import IS_LEADER

NEEDS_A_GRANT = ", ".join(f"'{role.value}'" for role in sorted(GRANTED_ROLES))

GRANTED = "select g.role from role_grant g where g.district_id = $1 and g.person_id = $2"
SUPERVISING = "role in (" + ", ".join(f"'{role.value}'" for role in sorted(SUPERVISING_ROLES)) + ")"
# An edge counts as long as who stands in it may supervise at all.
SUPERVISES = f"""
select e.leader_id from supervision e where e.district_id = $1 and e.supervisor_id = $2 and (
  exists (select from assignment a where a.district_id = $1 and a.person_id = $2 and a.active and a.{SUPERVISING})
  or exists (select from role_grant g where g.district_id = $1 and g.person_id = $2 and g.{SUPERVISING}))
"""
# The last day ends at midnight of the district's zone.
COACHES = """
select s.leader_id from sharing s where s.district_id = $1 and s.coach_id = $2 and (
  s.until is null or s.until >= (now() at time zone (select d.time_zone from control.find_district($1) d))::date)
"""

STANDING = f"""
select
  array(
    select a.role from assignment a
    where a.district_id = $1 and a.person_id = $2 and a.active and a.role is not null and a.role not in ({NEEDS_A_GRANT})
    union {GRANTED}
  ) as roles,
  array(
    select distinct a.org_id from assignment a join org o on o.district_id = a.district_id and o.id = a.org_id
    where a.district_id = $1 and a.person_id = $2 and a.active and o.type = 'school'
  ) as schools,
  exists (select from assignment a where a.district_id = $1 and a.person_id = $2 and a.{IS_LEADER}) as leads,
  array({SUPERVISES}) as supervises,
  array({COACHES}) as coaches
from person p where p.district_id = $1 and p.id = $2 and p.active and p.enabled and not exists (
  select from account n where n.district_id = $1 and n.person_id = $2 and n.deactivated_at is not null
)
"""


LIVE = f"""{STANDING} and exists (
  select from session s where s.district_id = $1 and s.person_id = $2 and s.id = $3
    and s.revoked_at is null and s.idle_until > now() and s.absolute_until > now()
)"""
"""The same, as long as the family of tokens that asks is live."""


async def standing_in(
    raw: Raw, district_id: DistrictId, person_id: PersonId, session_id: SessionId | None = None
) -> Standing | None:
    """How the person stands now; None for nobody who is let in, or (``session_id``) when that family of tokens is over."""
    live = () if session_id is None else (session_id,)
    row = await raw.fetchrow(LIVE if live else STANDING, district_id, person_id, *live)
    if row is None:
        return None
    return Standing(
        person_id=person_id,
        roles=frozenset(Role(role) for role in row["roles"]),
        schools=frozenset(SchoolId(school) for school in row["schools"]),
        leads=row["leads"],
        supervises=frozenset(PersonId(p) for p in row["supervises"]),
        coaches=frozenset(PersonId(p) for p in row["coaches"]),
    )
