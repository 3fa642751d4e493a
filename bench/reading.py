"""Row 1: reading profiles, authorised and fenced, against an application without either."""

from pathlib import Path
from statistics import median

from bench.load import Load, load, script, together
from bench.measured import Pairs
from bench.serving import Worker
from bench.world import District, Place

WARM_SECONDS = 2
SLICES = 4
"""A run is cut into slices, service and limit in turn: whatever else the machine does then falls on both."""


def run(
    at: Place, district: District, workers: tuple[Worker, Worker], token: str, *, runs: int, seconds: float
) -> dict[str, Pairs]:
    """200 leaders in turn, and one hot leader; the service and its limit in turn, ``runs`` times."""
    found = {}
    for name, leaders in (("in_turn", district.leaders), ("hot", district.leaders[:1])):
        lua = script(at.folder, name, leaders, token)
        for worker in workers:
            load(worker, lua, WARM_SECONDS)
        found[name] = _pairs([_run(workers, lua, seconds / SLICES) for _ in range(runs)])
    return found


def _run(workers: tuple[Worker, Worker], lua: Path, seconds: float) -> tuple[Load, Load]:
    slices = [tuple(load(worker, lua, seconds) for worker in workers) for _ in range(SLICES)]
    house, limit = (together(found) for found in zip(*slices, strict=True))
    return house, limit


def _pairs(runs: list[tuple[Load, Load]]) -> Pairs:
    return Pairs(
        unit="requests/s",
        house=[a.rate for a, _ in runs],
        limit=[b.rate for _, b in runs],
        cpu=median(a.cpu for a, _ in runs),
        limit_cpu=median(b.cpu for _, b in runs),
    )
