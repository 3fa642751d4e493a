"""``python -m bench.query_plans``: how PostgreSQL runs the hot queries, as the role that serves and behind the fence."""

import asyncio
from typing import Any
from uuid import UUID

import asyncpg

from bench.dataset import PEOPLE, ROLES, BenchDatabase, District, create_bench_database, start_postgres
from bench.growth import seed_large_district
from domain.directory.model import PersonRef, SchoolRef
from domain.observations.commands import ListObservations
from domain.shared.access_scope import EVERYTHING, AccessScope, Permission
from domain.shared.idempotent_push import PushKind
from persistence.repositories.directory import PgReferences
from persistence.repositories.external_ids import PgExternalIds
from persistence.repositories.instruments import PgInstruments
from persistence.repositories.observations import PgObservations
from persistence.repositories.scores import PgScores

EXPLAIN = "explain (analyze, costs off, timing off, summary off, buffers off) "
RATINGS = 200_000
TEACHERS = 5_000

HEADS = """
insert into push_head (district_id, origin, thing, external_id, id, version, digest)
select district_id, origin, 'observation', external_id, id, version, '' from observation where district_id = $1
"""


class ExplainingConnection:
    """A connection that shows the plan of whatever is asked, and then answers it."""

    def __init__(self, connection: Any) -> None:
        self._connection = connection

    async def fetch(self, query: str, *values: Any) -> Any:
        for row in await self._connection.fetch(EXPLAIN + query, *values):
            print("   ", row[0])
        return await self._connection.fetch(query, *values)


WHOLE = Permission(action="bench", scope=EVERYTHING, directory=EVERYTHING)
BENCH = AccessScope(origin="bench")


async def fill(at: BenchDatabase, made: District) -> None:
    """A directory and heads of a size at which an index is worth it."""
    admin = await asyncpg.connect(at.urls.admin)
    await admin.execute(PEOPLE, UUID(made.id), "T", TEACHERS)
    await admin.execute(ROLES, UUID(made.id), "T", "teacher")
    await admin.execute(HEADS, UUID(made.id))
    await admin.execute("vacuum analyze")
    await admin.close()


async def explain(at: BenchDatabase, made: District) -> None:
    """Show the plans over a district of 200,000 ratings."""
    raw = await asyncpg.connect(at.urls.app)
    await raw.execute(f"BEGIN; SET LOCAL app.district_id = '{UUID(made.id)}'")
    shown: Any = ExplainingConnection(raw)
    district, leader = UUID(made.id), UUID(made.leaders[7])
    people = [PersonRef(sourced_id=f"L{i}") for i in range(1, 51)] + [PersonRef(sourced_id=f"C{i}") for i in range(1, 41)]
    schools = [SchoolRef(sourced_id=f"S{i}") for i in range(1, 21)]
    for what, asked in {
        "profile": lambda: PgScores(shown, district, EVERYTHING).profile_inputs(leader),
        "push: heads locked": lambda: PgExternalIds(shown, district, "bench").lock(
            PushKind.OBSERVATION, [f"g{i}" for i in range(200)]
        ),
        "push: people": lambda: PgReferences(shown, district, WHOLE).people(people),
        "push: schools": lambda: PgReferences(shown, district, WHOLE).schools(schools),
        "push: rubrics": lambda: PgInstruments(shown, district).rubrics([("bench-walk", "1")], []),
        "observations listed": lambda: PgObservations(shown, district, BENCH, "bench").page(ListObservations(), None),
        "observations of one leader": lambda: PgObservations(shown, district, BENCH, "bench").page(
            ListObservations(leader_id=leader), None
        ),
    }.items():
        print(f"== {what}")
        await asked()
    await raw.close()


def main() -> None:
    """Make a district, and explain."""
    with start_postgres() as running:
        at = create_bench_database(running, "evenkeel")
        made = asyncio.run(seed_large_district(at, RATINGS))
        asyncio.run(fill(at, made))
        asyncio.run(explain(at, made))


if __name__ == "__main__":
    main()
