"""Notes that their author alone sees: neither the leader, nor a supervisor, nor an administrator, nor a machine."""

from dataclasses import replace

from domain.directory.model import PersonRef
from domain.directory.reference_resolution import resolve_leader
from domain.people.commands import DeleteNote, EditNote, ListNotes, WriteNote
from domain.people.ports import PeopleUnit
from domain.people.views import DoneView, NoteView
from domain.permissions.rules import authorize, require_person
from domain.shared.context import Context
from domain.shared.errors import FieldError, Invalid, NotFound
from domain.shared.ids import NoteId
from domain.shared.operation import LEADER, operation
from domain.shared.paging import Page, cursor_key, make_page
from domain.shared.versions import check_version


@operation(audit_object=LEADER)
async def list_notes(cmd: ListNotes, ctx: Context[PeopleUnit]) -> Page[NoteView]:
    """A page of one's own notes, newest first."""
    permission = authorize(ctx.actor, "list_notes")
    after = cursor_key(cmd, ctx.cursors)
    async with ctx.read(permission) as unit:
        rows = await unit.notes.page(require_person(ctx.actor).person_id, cmd, after)
    return make_page(rows, cmd, ctx.cursors, lambda note: (str(note.id),))


@operation(idempotency_key=True)
async def write_note(cmd: WriteNote, ctx: Context[PeopleUnit]) -> NoteView:
    """Keep a note, about a leader of the district or about nobody."""
    permission = authorize(ctx.actor, "write_note")
    async with ctx.open(permission) as unit:
        leader_id = cmd.leader_id
        if leader_id is not None:
            ref = PersonRef(id=leader_id)
            found = resolve_leader(ref, await unit.references.people([ref]), "/leader_id")
            if isinstance(found, FieldError):
                raise Invalid.of([found])
            leader_id = found.id
        now = ctx.now()
        note = NoteView(id=NoteId(ctx.new_id()), leader_id=leader_id, text=cmd.text, created_at=now, changed_at=now, version=1)
        await unit.notes.add(require_person(ctx.actor).person_id, note)
        await unit.commit()
    return note


@operation(idempotency_key=True)
async def edit_note(cmd: EditNote, ctx: Context[PeopleUnit]) -> NoteView:
    """Write a note anew, unless it was changed on another device since it was read."""
    permission = authorize(ctx.actor, "edit_note")
    mine = require_person(ctx.actor).person_id
    async with ctx.open(permission) as unit:
        before = await unit.notes.lock(mine, cmd.note_id)
        if before is None:
            raise NotFound("no such note of yours; check the id")
        check_version(before.version, cmd.expected_version, "note")
        note = replace(before, text=cmd.text, version=before.version + 1, changed_at=ctx.now())
        await unit.notes.replace(mine, note)
        await unit.commit()
    return note


@operation(idempotency_key=True)
async def delete_note(cmd: DeleteNote, ctx: Context[PeopleUnit]) -> DoneView:
    """Throw a note away; nothing of it stays."""
    permission = authorize(ctx.actor, "delete_note")
    async with ctx.open(permission) as unit:
        removed = await unit.notes.remove(require_person(ctx.actor).person_id, cmd.note_id)
        await unit.commit()
    return DoneView(done=removed)
