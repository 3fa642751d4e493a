"""Roles that a roster can't give: the doors to administration, research, and who supervises or coaches without a post."""

from domain.directory.model import PersonRef
from domain.directory.reference_resolution import resolve_person
from domain.people.commands import GrantRole, ListRoleGrants, WithdrawRole
from domain.people.ports import PeopleUnit
from domain.people.views import DoneView, RoleGrantView
from domain.permissions.rules import authorize
from domain.shared.audit import Subject
from domain.shared.context import Context
from domain.shared.errors import FieldError, NotFound
from domain.shared.ids import PersonId
from domain.shared.last_administrator import require_remaining_admin
from domain.shared.operation import PERSON, operation
from domain.shared.paging import Page, cursor_key, make_page
from domain.shared.roles import Role


@operation()
async def list_role_grants(cmd: ListRoleGrants, ctx: Context[PeopleUnit]) -> Page[RoleGrantView]:
    """A page of the roles given by hand."""
    permission = authorize(ctx.actor, "list_role_grants")
    after = cursor_key(cmd, ctx.cursors)
    async with ctx.read(permission) as unit:
        rows = await unit.grants.page(cmd, after)
    return make_page(rows, cmd, ctx.cursors, lambda grant: (str(grant.person_id), grant.role.value))


@operation(audit_object=PERSON, idempotency_key=True)
async def grant_role(cmd: GrantRole, ctx: Context[PeopleUnit]) -> DoneView:
    """Give a person a role. Twice is once."""
    permission = authorize(ctx.actor, "grant_role")
    async with ctx.open(permission) as unit:
        await _require_person(cmd.person_id, unit)
        by = f"{ctx.actor.kind.value}:{ctx.actor.id}"
        grant = RoleGrantView(person_id=cmd.person_id, role=cmd.role, granted_at=ctx.now(), granted_by=by)
        added = await unit.grants.add(grant)
        unit.audit.record(Subject.PERSON, cmd.person_id, after=cmd.role)
        await unit.commit()
    return DoneView(done=added)


@operation(audit_object=PERSON, idempotency_key=True)
async def withdraw_role(cmd: WithdrawRole, ctx: Context[PeopleUnit]) -> DoneView:
    """Take a role away. The last administrator's stays, unless the operator takes it: somebody must let others in."""
    permission = authorize(ctx.actor, "withdraw_role")
    async with ctx.open(permission) as unit:
        await _require_person(cmd.person_id, unit)
        if cmd.role is Role.DISTRICT_ADMIN:
            await require_remaining_admin(unit.grants, cmd.person_id, ctx.actor)
        removed = await unit.grants.remove(cmd.person_id, cmd.role)
        unit.audit.record(Subject.PERSON, cmd.person_id, before=cmd.role)
        await unit.commit()
    return DoneView(done=removed)


async def _require_person(person_id: PersonId, unit: PeopleUnit) -> None:
    """Refuse (``NotFound``) who is not of the district; a merged record has no roles of its own any more."""
    ref = PersonRef(id=person_id)
    match = resolve_person(ref, await unit.references.people([ref]), "")
    if isinstance(match, FieldError) or match.id != person_id:
        raise NotFound("no person of the district has this id; look it up in GET /v1/people")
