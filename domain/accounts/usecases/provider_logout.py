"""Sign-ins ended by the district's provider, and links to it taken away."""

from domain.accounts.commands import EndByProvider, RemoveIdentityLink
from domain.accounts.logout_tokens import LEEWAY, is_claim_text, issuer_scoped_digest, logout_token_error, parse_numeric_date
from domain.accounts.ports import AccountUnit
from domain.accounts.usecases.admin import account_view, load_account
from domain.accounts.views import AccountView
from domain.permissions.rules import authorize
from domain.shared.audit import Subject
from domain.shared.context import Context
from domain.shared.errors import Code, Invalid
from domain.shared.operation import PERSON, operation
from domain.shared.revoke_access import revoke_all_sessions


class InvalidLogoutToken(Invalid):
    """A token that ends nobody's sign-ins."""

    def __init__(self, error: str) -> None:
        super().__init__(f"this token is {error}", code=Code.NOT_ALLOWED)


@operation()
async def end_by_provider(cmd: EndByProvider, ctx: Context[AccountUnit]) -> None:
    """Everything that let the person in whom verified ``claims`` name ends, browsers and apps, in one transaction.

    Somebody whom nobody is linked to is no error: nothing is left of them to end. Raises ``NoLogout``, also for a token that
    was taken before.
    """
    permission = authorize(ctx.actor, "end_by_provider")
    async with ctx.open(permission) as unit:
        provider = await unit.identity_providers.find(cmd.provider)
        if provider is None or not provider.active:
            raise InvalidLogoutToken("for a provider that is not used here")
        fault = logout_token_error(provider, cmd.claims, ctx.now())
        issued, expires = parse_numeric_date(cmd.claims.get("iat")), parse_numeric_date(cmd.claims.get("exp"))
        issuer, jti, subject, sid = (cmd.claims.get(name) for name in ("iss", "jti", "sub", "sid"))
        if fault is not None or issued is None or expires is None or not is_claim_text(issuer) or not is_claim_text(jti):
            raise InvalidLogoutToken(fault or "incomplete")
        if not await unit.identity_providers.use_logout_token(issuer_scoped_digest(issuer, jti), expires + LEEWAY, ctx.now()):
            raise InvalidLogoutToken("one that was taken before")
        person = None
        if is_claim_text(subject):
            person = await unit.identity_providers.find_linked_person(issuer, subject)
        elif is_claim_text(sid):
            person = await unit.identity_providers.find_person_by_sid(issuer, issuer_scoped_digest(issuer, sid))
        unit.audit.enabled = unit.audit.enabled and person is not None
        if person is not None:
            # Locked as signing in locks it: whoever is on the way in now waits, and is told that it is over.
            await unit.accounts.find(person, lock=True)
            await unit.identity_providers.end_links(issuer, person, issued)
            await revoke_all_sessions(unit, [person], ctx.now())
            unit.audit.record(Subject.PERSON, person)
        await unit.commit()


@operation(audit_object=PERSON)
async def remove_identity_link(cmd: RemoveIdentityLink, ctx: Context[AccountUnit]) -> AccountView:
    """Let a provider's subject be this person no more; browsers and apps end by the same commit. Twice is once.

    Where the provider stays and the roster still finds the person by its claim, their next sign-in there links them anew: to
    keep somebody out, deactivate them; to undo a wrong match, mend the roster's field first.
    """
    permission = authorize(ctx.actor, "remove_identity_link")
    async with ctx.open(permission) as unit:
        account = await load_account(unit, cmd.person_id)
        if await unit.identity_providers.unlink(account.person_id, cmd.link_id):
            await revoke_all_sessions(unit, [account.person_id], ctx.now())
        unit.audit.record(Subject.PERSON, account.person_id)
        links = await unit.identity_providers.links_of(account.person_id)
        await unit.commit()
    return account_view(account, links)
