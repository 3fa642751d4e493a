"""The one versioned configuration: every assumed constant of the rules (METHOD 2), editable by a district."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import cached_property

from domain.framework.evidence_sources import SCORED, Source
from domain.framework.phases import Phase
from domain.framework.responsibilities import Responsibility
from domain.shared.errors import Code, FieldError, Invalid

R = Responsibility


@dataclass(frozen=True, kw_only=True)
class SourceConstants:
    """The variances of one source: ``sigma2`` of one unit, ``omega2`` that no number of units removes."""

    source: Source
    """Which of the sources."""
    sigma2: float
    """Variance of one unit, greater than 0."""
    omega2: float
    """Variance that no number of units removes."""


@dataclass(frozen=True, kw_only=True)
class Disclosure:
    """Thresholds of disclosure control (METHOD 2.5 and 8); a district may raise them, never lower them."""

    k: int
    """Fewest raters of whom a mean is shown; at least 5."""
    spread_bar: int
    """Fewest raters of whom a spread is shown; at least 10."""
    comment_bar: int
    """Fewest raters of whom comments are shown; at least 10."""
    floor: float
    """A mean below this is shown as this; at least 1.5."""


@dataclass(frozen=True, kw_only=True)
class MagnitudeConstants:
    """Constants of the magnitude of a change (METHOD 2.8 and 9)."""

    min_items: int
    """Fewest of the seven items that make an answer count."""
    min_n: int
    """Fewest answers of which a group is shown; at least 5."""
    midpoint: float
    """The middle of the scale."""
    s_min: float
    """Smallest standard deviation that is assumed."""
    rho: float
    """Reliability of the seven items."""
    cut_first_order: float
    """Below this a change is felt as first-order."""
    cut_second_order: float
    """Above this a change is felt as second-order."""
    tau_b2: float
    """Variance of a leader's bias before anything is measured."""
    sigma_d2: float
    """Variance of the difference between one estimate and what was measured."""


@dataclass(frozen=True, kw_only=True)
class StanceConstants:
    """Constants of the stance (METHOD 2.9 and 12)."""

    urgent_days: int
    """A decision due within so many days is urgent."""
    rwg_below: float
    """Below this agreement a group is in conflict."""
    rwg_min_n: int
    """Fewest complete answers of which agreement is told; at least 10."""


@dataclass(frozen=True, kw_only=True)
class PhaseWeight:
    """How much a responsibility matters in a phase: 1 primary, .5 secondary (METHOD 2.7, inferred)."""

    phase: Phase
    """The phase."""
    responsibility: Responsibility
    """The responsibility."""
    weight: float
    """How much it matters there: greater than 0, at most 1."""


@dataclass(frozen=True, kw_only=True)
class Configuration:
    """Every constant of the rules, each with its standing in METHOD 2; named in every result by ``version``.

    Scores are on 1..5. ``half_life_days`` and ``landmark`` are part of the basis of the tallies: a change rebuilds them.
    """

    version: int
    constants: str
    target: float
    mu: float
    tau2: float
    sources: tuple[SourceConstants, ...]
    half_life_days: float
    landmark: datetime
    enough_sd: float
    enough_n: int
    disclosure: Disclosure
    pooled_r: float
    kappa_phase: float
    kappa_7: float
    kappa_4: float
    single_top: float
    tie_mass: float
    active: int
    magnitude: MagnitudeConstants
    stance: StanceConstants
    phases: tuple[PhaseWeight, ...]

    def __post_init__(self) -> None:
        faults = tuple(_errors(self))
        if faults:
            raise Invalid.of(faults)

    @cached_property
    def by_source(self) -> dict[Source, SourceConstants]:
        """The variances by source."""
        return {s.source: s for s in self.sources}

    @cached_property
    def weights(self) -> dict[tuple[Phase, Responsibility], float]:
        """Phase relevance; a pair that is absent weighs nothing."""
        return {(w.phase, w.responsibility): w.weight for w in self.phases}


def _errors(c: Configuration) -> Iterable[FieldError]:
    """What keeps ``c`` from being used, each with the member and the remedy (limits: METHOD 2)."""

    def unless(holds: bool, pointer: str, detail: str) -> Iterable[FieldError]:
        if not holds:
            yield FieldError(pointer=pointer, code=Code.OUT_OF_RANGE, detail=detail)

    yield from unless(1 <= c.target <= 5, "/target", "the target lies on the scale 1 to 5")
    yield from unless(1 <= c.mu <= 5, "/mu", "the prior mean lies on the scale 1 to 5")
    yield from unless(c.tau2 >= 0.01, "/tau2", "the prior variance is at least .01")
    for i, s in enumerate(c.sources):
        yield from unless(s.sigma2 > 0, f"/sources/{i}/sigma2", "a variance is greater than 0")
        yield from unless(s.omega2 >= 0, f"/sources/{i}/omega2", "a variance is not negative")
    if sorted(s.source for s in c.sources) != sorted(SCORED):
        yield FieldError(
            pointer="/sources",
            code=Code.EXACTLY_ONE,
            detail=f"name each of {', '.join(SCORED)} once",
        )
    yield from unless(c.half_life_days >= 30, "/half_life_days", "the half-life is at least 30 days")
    if c.landmark.tzinfo is None:
        yield FieldError(pointer="/landmark", code=Code.NAIVE_TIME, detail="give the offset, as in 2020-01-01T00:00:00Z")
    # Beyond, weights of a half-life of 30 days leave the range of a float.
    yield from unless(2000 <= c.landmark.year <= 2050, "/landmark", "a moment of the years 2000 to 2050")
    yield from unless(c.enough_sd > 0, "/enough_sd", "the bar is greater than 0")
    yield from unless(c.enough_n >= 1, "/enough_n", "the bar is at least 1")
    yield from _disclosure_errors(c.disclosure)
    for name in ("pooled_r", "kappa_phase", "kappa_7", "kappa_4"):
        yield from unless(0 < getattr(c, name) <= 1, f"/{name}", "greater than 0 and at most 1")
    for name in ("single_top", "tie_mass"):
        yield from unless(0 < getattr(c, name) < 1, f"/{name}", "a probability between 0 and 1")
    yield from unless(1 <= c.active <= 3, "/active", "one to three priorities at a time; more is itself a failure")
    yield from _magnitude_errors(c.magnitude)
    yield from unless(c.stance.urgent_days >= 0, "/stance/urgent_days", "a number of days, not negative")
    yield from unless(0 <= c.stance.rwg_below <= 1, "/stance/rwg_below", "an agreement between 0 and 1")
    yield from unless(c.stance.rwg_min_n >= 10, "/stance/rwg_min_n", "spread is shown from ten answers upward")
    seen: set[tuple[Phase, Responsibility]] = set()
    for i, w in enumerate(c.phases):
        yield from unless(0 < w.weight <= 1, f"/phases/{i}/weight", "greater than 0 and at most 1; leave the pair out for 0")
        if (w.phase, w.responsibility) in seen:
            yield FieldError(pointer=f"/phases/{i}", code=Code.DUPLICATE, detail="this pair stands here already; name it once")
        seen.add((w.phase, w.responsibility))


def _disclosure_errors(d: Disclosure) -> Iterable[FieldError]:
    for name, least in (("k", 5), ("spread_bar", 10), ("comment_bar", 10), ("floor", 1.5)):
        if getattr(d, name) < least:
            yield FieldError(
                pointer=f"/disclosure/{name}",
                code=Code.OUT_OF_RANGE,
                detail=f"at least {least}: thresholds of disclosure can only be raised",
            )


def _magnitude_errors(m: MagnitudeConstants) -> Iterable[FieldError]:
    checks = (
        ("min_items", 1 <= m.min_items <= 7, "one to seven of the seven items"),
        ("min_n", m.min_n >= 5, "at least 5: a group is shown from five answers"),
        ("midpoint", 1 < m.midpoint < 5, "inside the scale 1 to 5"),
        ("s_min", m.s_min > 0, "greater than 0"),
        ("rho", 0 <= m.rho <= 1, "a reliability between 0 and 1"),
        ("cut_first_order", 1 <= m.cut_first_order <= m.midpoint, "between 1 and the midpoint"),
        ("cut_second_order", m.midpoint <= m.cut_second_order <= 5, "between the midpoint and 5"),
        ("tau_b2", m.tau_b2 > 0, "a variance greater than 0"),
        ("sigma_d2", m.sigma_d2 > 0, "a variance greater than 0"),
    )
    for name, holds, detail in checks:
        if not holds:
            yield FieldError(pointer=f"/magnitude/{name}", code=Code.OUT_OF_RANGE, detail=detail)


def _weights(phase: Phase, primary: tuple[R, ...], secondary: tuple[R, ...]) -> tuple[PhaseWeight, ...]:
    return tuple(PhaseWeight(phase=phase, responsibility=r, weight=1.0) for r in primary) + tuple(
        PhaseWeight(phase=phase, responsibility=r, weight=0.5) for r in secondary
    )


PRODUCT = Configuration(
    version=1,
    constants="2026.1",
    target=4.0,
    mu=3.60,
    tau2=0.16,
    sources=(
        SourceConstants(source=Source.TEACHER, sigma2=0.60, omega2=0.04),
        SourceConstants(source=Source.STAFF, sigma2=0.60, omega2=0.04),
        SourceConstants(source=Source.PEER, sigma2=0.45, omega2=0.06),
        SourceConstants(source=Source.SUPERVISOR, sigma2=0.36, omega2=0.09),
        SourceConstants(source=Source.OBSERVATION, sigma2=0.30, omega2=0.06),
    ),
    half_life_days=365.0,
    landmark=datetime(2020, 1, 1, tzinfo=UTC),
    enough_sd=0.30,
    enough_n=3,
    disclosure=Disclosure(k=5, spread_bar=10, comment_bar=10, floor=1.5),
    pooled_r=0.2379,
    kappa_phase=0.5,
    kappa_7=0.5,
    kappa_4=0.25,
    single_top=0.60,
    tie_mass=0.80,
    active=3,
    magnitude=MagnitudeConstants(
        min_items=5,
        min_n=5,
        midpoint=3.0,
        s_min=0.30,
        rho=0.80,
        cut_first_order=2.5,
        cut_second_order=3.5,
        tau_b2=0.25,
        sigma_d2=0.25,
    ),
    stance=StanceConstants(urgent_days=14, rwg_below=0.70, rwg_min_n=10),
    phases=(
        *_weights(
            Phase.CREATE_DEMAND,
            (R.CHANGE_AGENT, R.INTELLECTUAL_STIMULATION),
            (R.IDEALS_BELIEFS, R.SITUATIONAL_AWARENESS),
        ),
        *_weights(
            Phase.IMPLEMENT,
            (R.KNOWLEDGE_OF_TEACHING_AND_LEARNING, R.INSPIRES),
            (R.INTELLECTUAL_STIMULATION, R.RESOURCES),
        ),
        *_weights(
            Phase.MANAGE_TRANSITIONS,
            (R.ADAPTABILITY, R.IDEALS_BELIEFS),
            (R.RELATIONSHIPS,),
        ),
        *_weights(
            Phase.MONITOR_EVALUATE,
            (R.MONITORS_EVALUATES,),
            (R.KNOWLEDGE_OF_TEACHING_AND_LEARNING, R.SITUATIONAL_AWARENESS),
        ),
    ),
)
"""Version 1: the product's own constants (METHOD 2, constants 2026.1); the phase mapping is inferred (METHOD 2.7)."""
