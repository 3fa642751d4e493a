"""Districts and clients, in schema `control`.

The serving role may only call the named queries; the plain statements need the owner's connection.
"""

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from domain.directory.client_commands import ClientView, DistrictView
from domain.directory.district_lookup import AddressKind, DistrictAddress, FoundDistrict
from domain.directory.oauth_clients import AuthMethod, RegisteredClient, parse_scopes
from domain.directory.redirect_uris import ClientKind
from domain.directory.school_years import SchoolYear
from domain.framework.configuration import Configuration
from domain.shared.ids import DistrictId
from persistence.database.connection import Connection
from persistence.database.pool import ConnectionPool
from persistence.repositories.oauth import client_keys
from persistence.repositories.sql_fragments import CURRENT_DISTRICT

FIND_DISTRICT = "select id, name, time_zone from control.find_district($1)"

ADD_DISTRICT = "insert into control.district (id, name, time_zone, created_at) values ($1, $2, $3, $4)"

# Tenant isolation limits it to one district, which has a handful of clients.
SCHOOL_YEARS = """
select school_year as name, starts_on as begins_on, ends_on from academic_session where active order by starts_on, id
"""

ADD_BASIS = """
insert into scoring_basis (district_id, basis, configuration_version, half_life_days, landmark) values ($1, 1, $2, $3, $4)
"""

ADD_CLIENT = """
insert into control.client (client_id, name, origin, secret_sha256, scopes, kind, auth_method, grant_types, redirect_uris, jwks,
  cors_origins, evaluates, created_at)
values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13)
"""

ENABLE_CLIENT = "insert into control.client_district (client_id, district_id) values ($1, $2) on conflict do nothing"

DISABLE_CLIENT = "delete from control.client_district where client_id = $1 and district_id = $2"

IS_ELSEWHERE = f"""
select exists (select from control.client_district where client_id = $1 and district_id is distinct from {CURRENT_DISTRICT})
"""

VIEW = """
select c.client_id, c.name, c.origin, c.scopes, c.kind, c.auth_method, c.redirect_uris, c.evaluates, c.created_at, c.revoked_at
from control.client c
"""

# Tables of `control` have no row-level security: the query names the district.
FIND_CLIENT = f"""
{VIEW} join control.client_district d on d.client_id = c.client_id
where c.client_id = $1 and d.district_id = {CURRENT_DISTRICT} for update of c
"""

FIND_ANYWHERE = f"{VIEW} where c.client_id = $1 for update of c"

REVOKE_CLIENT = "update control.client set revoked_at = $2 where client_id = $1"

RENEW_CLIENT = "update control.client set secret_sha256 = $2 where client_id = $1"

FIND_ADDRESS = "select id, name, slug from control.find_address($1, $2)"

SLUG_OF = "select control.find_slug($1)"

OF_PORTAL = "select id, name, slug from control.find_tenants($1)"

ADDRESSES = "select kind, value from control.district_address where district_id = $1 order by kind, value"

ADD_ADDRESS = """
insert into control.district_address (kind, value, district_id) values ($1, $2, $3)
on conflict (kind, value) do update set value = excluded.value where district_address.district_id = excluded.district_id
returning district_id
"""

REMOVE_ADDRESS = "delete from control.district_address where kind = $1 and value = $2 and district_id = $3"


class PgDistricts:
    """`DistrictRegistry` on the connection of a unit of work."""

    def __init__(self, connection: Connection) -> None:
        self.connection = connection

    async def find_district(self, district_id: DistrictId) -> DistrictView | None:
        row = await self.connection.fetchrow(FIND_DISTRICT, district_id)
        return None if row is None else DistrictView(**row)

    async def school_years(self) -> Sequence[SchoolYear]:
        return [SchoolYear(**row) for row in await self.connection.fetch(SCHOOL_YEARS)]

    async def add_district(self, district: DistrictView, basis: Configuration, at: datetime) -> None:
        # Fails for every role but the owner, so only the owner reaches the change of tenant below.
        await self.connection.execute(ADD_DISTRICT, district.id, district.name, district.time_zone, at)
        await self.connection.execute(f"SET LOCAL app.district_id = '{UUID(str(district.id))}'")
        await self.connection.execute(ADD_BASIS, district.id, basis.version, basis.half_life_days, basis.landmark)

    async def add_client(self, client: RegisteredClient, at: datetime) -> None:
        await self.connection.execute(
            ADD_CLIENT,
            client.client_id,
            client.name,
            client.origin,
            client.secret_sha256,
            [s.value for s in parse_scopes(client.scopes)],
            client.kind,
            client.auth_method,
            list(client.grant_types),
            list(client.redirect_uris),
            client_keys.serialize_jwks(client),
            list(client.cors_origins),
            client.evaluates,
            at,
        )
        for district_id in client.districts:
            await self.connection.execute(ENABLE_CLIENT, client.client_id, district_id)

    async def find_client(self, client_id: str, *, in_any_district: bool = False) -> ClientView | None:
        row = await self.connection.fetchrow(FIND_ANYWHERE if in_any_district else FIND_CLIENT, client_id)
        if row is None:
            return None
        return ClientView(
            **{
                **row,
                "scopes": tuple(row["scopes"]),
                "redirect_uris": tuple(row["redirect_uris"]),
                "kind": ClientKind(row["kind"]),
                "auth_method": AuthMethod(row["auth_method"]),
            }
        )

    async def enable_client(self, client_id: str) -> None:
        await self.connection.execute(ENABLE_CLIENT, client_id, await self._here())

    async def disable_client(self, client_id: str) -> None:
        await self.connection.execute(DISABLE_CLIENT, client_id, await self._here())

    async def is_used_elsewhere(self, client_id: str) -> bool:
        return bool(await self.connection.fetchval(IS_ELSEWHERE, client_id))

    async def _here(self) -> UUID | None:
        """Return the transaction's district."""
        found: UUID | None = await self.connection.fetchval(f"select {CURRENT_DISTRICT}")
        return found

    async def revoke_client(self, client_id: str, at: datetime) -> None:
        await self.connection.execute(REVOKE_CLIENT, client_id, at)

    async def put_client_secret(self, client_id: str, digest: bytes) -> None:
        await self.connection.execute(RENEW_CLIENT, client_id, digest)

    async def find_address(self, kind: AddressKind, value: str) -> FoundDistrict | None:
        row = await self.connection.fetchrow(FIND_ADDRESS, kind.value, value)
        return None if row is None else FoundDistrict(**row)

    async def slug_of(self, district_id: DistrictId) -> str | None:
        found: str | None = await self.connection.fetchval(SLUG_OF, district_id)
        return found

    async def districts_of_portal(self, portal: str) -> Sequence[FoundDistrict]:
        rows = await self.connection.fetch(OF_PORTAL, f"{portal}:")
        return [FoundDistrict(**row) for row in rows]

    async def addresses(self, district_id: DistrictId) -> Sequence[DistrictAddress]:
        rows = await self.connection.fetch(ADDRESSES, district_id)
        return [DistrictAddress(kind=AddressKind(row["kind"]), value=row["value"]) for row in rows]

    async def add_address(self, address: DistrictAddress, district_id: DistrictId) -> bool:
        return await self.connection.fetchval(ADD_ADDRESS, address.kind.value, address.value, district_id) is not None

    async def remove_address(self, address: DistrictAddress, district_id: DistrictId) -> None:
        await self.connection.execute(REMOVE_ADDRESS, address.kind.value, address.value, district_id)


async def district_ids(app: ConnectionPool) -> list[DistrictId]:
    """Return the ids of all districts, for the serving role: the worker handles one tenant after the other."""
    async with app.connection() as connection:
        return [DistrictId(row[0]) for row in await connection.fetch("select control.district_ids()")]


async def districts(owner: ConnectionPool) -> list[tuple[DistrictId, str]]:
    """Return all districts with their names, sorted by name; needs the owner's connection (operator commands)."""
    async with owner.connection() as connection:
        rows = await connection.fetch("select id, name from control.district order by name, id")
    return [(DistrictId(row["id"]), row["name"]) for row in rows]
