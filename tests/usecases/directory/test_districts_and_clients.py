"""Registering districts and clients: what is taken, and who may."""

from contextlib import asynccontextmanager
from dataclasses import replace
from datetime import UTC, datetime
from hashlib import sha256
from types import SimpleNamespace
from typing import Any
from uuid import UUID

import pytest

from domain.directory.client_commands import (
    ClientView,
    CreateClient,
    CreateDistrict,
    DistrictView,
    ReadDistrict,
    RenewClientSecret,
    RevokeClient,
    is_time_zone,
)
from domain.directory.oauth_clients import AuthMethod, parse_scopes
from domain.directory.usecases.districts_and_clients import (
    NO_DISTRICT,
    client_view,
    create_client,
    create_district,
    generate_secret,
    operator_actor,
    read_district,
    renew_client_secret,
    revoke_client,
)
from domain.framework.configuration import PRODUCT
from domain.shared.audit import no_audit
from domain.shared.context import ActorKind, Context, Scope
from domain.shared.errors import Code, Conflict, Forbidden, Invalid, NotFound
from domain.shared.ids import DistrictId

NOW = datetime(2026, 3, 2, 9, tzinfo=UTC)
DISTRICT = DistrictId(UUID(int=7))


class FakeRegistry:
    """``Registry`` over dictionaries; only what was committed stays."""

    def __init__(self) -> None:
        self.districts: dict[UUID, DistrictView] = {}
        self.bases: dict[UUID, Any] = {}
        self.clients: dict[str, Any] = {}
        self.views: dict[str, ClientView] = {}
        self.homes: dict[str, set[DistrictId]] = {}

    async def find_district(self, district_id: DistrictId) -> DistrictView | None:
        return self.districts.get(district_id)

    async def school_years(self) -> list[Any]:
        return []

    async def add_district(self, district: DistrictView, basis: Any, at: datetime) -> None:
        self.districts[district.id], self.bases[district.id], self.added_at = district, basis, at

    async def add_client(self, client: Any, at: datetime) -> None:
        self.clients[client.client_id] = client
        self.views[client.client_id] = client_view(client, at)
        self.homes[client.client_id] = set(client.districts)

    async def find_client(self, client_id: str, *, in_any_district: bool = False) -> ClientView | None:
        return self.views.get(client_id) if in_any_district or DISTRICT in self.homes.get(client_id, ()) else None

    async def enable_client(self, client_id: str) -> None:
        self.homes[client_id].add(DISTRICT)

    async def disable_client(self, client_id: str) -> None:
        self.homes[client_id].discard(DISTRICT)

    async def is_used_elsewhere(self, client_id: str) -> bool:
        return bool(self.homes[client_id] - {DISTRICT})

    async def revoke_client(self, client_id: str, at: datetime) -> None:
        self.views[client_id] = replace(self.views[client_id], revoked_at=at)

    async def put_client_secret(self, client_id: str, digest: bytes) -> None:
        self.clients[client_id] = replace(self.clients[client_id], secret_sha256=digest)


def context(registry: FakeRegistry, district_id: DistrictId = DISTRICT, **actor: Any) -> Context[Any]:
    commits: list[int] = []

    async def commit() -> None:
        commits.append(1)

    @asynccontextmanager
    async def open_(_permission: Any) -> Any:
        yield SimpleNamespace(registry=registry, commit=commit, audit=no_audit())

    return Context(
        actor=replace(operator_actor("root", district_id), **actor),
        open=open_,
        read=open_,
        now=lambda: NOW,
        new_id=lambda: UUID(int=7),
        random_id=lambda: UUID(int=8),
        cursors=None,  # type: ignore[arg-type]
        digest=lambda _: b"",
    )


async def registered() -> FakeRegistry:
    registry = FakeRegistry()
    await create_district(CreateDistrict(name="Grand Bend", time_zone="America/Chicago"), context(registry, NO_DISTRICT))
    return registry


async def test_a_new_district_begins_with_the_products_configuration():
    registry = await registered()
    assert registry.districts[DISTRICT] == DistrictView(id=DISTRICT, name="Grand Bend", time_zone="America/Chicago")
    assert registry.bases[DISTRICT] is PRODUCT


@pytest.mark.parametrize("zone", ["America/Chicago", "Europe/Berlin", "America/Argentina/Ushuaia", "UTC"])
def test_iana_zones_are_taken(zone: str):
    assert is_time_zone(zone)


@pytest.mark.parametrize(
    "zone", ["", "America", "America/", "Chicago", "CST", "UTC+2", "../../etc/passwd", "posix/UTC", "a/\x00", "America/Nowhere"]
)
def test_what_is_no_iana_zone_is_refused(zone: str):
    with pytest.raises(Invalid) as caught:
        CreateDistrict(name="Grand Bend", time_zone=zone)
    assert caught.value.errors[0].pointer == "/time_zone"


@pytest.mark.parametrize("name", ["", "  ", "a\x00b", "a\nb", "x" * 201])
def test_a_name_is_what_people_can_read(name: str):
    with pytest.raises(Invalid) as caught:
        CreateDistrict(name=name, time_zone="UTC")
    assert caught.value.errors[0].pointer == "/name"


async def test_a_clients_secret_is_shown_once_and_kept_as_a_digest():
    registry = await registered()
    cmd = CreateClient(name="App", origin="app", scopes=("scores:read",))
    made = await create_client(cmd, context(registry), new_secret=lambda: "known")
    kept = registry.clients[made.client.client_id]
    assert made.client_secret == "known"
    assert kept.secret_sha256 == sha256(b"known").digest()
    assert "known" not in repr(made)
    assert "secret" not in repr(kept)


async def test_only_a_client_that_is_let_in_by_a_secret_gets_another():
    registry = await registered()
    made = await create_client(CreateClient(name="App", origin="app", scopes=("scores:read",)), context(registry))
    cmd = RenewClientSecret(client_id=made.client.client_id)
    renewed = await renew_client_secret(cmd, context(registry), new_secret=lambda: "another")
    assert (renewed.client, renewed.client_secret) == (made.client, "another")
    assert registry.clients[cmd.client_id].secret_sha256 == sha256(b"another").digest()
    await revoke_client(RevokeClient(client_id=cmd.client_id), context(registry))
    with pytest.raises(Conflict, match="revoked"):
        await renew_client_secret(cmd, context(registry))
    registry.views[cmd.client_id] = replace(made.client, auth_method=AuthMethod.KEY)
    with pytest.raises(Conflict, match="no secret"):
        await renew_client_secret(cmd, context(registry))
    registry.homes[cmd.client_id] = set()
    with pytest.raises(NotFound):
        await renew_client_secret(cmd, context(registry))


def test_a_secret_has_256_random_bits():
    assert len(generate_secret()) == 43  # 32 bytes as base64url
    assert generate_secret() != generate_secret()


async def test_a_client_of_no_district_is_refused():
    with pytest.raises(NotFound):
        await create_client(CreateClient(name="App", origin="app", scopes=("scores:read",)), context(FakeRegistry()))


def test_a_star_stands_for_all_scopes_that_begin_so():
    assert parse_scopes(["observations:*"]) == (Scope.OBSERVATIONS_READ, Scope.OBSERVATIONS_WRITE)
    cmd = CreateClient(name="App", origin="app", scopes=("observations:*", "directory:read", "observations:read"))
    assert cmd.scopes == ("directory:read", "observations:read", "observations:write")


@pytest.mark.parametrize(
    ("scopes", "code"), [((), Code.EMPTY), (("everything",), Code.NOT_ALLOWED), (("*",), Code.NOT_ALLOWED)]
)
def test_scopes_that_name_nothing_are_refused(scopes: tuple[str, ...], code: Code):
    with pytest.raises(Invalid) as caught:
        CreateClient(name="App", origin="app", scopes=scopes)
    assert (caught.value.errors[0].pointer, caught.value.code) == ("/scopes", code)


@pytest.mark.parametrize("origin", ["", "-x", "a b", "a\x00", "x" * 65, "é"])
def test_an_origin_is_a_plain_word(origin: str):
    with pytest.raises(Invalid) as caught:
        CreateClient(name="App", origin=origin, scopes=("scores:read",))
    assert caught.value.errors[0].pointer == "/origin"


async def test_the_first_revocation_stays():
    registry = await registered()
    made = await create_client(CreateClient(name="App", origin="app", scopes=("scores:read",)), context(registry))
    cmd = RevokeClient(client_id=made.client.client_id)
    first = await revoke_client(cmd, context(registry))
    again = await revoke_client(cmd, replace(context(registry), now=lambda: NOW.replace(year=2030)))
    assert first == again
    assert first.revoked_at == NOW


async def test_an_unknown_client_is_not_found():
    with pytest.raises(NotFound):
        await revoke_client(RevokeClient(client_id="nobody"), context(await registered()))


@pytest.mark.parametrize("kind", [ActorKind.CLIENT, ActorKind.PERSON])
async def test_only_an_operator_registers(kind: ActorKind):
    registry = await registered()
    ctx = context(registry, kind=kind)
    client = CreateClient(name="App", origin="app", scopes=("scores:read",))
    for work in (
        create_district(CreateDistrict(name="Mine", time_zone="UTC"), ctx),
        create_client(client, ctx),
        revoke_client(RevokeClient(client_id="x"), ctx),
        renew_client_secret(RenewClientSecret(client_id="x"), ctx),
    ):
        with pytest.raises(Forbidden):
            await work
    assert len(registry.districts) == 1


async def test_reading_ones_district_needs_the_directorys_scope():
    registry = await registered()
    shown = await read_district(ReadDistrict(), context(registry, scopes=frozenset({"directory:read"})))
    assert (shown.name, shown.school_year.begins_on.month) == ("Grand Bend", 7)
    with pytest.raises(Forbidden) as caught:
        await read_district(ReadDistrict(), context(registry, scopes=frozenset({"scores:read"})))
    assert caught.value.code == Code.INSUFFICIENT_SCOPE
