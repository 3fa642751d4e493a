"""People and schools on PostgreSQL: look-ups by external identifiers, and the views."""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any
from uuid import UUID

from domain.directory.commands import ListPeople
from domain.directory.model import PersonRef, SchoolRef, fold_case, identifier_of
from domain.directory.ports import ReferencedPerson
from domain.directory.views import AssignmentView, LeaderView, PersonView, SchoolView, UserIdView
from domain.shared.access_scope import AccessScope, Permission
from domain.shared.ids import DistrictId, PersonId, SchoolId
from domain.shared.paging import Key
from domain.shared.roles import LEADER_ROLES, Role
from persistence.database.connection import Connection
from persistence.repositories import directory_sql as sql
from persistence.repositories.repository import Repository

RefKey = tuple[str, str]


class PgReferences(Repository):
    """`References` of one district: one round trip for any number of references."""

    def __init__(self, connection: Connection, district_id: DistrictId, permission: Permission) -> None:
        super().__init__(connection, district_id)
        self._permission = permission

    async def people_in_scope(self, refs: Sequence[PersonRef]) -> Mapping[RefKey, tuple[ReferencedPerson, ...]]:
        return self._within_scope(await self.people(refs))

    async def people_in_scope_and_others(
        self, in_scope: Sequence[PersonRef], others: Sequence[PersonRef]
    ) -> tuple[Mapping[RefKey, tuple[ReferencedPerson, ...]], Mapping[RefKey, tuple[ReferencedPerson, ...]]]:
        found = await self.people([*in_scope, *others])
        return self._within_scope(found), found

    def _within_scope(
        self, matches: Mapping[RefKey, tuple[ReferencedPerson, ...]]
    ) -> Mapping[RefKey, tuple[ReferencedPerson, ...]]:
        scope = self._permission.scope
        if scope.everything:
            return matches
        return {ref: tuple(person for person in people if scope.covers(person.id)) for ref, people in matches.items()}

    async def people(self, refs: Sequence[PersonRef]) -> Mapping[RefKey, tuple[ReferencedPerson, ...]]:
        requested = _values_by_kind(refs, sql.PERSON_IDENTIFIERS)
        if not any(requested.values()):
            return {}
        user_ids = [value.split("\x1f", 1) for value in requested.pop("user_id")]
        types, values = [u[0] for u in user_ids], [u[1] for u in user_ids]
        query, narrowed = sql.find_people(self._permission.directory, self._permission.nameable)
        rows = await self.fetch(query, *requested.values(), types, values, *narrowed)
        found: dict[RefKey, tuple[ReferencedPerson, ...]] = {}
        for kind, value, own, is_leader, may_supervise in rows:
            person = ReferencedPerson(id=own, is_leader=is_leader, may_supervise=may_supervise)
            found[kind, value] = (*found.get((kind, value), ()), person)
        return found

    async def schools(self, refs: Sequence[SchoolRef]) -> Mapping[RefKey, tuple[SchoolId, ...]]:
        requested = _values_by_kind(refs, sql.SCHOOL_IDENTIFIERS)
        if not any(requested.values()):
            return {}
        found: dict[RefKey, tuple[SchoolId, ...]] = {}
        for kind, value, own in await self.fetch(sql.FIND_SCHOOLS, *requested.values()):
            found[kind, value] = (*found.get((kind, value), ()), own)
        return found

    async def time_zone(self) -> str:
        zone: str | None = await self.fetchval(sql.TIME_ZONE)
        if zone is None:
            raise AssertionError("whoever acts, acts in a district that is registered")
        return zone


class PgPeople(Repository):
    """`PeopleReader` of one district, limited to the people whom the actor may see."""

    def __init__(self, connection: Connection, district_id: DistrictId, directory: AccessScope) -> None:
        super().__init__(connection, district_id)
        self._directory = directory

    async def page(self, cmd: ListPeople, rows: int, after: Key | None) -> Sequence[PersonView]:
        query, values = sql.people(_filters(cmd), self._directory, further=after is not None)
        found = await self.fetch(query, rows, *_cursor_values(after), *values)
        return [_person(row) for row in found]

    async def find(self, person_id: PersonId) -> PersonView | None:
        query, values = sql.person(self._directory)
        row = await self.fetchrow(query, person_id, *values)
        return None if row is None else _person(row)

    async def schools(self, rows: int, after: Key | None) -> Sequence[SchoolView]:
        query = sql.SCHOOLS if after is None else sql.SCHOOLS_AFTER
        return [_school(row) for row in await self.fetch(query, rows, *_cursor_values(after))]

    async def school(self, school_id: SchoolId) -> SchoolView | None:
        row = await self.fetchrow(sql.SCHOOL, school_id)
        return None if row is None else _school(row)

    async def leaders(self, rows: int, after: Key | None) -> Sequence[LeaderView]:
        query, values = sql.leaders(self._directory, further=after is not None)
        return [_leader(row) for row in await self.fetch(query, rows, *_cursor_values(after), *values)]

    async def leader(self, leader_id: PersonId) -> LeaderView | None:
        query, values = sql.leader(self._directory)
        row = await self.fetchrow(query, leader_id, *values)
        return None if row is None else _leader(row)


def _values_by_kind(refs: Iterable[PersonRef | SchoolRef], kinds: tuple[str, ...]) -> dict[str, list[str]]:
    """Return the distinct requested values for each identifier in `kinds`; an `external_name` matches no person here."""
    requested: dict[str, list[str]] = {kind: [] for kind in kinds}
    for kind, value in {identifier_of(ref) for ref in refs}:
        # PostgreSQL stores no NUL in texts and rejects it in parameters: no row can match.
        if kind in requested and "\x00" not in value:
            requested[kind].append(value)
    return requested


def _filters(cmd: ListPeople) -> dict[str, str]:
    """Return the filters that are set, by column, case-folded as the column is."""
    values = {name: getattr(cmd, name) for name in sql.FILTERS}
    return {sql.FILTERS[name]: fold_case(name, value) for name, value in values.items() if value is not None}


def _cursor_values(key: Key | None) -> tuple[Any, ...]:
    return () if key is None else (*key[:-1], UUID(key[-1]))


def _person(row: Any) -> PersonView:
    *plain, user_ids, assignments = row
    posts = tuple(map(_assignment, assignments or ()))
    return PersonView(
        **dict(zip(sql.PERSON_FIELDS, plain, strict=True)),
        user_ids=tuple(UserIdView(type=u[0], value=u[1]) for u in user_ids or ()),
        is_leader=any(a.role in LEADER_ROLES for a in posts),
        assignments=posts,
    )


def _assignment(row: Any) -> AssignmentView:
    org_id, org_name, org_type, role_type, role_sent, role, active, begins_on, ends_on = row
    return AssignmentView(
        school_id=org_id if org_type == "school" else None,
        org_name=org_name,
        org_type=org_type,
        role_type=role_type,
        role_sent=role_sent,
        role=None if role is None else Role(role),
        active=active,
        begins_on=begins_on,
        ends_on=ends_on,
    )


def _school(row: Any) -> SchoolView:
    return SchoolView(**row)


def _leader(row: Any) -> LeaderView:
    *plain, posts = row
    now = _schools(post for post in posts if post[2])
    return LeaderView(
        **dict(zip(sql.LEADER_FIELDS, plain, strict=True)),
        leads_now=any(post[2] for post in posts),
        school_ids=now,
        former_school_ids=tuple(s for s in _schools(posts) if s not in now),
    )


def _schools(posts: Iterable[Any]) -> tuple[SchoolId, ...]:
    """Return the distinct schools among `posts` (org, type, active), in their order."""
    return tuple(dict.fromkeys(org_id for org_id, org_type, _ in posts if org_type == "school"))
