"""How a person stands now, in one query behind the fence; asked at every request of a person."""

from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncEngine

from domain.shared.context import Actor, ActorKind
from domain.shared.ids import DistrictId, PersonId, SchoolId, SessionId
from domain.shared.roles import GRANTED_ROLES, Role, Standing
from persistence.tables.directory import IS_LEADER
from persistence.unit import open_unit

NEEDS_A_GRANT = ", ".join(f"'{role.value}'" for role in sorted(GRANTED_ROLES))

# What administrators grant, who supervises whom and who shares with whom have no tables yet: each is empty until it has.
GRANTED = "select null::text as role where false"
SUPERVISES = "select null::uuid as id where false"
COACHES = "select null::uuid as id where false"

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
from person p join session s on s.district_id = p.district_id and s.person_id = p.id
where p.district_id = $1 and p.id = $2 and p.active and s.id = $3
and s.revoked_at is null and s.idle_until > now() and s.absolute_until > now()
"""


class PgStandings:
    """``api.security.StandingOf`` on PostgreSQL."""

    def __init__(self, engine: AsyncEngine) -> None:
        self._engine = engine

    async def standing_of(self, district_id: DistrictId, person_id: PersonId, session_id: SessionId) -> Standing | None:
        """How the person stands; None when person or session is let in no more."""
        reader = Actor(
            kind=ActorKind.PERSON,
            id=str(person_id),
            district_id=district_id,
            origin="",
            scopes=frozenset(),
            session_id=session_id,
        )
        async with open_unit(self._engine, reader, read_only=True) as unit:
            row = await unit.raw.fetchrow(STANDING, district_id, person_id, UUID(str(session_id)))
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
