"""What may be asked of scores and of the constants that make them."""

from dataclasses import asdict, dataclass, field
from datetime import datetime

from domain.framework.configuration import (
    PRODUCT,
    Configuration,
    Disclosure,
    MagnitudeConstants,
    PhaseWeight,
    SourceConstants,
    StanceConstants,
)
from domain.shared.ids import PersonId
from domain.shared.time import instant

MOST_AT_ONCE = 100
AT = {
    "description": "A moment to look back to: an instant with offset, or a date as its start in UTC. Absent: now.",
    "examples": ["2026-11-01"],
    "max_length": 40,
}


@dataclass(frozen=True, kw_only=True)
class ReadConfiguration:
    """One version of the district's configuration."""

    version: int | None = field(
        default=None, metadata={"description": "Which one. Absent: the one in force.", "ge": 1, "le": 2**31 - 1}
    )


@dataclass(frozen=True, kw_only=True)
class PutConfiguration:
    """A whole configuration, as it is read but without its version; it becomes the next one and is in force at once."""

    expected_version: int = field(
        metadata={"description": "The version in force that this replaces; the product's own is 1.", "examples": [1]}
    )
    constants: str = field(
        metadata={"description": "A name for this set.", "examples": ["2026.1"], "min_length": 1, "max_length": 64}
    )
    target: float = field(metadata={"description": "The target of all 21, 1 to 5.", "examples": [4.0]})
    mu: float = field(metadata={"description": "The assumed average, 1 to 5.", "examples": [3.6]})
    tau2: float = field(metadata={"description": "Its variance over leaders, at least .01.", "examples": [0.16]})
    sources: tuple[SourceConstants, ...] = field(
        metadata={
            "description": "Variances of each source.",
            "examples": [[asdict(s) for s in PRODUCT.sources]],
            "min_length": 5,
            "max_length": 5,
        }
    )
    half_life_days: float = field(metadata={"description": "At least 30; a change rebuilds the tallies.", "examples": [365.0]})
    landmark: datetime = field(
        metadata={
            "description": "Where decay counts from; a change rebuilds the tallies.",
            "examples": ["2020-01-01T00:00:00Z"],
        }
    )
    enough_sd: float = field(metadata={"description": "Evidence is enough up to this sd.", "examples": [0.3]})
    enough_n: int = field(metadata={"description": "And from this many units.", "examples": [3]})
    disclosure: Disclosure = field(
        metadata={"description": "Thresholds; only upward.", "examples": [asdict(PRODUCT.disclosure)]}
    )
    pooled_r: float = field(metadata={"description": "The pooled correlation.", "examples": [0.2379]})
    kappa_phase: float = field(metadata={"description": "Weight of the phase.", "examples": [0.5]})
    kappa_7: float = field(metadata={"description": "Weight of magnitude for the seven.", "examples": [0.5]})
    kappa_4: float = field(metadata={"description": "Weight of magnitude for the four.", "examples": [0.25]})
    single_top: float = field(metadata={"description": "From this probability on, one top.", "examples": [0.6]})
    tie_mass: float = field(metadata={"description": "Ties are named up to this probability.", "examples": [0.8]})
    active: int = field(metadata={"description": "Most priorities at a time, 1 to 3.", "examples": [3]})
    magnitude: MagnitudeConstants = field(
        metadata={"description": "Constants of the magnitude.", "examples": [asdict(PRODUCT.magnitude)]}
    )
    stance: StanceConstants = field(metadata={"description": "Constants of the stance.", "examples": [asdict(PRODUCT.stance)]})
    phases: tuple[PhaseWeight, ...] = field(
        metadata={
            "description": "How much a responsibility matters in a phase.",
            "examples": [[asdict(p) for p in PRODUCT.phases[:2]]],
            "max_length": 84,
        }
    )

    def __post_init__(self) -> None:
        object.__setattr__(self, "landmark", instant(self.landmark, "/landmark"))
        self.as_version(PRODUCT.version)

    def as_version(self, version: int) -> Configuration:
        """The configuration it says, as ``version``; refuses what a configuration refuses."""
        members = {name: getattr(self, name) for name in self.__dataclass_fields__ if name != "expected_version"}
        members["sources"], members["phases"] = tuple(self.sources), tuple(self.phases)
        return Configuration(version=version, **members)


@dataclass(frozen=True, kw_only=True)
class ReadProfile:
    """A leader's 21 scores."""

    leader_id: PersonId = field(metadata={"description": "The leader."})
    at: str | None = field(default=None, metadata=AT)


@dataclass(frozen=True, kw_only=True)
class ReadProfiles:
    """The 21 scores of several leaders; those who are none are left out."""

    leader_ids: tuple[PersonId, ...] = field(metadata={"description": "The leaders.", "max_length": MOST_AT_ONCE})


@dataclass(frozen=True, kw_only=True)
class RebuildTallies:
    """Make every tally anew that evidence is kept for."""
