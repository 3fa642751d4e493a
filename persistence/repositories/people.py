"""People made by hand, and the notes that each keeps to themselves, on PostgreSQL."""

from collections.abc import Sequence
from uuid import UUID

from domain.people.commands import InvitePerson, ListNotes
from domain.people.views import NoteView
from domain.shared.ids import AssignmentId, DistrictId, NoteId, PersonId, SchoolId
from domain.shared.paging import Key
from domain.shared.roles import Role
from persistence.database.connection import Raw

TAKEN = "select exists (select from person where district_id = $1 and email_folded = $2)"
ADD_PERSON = """
insert into person (district_id, id, given_name, family_name, email, email_folded, enabled, active)
values ($1, $2, $3, $4, $5, $6, true, true)
"""
ASSIGN = """
insert into assignment (district_id, id, person_id, org_id, role_sent, role_type, role, active)
values ($1, $2, $3, $4, $5, 'primary', $5, true)
"""


class PgHandMade:
    """``PeopleWriter`` of one district: without a sourcedId, so that no roster import touches them."""

    def __init__(self, raw: Raw, district_id: DistrictId) -> None:
        self._raw = raw
        self._district_id = district_id

    async def taken(self, email: str) -> bool:
        """Whether a person of the district has this e-mail address, letter case ignored."""
        return bool(await self._raw.fetchval(TAKEN, self._district_id, email.casefold()))

    async def add(self, person_id: PersonId, cmd: InvitePerson) -> None:
        """Keep a new person."""
        email = (cmd.email, None if cmd.email is None else cmd.email.casefold())
        await self._raw.execute(ADD_PERSON, self._district_id, person_id, cmd.given_name, cmd.family_name, *email)

    async def assign(self, assignment_id: AssignmentId, person_id: PersonId, school_id: SchoolId, role: Role) -> None:
        """Give the person a role at a school, by hand."""
        await self._raw.execute(ASSIGN, self._district_id, assignment_id, person_id, school_id, role)


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


class PgNotes:
    """``NoteStore`` of one district: the author stands in every query."""

    def __init__(self, raw: Raw, district_id: DistrictId) -> None:
        self._raw = raw
        self._district_id = district_id

    async def page(self, author_id: PersonId, cmd: ListNotes, after: Key | None) -> Sequence[NoteView]:
        """``cmd.limit + 1`` of the author's, by falling id."""
        values: list[object] = [self._district_id, author_id, cmd.limit + 1]
        clauses = ""
        for clause, value in (
            (" and leader_id = ${}", cmd.leader_id),
            (" and id < ${}", None if after is None else UUID(after[0])),
        ):
            if value is not None:
                values.append(value)
                clauses += clause.format(len(values))
        rows = await self._raw.fetch(f"{NOTES}{clauses} order by id desc limit $3", *values)
        return [NoteView(**row) for row in rows]

    async def add(self, author_id: PersonId, note: NoteView) -> None:
        """Keep a new one."""
        held = (note.id, note.leader_id, note.text, note.created_at, note.changed_at, note.version)
        await self._raw.execute(ADD_NOTE, self._district_id, author_id, *held)

    async def lock(self, author_id: PersonId, note_id: NoteId) -> NoteView | None:
        """The author's note, locked until the unit ends."""
        row = await self._raw.fetchrow(f"{NOTES} and id = $3 for update", self._district_id, author_id, note_id)
        return None if row is None else NoteView(**row)

    async def replace(self, author_id: PersonId, note: NoteView) -> None:
        """Put text, version and moment of a locked note."""
        held = (note.id, note.text, note.changed_at, note.version)
        await self._raw.execute(REPLACE_NOTE, self._district_id, author_id, *held)

    async def remove(self, author_id: PersonId, note_id: NoteId) -> bool:
        """Throw it away; False when it was not there."""
        return await self._raw.fetchval(REMOVE_NOTE, self._district_id, author_id, note_id) is True
