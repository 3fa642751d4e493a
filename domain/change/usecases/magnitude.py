"""What the leader expects a group to feel, what it answers, and the two against each other."""

from dataclasses import replace
from datetime import date, timedelta

from domain.change.configuration import current_configuration
from domain.change.lookup import initiative_of, require
from domain.change.model import Pulse, PulseAnswer
from domain.change.ports import ChangeUnit
from domain.change.presentation import RECEIPT, magnitude_view, most_misjudged
from domain.change.pulse_commands import PutEstimate, PutPulse, ReadMagnitude, ReadMagnitudes
from domain.change.pulse_disclosure import MIN_LISTS_APART, lists_missing_after, same_lists
from domain.change.usecases.groups import NOUN, group_view
from domain.change.views import GroupView, MagnitudesView, MagnitudeView, PulseView
from domain.permissions.rules import authorize
from domain.shared.audit import Subject
from domain.shared.context import Context
from domain.shared.errors import Code, Conflict, Invalid
from domain.shared.operation import GROUP, INITIATIVE, operation
from domain.shared.time import local_date
from domain.shared.versions import check_version

MIN_DAYS_STORED = 30
"""A set that age would delete sooner is not taken: once it is gone, nothing is left to compare the next one with."""


class PulseOverlaps(Conflict):
    """Whoever subtracted the set that is shown from this one would learn of fewer than five people."""

    code = Code.PULSE_OVERLAPS


@operation(audit_object=GROUP, idempotency_key=True)
async def put_estimate(cmd: PutEstimate, ctx: Context[ChangeUnit]) -> GroupView:
    """Keep the leader's answers for the group, unless somebody changed it since it was read."""
    permission = authorize(ctx.actor, "put_estimate")
    async with ctx.open(permission) as unit:
        before = require(await unit.initiatives.lock_group(cmd.initiative_id, cmd.group_id), NOUN)
        check_version(before.version, cmd.expected_version, NOUN, first=before.estimate is None)
        held = replace(before, estimate=cmd.items, version=before.version + 1)
        await unit.initiatives.replace_group(held)
        unit.audit.record(Subject.GROUP, held.id, before=before, after=held)
        await unit.commit()
    return group_view(held)


@operation(audit_object=GROUP)
async def put_pulse(cmd: PutPulse, ctx: Context[ChangeUnit]) -> PulseView:
    """Keep one pulse as a whole, shuffled: in the order of random ids, under its date alone.

    It is compared with the newest set of the group. Taken: the same lists, five or more added and none removed, or five or more
    removed and five or more added. Refused otherwise (``pulse_overlaps``), with how many lists are missing.
    """
    permission = authorize(ctx.actor, "put_pulse")
    async with ctx.open(permission) as unit:
        group = require(await unit.initiatives.lock_group(cmd.initiative_id, cmd.group_id), NOUN)
        today = local_date(ctx.now(), await unit.references.time_zone())
        await _check_pulse(cmd, group.size, today, unit)
        await _check_overlap(cmd, today, unit)
        answers = [PulseAnswer(id=ctx.random_id(), answers=row) for row in cmd.answers]
        await unit.initiatives.put_pulse(cmd.group_id, cmd.on, sorted(answers, key=lambda a: a.id))
        # Of the pulse as a whole, and no digest: of few answers one could try them all.
        unit.audit.record(Subject.GROUP, cmd.group_id)
        await unit.commit()
    return PulseView(group_id=cmd.group_id, on=cmd.on, answers=len(answers), receipt=RECEIPT)


@operation(audit_object=GROUP)
async def read_magnitude(cmd: ReadMagnitude, ctx: Context[ChangeUnit]) -> MagnitudeView:
    """How a group experiences the change, by its newest pulse and by the leader's estimate."""
    permission = authorize(ctx.actor, "read_magnitude")
    async with ctx.read(permission) as unit:
        initiative = await initiative_of(cmd.initiative_id, unit.initiatives)
        unit.audit.record(Subject.LEADER, initiative.leader_id, further_ids=[cmd.group_id])
        held = require(await unit.initiatives.newest_of_group(cmd.initiative_id, cmd.group_id), NOUN)
        of_leader = await unit.initiatives.newest_of_leader(initiative.leader_id)
        configuration = await current_configuration(unit.configurations)
    return magnitude_view(held, of_leader, configuration)


@operation(audit_object=INITIATIVE)
async def read_magnitudes(cmd: ReadMagnitudes, ctx: Context[ChangeUnit]) -> MagnitudesView:
    """Every group of an initiative, the most misjudged first; those that can't be compared follow in the order added."""
    permission = authorize(ctx.actor, "read_magnitudes")
    async with ctx.read(permission) as unit:
        initiative = await initiative_of(cmd.initiative_id, unit.initiatives)
        unit.audit.record(Subject.LEADER, initiative.leader_id, further_ids=[cmd.initiative_id])
        groups = await unit.initiatives.newest(cmd.initiative_id)
        of_leader = await unit.initiatives.newest_of_leader(initiative.leader_id)
        configuration = await current_configuration(unit.configurations)
    shown = [magnitude_view(held, of_leader, configuration) for held in groups]
    return MagnitudesView(
        initiative_id=cmd.initiative_id,
        groups=tuple(sorted(shown, key=lambda view: most_misjudged(view.difference))),
        configuration_version=configuration.version,
    )


async def _check_pulse(cmd: PutPulse, size: int, today: date, unit: ChangeUnit) -> None:
    """Refuse a day to come, and a group so small that answers could not stay among themselves."""
    if cmd.on > today:
        raise Invalid.at("/on", Code.IN_FUTURE, "this date lies in the future; give the day on which the group answered")
    least = (await current_configuration(unit.configurations)).magnitude.min_n
    if size < least:
        raise Invalid.at(
            "/answers",
            Code.NOT_ALLOWED,
            f"a group below {least} people cannot be measured, only estimated; join it with another or correct its size",
        )


async def _check_overlap(cmd: PutPulse, today: date, unit: ChangeUnit) -> None:
    """Refuse what could be told apart from the set that is shown by fewer than five lists. The group is locked."""
    shown, same_date = await unit.initiatives.pulses(cmd.group_id, cmd.on)
    if same_date is not None and same_lists(same_date.answers, cmd.answers):
        return
    if cmd.on < today - timedelta(days=await unit.initiatives.pulse_days() - MIN_DAYS_STORED):
        detail = f"the district would delete answers of this date within {MIN_DAYS_STORED} days; ask the group again"
        raise Invalid.at("/on", Code.OUT_OF_RANGE, detail)
    missing = lists_missing_after(shown, Pulse(on=cmd.on, answers=cmd.answers))
    if missing:
        lists = "1 list is" if missing == 1 else f"{missing} lists are"
        raise PulseOverlaps(
            f"this set is too close to the group's newest one: their difference would show what fewer than {MIN_LISTS_APART} "
            f"people answered; {lists} missing. Wait until at least {MIN_LISTS_APART} more have answered and send them with "
            f"all lists of before, or send a set in which at least {MIN_LISTS_APART} lists are gone and at least "
            f"{MIN_LISTS_APART} are new",
            extensions={"lists_missing": missing},
        )
