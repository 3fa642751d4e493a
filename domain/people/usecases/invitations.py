"""People whom the roster does not have: nobody else is ever created by signing in."""

from domain.directory.reference_resolution import resolve_school
from domain.directory.views import PersonView
from domain.people.commands import InvitePerson
from domain.people.ports import PeopleUnit
from domain.people.views import RoleGrantView
from domain.permissions.rules import authorize
from domain.shared.audit import Subject
from domain.shared.context import Context
from domain.shared.errors import Code, Conflict, FieldError, Invalid
from domain.shared.ids import AssignmentId, PersonId
from domain.shared.operation import operation


@operation(idempotency_key=True)
async def invite_person(cmd: InvitePerson, ctx: Context[PeopleUnit]) -> PersonView:
    """Take somebody in by hand. A roster import leaves them alone; the way in is a sign-in code or single sign-on.

    Somebody with the same e-mail address is refused (``person_known``): that would be a second record of one person.
    """
    permission = authorize(ctx.actor, "invite_person")
    person_id = PersonId(ctx.new_id())
    async with ctx.open(permission) as unit:
        if cmd.email is not None and await unit.manual_people.has_email(cmd.email):
            detail = "somebody of the district has this e-mail address already; look in GET /v1/people"
            raise Conflict(detail, code=Code.PERSON_KNOWN)
        await unit.manual_people.add(person_id, cmd)
        unit.audit.record(Subject.PERSON, person_id, after=cmd)
        if cmd.school is None:
            by = f"{ctx.actor.kind.value}:{ctx.actor.id}"
            await unit.grants.add(RoleGrantView(person_id=person_id, role=cmd.role, granted_at=ctx.now(), granted_by=by))
        else:
            where = resolve_school(cmd.school, await unit.references.schools([cmd.school]), "/school")
            if isinstance(where, FieldError):
                raise Invalid.of([where])
            await unit.manual_people.assign(AssignmentId(ctx.new_id()), person_id, where, cmd.role)
        made = await unit.people.find(person_id)
        await unit.commit()
    if made is None:
        raise AssertionError("what was just kept is held")
    return made
