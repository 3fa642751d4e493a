"""Row 1: reading profiles, authorised, fenced and told in the audit trail, against an application without any of it.

The same without the trail is measured in the same run, slice by slice: what the trail costs.
"""

from dataclasses import dataclass
from pathlib import Path
from statistics import median

from bench.dataset import BenchDatabase, District
from bench.statistics import RunPairs
from bench.workers import Worker
from bench.wrk import Load, combine, load, script

WARM_SECONDS = 2
SLICES = 4
"""A run is cut into slices, the workers in turn: whatever else the machine does then falls on all."""


@dataclass(frozen=True, kw_only=True)
class Workers:
    """The service, the service without its trail, and the limit; the first two with a token of theirs."""

    audited: tuple[Worker, str]
    unaudited: tuple[Worker, str]
    limit: Worker


def run(at: BenchDatabase, district: District, workers: Workers, *, runs: int, seconds: float) -> dict[str, RunPairs]:
    """200 leaders in turn, and one hot leader; all workers in turn, ``runs`` times.

    Each with and without the trail against the limit, and with against without.
    """
    found = {}
    for name, leaders in (("in_turn", district.leaders), ("hot", district.leaders[:1])):
        asked = [
            (worker, script(at.folder, f"{name}_{i}", leaders, token))
            for i, (worker, token) in enumerate((workers.audited, workers.unaudited, (workers.limit, workers.audited[1])))
        ]
        for worker, lua in asked:
            load(worker, lua, WARM_SECONDS)
        measured = [_run(asked, seconds / SLICES) for _ in range(runs)]
        found[name] = _pairs([(told, limit) for told, _, limit in measured])
        found[f"{name}_untold"] = _pairs([(untold, limit) for _, untold, limit in measured])
        found[f"{name}_trail"] = _pairs([(told, untold) for told, untold, _ in measured])
    return found


def _run(scripts: list[tuple[Worker, Path]], seconds: float) -> tuple[Load, Load, Load]:
    slices = [tuple(load(worker, lua, seconds) for worker, lua in scripts) for _ in range(SLICES)]
    told, untold, limit = (combine(found) for found in zip(*slices, strict=True))
    return told, untold, limit


def _pairs(runs: list[tuple[Load, Load]]) -> RunPairs:
    return RunPairs(
        unit="requests/s",
        service=[a.rate for a, _ in runs],
        limit=[b.rate for _, b in runs],
        cpu=median(a.cpu for a, _ in runs),
        limit_cpu=median(b.cpu for _, b in runs),
    )
