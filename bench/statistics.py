"""What was measured: pairs of runs, and what is said of them."""

from collections.abc import Sequence
from dataclasses import dataclass
from statistics import median


@dataclass(frozen=True, kw_only=True)
class RunPairs:
    """Runs of the house and of its limit in turn; the ratio of each pair is how near the house comes to the limit."""

    unit: str
    service: Sequence[float]
    limit: Sequence[float]
    cpu: float  # ms of the worker's processor time for one of what is counted
    limit_cpu: float | None = None
    faster_is_less: bool = False

    @property
    def ratios(self) -> list[float]:
        """House to limit in speed, run by run."""
        pairs = zip(self.service, self.limit, strict=True)
        return [b / a if self.faster_is_less else a / b for a, b in pairs]

    def as_dict(self) -> dict[str, object]:
        """As results.json has it."""
        ratios = self.ratios
        return {
            "ratio": round(median(ratios), 3),
            "ratios": [round(r, 3) for r in ratios],
            "house": round(median(self.service), 2),
            "limit": round(median(self.limit), 2),
            "unit": self.unit,
            "worker_cpu_ms": round(self.cpu, 3),
            "limit_cpu_ms": None if self.limit_cpu is None else round(self.limit_cpu, 3),
        }
