"""Identity providers of a district, and signing in by them."""

from collections.abc import Mapping
from dataclasses import replace

from domain.accounts.commands import SignInFederated
from domain.accounts.identity_provider_commands import (
    CODE,
    FindProvider,
    ListIdentityProviders,
    PutIdentityProvider,
    RemoveIdentityProvider,
)
from domain.accounts.login import LoginFailed, start_session
from domain.accounts.logout_tokens import is_claim_text, issuer_scoped_digest, parse_numeric_date
from domain.accounts.model import FEDERATED, IdentityProvider
from domain.accounts.ports import AccountUnit
from domain.accounts.provider_presets import PROVIDER_PRESETS, TENANT_PLACEHOLDER
from domain.accounts.rules import expected_issuer, provider_audit_id
from domain.accounts.views import IdentityProvidersView, IdentityProviderView, LoginResult
from domain.permissions.rules import authorize
from domain.shared.access_scope import Permission
from domain.shared.audit import Subject
from domain.shared.context import ActorKind, Context
from domain.shared.errors import Code, Forbidden, Invalid, NotFound
from domain.shared.ids import DistrictId, PersonId
from domain.shared.operation import operation
from domain.shared.versions import check_version

PROVIDER_SECRETS = "provider secrets"
"""The purpose under which secrets that providers gave us are sealed."""


class NoMatchingPerson(Forbidden):
    """The provider knows them, the roster does not, or not exactly one."""

    def __init__(self) -> None:
        super().__init__("your district's roster has nobody, or more than one, whom this account belongs to; ask your office")


def secret_name(district_id: DistrictId, code: str) -> str:
    """The name that a provider's secret is sealed under."""
    return f"{district_id} {code}"


@operation()
async def put_identity_provider(cmd: PutIdentityProvider, ctx: Context[AccountUnit]) -> IdentityProviderView:
    """Add a provider, or change it. The secret is kept sealed; without a new one the one held stays.

    The same again keeps its version, and needs none to be named. The only way in it becomes where somebody has a way past
    it, unless the operator says so, who can make one.
    """
    permission = authorize(ctx.actor, "put_identity_provider")
    await _check_issuer(cmd, permission, ctx)
    async with ctx.open(permission) as unit:
        held = await unit.identity_providers.find(cmd.code, lock=True)
        sealed = _encrypted_secret(cmd, held, unit, ctx)
        if held is not None and cmd.client_secret is None and _issuer(cmd) != held.issuer:
            # Else an admin who may change, but not read, could have the secret sent to an address of theirs.
            raise Invalid.at("/client_secret", Code.MISSING, "another issuer needs its own secret; send it along")
        await _check_break_glass(cmd, unit, ctx)
        provider = _provider(cmd, sealed, 1 if held is None else held.version)
        # A new provider, and the same again, need not name what they replace.
        version = 0 if held is None else held.version
        check_version(version, cmd.expected_version, "identity provider", first=held in {None, provider})
        if provider != held:
            provider = provider if held is None else replace(provider, version=held.version + 1)
            await unit.identity_providers.save(provider)
        _record_change(unit, ctx, held, provider)
        slug = await unit.registry.slug_of(ctx.actor.district_id)
        await unit.commit()
    return _view(provider, slug, ctx)


@operation()
async def list_identity_providers(
    cmd: ListIdentityProviders,  # noqa: ARG001 - nothing to say
    ctx: Context[AccountUnit],
) -> IdentityProvidersView:
    """The district's identity providers, without their secrets."""
    permission = authorize(ctx.actor, "list_identity_providers")
    async with ctx.read(permission) as unit:
        slug = await unit.registry.slug_of(ctx.actor.district_id)
        return IdentityProvidersView(providers=tuple(_view(p, slug, ctx) for p in await unit.identity_providers.all()))


@operation()
async def remove_identity_provider(cmd: RemoveIdentityProvider, ctx: Context[AccountUnit]) -> IdentityProvidersView:
    """Let nobody sign in by a provider any more, and forget its secret; what is left. Twice is once.

    Whoever signed in by it stays so until that ends by itself. Who its subjects are is kept: they mean the same people when
    it comes back.
    """
    permission = authorize(ctx.actor, "remove_identity_provider")
    async with ctx.open(permission) as unit:
        held = await unit.identity_providers.find(cmd.code, lock=True) if CODE.fullmatch(cmd.code) else None
        if held is not None:
            await unit.identity_providers.remove(cmd.code)
            _record_change(unit, ctx, held, None)
        else:
            unit.audit.record(Subject.IDENTITY_PROVIDER, provider_audit_id(ctx.actor.district_id, cmd.code))
        slug = await unit.registry.slug_of(ctx.actor.district_id)
        left = await unit.identity_providers.all()
        await unit.commit()
    return IdentityProvidersView(providers=tuple(_view(p, slug, ctx) for p in left))


@operation()
async def find_provider(cmd: FindProvider, ctx: Context[AccountUnit]) -> IdentityProvider:
    """An active provider, for the sign-in pages."""
    permission = authorize(ctx.actor, "find_provider")
    async with ctx.read(permission) as unit:
        found = await unit.identity_providers.find(cmd.provider) if CODE.fullmatch(cmd.provider) else None
    if found is None or not found.active:
        raise NotFound("the district does not sign in this way; choose another")
    return found


@operation()
async def sign_in_federated(cmd: SignInFederated, ctx: Context[AccountUnit]) -> LoginResult:
    """Sign in by verified claims; at first, link their subject to the one person of the roster whom the pair finds.

    Raises ``Refused`` for another issuer or tenant, or for a token from before the provider ended what it vouched for;
    ``NobodyHere`` when the roster does not know exactly one.
    """
    permission = authorize(ctx.actor, "sign_in_federated")
    async with ctx.open(permission) as unit:
        provider = await unit.identity_providers.find(cmd.provider)
        if provider is None or not provider.active:
            raise LoginFailed
        issuer, subject = expected_issuer(provider, cmd.claims), cmd.claims.get("sub")
        if issuer is None or issuer != cmd.claims.get("iss") or not is_claim_text(subject):
            raise LoginFailed
        person = await unit.identity_providers.find_linked_person(issuer, subject)
        if person is None:
            person = await _match_person(unit, provider, cmd.claims)
            await unit.identity_providers.link(ctx.random_id(), issuer, subject, person, ctx.now())
        account = await unit.accounts.find(person, lock=True)
        if account is None or not account.present:
            raise NoMatchingPerson
        if await unit.identity_providers.find_linked_person(issuer, subject) != person:
            # The link was taken away while we waited for the account.
            raise LoginFailed
        ended, issued = await unit.identity_providers.ended_at(issuer, subject), parse_numeric_date(cmd.claims.get("iat"))
        if ended is not None and (issued is None or issued <= ended):
            raise LoginFailed
        sid = cmd.claims.get("sid")
        if is_claim_text(sid):
            await unit.identity_providers.add_sid(issuer, subject, issuer_scoped_digest(issuer, sid))
        answer = await start_session(unit, ctx, account, _methods(cmd.claims), cmd.session)
        await unit.commit()
    return answer


async def _match_person(unit: AccountUnit, provider: IdentityProvider, claims: Mapping[str, object]) -> PersonId:
    value = claims.get(provider.claim)
    value = str(value) if isinstance(value, int) and not isinstance(value, bool) else value
    if not is_claim_text(value):
        raise NoMatchingPerson
    found = await unit.identity_providers.find_people_by_field(provider.roster_field, value)
    if len(found) != 1:
        raise NoMatchingPerson
    return found[0]


def _methods(claims: Mapping[str, object]) -> frozenset[str]:
    """How they signed in there: several factors only when the provider says so (RFC 8176)."""
    said = claims.get("amr")
    return frozenset({FEDERATED, "mfa"}) if isinstance(said, list) and "mfa" in said else frozenset({FEDERATED})


async def _check_issuer(cmd: PutIdentityProvider, permission: Permission, ctx: Context[AccountUnit]) -> None:
    """Refuse an issuer that we do not ask. One that is held is not judged again: also when it is away, it can be changed."""
    if cmd.issuer is None:
        return
    async with ctx.read(permission) as unit:
        held = await unit.identity_providers.find(cmd.code)
    if held is None or held.issuer != cmd.issuer:
        await ctx.check_url(cmd.issuer.replace(TENANT_PLACEHOLDER, "tenant"), "/issuer")


def _record_change(
    unit: AccountUnit, ctx: Context[AccountUnit], before: IdentityProvider | None, after: IdentityProvider | None
) -> None:
    """The trail names a provider by the id that the list shows. Its secret is left out, also sealed: version tells of that."""
    code = next(held.code for held in (after, before) if held is not None)
    states = [None if held is None else replace(held, secret_sealed=b"") for held in (before, after)]
    unit.audit.record(
        Subject.IDENTITY_PROVIDER, provider_audit_id(ctx.actor.district_id, code), before=states[0], after=states[1]
    )


def _encrypted_secret(
    cmd: PutIdentityProvider, existing: IdentityProvider | None, unit: AccountUnit, ctx: Context[AccountUnit]
) -> bytes:
    """The secret as it is kept from now on; the same one stays as it was sealed, so that the same again changes nothing."""
    if cmd.client_secret is None:
        if existing is None:
            raise Invalid.at("/client_secret", Code.MISSING, "a new provider needs the secret that it gave us")
        return existing.secret_sealed
    name, secret = secret_name(ctx.actor.district_id, cmd.code), cmd.client_secret.encode()
    if existing is not None and unit.secrets.matches(PROVIDER_SECRETS, name, existing.secret_sealed, secret):
        return existing.secret_sealed
    return unit.secrets.encrypt(PROVIDER_SECRETS, name, secret)


async def _check_break_glass(cmd: PutIdentityProvider, unit: AccountUnit, ctx: Context[AccountUnit]) -> None:
    """Refuse to shut everybody out on the day that the provider is down, or was entered wrongly."""
    if not (cmd.exclusive and cmd.active) or ctx.actor.kind is ActorKind.OPERATOR:
        return
    if not await unit.accounts.has_break_glass_account():
        detail = "nobody could sign in when this provider can't be asked: first give a person break-glass and a password"
        raise Invalid.at("/exclusive", Code.NOT_ALLOWED, detail)


def _issuer(cmd: PutIdentityProvider) -> str:
    return cmd.issuer or PROVIDER_PRESETS[cmd.kind].issuer or ""


def _provider(cmd: PutIdentityProvider, encrypted_secret: bytes, version: int) -> IdentityProvider:
    profile = PROVIDER_PRESETS[cmd.kind]
    return IdentityProvider(
        code=cmd.code,
        kind=cmd.kind,
        name=cmd.name,
        issuer=_issuer(cmd),
        client_id=cmd.client_id,
        secret_sealed=encrypted_secret,
        tenants=cmd.tenants,
        claim=cmd.claim or profile.claim,
        roster_field=cmd.roster_field or profile.roster_field,
        exclusive=cmd.exclusive,
        active=cmd.active,
        version=version,
    )


def _view(provider: IdentityProvider, slug: str | None, ctx: Context[AccountUnit]) -> IdentityProviderView:
    return IdentityProviderView(
        audit_id=provider_audit_id(ctx.actor.district_id, provider.code),
        code=provider.code,
        kind=provider.kind,
        name=provider.name,
        issuer=provider.issuer,
        client_id=provider.client_id,
        tenants=provider.tenants,
        claim=provider.claim,
        roster_field=provider.roster_field,
        exclusive=provider.exclusive,
        active=provider.active,
        callback_path=None if slug is None else f"/sign-in/{slug}/callback/{provider.code}",
        backchannel_logout_path=None if slug is None else f"/sign-in/{slug}/logout/{provider.code}",
        version=provider.version,
    )
