"""A person lets an administrator act in their place, to help, for minutes; both stand in the audit."""

from datetime import timedelta

from domain.directory.reference_resolution import resolve_person
from domain.people.commands import GiveSupportConsent, ListSupportConsents, WithdrawSupportConsent
from domain.people.ports import PeopleUnit
from domain.people.views import DoneView, SupportConsentsView, SupportConsentView
from domain.permissions.rules import authorize, require_person
from domain.shared.audit import Subject
from domain.shared.context import Context
from domain.shared.errors import Code, FieldError, Invalid
from domain.shared.operation import operation
from domain.shared.roles import Role


@operation()
async def list_support_consents(cmd: ListSupportConsents, ctx: Context[PeopleUnit]) -> SupportConsentsView:  # noqa: ARG001
    """Who may act in one's place now, and in whose place one may act."""
    permission = authorize(ctx.actor, "list_support_consents")
    mine = require_person(ctx.actor).person_id
    async with ctx.read(permission) as unit:
        held = await unit.consents.of(mine, ctx.now())
    return SupportConsentsView(
        given=tuple(c for c in held if c.person_id == mine), received=tuple(c for c in held if c.supporter_id == mine)
    )


@operation(idempotency_key=True)
async def give_support_consent(cmd: GiveSupportConsent, ctx: Context[PeopleUnit]) -> SupportConsentView:
    """Let an administrator of the district act in one's place until some minutes from now."""
    permission = authorize(ctx.actor, "give_support_consent")
    mine = require_person(ctx.actor).person_id
    async with ctx.open(permission) as unit:
        found = resolve_person(cmd.supporter, await unit.references.people([cmd.supporter]), "/supporter")
        if isinstance(found, FieldError):
            raise Invalid.of([found])
        if found.id == mine or found.id not in await unit.administrators.holders(Role.DISTRICT_ADMIN):
            detail = "only somebody else with district_admin may help in this way; name one of the administrators"
            raise Invalid.at("/supporter", Code.NOT_ALLOWED, detail)
        until = ctx.now() + timedelta(minutes=cmd.minutes)
        made = SupportConsentView(person_id=mine, supporter_id=found.id, given_at=ctx.now(), until=until)
        await unit.consents.put(made)
        unit.audit.record(Subject.PERSON, mine, further_ids=[found.id], after=made)
        await unit.commit()
    return made


@operation(idempotency_key=True)
async def withdraw_support_consent(cmd: WithdrawSupportConsent, ctx: Context[PeopleUnit]) -> DoneView:
    """Take it back; the administrator acts for oneself from their next request on."""
    permission = authorize(ctx.actor, "withdraw_support_consent")
    async with ctx.open(permission) as unit:
        mine = require_person(ctx.actor).person_id
        removed = await unit.consents.remove(mine, cmd.supporter_id)
        unit.audit.record(Subject.PERSON, mine, further_ids=[cmd.supporter_id])
        await unit.commit()
    return DoneView(done=removed)
