"""Who one is here."""

from domain.people.commands import ReadMe
from domain.people.ports import PeopleUnit
from domain.people.views import MeView
from domain.permissions.rules import authorize, require_person
from domain.shared.context import Context
from domain.shared.errors import NotFound
from domain.shared.operation import operation


@operation()
async def read_me(cmd: ReadMe, ctx: Context[PeopleUnit]) -> MeView:  # noqa: ARG001 - nothing to say
    """The person of this token, what they hold here, and what the token is good for."""
    permission = authorize(ctx.actor, "read_me")
    standing = require_person(ctx.actor)
    async with ctx.read(permission) as unit:
        person = await unit.people.find(standing.person_id)
        district = await unit.registry.find_district(ctx.actor.district_id)
    if person is None or district is None:
        raise NotFound("you are not in this district any more")
    return MeView(
        id=person.id,
        given_name=person.preferred_given_name or person.given_name,
        family_name=person.preferred_family_name or person.family_name,
        district_id=district.id,
        district_name=district.name,
        roles=tuple(sorted(standing.roles)),
        withheld_roles=tuple(sorted(standing.withheld)),
        leads=standing.leads,
        school_ids=tuple(sorted(standing.schools)),
        supervises=tuple(sorted(standing.supervises)),
        shared_by=tuple(sorted(standing.coaches)),
        scopes=tuple(sorted(ctx.actor.scopes)),
        client_id=ctx.actor.client_id,
        session_id=ctx.actor.session_id,
        supporter_id=ctx.actor.supporter,
    )
