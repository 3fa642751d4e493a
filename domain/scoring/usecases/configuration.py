"""A district's own configuration: whole documents, each the next version (openapi/README.md 11)."""

from dataclasses import dataclass, replace
from datetime import datetime
from typing import Annotated, Protocol

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
from domain.framework.evidence_sources import ANONYMOUS
from domain.permissions.rules import authorize
from domain.scoring.ports import Basis, ConfigurationStore, EvidenceReader, TallyStore
from domain.scoring.usecases.rebuild import IDENTIFIED, rebuild, refuse_large
from domain.shared.audit import Subject
from domain.shared.context import Context, Unit
from domain.shared.errors import Conflict, NotFound, Stale
from domain.shared.fields import Examples
from domain.shared.operation import operation
from domain.shared.time import instant


class ConfigurationUnit(Unit, Protocol):
    """What configuring needs."""

    @property
    def configurations(self) -> ConfigurationStore: ...

    @property
    def evidence(self) -> EvidenceReader: ...

    @property
    def tallies(self) -> TallyStore: ...


@dataclass(frozen=True, kw_only=True)
class ReadConfiguration:
    """One version of the district's configuration."""

    version: Annotated[int, Interval(ge=1, le=2147483647)] | None = None
    """Which one. Absent: the one in force."""


@dataclass(frozen=True, kw_only=True)
class PutConfiguration:
    """A whole configuration, as it is read but without its version; it becomes the next one and is in force at once."""

    expected_version: Annotated[int, Examples(1)]
    """The version in force that this replaces; the product's own is 1."""
    constants: Annotated[str, MinLen(1), MaxLen(64), Examples("2026.1")]
    """A name for this set."""
    target: Annotated[float, Examples(4.0)]
    """The target of all 21, 1 to 5."""
    mu: Annotated[float, Examples(3.6)]
    """The assumed average, 1 to 5."""
    tau2: Annotated[float, Examples(0.16)]
    """Its variance over leaders, at least .01."""
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
    """Variances of each source."""
    half_life_days: Annotated[float, Examples(365.0)]
    """At least 30; a change rebuilds the tallies."""
    landmark: Annotated[datetime, Examples("2020-01-01T00:00:00Z")]
    """Where decay counts from; a change rebuilds the tallies."""
    enough_sd: Annotated[float, Examples(0.3)]
    """Evidence is enough up to this sd."""
    enough_n: Annotated[int, Examples(3)]
    """And from this many units."""
    disclosure: Annotated[Disclosure, Examples({"k": 5, "spread_bar": 10, "comment_bar": 10, "floor": 1.5})]
    """Thresholds; only upward."""
    pooled_r: Annotated[float, Examples(0.2379)]
    """The pooled correlation."""
    kappa_phase: Annotated[float, Examples(0.5)]
    """Weight of the phase."""
    kappa_7: Annotated[float, Examples(0.5)]
    """Weight of magnitude for the seven."""
    kappa_4: Annotated[float, Examples(0.25)]
    """Weight of magnitude for the four."""
    single_top: Annotated[float, Examples(0.6)]
    """From this probability on, one top."""
    tie_mass: Annotated[float, Examples(0.8)]
    """Ties are named up to this probability."""
    active: Annotated[int, Examples(3)]
    """Most priorities at a time, 1 to 3."""
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
    """Constants of the magnitude."""
    stance: Annotated[StanceConstants, Examples({"urgent_days": 14, "rwg_below": 0.7, "rwg_min_n": 10})]
    """Constants of the stance."""
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
    """How much a responsibility matters in a phase."""

    def __post_init__(self) -> None:
        object.__setattr__(self, "landmark", instant(self.landmark, "/landmark"))
        self.as_version(PRODUCT.version)

    def as_version(self, version: int) -> Configuration:
        """The configuration it says, as ``version``; refuses what a configuration refuses."""
        members = {name: getattr(self, name) for name in self.__dataclass_fields__ if name != "expected_version"}
        members["sources"], members["phases"] = tuple(self.sources), tuple(self.phases)
        return Configuration(version=version, **members)


@operation()
async def read_configuration(cmd: ReadConfiguration, ctx: Context[ConfigurationUnit]) -> Configuration:
    """The configuration in force, or an older version."""
    permission = authorize(ctx.actor, "read_configuration")
    async with ctx.read(permission) as unit:
        version = cmd.version or await unit.configurations.current_version()
        found = await unit.configurations.get(version)
    if found is None:
        raise NotFound(f"there is no version {version} of the configuration")
    return found


@operation(key=True)
async def put_configuration(cmd: PutConfiguration, ctx: Context[ConfigurationUnit]) -> Configuration:
    """Make ``cmd`` the next version. A new half-life or landmark rebuilds the tallies before this answers.

    Above 100,000 ratings that is refused (``rebuild_too_large``): ask for it as a job then.
    """
    permission = authorize(ctx.actor, "put_configuration")
    async with ctx.open(permission) as unit:
        basis = await unit.tallies.basis_alone()
        _check_expected(cmd.expected_version, basis)
        fresh = cmd.as_version(basis.configuration_version + 1)
        await unit.configurations.add(fresh, ctx.now())
        await _switch(basis, fresh, unit, ctx)
        before = await unit.configurations.get(basis.configuration_version)
        unit.audit.about(Subject.CONFIGURATION, before=before, after=fresh)
        await unit.commit()
    return fresh


def _check_expected(expected: int, basis: Basis) -> None:
    if expected != basis.configuration_version:
        raise Stale(
            "the configuration has changed meanwhile; read it again and decide anew",
            more={"current_version": basis.configuration_version},
        )


async def _switch(basis: Basis, fresh: Configuration, unit: ConfigurationUnit, ctx: Context[ConfigurationUnit]) -> None:
    after = replace(basis, configuration_version=fresh.version)
    if (fresh.half_life_days, fresh.landmark) == (basis.half_life_days, basis.landmark):
        await unit.tallies.switch(after)
        return
    if await unit.tallies.holds(basis, ANONYMOUS):
        raise Conflict("the half-life can't change yet while survey results are held: they are not kept answer by answer")
    refuse_large(await unit.evidence.evidence_rows(), ctx, "startConfiguration")
    after = replace(after, number=basis.number + 1, half_life_days=fresh.half_life_days, landmark=fresh.landmark)
    await rebuild(basis, after, IDENTIFIED, unit, ctx.progress)
