"""Who may what: granted roles, supervision, sharing and consents, on PostgreSQL."""

from collections.abc import Collection, Sequence
from datetime import datetime
from uuid import UUID

from domain.people.commands import ListRoleGrants, ListSupervision
from domain.people.rules import Pair
from domain.people.views import RoleGrantView, ShareView, SupervisionView, SupportConsentView
from domain.shared.access_scope import Permission
from domain.shared.ids import DistrictId, PersonId
from domain.shared.paging import Key
from domain.shared.roles import Role
from persistence.database import locks
from persistence.database.connection import Raw
from persistence.repositories.accounts_sql import JOINED, PRESENT
from persistence.repositories.permission_guard import require_whole_district

GRANTS = "select person_id, role, granted_at, granted_by from role_grant where district_id = $1"
ADD_GRANT = """
insert into role_grant (district_id, person_id, role, granted_at, granted_by) values ($1, $2, $3, $4, $5)
on conflict do nothing returning true
"""
REMOVE_GRANT = "delete from role_grant where district_id = $1 and person_id = $2 and role = $3 returning true"
LOCK_GRANTS = "select 1 from role_grant where district_id = $1 and role = $2 order by person_id for update"
HOLDERS = f"""
select g.person_id from role_grant g join ({JOINED}) on p.district_id = g.district_id and p.id = g.person_id
where g.district_id = $1 and g.role = $2 and {PRESENT}
"""


class PgGrants:
    """``GrantStore`` of one district."""

    def __init__(self, raw: Raw, district_id: DistrictId) -> None:
        self._raw = raw
        self._district_id = district_id

    async def page(self, cmd: ListRoleGrants, after: Key | None) -> Sequence[RoleGrantView]:
        """``cmd.limit + 1`` of them, by person and role."""
        further, values = ("", []) if after is None else ("and (person_id, role) > ($3, $4)", [UUID(after[0]), after[1]])
        query = f"{GRANTS} {further} order by person_id, role limit $2"
        rows = await self._raw.fetch(query, self._district_id, cmd.limit + 1, *values)
        return [RoleGrantView(**{**row, "role": Role(row["role"])}) for row in rows]

    async def add(self, grant: RoleGrantView) -> bool:
        """Keep it; False when the person holds it already."""
        held = (grant.person_id, grant.role, grant.granted_at, grant.granted_by)
        return await self._raw.fetchval(ADD_GRANT, self._district_id, *held) is True

    async def remove(self, person_id: PersonId, role: Role) -> bool:
        """Let it go; False when it was not held."""
        return await self._raw.fetchval(REMOVE_GRANT, self._district_id, person_id, role) is True

    async def holders(self, role: Role) -> Collection[PersonId]:
        """People who hold the role by a grant and may sign in; all grants of it are locked until the unit ends."""
        # Asked after the lock and not with it: whoever waited for it must see whom the other one deactivated meanwhile.
        locks.ask(self._raw, locks.Lock.GRANTS, role)
        await self._raw.execute(LOCK_GRANTS, self._district_id, role)
        return frozenset(PersonId(row[0]) for row in await self._raw.fetch(HOLDERS, self._district_id, role))


SUPERVISORS = "select supervisor_id from supervision where district_id = $1 and leader_id = $2"
EDGES = "select supervisor_id, leader_id from supervision where district_id = $1 for update"
# Of what is held and since when: whoever adds, removes, merges or erases changes it, and need not know of it.
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


class PgSupervision:
    """``Supervision`` of one district. Whoever loads a leader may ask who supervises them; the rest needs it whole."""

    def __init__(self, raw: Raw, district_id: DistrictId, permission: Permission) -> None:
        self._raw = raw
        self._district_id = district_id
        self._permission = permission

    async def of(self, leader_id: PersonId) -> Collection[PersonId]:
        """Who supervises that leader."""
        return frozenset(PersonId(row[0]) for row in await self._raw.fetch(SUPERVISORS, self._district_id, leader_id))

    async def all(self) -> Collection[Pair]:
        """All edges, locked until the unit ends, also against others who replace them."""
        require_whole_district(self._permission)
        await locks.district_wide(self._raw, self._district_id, locks.Lock.SUPERVISION)
        return [(PersonId(row[0]), PersonId(row[1])) for row in await self._raw.fetch(EDGES, self._district_id)]

    async def version(self) -> int:
        """A digest of all edges in their order; 0 where there is none."""
        return int(await self._raw.fetchval(VERSION, self._district_id))

    async def page(self, cmd: ListSupervision, after: Key | None) -> Sequence[SupervisionView]:
        """``cmd.limit + 1`` of them, by supervisor and leader."""
        require_whole_district(self._permission)
        values: list[object] = [self._district_id, cmd.limit + 1]
        clauses = ""
        for column, value in (("supervisor_id", cmd.supervisor_id), ("leader_id", cmd.leader_id)):
            if value is not None:
                values.append(value)
                clauses += f" and {column} = ${len(values)}"
        if after is not None:
            values += [UUID(after[0]), UUID(after[1])]
            clauses += f" and (supervisor_id, leader_id) > (${len(values) - 1}, ${len(values)})"
        query = f"{SUPERVISION}{clauses} order by supervisor_id, leader_id limit $2"
        return [SupervisionView(**row) for row in await self._raw.fetch(query, *values)]

    async def add(self, edges: Collection[Pair], at: datetime) -> int:
        """Keep those that are not held; how many those were."""
        require_whole_district(self._permission)
        who, led = [e[0] for e in edges], [e[1] for e in edges]
        return len(await self._raw.fetch(ADD_EDGES, self._district_id, who, led, at))

    async def remove(self, edges: Collection[Pair]) -> int:
        """Let them go; how many were held."""
        require_whole_district(self._permission)
        return len(await self._raw.fetch(REMOVE_EDGES, self._district_id, [e[0] for e in edges], [e[1] for e in edges]))


SHARES = """
select leader_id, coach_id, shared_at, until from sharing
where district_id = $1 and (leader_id = $2 or coach_id = $2) order by leader_id, coach_id
"""
PUT_SHARE = """
insert into sharing (district_id, leader_id, coach_id, shared_at, until) values ($1, $2, $3, $4, $5)
on conflict (district_id, leader_id, coach_id) do update set shared_at = excluded.shared_at, until = excluded.until
"""
REMOVE_SHARE = "delete from sharing where district_id = $1 and leader_id = $2 and coach_id = $3 returning true"


class PgSharing:
    """``SharingStore`` of one district."""

    def __init__(self, raw: Raw, district_id: DistrictId) -> None:
        self._raw = raw
        self._district_id = district_id

    async def of(self, person_id: PersonId) -> Sequence[ShareView]:
        """What the person gives and receives, over or not, by leader and coach."""
        return [ShareView(**row) for row in await self._raw.fetch(SHARES, self._district_id, person_id)]

    async def put(self, share: ShareView) -> None:
        """Keep it in the place of an earlier one of the same two."""
        held = (share.leader_id, share.coach_id, share.shared_at, share.until)
        await self._raw.execute(PUT_SHARE, self._district_id, *held)

    async def remove(self, leader_id: PersonId, coach_id: PersonId) -> bool:
        """Let it go; False when there was none."""
        return await self._raw.fetchval(REMOVE_SHARE, self._district_id, leader_id, coach_id) is True


CONSENTS = """
select person_id, supporter_id, given_at, until from support_consent
where district_id = $1 and (person_id = $2 or supporter_id = $2) and until > $3 order by person_id, supporter_id
"""
PUT_CONSENT = """
insert into support_consent (district_id, person_id, supporter_id, given_at, until) values ($1, $2, $3, $4, $5)
on conflict (district_id, person_id, supporter_id) do update set given_at = excluded.given_at, until = excluded.until
"""
REMOVE_CONSENT = "delete from support_consent where district_id = $1 and person_id = $2 and supporter_id = $3 returning true"


class PgConsents:
    """``ConsentStore`` of one district."""

    def __init__(self, raw: Raw, district_id: DistrictId) -> None:
        self._raw = raw
        self._district_id = district_id

    async def of(self, person_id: PersonId, now: datetime) -> Sequence[SupportConsentView]:
        """What holds at ``now`` of what the person gave and was given."""
        return [SupportConsentView(**row) for row in await self._raw.fetch(CONSENTS, self._district_id, person_id, now)]

    async def put(self, consent: SupportConsentView) -> None:
        """Keep it in the place of an earlier one of the same two."""
        held = (consent.person_id, consent.supporter_id, consent.given_at, consent.until)
        await self._raw.execute(PUT_CONSENT, self._district_id, *held)

    async def remove(self, person_id: PersonId, supporter_id: PersonId) -> bool:
        """Let it go; False when there was none."""
        return await self._raw.fetchval(REMOVE_CONSENT, self._district_id, person_id, supporter_id) is True
