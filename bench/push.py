"""Row 2: a batch of 200 observations with five ratings each, against COPY of the same rows."""

import asyncio
import http.client
import json
import random
import time
from datetime import UTC, datetime, timedelta
from statistics import median
from typing import Any
from uuid import UUID

import asyncpg

from api.execution.ids import Uuid7Generator
from bench.dataset import CODES, BenchDatabase, District
from bench.statistics import RunPairs
from bench.workers import Worker

OBSERVATIONS, RATINGS, LEADERS = 200, 5, 50
WALK = {"code": "bench-walk", "version": "1"}
TABLES = ("observation", "rating")

FOREIGN_KEYS = """
select pg_get_constraintdef(c.oid) from pg_constraint c where c.conrelid = $1::regclass and c.contype = 'f' order by conname
"""


class Caller:
    """One connection to the worker, kept open."""

    def __init__(self, worker: Worker, token: str) -> None:
        self._http = http.client.HTTPConnection("127.0.0.1", worker.port)
        self._headers = {"Authorization": f"Bearer {token}", "Content-Type": "application/json"}

    def post(self, path: str, body: bytes) -> dict[str, Any]:
        self._http.request("POST", path, body, self._headers)
        answer = self._http.getresponse()
        said = answer.read()
        if answer.status not in {200, 201}:
            raise SystemExit(f"{path}: {answer.status} {said[:2000].decode()}")
        return json.loads(said)

    def timed(self, path: str, body: bytes) -> tuple[float, bytes]:
        """Milliseconds from the request's first byte to the answer's last, and the answer."""
        begun = time.perf_counter()
        self._http.request("POST", path, body, self._headers)
        said = self._http.getresponse().read()
        return (time.perf_counter() - begun) * 1000, said


def add_instrument(caller: Caller) -> None:
    """An instrument of 21 elements, each mapped to one responsibility."""
    elements = [{"code": f"E{i}", "scale": {"worst": 1, "best": 4}} for i in range(21)]
    mappings = [{"element": f"E{i}", "responsibility": code, "weight": 1.0} for i, code in enumerate(CODES)]
    caller.post("/v1/instruments", json.dumps(WALK | {"elements": elements}).encode())
    crosswalk = {"code": "bench-map", "version": "1", "instrument": WALK, "mappings": mappings}
    caller.post("/v1/crosswalks", json.dumps(crosswalk).encode())


def body(run: str, chance: random.Random) -> bytes:
    """A batch nobody has sent before."""
    begun = datetime.now(UTC) - timedelta(days=90)
    items = [
        {
            "external_id": f"walk-{run}-{i}",
            "external_version": "1",
            "purpose": "formative",
            "leader": {"sourced_id": f"L{1 + i % LEADERS}"},
            "observer": {"sourced_id": f"C{1 + i % 40}"},
            "school": {"sourced_id": f"S{1 + i % 20}"},
            "observed_at": (begun + timedelta(seconds=chance.randrange(80 * 86400))).isoformat(timespec="seconds"),
            "setting": "classroom",
            "announced": False,
            "duration_minutes": 20,
            "instrument": WALK,
            "ratings": [{"element": f"E{e}", "value": chance.randint(1, 4)} for e in sorted(chance.sample(range(21), RATINGS))],
        }
        for i in range(OBSERVATIONS)
    ]
    return json.dumps({"items": items}).encode()


class CopyTables:
    """The limit: the rows prepared beforehand, copied by the owner into copies of the tables, in one transaction."""

    def __init__(self, connection: Any, district: District, known: dict[str, list[UUID]]) -> None:
        self._connection = connection
        self._district = UUID(district.id)
        self._known = known
        self._new_id = Uuid7Generator(lambda: datetime.now(UTC))

    @classmethod
    async def prepare(cls, at: BenchDatabase, district: District) -> "CopyTables":
        """The copies: keys, indexes, checks and foreign keys as they are, no row-level security."""
        admin = await asyncpg.connect(at.urls.admin)
        ids = {
            kind: [row[0] for row in await admin.fetch(query, UUID(district.id))]
            for kind, query in {
                "leader": f"select id from person where district_id = $1 and sourced_id like 'L%' order by id limit {LEADERS}",
                "coach": "select id from person where district_id = $1 and sourced_id like 'C%' order by id",
                "school": "select id from org where district_id = $1 order by id",
                "instrument": "select id from instrument where district_id = $1",
            }.items()
        }
        keys = {table: [row[0] for row in await admin.fetch(FOREIGN_KEYS, table)] for table in TABLES}
        await admin.close()
        raw = await asyncpg.connect(at.urls.owner)
        for table in TABLES:
            await raw.execute(f"create table copied_{table} (like {table} including all)")
            for key in keys[table]:
                definition = key.replace("REFERENCES observation", "REFERENCES copied_observation")
                await raw.execute(f"alter table copied_{table} add {definition}")
        return cls(raw, district, ids)

    def rows(self, chance: random.Random) -> tuple[list[tuple[Any, ...]], list[tuple[Any, ...]]]:
        """Rows as a push makes them."""
        now = datetime.now(UTC)
        observations, ratings = [], []
        for i in range(OBSERVATIONS):
            known = {kind: ids[i % len(ids)] for kind, ids in self._known.items()}
            made = self._new_id()
            observations.append(
                (
                    *(self._district, made, 1, "bench", "client", f"walk-{made}", "formative", known["leader"]),
                    *(known["coach"], None, known["school"], now - timedelta(seconds=chance.randrange(80 * 86400))),
                    *("classroom", False, 20, known["instrument"], now, None),
                )
            )
            ratings += [
                (self._district, made, 1, position, None, f"E{e}", float(chance.randint(1, 4)), None)
                for position, e in enumerate(sorted(chance.sample(range(21), RATINGS)))
            ]
        return observations, ratings

    async def timed(self, rows: tuple[list[tuple[Any, ...]], list[tuple[Any, ...]]]) -> float:
        """Milliseconds for COPY of ``rows`` in one transaction, its commit included."""
        begun = time.perf_counter()
        async with self._connection.transaction():
            for table, records in zip(TABLES, rows, strict=True):
                await self._connection.copy_records_to_table(f"copied_{table}", records=records)
        return (time.perf_counter() - begun) * 1000

    async def columns_fit(self) -> None:
        """COPY goes by position: the columns stand as ``rows`` has them."""
        query = "select string_agg(attname, ' ' order by attnum) from pg_attribute where attrelid = $1::regclass and attnum > 0"
        found = [await self._connection.fetchval(query, f"copied_{table}") for table in TABLES]
        expected = [
            (
                "district_id id version origin client_id external_id purpose leader_id observer_id observer_name school_id "
                "observed_at setting announced duration_minutes instrument_id received_at superseded_at"
            ),
            "district_id observation_id version position responsibility element value level",
        ]
        if found != expected:
            raise SystemExit(f"the tables have changed, and so must bench/push.py: {found}")

    async def close(self) -> None:
        await self._connection.close()


async def pushes(at: BenchDatabase, district: District, worker: Worker, token: str, *, runs: int, each: int) -> RunPairs:
    """``runs`` rounds of ``each`` pairs, push and COPY in turn; a round's ratio is that of its medians."""
    caller, chance = Caller(worker, token), random.Random(20261121)  # noqa: S311 - the same rows in every run
    add_instrument(caller)
    copies = await CopyTables.prepare(at, district)
    await copies.columns_fit()
    for i in range(3):
        _require_success(caller.timed("/v1/observations:batch", body(f"warm-{i}", chance)))
        await copies.timed(copies.rows(chance))
    admin = await asyncpg.connect(at.urls.admin)
    await admin.execute("vacuum analyze")
    await admin.close()
    house, limit = [], []
    cpu = worker.cpu()
    for run in range(runs):
        ours, theirs = [], []
        for i in range(each):
            sent, rows = body(f"{run}-{i}", chance), copies.rows(chance)
            ours.append(_require_success(caller.timed("/v1/observations:batch", sent)))
            theirs.append(await copies.timed(rows))
        house.append(median(ours))
        limit.append(median(theirs))
    await copies.close()
    return RunPairs(unit="ms", service=house, limit=limit, cpu=(worker.cpu() - cpu) * 1000 / (runs * each), faster_is_less=True)


def _require_success(answered: tuple[float, bytes]) -> float:
    counts = json.loads(answered[1]).get("counts")
    if counts != [{"status": 201, "n": OBSERVATIONS}]:
        raise SystemExit(f"not every item was taken: {answered[1][:1000].decode()}")
    return answered[0]


def run(at: BenchDatabase, district: District, worker: Worker, token: str, *, runs: int, each: int) -> RunPairs:
    """Row 2."""
    return asyncio.run(pushes(at, district, worker, token, runs=runs, each=each))
