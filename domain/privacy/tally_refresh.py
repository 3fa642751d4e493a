"""Tallies that follow evidence which is gone: made anew from what is left, by the rule that made them."""

from collections.abc import Iterable, Mapping, Sequence

from domain.framework.evidence_sources import IDENTIFIED
from domain.privacy.ports import PrivacyUnit
from domain.scoring.score import profile
from domain.scoring.tally_changes import TallyDeltas
from domain.scoring.views import Score
from domain.shared.context import Context
from domain.shared.ids import PersonId
from domain.shared.time import hour_of

Profiles = Mapping[PersonId, tuple[Score, ...] | None]
BATCH_SIZE = 100


async def refresh_tallies(leaders: Iterable[PersonId], unit: PrivacyUnit) -> None:
    """Make the tallies of ``leaders`` anew; sums are exact, so they are what they would be had the evidence never come.

    Tallies of anonymous sources stay: their answers are not kept one by one.
    """
    named = sorted(leaders)
    if not named:
        return
    basis = await unit.tallies.lock_basis()
    await unit.erasures.forget_tallies(named, [s.value for s in IDENTIFIED])
    changes = TallyDeltas(basis)
    for leader_id in named:
        units = await unit.scores.units_until(leader_id, None)
        changes.add_evidence(leader_id, [u for u in units if u.source in IDENTIFIED])
    if changes.all:
        await unit.tallies.apply(basis, changes.all)


async def load_profiles(leaders: Iterable[PersonId], unit: PrivacyUnit, ctx: Context[PrivacyUnit]) -> Profiles:
    """The scores of ``leaders`` as they stand in this unit; None for who is no leader (any more)."""
    named, at = sorted(leaders), hour_of(ctx.now())
    found: dict[PersonId, tuple[Score, ...] | None] = {}
    for start in range(0, len(named), BATCH_SIZE):
        some: Sequence[PersonId] = named[start : start + BATCH_SIZE]
        for leader_id, held in zip(some, await unit.scores.profile_inputs_many(some), strict=True):
            configuration = await unit.configurations.get(held.configuration_version)
            if configuration is None:
                raise AssertionError("the configuration in force is held")
            found[leader_id] = profile(held.tallies, configuration, at) if held.is_leader else None
    return found
