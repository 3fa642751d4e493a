"""A district's own configuration: whole documents, each the next version (openapi/README.md 11)."""

from dataclasses import asdict, dataclass, field, replace
from datetime import datetime
from typing import Protocol

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
