"""Recompute tallies after evidence was deleted."""

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
    """Recompute the tallies of `leaders` from the remaining evidence; sums are exact, as if the rest had never been there.

    Tallies of anonymous sources stay, as their single answers are not stored.
    """
    ordered = sorted(leaders)
    if not ordered:
        return
    basis = await unit.tallies.lock_basis()
    await unit.erasures.forget_tallies(ordered, [s.value for s in IDENTIFIED])
    changes = TallyDeltas(basis)
    for leader_id in ordered:
        units = await unit.scores.units_until(leader_id, None)
        changes.add_evidence(leader_id, [u for u in units if u.source in IDENTIFIED])
    if changes.all:
        await unit.tallies.apply(basis, changes.all)


async def load_profiles(leaders: Iterable[PersonId], unit: PrivacyUnit, ctx: Context[PrivacyUnit]) -> Profiles:
    """Return the scores of `leaders` in this transaction; None for people who are no leaders (any more)."""
    ordered, at = sorted(leaders), hour_of(ctx.now())
    profiles: dict[PersonId, tuple[Score, ...] | None] = {}
    for start in range(0, len(ordered), BATCH_SIZE):
        batch: Sequence[PersonId] = ordered[start : start + BATCH_SIZE]
        for leader_id, inputs in zip(batch, await unit.scores.profile_inputs_many(batch), strict=True):
            configuration = await unit.configurations.get(inputs.configuration_version)
            if configuration is None:
                raise AssertionError("the configuration in force does not exist")
            profiles[leader_id] = profile(inputs.tallies, configuration, at) if inputs.is_leader else None
    return profiles
