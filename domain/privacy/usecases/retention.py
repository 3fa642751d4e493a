"""How long things are kept: read, decided, tried, and done."""

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
async def read_retention(cmd: ReadRetention, ctx: Context[PrivacyUnit]) -> RetentionView:  # noqa: ARG001 - nothing to say
    """How long the district keeps what, with the product's defaults and bounds."""
    permission = authorize(ctx.actor, "read_retention")
    async with ctx.read(permission) as unit:
        return _view(await unit.retention.policy())


@operation(idempotency_key=True)
async def put_retention(cmd: PutRetention, ctx: Context[PrivacyUnit]) -> RetentionView:
    """Replace the district's own periods. This deletes nothing by itself: a run does, whose preview says what.

    From the first time that a district puts its own, a worker runs it every night.
    """
    permission = authorize(ctx.actor, "put_retention")
    async with ctx.open(permission) as unit:
        held = await unit.retention.policy(lock=True)
        fresh = held.replaced_by(cmd.rules)
        check_version(held.version, cmd.expected_version, POLICY_NOUN, first=held.version in {0, fresh.version})
        if fresh is not held:
            await unit.retention.put(fresh, ctx.now())
        unit.audit.record(Subject.RETENTION, before=held, after=fresh)
        await unit.commit()
    return _view(fresh)


@operation()
async def read_retention_preview(cmd: ReadRetentionPreview, ctx: Context[PrivacyUnit]) -> RetentionRunView:  # noqa: ARG001 - nothing to say
    """What applying the periods now would delete and forget, and what scores become. It is done and undone."""
    permission = authorize(ctx.actor, "read_retention_preview")
    async with ctx.open(permission) as unit:
        standing = await _lock_and_load_holds(unit, ctx)
        await unit.erasures.savepoint()
        view = await _run(standing, unit, ctx, preview=True)
        await unit.erasures.roll_back()
        # Nothing is left of the run: what is kept is that somebody looked.
        unit.audit.record(Subject.DISTRICT, ctx.actor.district_id)
        await unit.commit()
    return view


@operation(idempotency_key=True)
async def apply_retention(cmd: ApplyRetention, ctx: Context[PrivacyUnit]) -> RetentionRunView:
    """Delete and forget what has had its time, but nothing under a legal hold; all of it or nothing, and scores follow.

    The version of the periods is named, so that what was previewed is what is applied: ``stale`` where they were changed.
    """
    permission = authorize(ctx.actor, "apply_retention")
    async with ctx.open(permission) as unit:
        held = await unit.retention.policy(lock=True)
        check_version(held.version, cmd.version, POLICY_NOUN)
        view = await _run(await _lock_and_load_holds(unit, ctx), unit, ctx, preview=False)
        unit.audit.record(Subject.RETENTION)
        await unit.commit()
    return view


@operation(idempotency_key=True)
async def start_retention(cmd: ApplyRetention, ctx: Context[JobsUnit]) -> JobView:
    """Apply the periods in a job, however much there is to delete. It fails as stale where they were changed meanwhile."""
    permission = authorize(ctx.actor, "start_retention")
    return await start_job("apply_retention", cmd, permission, ctx)


@operation()
async def apply_retention_by_the_clock(
    cmd: ApplyRetentionByTheClock,  # noqa: ARG001 - nothing to say
    ctx: Context[PrivacyUnit],
) -> RetentionRunView | None:
    """``apply_retention``, where the district's night has come and it has periods of its own; None where it is not due.

    Nothing under a legal hold over the district. Its administrators are told where anything went.
    """
    permission = authorize(ctx.actor, "apply_retention")
    async with ctx.read(permission) as unit:
        unit.audit.enabled = False  # looking whether a run is due reveals nothing
        district = await unit.portability.district()
        if district is None or (await unit.retention.policy()).due(ctx.now(), district.time_zone) is None:
            return None
    async with ctx.open(permission) as unit:
        # Asked again under the lock: two workers may stand here.
        day = (await unit.retention.policy(lock=True)).due(ctx.now(), district.time_zone)
        if day is None:
            return None
        standing = await _lock_and_load_holds(unit, ctx)
        # Locked before the tallies; none of them goes in this run, as who has left is no administrator who may sign in.
        admins = await unit.grants.holders(Role.DISTRICT_ADMIN)
        view = await _run(standing, unit, ctx, preview=False)
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
    """The holds that stand, once nobody else adds evidence or takes people away until the unit ends."""
    await unit.erasures.lock_directory()
    standing = ActiveHolds.of(await unit.holds.all(), ctx.now())
    await unit.tallies.lock_basis()
    return standing


async def _run(holds: ActiveHolds, unit: PrivacyUnit, ctx: Context[PrivacyUnit], *, preview: bool) -> RetentionRunView:
    policy, held = await unit.retention.policy(), sorted(holds.people)
    done: list[RetiredKind] = []
    before: Profiles = {}
    after: Profiles = {}
    if not holds.district:
        touched = await _affected_people(policy, held, unit, ctx)
        before = await load_profiles(touched, unit, ctx)
        done = [await _expire(kind, policy.cutoff(kind, hour_of(ctx.now())), held, unit, ctx) for kind in BY_KIND]
        await refresh_tallies(touched, unit)
        after = await load_profiles(touched, unit, ctx)
    changed = [i for i in score_impacts(before, after, visible_scores(ctx.actor)) if i.fate is not ScoreFate.UNCHANGED]
    return RetentionRunView(
        preview=preview,
        held_district=holds.district,
        held_people=len(held),
        kinds=tuple(done),
        scores=tuple(changed[:MAX_SCORE_IMPACTS]),
        leaders_changed=len(changed),
    )


async def _affected_people(
    policy: RetentionPolicy, under_hold: Sequence[PersonId], unit: PrivacyUnit, ctx: Context[PrivacyUnit]
) -> frozenset[PersonId]:
    """Whose scores may change: leaders of evidence that goes, and leaders who go themselves."""
    touched = set(await unit.retention.leavers(policy.cutoff(RetentionKind.ROSTER_LEAVERS, hour_of(ctx.now())), under_hold))
    for kind in KINDS:
        if kind.scores_follow:
            touched |= await unit.retention.affected_people(kind.kind, policy.cutoff(kind.kind, hour_of(ctx.now())), under_hold)
    return frozenset(touched)


async def _expire(
    kind: RetentionKind, before: datetime, under_hold: Sequence[PersonId], unit: PrivacyUnit, ctx: Context[PrivacyUnit]
) -> RetiredKind:
    if kind is RetentionKind.ROSTER_LEAVERS:
        leavers = await unit.retention.leavers(before, under_hold)
        rows, forgotten = await unit.erasures.erase(leavers, ctx.random_id(), evidence_too=False) if leavers else ({}, {})
        rows = rows | forgotten
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
