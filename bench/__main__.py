"""``python -m bench [--quick] [--rows 1,2,3,4,5,6,7,8]``: measure the limits and print them; ``--keep`` writes results.json."""

import argparse
import asyncio
import json
import time
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import asyncpg

from bench import attacks, growth, machine, overload, profile, push, recommendations, report, startup
from bench.dataset import BenchDatabase, create_bench_database, seed_district, start_postgres
from bench.workers import Worker, application, bounded, limit, serving, token
from bench.wrk import have_wrk

RESULTS = Path(__file__).parent / "results.json"
REST = 10  # seconds after which memory is read


@dataclass(frozen=True, kw_only=True)
class Pace:
    """How long to measure."""

    runs: int
    seconds: float
    pushes: int
    calls: int
    sizes: tuple[int, int]
    attack: float
    crowd: float


FULL = Pace(runs=5, seconds=8, pushes=10, calls=300, sizes=(10_000, 2_000_000), attack=15, crowd=120)
QUICK = Pace(runs=3, seconds=4, pushes=4, calls=50, sizes=(10_000, 200_000), attack=5, crowd=20)


def main() -> None:
    """Measure, print, and clean up."""
    parser = argparse.ArgumentParser(prog="python -m bench", description="Measure the limits of bench/README.md.")
    parser.add_argument("--quick", action="store_true", help="short runs and a tenth of the evidence: a look, not a result")
    parser.add_argument("--rows", default="1,2,3,4,5,6,7,8", help="which rows, as in 1,4")
    parser.add_argument("--keep", action="store_true", help="write bench/results.json")
    said = parser.parse_args()
    rows = {int(row) for row in said.rows.split(",")}
    have_wrk()
    found = measure(rows, QUICK if said.quick else FULL)
    print(report.table(found))
    if said.keep:
        RESULTS.write_text(json.dumps(found, indent=2) + "\n")


def measure(rows: set[int], pace: Pace) -> dict[str, Any]:
    """What was found, row by row."""
    found: dict[str, Any] = {}
    if 4 in rows:
        _print_step("row 4: recommendations")
        found["advice"] = recommendations.summarize(recommendations.run(pace.calls))
    if 8 in rows:
        _print_step("row 8: start of the service")
        found["startup"] = startup.run(pace.runs).as_dict()
    with start_postgres() as running:
        at = create_bench_database(running, "evenkeel")
        found["machine"] = machine.describe_machine(asyncio.run(_version(at)))
        if rows & {1, 2, 5}:
            found |= _served(at, rows, pace)
        if rows & {6, 7}:
            found |= _under_load(create_bench_database(running, "evenkeel_load"), rows, pace)
        if 3 in rows:
            _print_step(f"row 3: districts of {pace.sizes[0]:,} and {pace.sizes[1]:,} ratings")
            places = create_bench_database(running, "evenkeel_few"), create_bench_database(running, "evenkeel_many")
            grown = growth.run(*places, pace.sizes, runs=pace.runs, requests=pace.calls)
            found["growth"] = {"sizes": pace.sizes} | grown.as_dict()
    return found


def _served(at: BenchDatabase, rows: set[int], pace: Pace) -> dict[str, Any]:
    made = asyncio.run(seed_district(at, 200))
    found: dict[str, Any] = {}
    with serving("api.main:app", application(at), at.folder / "service.log") as service:
        if 5 in rows:
            _print_step("row 5: memory")
            time.sleep(REST)
            found["memory"] = {"ready_mb": round(service.pss(), 1)}
        said = token(service, made)
        if 1 in rows:
            with (
                serving("bench.app_without_audit:app", application(at), at.folder / "untold.log") as untold,
                serving("bench.baseline_app:app", limit(at, made), at.folder / "limit.log") as other,
            ):
                _print_step("row 1: profiles, with and without the audit trail")
                workers = profile.Workers(audited=(service, said), unaudited=(untold, token(untold, made)), limit=other)
                pairs = profile.run(at, made, workers, runs=pace.runs, seconds=pace.seconds)
                found |= {f"profile_{name}": p.as_dict() for name, p in pairs.items()}
        if 2 in rows:
            _print_step("row 2: pushes")
            found["push"] = push.run(at, made, service, said, runs=pace.runs, each=pace.pushes).as_dict()
        if 5 in rows:
            found["memory"]["after_mb"] = _memory(service)
    return found


def _under_load(at: BenchDatabase, rows: set[int], pace: Pace) -> dict[str, Any]:
    """Rows 6 and 7, each on a service of its own: what one leaves behind is not the other's."""
    made = asyncio.run(seed_district(at, 200))
    found: dict[str, Any] = {}
    if 6 in rows:
        _print_step("row 6: attacks")
        settings = application(at) | {f"RATE_LIMIT_{kind}": str(attacks.A_MINUTE) for kind in ("CLIENT", "PERSON", "ADDRESS")}
        with bounded(settings, at.folder / "attacked.log") as service:
            found["attacks"] = attacks.run(service, token(service, made), pace.attack)
    if 7 in rows:
        _print_step(f"row 7: {overload.CLIENTS} clients of GraphQL")
        with bounded(application(at), at.folder / "crowded.log") as service:
            found["crowd"] = overload.run(service, token(service, made), made.leaders, pace.crowd)
    return found


def _memory(service: Worker) -> float:
    return round(service.pss(), 1)


async def _version(at: BenchDatabase) -> str:
    connection = await asyncpg.connect(at.urls.admin)
    try:
        return str(await connection.fetchval("show server_version"))
    finally:
        await connection.close()


def _print_step(step: str) -> None:
    print(f"== {step}", flush=True)


main()
