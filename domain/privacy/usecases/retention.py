"""Use cases of retention: read and replace the periods, preview a run, and run."""

from collections.abc import Sequence
from datetime import datetime

from domain.jobs.ports import JobsUnit
from domain.jobs.usecases.start import start_job
from domain.jobs.views import JobView
from domain.notifications.model import NotificationKind, NotificationObject
from domain.permissions.rules import authorize, visible_scores
from domain.privacy.commands import (
    ApplyRetention,
    ApplyRetentionByTheClock,
    PutRetention,
    ReadRetention,
    ReadRetentionPreview,
)
from domain.privacy.erasure_certificate import table_counts
from domain.privacy.ports import PrivacyUnit
from domain.privacy.retention_policy import BY_KIND, KINDS, RetentionKind, RetentionPolicy
from domain.privacy.tally_refresh import Profiles, load_profiles, refresh_tallies
from domain.privacy.usecases.erase_person import score_impacts
from domain.privacy.views import RetentionRuleView, RetentionRunView, RetentionView, RetiredKind, ScoreFate
from domain.shared.audit import Subject
from domain.shared.context import Context
from domain.shared.ids import PersonId
from domain.shared.legal_holds import ActiveHolds
from domain.shared.operation import operation
from domain.shared.roles import Role
from domain.shared.time import hour_of
from domain.shared.versions import check_version

MAX_SCORE_IMPACTS = 100
POLICY_NOUN = "retention policy"


@operation()
async def read_retention(cmd: ReadRetention, ctx: Context[PrivacyUnit]) -> RetentionView:  # noqa: ARG001 - no fields
    """Return the district's periods with the defaults and limits."""
    permission = authorize(ctx.actor, "read_retention")
    async with ctx.read(permission) as unit:
        return _view(await unit.retention.policy())


@operation(idempotency_key=True)
async def put_retention(cmd: PutRetention, ctx: Context[PrivacyUnit]) -> RetentionView:
    """Replace the district's periods. Nothing is deleted until a run, which can be previewed.

    Once a district has its own periods, a worker runs them every night.
    """
    permission = authorize(ctx.actor, "put_retention")
    async with ctx.open(permission) as unit:
        stored = await unit.retention.policy(lock=True)
        policy = stored.replaced_by(cmd.rules)
        check_version(stored.version, cmd.expected_version, POLICY_NOUN, first=stored.version in {0, policy.version})
        if policy is not stored:
            await unit.retention.put(policy, ctx.now())
        unit.audit.record(Subject.RETENTION, before=stored, after=policy)
        await unit.commit()
    return _view(policy)


@operation()
async def read_retention_preview(cmd: ReadRetentionPreview, ctx: Context[PrivacyUnit]) -> RetentionRunView:  # noqa: ARG001 - no fields
    """Return what applying the periods now would delete, anonymise and change in scores; the run is rolled back."""
    permission = authorize(ctx.actor, "read_retention_preview")
    async with ctx.open(permission) as unit:
        holds = await _lock_and_load_holds(unit, ctx)
        await unit.erasures.savepoint()
        view = await _run(holds, unit, ctx, preview=True)
        await unit.erasures.roll_back()
        # Commits only the audit entry of the preview.
        unit.audit.record(Subject.DISTRICT, ctx.actor.district_id)
        await unit.commit()
    return view


@operation(idempotency_key=True)
async def apply_retention(cmd: ApplyRetention, ctx: Context[PrivacyUnit]) -> RetentionRunView:
    """Delete and anonymise expired data, except under a legal hold, and rescore, all in one transaction.

    Raises an error (`stale`) if the periods are no longer of `cmd.version`, so that only previewed periods are applied.
    """
    permission = authorize(ctx.actor, "apply_retention")
    async with ctx.open(permission) as unit:
        policy = await unit.retention.policy(lock=True)
        check_version(policy.version, cmd.version, POLICY_NOUN)
        view = await _run(await _lock_and_load_holds(unit, ctx), unit, ctx, preview=False)
        unit.audit.record(Subject.RETENTION)
        await unit.commit()
    return view


@operation(idempotency_key=True)
async def start_retention(cmd: ApplyRetention, ctx: Context[JobsUnit]) -> JobView:
    """Start a job that applies the periods; it fails as `stale` if they are changed meanwhile."""
    permission = authorize(ctx.actor, "start_retention")
    return await start_job("apply_retention", cmd, permission, ctx)


@operation()
async def apply_retention_by_the_clock(
    cmd: ApplyRetentionByTheClock,  # noqa: ARG001 - no fields
    ctx: Context[PrivacyUnit],
) -> RetentionRunView | None:
    """Apply the periods if the nightly run of the district is due; return None if it is not.

    Under a legal hold on the district nothing is changed. Administrators are notified if anything was deleted or anonymised.
    """
    permission = authorize(ctx.actor, "apply_retention")
    async with ctx.read(permission) as unit:
        unit.audit.enabled = False  # this check is not recorded in the audit log
        district = await unit.portability.district()
        if district is None or (await unit.retention.policy()).due(ctx.now(), district.time_zone) is None:
            return None
    async with ctx.open(permission) as unit:
        # Checked again under the lock, as two workers may get here.
        day = (await unit.retention.policy(lock=True)).due(ctx.now(), district.time_zone)
        if day is None:
            return None
        holds = await _lock_and_load_holds(unit, ctx)
        # Locked before the run, which deletes none of them: people who have left are not administrators who may sign in.
        admins = await unit.grants.holders(Role.DISTRICT_ADMIN)
        view = await _run(holds, unit, ctx, preview=False)
        if view.held_district:
            return view
        await unit.retention.mark_applied(day)
        if any(kind.rows for kind in view.kinds):
            about = NotificationObject(kind="retention", id=day.isoformat())
            kind = NotificationKind.RETENTION_APPLIED
            await unit.notifications.notify(admins, kind, about, at=ctx.now(), new_id=ctx.new_id)
        unit.audit.record(Subject.RETENTION)
        await unit.commit()
    return view


async def _lock_and_load_holds(unit: PrivacyUnit, ctx: Context[PrivacyUnit]) -> ActiveHolds:
    """Lock directory and evidence until the transaction ends, and return the active holds."""
    await unit.erasures.lock_directory()
    holds = ActiveHolds.of(await unit.holds.all(), ctx.now())
    await unit.tallies.lock_basis()
    return holds


async def _run(holds: ActiveHolds, unit: PrivacyUnit, ctx: Context[PrivacyUnit], *, preview: bool) -> RetentionRunView:
    policy, under_hold = await unit.retention.policy(), sorted(holds.people)
    kinds: list[RetiredKind] = []
    before: Profiles = {}
    after: Profiles = {}
    if not holds.district:
        affected = await _affected_people(policy, under_hold, unit, ctx)
        before = await load_profiles(affected, unit, ctx)
        kinds = [await _expire(kind, policy.cutoff(kind, hour_of(ctx.now())), under_hold, unit, ctx) for kind in BY_KIND]
        await refresh_tallies(affected, unit)
        after = await load_profiles(affected, unit, ctx)
    changed = [i for i in score_impacts(before, after, visible_scores(ctx.actor)) if i.fate is not ScoreFate.UNCHANGED]
    return RetentionRunView(
        preview=preview,
        held_district=holds.district,
        held_people=len(under_hold),
        kinds=tuple(kinds),
        scores=tuple(changed[:MAX_SCORE_IMPACTS]),
        leaders_changed=len(changed),
    )


async def _affected_people(
    policy: RetentionPolicy, under_hold: Sequence[PersonId], unit: PrivacyUnit, ctx: Context[PrivacyUnit]
) -> frozenset[PersonId]:
    """Return the people whose scores may change: leaders with expired evidence, and leaders who are deleted."""
    affected = set(await unit.retention.leavers(policy.cutoff(RetentionKind.ROSTER_LEAVERS, hour_of(ctx.now())), under_hold))
    for kind in KINDS:
        if kind.scores_follow:
            affected |= await unit.retention.affected_people(
                kind.kind, policy.cutoff(kind.kind, hour_of(ctx.now())), under_hold
            )
    return frozenset(affected)


async def _expire(
    kind: RetentionKind, before: datetime, under_hold: Sequence[PersonId], unit: PrivacyUnit, ctx: Context[PrivacyUnit]
) -> RetiredKind:
    if kind is RetentionKind.ROSTER_LEAVERS:
        leavers = await unit.retention.leavers(before, under_hold)
        rows, anonymised = await unit.erasures.erase(leavers, ctx.random_id(), evidence_too=False) if leavers else ({}, {})
        rows = rows | anonymised
    else:
        rows = await unit.retention.expire(kind, before, under_hold)
    return RetiredKind(kind=kind, action=BY_KIND[kind].action, before=before, rows=table_counts(rows))


def _view(policy: RetentionPolicy) -> RetentionView:
    return RetentionView(
        version=policy.version,
        rules=tuple(
            RetentionRuleView(
                kind=k.kind,
                what=k.what,
                action=k.action,
                counts_from=k.counts_from,
                days=policy.days(k.kind),
                default_days=k.days,
                least_days=k.min_days,
                most_days=k.max_days,
                scores_follow=k.scores_follow,
            )
            for k in KINDS
        ),
    )
