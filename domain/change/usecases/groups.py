"""Add, edit and read the groups of an initiative."""

from dataclasses import replace

from domain.change.commands import CreateGroup, EditGroup, ListGroups, ReadGroup
from domain.change.lookup import initiative_of, require
from domain.change.model import NO_PHASES, Group
from domain.change.ports import ChangeUnit
from domain.change.views import GroupReceiptView, GroupView
from domain.permissions.rules import authorize
from domain.shared.audit import Subject
from domain.shared.context import Context
from domain.shared.errors import Code, Invalid
from domain.shared.idempotent_push import Outcome, PushDecision, PushKind, lookup_push, save_head, version_of
from domain.shared.ids import GroupId
from domain.shared.operation import GROUP, INITIATIVE, operation
from domain.shared.paging import Key, Page, cursor_key, make_page
from domain.shared.versions import check_version

NOUN = "group"
MAX_GROUPS = 100
"""Limits what recommendations have to read."""


@operation(audit_object=INITIATIVE, idempotency_key=True)
async def create_group(cmd: CreateGroup, ctx: Context[ChangeUnit]) -> GroupReceiptView:
    """Add a group. Idempotent under the same external_id; a higher version replaces the description."""
    permission = authorize(ctx.actor, "create_group")
    async with ctx.open(permission) as unit:
        await initiative_of(cmd.initiative_id, unit.initiatives, lock=True)
        push = await lookup_push(unit.pushes, PushKind.GROUP, cmd, ctx.digest)
        if push.head is not None and push.outcome is Outcome.UNCHANGED:
            group = require(await unit.initiatives.find_group(cmd.initiative_id, GroupId(push.head.id)), NOUN)
            if push.digest_updated:
                unit.audit.record(Subject.GROUP, group.id)
                await unit.commit()
            return _receipt(group, cmd, push)
        group = await _save_pushed(cmd, push, unit, ctx)
        await save_head(unit.pushes, PushKind.GROUP, cmd, group.id, push)
        await unit.commit()
    return _receipt(group, cmd, push)


@operation(audit_object=GROUP, idempotency_key=True)
async def edit_group(cmd: EditGroup, ctx: Context[ChangeUnit]) -> GroupView:
    """Replace the description of a group; its estimate, phases and pulses stay. Rejected if it changed since it was read."""
    permission = authorize(ctx.actor, "edit_group")
    async with ctx.open(permission) as unit:
        before = require(await unit.initiatives.lock_group(cmd.initiative_id, cmd.group_id), NOUN)
        check_version(before.version, cmd.expected_version, NOUN)
        after = _edited(before, cmd)
        await unit.initiatives.replace_group(after)
        unit.audit.record(Subject.GROUP, after.id, before=before, after=after)
        await unit.commit()
    return group_view(after)


@operation(audit_object=GROUP)
async def read_group(cmd: ReadGroup, ctx: Context[ChangeUnit]) -> GroupView:
    """Return one group of an initiative."""
    permission = authorize(ctx.actor, "read_group")
    async with ctx.read(permission) as unit:
        return group_view(require(await unit.initiatives.find_group(cmd.initiative_id, cmd.group_id), NOUN))


@operation(audit_object=INITIATIVE)
async def list_groups(cmd: ListGroups, ctx: Context[ChangeUnit]) -> Page[GroupView]:
    """Return a page of an initiative's groups, in the order they were added."""
    permission = authorize(ctx.actor, "list_groups")
    after = cursor_key(cmd, ctx.cursors)
    async with ctx.read(permission) as unit:
        await initiative_of(cmd.initiative_id, unit.initiatives)
        rows = await unit.initiatives.page_groups(cmd.initiative_id, cmd.limit + 1, after)
    return make_page([group_view(row) for row in rows], cmd, ctx.cursors, _key)


def _key(view: GroupView) -> Key:
    return (str(view.id),)


async def _save_pushed(cmd: CreateGroup, push: PushDecision, unit: ChangeUnit, ctx: Context[ChangeUnit]) -> Group:
    """Insert or update the group of a push, and return it."""
    if push.head is None:
        if await unit.initiatives.count_groups(cmd.initiative_id) >= MAX_GROUPS:
            raise Invalid.at("", Code.OUT_OF_RANGE, f"an initiative has at most {MAX_GROUPS} groups; merge some of them")
        group = _new(cmd, ctx)
        await unit.initiatives.add_group(group)
        unit.audit.record(Subject.GROUP, group.id, after=group)
    else:
        before = await unit.initiatives.lock_group(cmd.initiative_id, GroupId(push.head.id))
        if before is None:
            raise Invalid.at("/external_id", Code.DUPLICATE, "a group of another initiative has this external_id; use another")
        group = _edited(before, cmd)
        await unit.initiatives.replace_group(group)
        unit.audit.record(Subject.GROUP, group.id, before=before, after=group)
    return group


def _new(cmd: CreateGroup, ctx: Context[ChangeUnit]) -> Group:
    return Group(
        id=GroupId(ctx.new_id()),
        initiative_id=cmd.initiative_id,
        name=cmd.name,
        size=cmd.size,
        role=cmd.role,
        must_change_practice=cmd.must_change_practice,
        estimate=None,
        phases=NO_PHASES,
        external_id=cmd.external_id,
        created_at=ctx.now(),
        version=1,
    )


def _edited(before: Group, cmd: CreateGroup | EditGroup) -> Group:
    return replace(
        before,
        name=cmd.name,
        size=cmd.size,
        role=cmd.role,
        must_change_practice=cmd.must_change_practice,
        version=before.version + 1,
    )


def group_view(group: Group) -> GroupView:
    """Return the view of `group`."""
    return GroupView(
        id=group.id,
        initiative_id=group.initiative_id,
        external_id=group.external_id,
        name=group.name,
        size=group.size,
        role=group.role,
        must_change_practice=group.must_change_practice,
        estimate=group.estimate,
        phases=group.phases,
        created_at=group.created_at,
        version=group.version,
    )


def _receipt(group: Group, cmd: CreateGroup, push: PushDecision) -> GroupReceiptView:
    return GroupReceiptView(
        id=group.id,
        external_id=cmd.external_id,
        external_version=None if cmd.external_id is None else str(version_of(cmd)),
        outcome=push.outcome,
        group=group_view(group),
    )
