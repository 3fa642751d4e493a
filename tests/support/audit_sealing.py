"""A trail to seal, and what the doctor says of it."""

import asyncio
from uuid import UUID

from api.runtime.audit_sealer import seal_all_districts, verify_district
from api.runtime.environment import build_environment
from api.security.audit_signer import AuditSigner
from domain.directory.usecases.districts_and_clients import operator_actor
from persistence.database.pool import ConnectionPool
from persistence.unit_of_work import begin_unit_of_work
from tests.support.attacks import admin_connection
from tests.support.service import SECRET
from tests.support.units import WHOLE


async def seal(service, secret=SECRET, *, settled=True):
    """Seal every district, as the service does, once everything told is final.

    Transactions are numbered over the whole server: one that another test has open holds the horizon back for a moment.
    """
    async with ConnectionPool(service.database.app_url, size=2) as pool:
        if settled:
            await final(service)
        return await seal_all_districts(pool, build_environment(pool, secret), AuditSigner(secret))


async def final(service):
    """Wait until all that was told can be read and sealed."""
    async with admin_connection(service.database) as connection:
        until = await connection.fetchval("select coalesce(max(position), 0) from audit_event")
        for _ in range(1000):
            if await connection.fetchval("select control.audit_horizon()") > until:
                return
            await asyncio.sleep(0.01)
    raise AssertionError("some transaction never ended")


async def checked(service, district, secret=SECRET):
    """How many blocks, what is wrong as (block, sentence), and how many events are not sealed."""
    pool = ConnectionPool(service.database.app_url, size=1)
    district_id = UUID(str(district.id))
    try:
        async with begin_unit_of_work(pool, operator_actor("tests", district_id), permission=WHOLE, read_only=True) as unit:
            blocks, wrong, tail = await verify_district(district_id, unit.audit_store, AuditSigner(secret))
    finally:
        await pool.close()
    return blocks, [(w.block, w.detail) for w in wrong], tail.events


async def some_blocks(service, district, blocks=3, events=2):
    """Read profiles, and seal after every few."""
    leader = await district.person("207267")
    for _ in range(blocks):
        for _ in range(events):
            assert (await district.http.get(f"/v1/leaders/{leader}/profile")).status_code == 200
        await seal(service)
