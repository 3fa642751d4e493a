"""Districts and their clients. All but reading one's own district is the operator's, at the server's command line."""

import secrets
from collections.abc import Callable
from datetime import datetime
from hashlib import sha256
from uuid import UUID

from domain.directory.client_commands import (
    ClientView,
    CreateClient,
    CreateDistrict,
    CurrentDistrictView,
    DisableClient,
    DistrictView,
    EnableClient,
    NewClientView,
    ReadDistrict,
    RenewClientSecret,
    RevokeClient,
)
from domain.directory.client_registration import DEFAULT_METHOD, grant_types_of
from domain.directory.district_lookup import (
    AddDistrictAddress,
    AddressKind,
    DistrictAddress,
    DistrictAddressesView,
    FindDistrict,
    FindPortalDistricts,
    FoundDistrict,
    RemoveDistrictAddress,
    is_address,
    parse_lookup,
)
from domain.directory.oauth_clients import SECRET_METHODS, AuthMethod, RegisteredClient, parse_scopes
from domain.directory.ports import RegistryUnit
from domain.directory.redirect_uris import ClientKind
from domain.directory.school_years import school_year
from domain.framework.configuration import PRODUCT
from domain.permissions.rules import authorize
from domain.shared.audit import Subject
from domain.shared.context import Actor, ActorKind, Context, Scope
from domain.shared.errors import Conflict, NotFound
from domain.shared.ids import DistrictId
from domain.shared.operation import operation
from domain.shared.time import local_date

NO_DISTRICT = DistrictId(UUID(int=0))
"""Where an operator stands who is in no district yet."""


def operator_actor(login: str, district_id: DistrictId = NO_DISTRICT) -> Actor:
    """Somebody at the server's own command line, standing in ``district_id``."""
    scopes = frozenset(s.value for s in Scope)
    return Actor(kind=ActorKind.OPERATOR, id=login, district_id=district_id, origin="operator", scopes=scopes)


def generate_secret() -> str:
    """256 random bits, as a client can send them in a header or a form without escaping."""
    return secrets.token_urlsafe(32)


def secret_digest(secret: str) -> bytes:
    """What is kept of a client's secret."""
    return sha256(secret.encode()).digest()


@operation()
async def create_district(cmd: CreateDistrict, ctx: Context[RegistryUnit]) -> DistrictView:
    """Register a district; its scores begin with the product's configuration."""
    permission = authorize(ctx.actor, "create_district")
    district = DistrictView(id=DistrictId(ctx.new_id()), name=cmd.name, time_zone=cmd.time_zone)
    async with ctx.open(permission) as unit:
        await unit.registry.add_district(district, PRODUCT, ctx.now())
        unit.audit.record(Subject.DISTRICT, district.id)
        if cmd.slug is not None:
            await _claim_address(unit, DistrictAddress(kind=AddressKind.SLUG, value=cmd.slug), district.id)
        await unit.commit()
    return district


@operation()
async def create_client(
    cmd: CreateClient, ctx: Context[RegistryUnit], *, new_secret: Callable[[], str] = generate_secret
) -> NewClientView:
    """Register a client of the operator's district. ``NotFound`` when there is no such district."""
    permission = authorize(ctx.actor, "create_client")
    secret, now = new_secret(), ctx.now()
    client = _build_client(cmd, str(ctx.new_id()), secret, ctx.actor.district_id)
    async with ctx.open(permission) as unit:
        await _require_district(unit, ctx.actor)
        await unit.registry.add_client(client, now)
        unit.audit.record(Subject.CLIENT, UUID(client.client_id))
        await unit.commit()
    return NewClientView(client=client_view(client, now), client_secret=secret if client.secret_sha256 else None)


def _build_client(cmd: CreateClient, client_id: str, secret: str, district_id: DistrictId) -> RegisteredClient:
    method = cmd.auth_method or DEFAULT_METHOD[cmd.kind]
    return RegisteredClient(
        client_id=client_id,
        name=cmd.name,
        origin=cmd.origin,
        secret_sha256=secret_digest(secret) if method in SECRET_METHODS else None,
        scopes=frozenset(cmd.scopes),
        revoked_at=None,
        districts=(district_id,),
        kind=cmd.kind,
        auth_method=AuthMethod(method),
        grant_types=grant_types_of(cmd.kind),
        redirect_uris=cmd.redirect_uris,
        jwks=cmd.jwks,
        jwks_uri=cmd.jwks_uri,
        cors_origins=cmd.cors_origins,
        evaluates=cmd.evaluates,
    )


def client_view(client: RegisteredClient, created_at: datetime) -> ClientView:
    """The client as it is shown."""
    return ClientView(
        client_id=client.client_id,
        name=client.name,
        origin=client.origin,
        scopes=tuple(s.value for s in parse_scopes(client.scopes)),
        kind=client.kind,
        auth_method=client.auth_method,
        redirect_uris=client.redirect_uris,
        evaluates=client.evaluates,
        created_at=created_at,
        revoked_at=client.revoked_at,
    )


@operation()
async def enable_client(cmd: EnableClient, ctx: Context[RegistryUnit]) -> ClientView:
    """Let a native app into the operator's district; twice is once. Any other kind belongs to its own district."""
    permission = authorize(ctx.actor, "enable_client")
    async with ctx.open(permission) as unit:
        await _require_district(unit, ctx.actor)
        held = await unit.registry.find_client(cmd.client_id, in_any_district=True)
        if held is None:
            raise NotFound("there is no client of this id; GET /v1 names the app that comes with the installation")
        if held.kind is not ClientKind.NATIVE:
            raise Conflict(f"a {held.kind.value} client belongs to one district; register another for this one")
        await unit.registry.enable_client(cmd.client_id)
        await unit.commit()
    return held


@operation()
async def disable_client(cmd: DisableClient, ctx: Context[RegistryUnit]) -> ClientView:
    """Let a client into the operator's district no more. ``NotFound`` for one that is not in it."""
    permission = authorize(ctx.actor, "disable_client")
    async with ctx.open(permission) as unit:
        held = await _require_client(unit, cmd.client_id)
        await unit.registry.disable_client(cmd.client_id)
        await unit.commit()
    return held


@operation()
async def revoke_client(cmd: RevokeClient, ctx: Context[RegistryUnit]) -> ClientView:
    """Let a client of the operator's district in no more; the first moment stays. ``NotFound`` for any other's."""
    permission = authorize(ctx.actor, "revoke_client")
    async with ctx.open(permission) as unit:
        held = await _require_client(unit, cmd.client_id)
        if await unit.registry.is_used_elsewhere(cmd.client_id):
            raise Conflict("other districts use this client too; evenkeel client disable takes it out of this one alone")
        if held.revoked_at is None:
            await unit.registry.revoke_client(cmd.client_id, ctx.now())
            unit.audit.record(Subject.CLIENT, UUID(cmd.client_id))
            held = await _require_client(unit, cmd.client_id)
        await unit.commit()
    return held


@operation()
async def renew_client_secret(
    cmd: RenewClientSecret, ctx: Context[RegistryUnit], *, new_secret: Callable[[], str] = generate_secret
) -> NewClientView:
    """Give a client of the operator's district another secret; the one before is good no more. Tokens stay.

    ``NotFound`` for any other's client, ``Conflict`` for one that has no secret or was revoked.
    """
    permission = authorize(ctx.actor, "renew_client_secret")
    secret = new_secret()
    async with ctx.open(permission) as unit:
        held = await _require_client(unit, cmd.client_id)
        if held.auth_method not in SECRET_METHODS:
            raise Conflict(f"this client has no secret ({held.auth_method.value}); register another that has one")
        if held.revoked_at is not None:
            raise Conflict("this client was revoked, for good; register another with evenkeel client create")
        await unit.registry.put_client_secret(cmd.client_id, secret_digest(secret))
        unit.audit.record(Subject.CLIENT, UUID(cmd.client_id))
        await unit.commit()
    return NewClientView(client=held, client_secret=secret)


async def _require_client(unit: RegistryUnit, client_id: str) -> ClientView:
    held = await unit.registry.find_client(client_id)
    if held is None:
        raise NotFound("the district has no client of this id; check both ids")
    return held


@operation()
async def read_district(cmd: ReadDistrict, ctx: Context[RegistryUnit]) -> CurrentDistrictView:  # noqa: ARG001 - nothing to say
    """The actor's own district, and its school year of today."""
    permission = authorize(ctx.actor, "read_district")
    async with ctx.read(permission) as unit:
        district = await _require_district(unit, ctx.actor)
        held = await unit.registry.school_years()
    today = local_date(ctx.now(), district.time_zone)
    return CurrentDistrictView(
        id=district.id, name=district.name, time_zone=district.time_zone, school_year=school_year(today, held)
    )


@operation()
async def add_district_address(cmd: AddDistrictAddress, ctx: Context[RegistryUnit]) -> DistrictAddressesView:
    """Let people find the operator's district by one more address. ``Conflict`` when it is another district's."""
    permission = authorize(ctx.actor, "add_district_address")
    async with ctx.open(permission) as unit:
        await _require_district(unit, ctx.actor)
        await _claim_address(unit, DistrictAddress(kind=cmd.kind, value=cmd.value), ctx.actor.district_id)
        held = await unit.registry.addresses(ctx.actor.district_id)
        await unit.commit()
    return DistrictAddressesView(addresses=tuple(held))


@operation()
async def remove_district_address(cmd: RemoveDistrictAddress, ctx: Context[RegistryUnit]) -> DistrictAddressesView:
    """Let nobody find the operator's district by this address; one that it has not is none to remove."""
    permission = authorize(ctx.actor, "remove_district_address")
    async with ctx.open(permission) as unit:
        await _require_district(unit, ctx.actor)
        await unit.registry.remove_address(DistrictAddress(kind=cmd.kind, value=cmd.value), ctx.actor.district_id)
        held = await unit.registry.addresses(ctx.actor.district_id)
        await unit.commit()
    return DistrictAddressesView(addresses=tuple(held))


@operation()
async def find_district(cmd: FindDistrict, ctx: Context[RegistryUnit]) -> FoundDistrict | None:
    """The district of this slug or of this mail address, for whoever wants to sign in; it says nothing of accounts."""
    permission = authorize(ctx.actor, "find_district")
    kind, value = parse_lookup(cmd.text)
    if not is_address(kind, value):
        return None
    async with ctx.read(permission) as unit:
        return await unit.registry.find_address(kind, value)


@operation()
async def find_portal_districts(cmd: FindPortalDistricts, ctx: Context[RegistryUnit]) -> tuple[FoundDistrict, ...]:
    """Districts that sign in by way of this portal, by name."""
    permission = authorize(ctx.actor, "find_portal_districts")
    async with ctx.read(permission) as unit:
        return tuple(await unit.registry.districts_of_portal(cmd.portal))


async def _claim_address(unit: RegistryUnit, address: DistrictAddress, district_id: DistrictId) -> None:
    if not await unit.registry.add_address(address, district_id):
        raise Conflict(f"another district has the {address.kind.value.replace('_', ' ')} {address.value}; use another")


async def _require_district(unit: RegistryUnit, actor: Actor) -> DistrictView:
    found = await unit.registry.find_district(actor.district_id)
    if found is None:
        raise NotFound("no district has this id; check it")
    return found
