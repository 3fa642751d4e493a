"""Row 4: the rule of recommendations on loaded values, for six groups."""

import gc
import time
from statistics import median
from uuid import UUID

from domain.change.model import Intensities
from domain.change.rules import Basis, GroupState, PerceivedMagnitude
from domain.framework.configuration import PRODUCT
from domain.framework.magnitude import Magnitude
from domain.framework.responsibilities import Responsibility
from domain.recommendations.rules import recommend
from domain.scoring.views import Evidence, Posterior
from domain.shared.ids import GroupId

LABELS = (Magnitude.SECOND_ORDER, Magnitude.FIRST_ORDER, Magnitude.UNKNOWN)


def run(calls: int) -> list[float]:
    """Milliseconds of each call; every responsibility has evidence enough, which is the most there can be to do."""
    posteriors = tuple(
        Posterior(responsibility=r, theta=2.4 + i * 0.1, sd=0.2 + i * 0.005, n=20, evidence=Evidence.ENOUGH)
        for i, r in enumerate(Responsibility)
    )
    groups = tuple(_group(i) for i in range(6))
    gc.collect()
    gc.freeze()  # as the service has it
    taken = []
    for _ in range(calls + 10):
        begun = time.perf_counter()
        recommend(posteriors, groups, PRODUCT)
        taken.append((time.perf_counter() - begun) * 1000)
    gc.unfreeze()
    return taken[10:]


def _group(i: int) -> GroupState:
    phases = Intensities(create_demand=0.2 * i % 1, implement=0.6, manage_transitions=0.3 * i % 1, monitor_evaluate=0.1 * i)
    return GroupState(
        group_id=GroupId(UUID(int=i + 1)),
        name=f"Group {i}",
        size=8 + 5 * i,
        magnitude=PerceivedMagnitude(label=LABELS[i % 3], basis=Basis.MEASURED, q=0.1 + 0.15 * i),
        phases=phases,
        must_change_practice=None,
        measured=None,
    )


def summarize(times: list[float]) -> dict[str, float]:
    """As results.json has it."""
    return {"median_ms": round(median(times), 3), "p95_ms": round(sorted(times)[int(len(times) * 0.95)], 3)}
