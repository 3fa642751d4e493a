"""Two who meet in the database: one is stopped just before it commits, until the other waits for it or has ended."""

import asyncio
from contextlib import contextmanager
from uuid import uuid4

import pytest

from domain.shared.context import ActorKind
from persistence.unit_of_work import PgUnitOfWork
from tests.support.attacks import add_row, admin_connection

WAITING = "select count(*) from pg_stat_activity where datname = current_database() and wait_event_type = 'Lock'"
DEADLOCKS = "select deadlocks from pg_stat_database where datname = current_database()"


class Gate:
    """Holds the first unit of one kind of actor before its commit."""

    def __init__(self, kind: ActorKind) -> None:
        self.kind = kind
        self.reached, self.released = asyncio.Event(), asyncio.Event()

    @contextmanager
    def patched_commit(self):
        commit = PgUnitOfWork.commit

        async def stopped(unit):
            if unit.actor.kind is self.kind and not self.reached.is_set():
                self.reached.set()
                await self.released.wait()
            await commit(unit)

        with pytest.MonkeyPatch.context() as patch:
            patch.setattr(PgUnitOfWork, "commit", stopped)
            yield


async def meet(database, kind, first, second):
    """``first``, whose actor is of ``kind``, has done everything but commit when ``second`` comes; what both answer."""
    gate = Gate(kind)
    async with admin_connection(database) as connection:
        with gate.patched_commit():
            one = asyncio.create_task(first())
            await asyncio.wait({one, asyncio.create_task(gate.reached.wait())}, return_when=asyncio.FIRST_COMPLETED)
            two = asyncio.create_task(second())
            while not two.done() and not await connection.fetchval(WAITING):  # noqa: ASYNC110 - the database tells nobody
                await asyncio.sleep(0.005)
            gate.released.set()
            return await asyncio.wait_for(asyncio.gather(one, two), 60)


async def deadlocks(database):
    async with admin_connection(database) as connection:
        return await connection.fetchval(DEADLOCKS)


async def leaders(database, district, number=2, **given):
    """So many principals of whom no roster knows, with no evidence yet."""
    made = [uuid4() for _ in range(number)]
    async with admin_connection(database) as connection:
        school = await connection.fetchval("select id from org where district_id = $1 and type = 'school' limit 1", district.id)
        for person_id in made:
            named = {"sourced_id": f"x-{person_id}", "identifier": f"n-{person_id}"} | given
            await add_row(connection, district.id, "person", id=person_id, **named)
            role = {"role": "principal", "role_sent": "principal", "role_type": "primary", "sourced_id": f"r-{person_id}"}
            await add_row(connection, district.id, "assignment", person_id=person_id, org_id=school, **role)
    return [str(person_id) for person_id in made]
