"""The leader's estimates, the groups' pulses, and the comparison of the two."""

from dataclasses import replace
from datetime import date, timedelta

from domain.change.configuration import current_configuration
from domain.change.lookup import initiative_of, require
from domain.change.magnitude_views import MagnitudesView, MagnitudeView, PulseView
from domain.change.model import Pulse, PulseAnswer
from domain.change.ports import ChangeUnit
from domain.change.presentation import RECEIPT, magnitude_view, most_misjudged
from domain.change.pulse_commands import PutEstimate, PutPulse, ReadMagnitude, ReadMagnitudes
from domain.change.pulse_disclosure import MIN_LISTS_APART, lists_missing_after, same_lists
from domain.change.usecases.groups import NOUN, group_view
from domain.change.views import GroupView
from domain.permissions.rules import authorize
from domain.shared.audit import Subject
from domain.shared.context import Context
from domain.shared.errors import Code, Conflict, Invalid
from domain.shared.operation import GROUP, INITIATIVE, operation
from domain.shared.time import local_date
from domain.shared.versions import check_version

MIN_DAYS_STORED = 30
"""A pulse that retention would delete sooner is rejected: once deleted, it cannot be compared with the next one."""


class PulseOverlaps(Conflict):
    """The difference between this pulse and the one shown would reveal the answers of fewer than five people."""

    code = Code.PULSE_OVERLAPS


@operation(audit_object=GROUP, idempotency_key=True)
async def put_estimate(cmd: PutEstimate, ctx: Context[ChangeUnit]) -> GroupView:
    """Store what the leader expects the group to answer. Rejected if the group changed since it was read."""
    permission = authorize(ctx.actor, "put_estimate")
    async with ctx.open(permission) as unit:
        before = require(await unit.initiatives.lock_group(cmd.initiative_id, cmd.group_id), NOUN)
        check_version(before.version, cmd.expected_version, NOUN, first=before.estimate is None)
        after = replace(before, estimate=cmd.items, version=before.version + 1)
        await unit.initiatives.replace_group(after)
        unit.audit.record(Subject.GROUP, after.id, before=before, after=after)
        await unit.commit()
    return group_view(after)


@operation(audit_object=GROUP)
async def put_pulse(cmd: PutPulse, ctx: Context[ChangeUnit]) -> PulseView:
    """Store one pulse as a whole, shuffled and with its date only.

    The lists are compared with the group's newest pulse. Accepted are the same lists, five or more added and none removed, or
    five or more removed and five or more added. Anything else is rejected (`pulse_overlaps`) with the number of lists missing.
    """
    permission = authorize(ctx.actor, "put_pulse")
    async with ctx.open(permission) as unit:
        group = require(await unit.initiatives.lock_group(cmd.initiative_id, cmd.group_id), NOUN)
        today = local_date(ctx.now(), await unit.references.time_zone())
        await _check_pulse(cmd, group.size, today, unit)
        await _check_overlap(cmd, today, unit)
        answers = [PulseAnswer(id=ctx.random_id(), answers=row) for row in cmd.answers]
        await unit.initiatives.put_pulse(cmd.group_id, cmd.on, sorted(answers, key=lambda a: a.id))
        # Without digests of the state: there are so few possible answers that one could try them all.
        unit.audit.record(Subject.GROUP, cmd.group_id)
        await unit.commit()
    return PulseView(group_id=cmd.group_id, on=cmd.on, answers=len(answers), receipt=RECEIPT)


@operation(audit_object=GROUP)
async def read_magnitude(cmd: ReadMagnitude, ctx: Context[ChangeUnit]) -> MagnitudeView:
    """Return how a group experiences the change, by its newest pulse and by the leader's estimate."""
    permission = authorize(ctx.actor, "read_magnitude")
    async with ctx.read(permission) as unit:
        initiative = await initiative_of(cmd.initiative_id, unit.initiatives)
        unit.audit.record(Subject.LEADER, initiative.leader_id, further_ids=[cmd.group_id])
        group = require(await unit.initiatives.newest_of_group(cmd.initiative_id, cmd.group_id), NOUN)
        of_leader = await unit.initiatives.newest_of_leader(initiative.leader_id)
        configuration = await current_configuration(unit.configurations)
    return magnitude_view(group, of_leader, configuration)


@operation(audit_object=INITIATIVE)
async def read_magnitudes(cmd: ReadMagnitudes, ctx: Context[ChangeUnit]) -> MagnitudesView:
    """Return the magnitude of every group, the most misjudged first; those without both values follow in the order added."""
    permission = authorize(ctx.actor, "read_magnitudes")
    async with ctx.read(permission) as unit:
        initiative = await initiative_of(cmd.initiative_id, unit.initiatives)
        unit.audit.record(Subject.LEADER, initiative.leader_id, further_ids=[cmd.initiative_id])
        groups = await unit.initiatives.newest(cmd.initiative_id)
        of_leader = await unit.initiatives.newest_of_leader(initiative.leader_id)
        configuration = await current_configuration(unit.configurations)
    views = [magnitude_view(group, of_leader, configuration) for group in groups]
    return MagnitudesView(
        initiative_id=cmd.initiative_id,
        groups=tuple(sorted(views, key=lambda view: most_misjudged(view.difference))),
        configuration_version=configuration.version,
    )


async def _check_pulse(cmd: PutPulse, size: int, today: date, unit: ChangeUnit) -> None:
    """Raise `Invalid` for a date in the future, and for a group too small to stay anonymous."""
    if cmd.on > today:
        raise Invalid.at("/on", Code.IN_FUTURE, "this date is in the future; send the day on which the group answered")
    min_people = (await current_configuration(unit.configurations)).magnitude.min_n
    if size < min_people:
        raise Invalid.at(
            "/answers",
            Code.NOT_ALLOWED,
            f"a group of fewer than {min_people} people cannot be measured, only estimated; merge it with another group or "
            "correct its size",
        )


async def _check_overlap(cmd: PutPulse, today: date, unit: ChangeUnit) -> None:
    """Raise `PulseOverlaps` if the pulse differs from the newest one by fewer than five lists; the group must be locked."""
    newest, same_date = await unit.initiatives.pulses(cmd.group_id, cmd.on)
    if same_date is not None and same_lists(same_date.answers, cmd.answers):
        return
    if cmd.on < today - timedelta(days=await unit.initiatives.pulse_days() - MIN_DAYS_STORED):
        detail = (
            f"the district's retention would delete answers of this date within {MIN_DAYS_STORED} days; ask the group again"
        )
        raise Invalid.at("/on", Code.OUT_OF_RANGE, detail)
    missing = lists_missing_after(newest, Pulse(on=cmd.on, answers=cmd.answers))
    if missing:
        lists = "1 list is" if missing == 1 else f"{missing} lists are"
        raise PulseOverlaps(
            f"these answers are too close to the group's newest pulse: the difference would show what fewer than "
            f"{MIN_LISTS_APART} people answered; {lists} missing. Wait until at least {MIN_LISTS_APART} more people have "
            f"answered and send their lists with all earlier ones, or send answers in which at least {MIN_LISTS_APART} of the "
            f"earlier lists are removed and at least {MIN_LISTS_APART} are new",
            extensions={"lists_missing": missing},
        )
