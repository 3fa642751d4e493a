"""Looking up schools and people. One function each."""

from domain.directory.commands import ListLeaders, ListPeople, ListSchools, ReadLeader, ReadPerson, ReadSchool
from domain.directory.ports import DirectoryUnit
from domain.directory.views import LeaderView, PersonView, SchoolView
from domain.permissions.rules import authorize
from domain.shared.context import Context
from domain.shared.errors import NotFound
from domain.shared.operation import LEADER, PERSON, operation
from domain.shared.paging import Key, Page, cursor_key, make_page


@operation()
async def list_people(cmd: ListPeople, ctx: Context[DirectoryUnit]) -> Page[PersonView]:
    """A page of the district's staff."""
    permission = authorize(ctx.actor, "list_people")
    after = cursor_key(cmd, ctx.cursors)
    async with ctx.read(permission) as unit:
        rows = await unit.people.page(cmd, cmd.limit + 1, after)
    return make_page(rows, cmd, ctx.cursors, _name_key)


@operation(audit_object=PERSON)
async def read_person(cmd: ReadPerson, ctx: Context[DirectoryUnit]) -> PersonView:
    """One member of staff."""
    permission = authorize(ctx.actor, "read_person")
    async with ctx.read(permission) as unit:
        found = await unit.people.find(cmd.person_id)
    if found is None:
        raise NotFound("no person of the district has this id; look it up in GET /v1/people")
    return found


@operation()
async def list_schools(cmd: ListSchools, ctx: Context[DirectoryUnit]) -> Page[SchoolView]:
    """A page of the district's schools."""
    permission = authorize(ctx.actor, "list_schools")
    after = cursor_key(cmd, ctx.cursors)
    async with ctx.read(permission) as unit:
        rows = await unit.people.schools(cmd.limit + 1, after)
    return make_page(rows, cmd, ctx.cursors, lambda school: (school.name, str(school.id)))


@operation()
async def read_school(cmd: ReadSchool, ctx: Context[DirectoryUnit]) -> SchoolView:
    """One school."""
    permission = authorize(ctx.actor, "read_school")
    async with ctx.read(permission) as unit:
        found = await unit.people.school(cmd.school_id)
    if found is None:
        raise NotFound("no school of the district has this id; look it up in GET /v1/schools")
    return found


@operation()
async def list_leaders(cmd: ListLeaders, ctx: Context[DirectoryUnit]) -> Page[LeaderView]:
    """A page of the district's leaders, present and past."""
    permission = authorize(ctx.actor, "list_leaders")
    after = cursor_key(cmd, ctx.cursors)
    async with ctx.read(permission) as unit:
        rows = await unit.people.leaders(cmd.limit + 1, after)
    return make_page(rows, cmd, ctx.cursors, _name_key)


@operation(audit_object=LEADER)
async def read_leader(cmd: ReadLeader, ctx: Context[DirectoryUnit]) -> LeaderView:
    """One leader."""
    permission = authorize(ctx.actor, "read_leader")
    async with ctx.read(permission) as unit:
        found = await unit.people.leader(cmd.leader_id)
    if found is None:
        raise NotFound("no leader of the district has this id; look it up in GET /v1/leaders")
    return found


def _name_key(person: PersonView | LeaderView) -> Key:
    return (person.family_name, person.given_name, str(person.id))
