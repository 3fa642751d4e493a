"""People added manually, and private notes, on PostgreSQL."""

from collections.abc import Sequence
from uuid import UUID

from domain.people.commands import InvitePerson, ListNotes
from domain.people.views import NoteView
from domain.shared.ids import AssignmentId, NoteId, PersonId, SchoolId
from domain.shared.paging import Key
from domain.shared.roles import Role
from persistence.repositories.repository import Repository

TAKEN = "select exists (select from person where district_id = $1 and email_folded = $2)"
ADD_PERSON = """
insert into person (district_id, id, given_name, family_name, email, email_folded, enabled, active)
values ($1, $2, $3, $4, $5, $6, true, true)
"""
ASSIGN = """
insert into assignment (district_id, id, person_id, org_id, role_sent, role_type, role, active)
values ($1, $2, $3, $4, $5, 'primary', $5, true)
"""


class PgManualPeople(Repository):
    """`ManualPeopleStore` of one district: people without a sourcedId, so no roster import changes them."""

    async def has_email(self, email: str) -> bool:
        return bool(await self.fetchval(TAKEN, email.casefold()))

    async def add(self, person_id: PersonId, cmd: InvitePerson) -> None:
        email = (cmd.email, None if cmd.email is None else cmd.email.casefold())
        await self.execute(ADD_PERSON, person_id, cmd.given_name, cmd.family_name, *email)

    async def assign(self, assignment_id: AssignmentId, person_id: PersonId, school_id: SchoolId, role: Role) -> None:
        await self.execute(ASSIGN, assignment_id, person_id, school_id, role)


NOTES = """
select id, leader_id, text, created_at, changed_at, version from private_note where district_id = $1 and author_id = $2
"""
ADD_NOTE = """
insert into private_note (district_id, author_id, id, leader_id, text, created_at, changed_at, version)
values ($1, $2, $3, $4, $5, $6, $7, $8)
"""
REPLACE_NOTE = """
update private_note set text = $4, changed_at = $5, version = $6 where district_id = $1 and author_id = $2 and id = $3
"""
REMOVE_NOTE = "delete from private_note where district_id = $1 and author_id = $2 and id = $3 returning true"


class PgNotes(Repository):
    """`NoteStore` of one district: every query is limited to the author."""

    async def page(self, author_id: PersonId, cmd: ListNotes, after: Key | None) -> Sequence[NoteView]:
        values: list[object] = [self.district_id, author_id, cmd.limit + 1]
        clauses = ""
        for clause, value in (
            (" and leader_id = ${}", cmd.leader_id),
            (" and id < ${}", None if after is None else UUID(after[0])),
        ):
            if value is not None:
                values.append(value)
                clauses += clause.format(len(values))
        rows = await self.connection.fetch(f"{NOTES}{clauses} order by id desc limit $3", *values)
        return [NoteView(**row) for row in rows]

    async def add(self, author_id: PersonId, note: NoteView) -> None:
        values = (note.id, note.leader_id, note.text, note.created_at, note.changed_at, note.version)
        await self.execute(ADD_NOTE, author_id, *values)

    async def lock(self, author_id: PersonId, note_id: NoteId) -> NoteView | None:
        row = await self.fetchrow(f"{NOTES} and id = $3 for update", author_id, note_id)
        return None if row is None else NoteView(**row)

    async def replace(self, author_id: PersonId, note: NoteView) -> None:
        values = (note.id, note.text, note.changed_at, note.version)
        await self.execute(REPLACE_NOTE, author_id, *values)

    async def remove(self, author_id: PersonId, note_id: NoteId) -> bool:
        return await self.fetchval(REMOVE_NOTE, author_id, note_id) is True
