"""The roster on PostgreSQL: a few statements for an import of any size."""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from datetime import datetime
from typing import Any, TypeVar
from uuid import UUID

import msgspec

from domain.directory.model import UserId, fold_case
from domain.roster.model import AcademicSession, Assignment, CurrentRoster, Org, Person, RosterChanges, StoredRecord
from domain.roster.role_mapping import NO_OVERRIDES, RoleCount, RoleMapping, RoleMappingEntry
from domain.roster.views import RosterImportView
from domain.shared.ids import RosterImportId
from domain.shared.roles import Role
from domain.shared.thread_pool import ThreadPool
from persistence.database import locks
from persistence.repositories import roster_sql as sql
from persistence.repositories.repository import Repository

T = TypeVar("T")

RECORDS = ThreadPool(1, "roster records")
SLICE = 1_000
"""Number of rows that one statement writes."""


class PgRoster(Repository):
    """`RosterStore` of one district."""

    async def lock(self) -> None:
        await locks.lock_district(self.connection, self.district_id, locks.Lock.DIRECTORY)

    async def aliases(self) -> Mapping[str, str]:
        return {row["merged"]: row["kept"] for row in await self.fetch(sql.ALIASES)}

    async def erased(self) -> frozenset[bytes]:
        return frozenset(row[0] for row in await self.fetch(sql.ERASED))

    async def load_current(self) -> CurrentRoster:
        await self.connection.execute(sql.IN_BULK)
        return CurrentRoster(
            orgs=await self._records(_org, sql.ORGS),
            people=await self._records(_person, sql.PEOPLE),
            assignments=await self._records(_assignment, sql.ASSIGNMENTS),
            sessions=await self._records(_session, sql.SESSIONS),
        )

    async def _records(self, record: Callable[[Any], T], query: str) -> tuple[T, ...]:
        """Return the rows of `query` as records, built in a thread: a whole district would block the event loop too long."""
        rows = await self.fetch(query)
        return await RECORDS.run(_build_records, record, rows)

    async def apply(self, changes: RosterChanges, at: datetime, new_id: Callable[[], UUID]) -> None:
        await self.connection.execute(sql.IN_BULK)
        await self._apply_orgs(changes, new_id)
        await self._apply_people(changes, new_id)
        await self._apply_assignments(changes, new_id)
        await self._apply_sessions(changes, new_id)
        for end, kind in sql.ENDS:
            ended = [row.id for row in getattr(changes, kind).ended]
            if ended:
                await self.execute(end, ended, at)

    async def _apply_orgs(self, changes: RosterChanges, new_id: Callable[[], UUID]) -> None:
        await self._write(sql.ADD_ORGS, changes.orgs.added, lambda org: (new_id(), *_org_values(org)))
        updates = (*changes.orgs.changed, *changes.orgs.returned)
        await self._write(sql.CHANGE_ORGS, updates, lambda update: (update.id, *_org_values(update.after)))

    async def _apply_people(self, changes: RosterChanges, new_id: Callable[[], UUID]) -> None:
        for people in _slices(changes.people.added):
            added = [(new_id(), person) for person in people]
            await self._write(sql.ADD_PEOPLE, added, _identified_values)
            await self._write(sql.ADD_USER_IDS, _user_id_rows(added), tuple)
        for updates in _slices((*changes.people.changed, *changes.people.returned)):
            updated = [(update.id, update.after) for update in updates]
            await self._write(sql.CHANGE_PEOPLE, updated, _identified_values)
            await self.execute(sql.DROP_USER_IDS, [own for own, _ in updated])
            await self._write(sql.ADD_USER_IDS, _user_id_rows(updated), tuple)

    async def _apply_assignments(self, changes: RosterChanges, new_id: Callable[[], UUID]) -> None:
        await self._write(sql.ADD_ASSIGNMENTS, changes.assignments.added, lambda a: (new_id(), *_assignment_values(a)))
        updates = (*changes.assignments.changed, *changes.assignments.returned)
        await self._write(
            sql.CHANGE_ASSIGNMENTS, updates, lambda u: (u.id, u.after.role_type, u.after.role, u.after.begins, u.after.ends)
        )

    async def _apply_sessions(self, changes: RosterChanges, new_id: Callable[[], UUID]) -> None:
        await self._write(sql.ADD_SESSIONS, changes.sessions.added, lambda s: (new_id(), *_session_values(s)))
        updates = (*changes.sessions.changed, *changes.sessions.returned)
        await self._write(sql.CHANGE_SESSIONS, updates, lambda update: (update.id, *_session_values(update.after)))

    async def leaders_with_evidence(self, people: Sequence[UUID]) -> frozenset[UUID]:
        return frozenset(row[0] for row in await self.fetch(sql.EVIDENCED, list(people)))

    async def role_mapping(self) -> RoleMapping:
        row = await self.fetchrow(sql.MAPPING)
        if row is None:
            return NO_OVERRIDES
        return RoleMapping(
            version=row["version"], entries=msgspec.json.decode(row["entries"], type=tuple[RoleMappingEntry, ...])
        )

    async def save_role_mapping(self, mapping: RoleMapping) -> None:
        await self.execute(sql.SAVE_MAPPING, mapping.version, _json(mapping.entries))

    async def role_counts(self) -> Sequence[RoleCount]:
        return [RoleCount(**row) for row in await self.fetch(sql.ROLES_HELD)]

    async def remap(self, entries: Sequence[RoleMappingEntry]) -> None:
        roles = [entry.roster_role for entry in entries]
        await self.execute(sql.REMAP, roles, [entry.role for entry in entries])

    async def save_import(self, view: RosterImportView) -> None:
        await self.execute(sql.SAVE_IMPORT, view.id, view.state.value, view.created_at, _json(view))

    async def load_import(self, import_id: RosterImportId) -> RosterImportView | None:
        document = await self.fetchval(sql.LOAD_IMPORT, import_id)
        return None if document is None else msgspec.json.decode(document, type=RosterImportView)

    async def _write(self, statement: str, records: Sequence[T], values: Callable[[T], tuple[Any, ...]]) -> None:
        """Run `statement` with the `values` of `records`, one array for each column, and check that every row was written.

        At most `SLICE` rows for each statement: encoding the arrays blocks the event loop.
        """
        for part in _slices(records):
            columns = map(list, zip(*map(values, part), strict=True))
            status = await self.execute(statement, *columns)
            if int(status.rsplit(" ", 1)[1]) != len(part):
                raise AssertionError("every row of a planned roster refers to rows of that roster")


def _slices(records: Sequence[T]) -> Iterator[Sequence[T]]:
    return (records[start : start + SLICE] for start in range(0, len(records), SLICE))


def _build_records(record: Callable[[Any], T], rows: Iterable[Any]) -> tuple[T, ...]:
    return tuple(map(record, rows))


def _identified_values(identified: tuple[UUID, Person]) -> tuple[Any, ...]:
    own, person = identified
    return (own, *_person_values(person))


def _user_id_rows(people: Iterable[tuple[UUID, Person]]) -> list[tuple[Any, ...]]:
    return [(own, u.type, u.value) for own, person in people for u in person.user_ids]


def _json(value: Any) -> str:
    return msgspec.json.encode(value).decode()


def _org_values(org: Org) -> tuple[Any, ...]:
    return (org.sourced_id, org.name, org.type, org.identifier, org.parent_sourced_id)


def _person_values(person: Person) -> tuple[Any, ...]:
    return (
        person.sourced_id,
        person.given_name,
        person.middle_name,
        person.family_name,
        person.preferred_given_name,
        person.preferred_middle_name,
        person.preferred_family_name,
        person.email,
        person.email and fold_case("email", person.email),
        person.username,
        person.username and fold_case("username", person.username),
        person.identifier,
        person.enabled,
    )


def _assignment_values(a: Assignment) -> tuple[Any, ...]:
    return (a.sourced_id, a.person_sourced_id, a.org_sourced_id, a.role_sent, a.role_type, a.role, a.begins, a.ends)


def _session_values(session: AcademicSession) -> tuple[Any, ...]:
    return (session.sourced_id, session.title, session.begins, session.ends, session.school_year)


def _org(row: Any) -> StoredRecord[Org]:
    own, active, sourced_id, name, kind, identifier, parent = row
    org = Org(sourced_id=sourced_id, name=name, type=kind, identifier=identifier, parent_sourced_id=parent)
    return StoredRecord(id=own, active=active, record=org)


def _person(row: Any) -> StoredRecord[Person]:
    own, active, types, values, *rest = row
    person = Person(**dict(zip(sql.PERSON_FIELDS, rest, strict=True)), user_ids=_user_ids(types, values))
    return StoredRecord(id=own, active=active, record=person)


def _user_ids(types: Iterable[str] | None, values: Iterable[str] | None) -> tuple[UserId, ...]:
    # sorted here: the database's collation may differ from Python's order
    pairs = sorted(zip(types or (), values or (), strict=True))
    return tuple(UserId(type=kind, value=value) for kind, value in pairs)


def _assignment(row: Any) -> StoredRecord[Assignment]:
    own, active, sourced_id, person, org, role_sent, role_type, role, begins, ends = row
    assignment = Assignment(
        sourced_id=sourced_id,
        person_sourced_id=person,
        org_sourced_id=org,
        role_sent=role_sent,
        role_type=role_type,
        role=None if role is None else Role(role),
        begins=begins,
        ends=ends,
    )
    return StoredRecord(id=own, active=active, record=assignment)


def _session(row: Any) -> StoredRecord[AcademicSession]:
    own, active, sourced_id, title, begins, ends, school_year = row
    session = AcademicSession(sourced_id=sourced_id, title=title, begins=begins, ends=ends, school_year=school_year)
    return StoredRecord(id=own, active=active, record=session)
