"""Districts and clients on PostgreSQL: the owner registers, and who serves reaches nothing but the named queries."""

from typing import Any

import asyncpg
import pytest

from domain.directory.client_commands import CreateClient, CreateDistrict, ReadDistrict, RenewClientSecret, RevokeClient
from domain.directory.usecases.districts_and_clients import (
    create_client,
    create_district,
    operator_actor,
    read_district,
    renew_client_secret,
    revoke_client,
)
from domain.shared.errors import NotFound
from tests.support.oauth_server import OAuthServer, context, start_oauth_server
from tests.support.postgres import Database

DISTRICT = CreateDistrict(name="Grand Bend", time_zone="America/Chicago")
CLIENT = CreateClient(name="App", origin="app", scopes=("scores:read",))


@pytest.fixture
async def oauth_server(module_database: Database) -> Any:
    async with start_oauth_server(module_database) as made:
        yield made


async def fetch(url: str, statement: str, *values: object) -> list[Any]:
    connection = await asyncpg.connect(url)
    try:
        return [tuple(row) for row in await connection.fetch(statement, *values)]
    finally:
        await connection.close()


async def test_a_district_begins_with_one_basis_behind_its_fence(oauth_server: OAuthServer, module_database: Database):
    district = await oauth_server.district()
    rows = await fetch(
        module_database.admin_url,
        "select basis, configuration_version, half_life_days, landmark::text from scoring_basis where district_id = $1",
        district.id,
    )
    assert [row[:3] for row in rows] == [(1, 1, 365.0)]
    assert rows[0][3].startswith("2020-01-01 00:00:00")


async def test_who_serves_reads_the_district_of_the_actor(oauth_server: OAuthServer):
    one, other = await oauth_server.district(), await oauth_server.district("Northfield")
    for district in (one, other):
        shown = await read_district(ReadDistrict(), context(oauth_server.app, operator_actor("root", district.id)))
        assert (shown.id, shown.name, shown.time_zone) == (district.id, district.name, district.time_zone)


async def test_the_operator_reads_it_too(oauth_server: OAuthServer):
    district = await oauth_server.district()
    shown = await read_district(ReadDistrict(), context(oauth_server.owner, operator_actor("root", district.id)))
    assert (shown.id, shown.name) == (district.id, district.name)


async def test_a_client_of_another_district_is_not_found(oauth_server: OAuthServer):
    one, other = await oauth_server.district(), await oauth_server.district("Northfield")
    client = await oauth_server.client(one.id)
    with pytest.raises(NotFound):
        await oauth_server.revoke(other.id, client.client.client_id)
    assert (await oauth_server.ask(client)).status_code == 200


async def test_another_secret_takes_the_place_of_the_one_before(oauth_server: OAuthServer):
    district = await oauth_server.district()
    client, neighbour = await oauth_server.client(district.id), await oauth_server.client(district.id)
    ctx = context(oauth_server.owner, operator_actor("root", district.id))
    renewed = await renew_client_secret(RenewClientSecret(client_id=client.client.client_id), ctx)
    assert [(await oauth_server.ask(each)).status_code for each in (client, renewed, neighbour)] == [401, 200, 200]


async def test_a_revoked_client_keeps_its_first_moment(oauth_server: OAuthServer):
    district = await oauth_server.district()
    client = await oauth_server.client(district.id)
    ctx = context(oauth_server.owner, operator_actor("root", district.id))
    first = await revoke_client(RevokeClient(client_id=client.client.client_id), ctx)
    assert first.revoked_at == ctx.now()
    assert await revoke_client(RevokeClient(client_id=client.client.client_id), ctx) == first


async def test_who_serves_cannot_register_even_as_operator(oauth_server: OAuthServer):
    with pytest.raises(asyncpg.InsufficientPrivilegeError):
        await create_district(DISTRICT, context(oauth_server.app, operator_actor("root")))
    district = await oauth_server.district()
    with pytest.raises(asyncpg.InsufficientPrivilegeError):
        await create_client(CLIENT, context(oauth_server.app, operator_actor("root", district.id)))
    with pytest.raises(asyncpg.InsufficientPrivilegeError):
        await revoke_client(RevokeClient(client_id="x"), context(oauth_server.app, operator_actor("root", district.id)))


@pytest.mark.parametrize("table", ["district", "client", "client_district", "signing_key", "alembic_version"])
@pytest.mark.parametrize("action", ["select * from", "delete from", "truncate"])
async def test_who_serves_cannot_touch_control_tables(
    oauth_server: OAuthServer, module_database: Database, table: str, action: str
):
    with pytest.raises(asyncpg.InsufficientPrivilegeError):
        await fetch(module_database.app_url, f"{action} control.{table}")


async def test_a_named_query_finds_exactly_one(oauth_server: OAuthServer, module_database: Database):
    client = await oauth_server.client((await oauth_server.district()).id)
    sought = client.client.client_id
    assert len(await fetch(module_database.app_url, "select * from control.registered_client($1)", sought)) == 1
    for text in ("%", sought[:-1], sought.upper() + " ", ""):
        assert await fetch(module_database.app_url, "select * from control.registered_client($1)", text) == []


async def test_nobody_but_who_serves_may_run_the_named_queries(oauth_server: OAuthServer, module_database: Database):
    granted = await fetch(
        module_database.admin_url,
        "select p.proname from pg_proc p join pg_namespace n on n.oid = p.pronamespace, aclexplode(p.proacl) a "
        "where n.nspname = 'control' and a.grantee = 0",
    )
    assert granted == []


async def test_a_client_of_two_districts_is_let_in_nowhere(oauth_server: OAuthServer, module_database: Database):
    one, other = await oauth_server.district(), await oauth_server.district("Northfield")
    client = await oauth_server.client(one.id)
    connection = await asyncpg.connect(module_database.owner_url)
    await connection.execute("insert into control.client_district values ($1, $2)", client.client.client_id, other.id)
    await connection.close()
    assert (await oauth_server.ask(client)).status_code == 401
