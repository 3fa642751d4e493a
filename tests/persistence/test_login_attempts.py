"""Failed sign-ins are counted one by one, also the first ones of a name, of which there is no row yet."""

import asyncio
from datetime import UTC, datetime
from uuid import uuid4

import asyncpg

from domain.accounts.model import LoginAttempts
from domain.shared.ids import DistrictId
from tests.support.units import PgDistrict

NOW = datetime(2026, 3, 2, 9, tzinfo=UTC)
WAITING = "select count(*) from pg_locks where not granted and database = (select oid from pg_database where datname = $1)"


async def test_the_second_of_two_first_attempts_waits_and_sees_what_the_first_counted(database):
    district = PgDistrict(database.app_url, DistrictId(uuid4()))
    admin = await asyncpg.connect(database.admin_url)
    try:
        await admin.execute(
            "insert into control.district (id, name, time_zone, created_at) values ($1, 'Grand Bend', 'America/Chicago', now())",
            district.actor.district_id,
        )
        async with district.open() as first, district.open() as second:
            assert await first.login_attempts.lock(b"a name") is None
            other = asyncio.create_task(second.login_attempts.lock(b"a name"))
            waits = False
            while not (waits or other.done()):
                waits = await admin.fetchval(WAITING, database.name)
            await first.login_attempts.save(b"a name", LoginAttempts(failures=1, last_at=NOW, next_at=NOW))
            await first.commit()
            counted = await other
    finally:
        await admin.close()
    assert counted == LoginAttempts(failures=1, last_at=NOW, next_at=NOW)
