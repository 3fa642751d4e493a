"""Granted roles, supervision, sharing and consents, on PostgreSQL."""

from collections.abc import Collection, Sequence
from datetime import datetime
from uuid import UUID

from domain.people.commands import ListRoleGrants, ListSupervision
from domain.people.rules import SupervisionPair
from domain.people.views import RoleGrantView, ShareView, SupervisionView, SupportConsentView
from domain.shared.access_scope import Permission
from domain.shared.ids import DistrictId, PersonId
from domain.shared.paging import Key
from domain.shared.roles import Role
from persistence.database import locks
from persistence.database.connection import Connection
from persistence.repositories.permission_guard import require_whole_district
from persistence.repositories.repository import Repository
from persistence.repositories.sql_fragments import MAY_SIGN_IN, PERSON_WITH_ACCOUNT

GRANTS = "select person_id, role, granted_at, granted_by from role_grant where district_id = $1"
ADD_GRANT = """
insert into role_grant (district_id, person_id, role, granted_at, granted_by) values ($1, $2, $3, $4, $5)
on conflict do nothing returning true
"""
REMOVE_GRANT = "delete from role_grant where district_id = $1 and person_id = $2 and role = $3 returning true"
LOCK_GRANTS = "select 1 from role_grant where district_id = $1 and role = $2 order by person_id for update"
HOLDERS = f"""
select g.person_id from role_grant g join ({PERSON_WITH_ACCOUNT}) on p.district_id = g.district_id and p.id = g.person_id
where g.district_id = $1 and g.role = $2 and {MAY_SIGN_IN}
"""


class PgGrants(Repository):
    """`GrantStore` of one district."""

    async def page(self, cmd: ListRoleGrants, after: Key | None) -> Sequence[RoleGrantView]:
        further, values = ("", []) if after is None else ("and (person_id, role) > ($3, $4)", [UUID(after[0]), after[1]])
        query = f"{GRANTS} {further} order by person_id, role limit $2"
        rows = await self.fetch(query, cmd.limit + 1, *values)
        return [RoleGrantView(**{**row, "role": Role(row["role"])}) for row in rows]

    async def add(self, grant: RoleGrantView) -> bool:
        values = (grant.person_id, grant.role, grant.granted_at, grant.granted_by)
        return await self.fetchval(ADD_GRANT, *values) is True

    async def remove(self, person_id: PersonId, role: Role) -> bool:
        return await self.fetchval(REMOVE_GRANT, person_id, role) is True

    async def holders(self, role: Role) -> Collection[PersonId]:
        # Queried after the lock, not with it: after waiting, it must see whom the other transaction deactivated.
        locks.check_order(self.connection, locks.Lock.GRANTS, role)
        await self.execute(LOCK_GRANTS, role)
        return frozenset(PersonId(row[0]) for row in await self.fetch(HOLDERS, role))


SUPERVISORS = "select supervisor_id from supervision where district_id = $1 and leader_id = $2"
EDGES = "select supervisor_id, leader_id from supervision where district_id = $1 for update"
# Computed from the edges and their dates, so adding, removing, merging or erasing changes it without further code.
VERSION = """
select coalesce(('x' || left(md5(string_agg(concat_ws(' ', supervisor_id, leader_id, extract(epoch from since)), ','
  order by supervisor_id, leader_id)), 7))::bit(28)::integer + 1, 0) from supervision where district_id = $1
"""
SUPERVISION = "select supervisor_id, leader_id, since from supervision where district_id = $1"
ADD_EDGES = """
insert into supervision (district_id, supervisor_id, leader_id, since)
select $1, u.supervisor_id, u.leader_id, $4 from unnest($2::uuid[], $3::uuid[]) u(supervisor_id, leader_id)
on conflict do nothing returning 1
"""
REMOVE_EDGES = """
delete from supervision s using unnest($2::uuid[], $3::uuid[]) u(supervisor_id, leader_id)
where s.district_id = $1 and s.supervisor_id = u.supervisor_id and s.leader_id = u.leader_id returning 1
"""


class PgSupervision(Repository):
    """`SupervisionStore` of one district. `of` and `version` need no permission; the rest needs the whole district's."""

    def __init__(self, connection: Connection, district_id: DistrictId, permission: Permission) -> None:
        super().__init__(connection, district_id)
        self._permission = permission

    async def of(self, leader_id: PersonId) -> Collection[PersonId]:
        return frozenset(PersonId(row[0]) for row in await self.fetch(SUPERVISORS, leader_id))

    async def all(self) -> Collection[SupervisionPair]:
        require_whole_district(self._permission)
        await locks.lock_district(self.connection, self.district_id, locks.Lock.SUPERVISION)
        return [(PersonId(row[0]), PersonId(row[1])) for row in await self.fetch(EDGES)]

    async def version(self) -> int:
        return int(await self.fetchval(VERSION))

    async def page(self, cmd: ListSupervision, after: Key | None) -> Sequence[SupervisionView]:
        require_whole_district(self._permission)
        values: list[object] = [self.district_id, cmd.limit + 1]
        clauses = ""
        for column, value in (("supervisor_id", cmd.supervisor_id), ("leader_id", cmd.leader_id)):
            if value is not None:
                values.append(value)
                clauses += f" and {column} = ${len(values)}"
        if after is not None:
            values += [UUID(after[0]), UUID(after[1])]
            clauses += f" and (supervisor_id, leader_id) > (${len(values) - 1}, ${len(values)})"
        query = f"{SUPERVISION}{clauses} order by supervisor_id, leader_id limit $2"
        return [SupervisionView(**row) for row in await self.connection.fetch(query, *values)]

    async def add(self, edges: Collection[SupervisionPair], at: datetime) -> int:
        require_whole_district(self._permission)
        who, led = [e[0] for e in edges], [e[1] for e in edges]
        return len(await self.fetch(ADD_EDGES, who, led, at))

    async def remove(self, edges: Collection[SupervisionPair]) -> int:
        require_whole_district(self._permission)
        return len(await self.fetch(REMOVE_EDGES, [e[0] for e in edges], [e[1] for e in edges]))


SHARES = """
select leader_id, coach_id, shared_at, until from sharing
where district_id = $1 and (leader_id = $2 or coach_id = $2) order by leader_id, coach_id
"""
PUT_SHARE = """
insert into sharing (district_id, leader_id, coach_id, shared_at, until) values ($1, $2, $3, $4, $5)
on conflict (district_id, leader_id, coach_id) do update set shared_at = excluded.shared_at, until = excluded.until
"""
REMOVE_SHARE = "delete from sharing where district_id = $1 and leader_id = $2 and coach_id = $3 returning true"


class PgSharing(Repository):
    """`SharingStore` of one district."""

    async def of(self, person_id: PersonId) -> Sequence[ShareView]:
        return [ShareView(**row) for row in await self.fetch(SHARES, person_id)]

    async def put(self, share: ShareView) -> None:
        values = (share.leader_id, share.coach_id, share.shared_at, share.until)
        await self.execute(PUT_SHARE, *values)

    async def remove(self, leader_id: PersonId, coach_id: PersonId) -> bool:
        return await self.fetchval(REMOVE_SHARE, leader_id, coach_id) is True


CONSENTS = """
select person_id, supporter_id, given_at, until from support_consent
where district_id = $1 and (person_id = $2 or supporter_id = $2) and until > $3 order by person_id, supporter_id
"""
PUT_CONSENT = """
insert into support_consent (district_id, person_id, supporter_id, given_at, until) values ($1, $2, $3, $4, $5)
on conflict (district_id, person_id, supporter_id) do update set given_at = excluded.given_at, until = excluded.until
"""
REMOVE_CONSENT = "delete from support_consent where district_id = $1 and person_id = $2 and supporter_id = $3 returning true"


class PgConsents(Repository):
    """`ConsentStore` of one district."""

    async def of(self, person_id: PersonId, now: datetime) -> Sequence[SupportConsentView]:
        return [SupportConsentView(**row) for row in await self.fetch(CONSENTS, person_id, now)]

    async def put(self, consent: SupportConsentView) -> None:
        values = (consent.person_id, consent.supporter_id, consent.given_at, consent.until)
        await self.execute(PUT_CONSENT, *values)

    async def remove(self, person_id: PersonId, supporter_id: PersonId) -> bool:
        return await self.fetchval(REMOVE_CONSENT, person_id, supporter_id) is True
