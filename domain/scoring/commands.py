"""Commands of scores and of the district's configuration."""

from dataclasses import dataclass
from datetime import datetime
from typing import Annotated

from annotated_types import Interval, MaxLen, MinLen

from domain.framework.configuration import (
    PRODUCT,
    Configuration,
    Disclosure,
    MagnitudeConstants,
    PhaseWeight,
    SourceConstants,
    StanceConstants,
)
from domain.shared.fields import Examples
from domain.shared.ids import PersonId
from domain.shared.time import utc_instant

MAX_LEADERS = 100


@dataclass(frozen=True, kw_only=True)
class ReadConfiguration:
    """Read a version of the district's configuration."""

    version: Annotated[int, Interval(ge=1, le=2147483647)] | None = None
    """The version. Default: the one in force."""


@dataclass(frozen=True, kw_only=True)
class PutConfiguration:
    """Replace the configuration: a whole document without its version, in force at once as the next version."""

    expected_version: Annotated[int, Examples(1)]
    """The version in force that is replaced; the product's default is 1."""
    constants: Annotated[str, MinLen(1), MaxLen(64), Examples("2026.1")]
    """A name for this set of constants."""
    target: Annotated[float, Examples(4.0)]
    """The target of all 21 responsibilities, 1 to 5."""
    mu: Annotated[float, Examples(3.6)]
    """The assumed average (mean of the prior), 1 to 5."""
    tau2: Annotated[float, Examples(0.16)]
    """The assumed variance between leaders (variance of the prior), at least .01."""
    sources: Annotated[
        tuple[SourceConstants, ...],
        MinLen(5),
        MaxLen(5),
        Examples(
            [
                {"source": "teacher", "sigma2": 0.6, "omega2": 0.04},
                {"source": "staff", "sigma2": 0.6, "omega2": 0.04},
                {"source": "peer", "sigma2": 0.45, "omega2": 0.06},
                {"source": "supervisor", "sigma2": 0.36, "omega2": 0.09},
                {"source": "observation", "sigma2": 0.3, "omega2": 0.06},
            ]
        ),
    ]
    """The variances of each source."""
    half_life_days: Annotated[float, Examples(365.0)]
    """The half-life of evidence in days, at least 30; a change rebuilds the tallies."""
    landmark: Annotated[datetime, Examples("2020-01-01T00:00:00Z")]
    """The reference time of decay; a change rebuilds the tallies."""
    enough_sd: Annotated[float, Examples(0.3)]
    """The largest sd with which evidence is enough."""
    enough_n: Annotated[int, Examples(3)]
    """The smallest number of units with which evidence is enough."""
    disclosure: Annotated[Disclosure, Examples({"k": 5, "spread_bar": 10, "comment_bar": 10, "floor": 1.5})]
    """Thresholds of disclosure; they can only be raised."""
    pooled_r: Annotated[float, Examples(0.2379)]
    """The pooled correlation used in recommendations."""
    kappa_phase: Annotated[float, Examples(0.5)]
    """The weight of the phase."""
    kappa_7: Annotated[float, Examples(0.5)]
    """The weight of magnitude for the seven responsibilities of second-order change."""
    kappa_4: Annotated[float, Examples(0.25)]
    """The weight of magnitude for the four responsibilities that second-order change affects negatively."""
    single_top: Annotated[float, Examples(0.6)]
    """The probability from which on a single top priority is named."""
    tie_mass: Annotated[float, Examples(0.8)]
    """The cumulative probability up to which ties are named."""
    active: Annotated[int, Examples(3)]
    """The largest number of priorities at a time, 1 to 3."""
    magnitude: Annotated[
        MagnitudeConstants,
        Examples(
            {
                "min_items": 5,
                "min_n": 5,
                "midpoint": 3.0,
                "s_min": 0.3,
                "rho": 0.8,
                "cut_first_order": 2.5,
                "cut_second_order": 3.5,
                "tau_b2": 0.25,
                "sigma_d2": 0.25,
            }
        ),
    ]
    """The constants of the magnitude."""
    stance: Annotated[StanceConstants, Examples({"urgent_days": 14, "rwg_below": 0.7, "rwg_min_n": 10})]
    """The constants of the stance."""
    phases: Annotated[
        tuple[PhaseWeight, ...],
        MaxLen(84),
        Examples(
            [
                {"phase": "create_demand", "responsibility": "change_agent", "weight": 1.0},
                {"phase": "create_demand", "responsibility": "intellectual_stimulation", "weight": 1.0},
            ]
        ),
    ]
    """The weight of each responsibility in each phase."""

    def __post_init__(self) -> None:
        object.__setattr__(self, "landmark", utc_instant(self.landmark, "/landmark"))
        self.as_version(PRODUCT.version)

    def as_version(self, version: int) -> Configuration:
        """Return the configuration as `version`. Raises `Invalid` for constants out of range."""
        members = {name: getattr(self, name) for name in self.__dataclass_fields__ if name != "expected_version"}
        members["sources"], members["phases"] = tuple(self.sources), tuple(self.phases)
        return Configuration(version=version, **members)


@dataclass(frozen=True, kw_only=True)
class ReadProfile:
    """Read a leader's 21 scores."""

    leader_id: PersonId
    """The leader."""
    at: Annotated[str, MaxLen(40), Examples("2026-11-01")] | None = None
    """A past time: an instant with offset, or a date, meaning its start in UTC. Default: now."""


@dataclass(frozen=True, kw_only=True)
class ReadProfiles:
    """Read the 21 scores of several leaders; ids of other people are left out."""

    leader_ids: Annotated[tuple[PersonId, ...], MaxLen(100)]
    """The leaders."""


@dataclass(frozen=True, kw_only=True)
class RebuildTallies:
    """Rebuild all tallies from the stored evidence."""
