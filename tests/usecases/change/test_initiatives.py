from dataclasses import replace
from datetime import date
from uuid import UUID

import pytest

from domain.change.commands import (
    CreateGroup,
    CreateInitiative,
    EditGroup,
    EditInitiative,
    ListGroups,
    ListInitiatives,
    ReadGroup,
    ReadInitiative,
)
from domain.change.model import GroupRole, Stakes
from domain.change.usecases.groups import create_group, edit_group, list_groups, read_group
from domain.change.usecases.initiatives import create_initiative, edit_initiative, list_initiatives, read_initiative
from domain.directory.model import PersonRef, SchoolRef
from domain.shared.context import Scope
from domain.shared.errors import Code, Forbidden, Invalid, NotFound, Stale
from domain.shared.idempotent_push import Outcome, VersionOlder, VersionReused
from domain.shared.ids import GroupId, InitiativeId
from tests.support.fakes.change import LEADER, NOW, SCHOOL, FakeReferences, StoredChange, context

DESCRIBED = CreateInitiative(
    leader=PersonRef(sourced_id="p-leader"),
    title="One reading programme",
    school=SchoolRef(sourced_id="s-1"),
    stakes=Stakes.HIGH,
    goal_tied_to_student_learning=True,
    about_teaching_and_learning=True,
)
NOWHERE = InitiativeId(UUID(int=404))


def group_of(initiative_id, **changes) -> CreateGroup:
    return CreateGroup(
        **({"initiative_id": initiative_id, "name": "office", "size": 8, "role": GroupRole.SUPPORTING} | changes)
    )


def edit_of(cmd: CreateInitiative, initiative_id, version, **changes) -> EditInitiative:
    described = {name: value for name, value in vars(cmd).items() if name not in {"external_id", "external_version"}} | changes
    return EditInitiative(initiative_id=initiative_id, expected_version=version, **described)


async def test_an_initiative_is_described_and_read():
    ctx = context(StoredChange())
    created = await create_initiative(DESCRIBED, ctx)
    view = await read_initiative(ReadInitiative(initiative_id=created.id), ctx)
    assert view == created.initiative
    assert (created.outcome, created.external_id, created.external_version) == (Outcome.CREATED, None, None)
    assert (view.leader_id, view.school_id, view.version, view.created_at) == (LEADER, SCHOOL, 1, NOW)


async def test_writing_and_reading_need_their_scopes():
    stored = StoredChange()
    with pytest.raises(Forbidden):
        await create_initiative(DESCRIBED, context(stored, [Scope.CHANGE_READ]))
    with pytest.raises(Forbidden):
        await list_initiatives(ListInitiatives(), context(stored, [Scope.CHANGE_WRITE]))


async def test_leader_and_school_that_cannot_be_found_are_refused_together():
    stored = StoredChange()
    cmd = replace(DESCRIBED, leader=PersonRef(sourced_id="p-nobody"), school=SchoolRef(sourced_id="s-9"))
    with pytest.raises(Invalid) as error:
        await create_initiative(cmd, context(stored))
    assert [(f.pointer, f.code) for f in error.value.errors] == [
        ("/leader", Code.PERSON_NOT_FOUND),
        ("/school", Code.SCHOOL_NOT_FOUND),
    ]
    assert not stored.initiatives


async def test_only_a_leader_has_initiatives():
    with pytest.raises(Invalid) as error:
        await create_initiative(replace(DESCRIBED, leader=PersonRef(sourced_id="p-teacher")), context(StoredChange()))
    assert error.value.code == Code.SUBJECT_NOT_LEADER


def test_an_initiative_does_not_end_before_it_starts():
    with pytest.raises(Invalid) as error:
        replace(DESCRIBED, starts_on=date(2026, 9, 1), ends_on=date(2026, 8, 31), external_version="1")
    assert [f.pointer for f in error.value.errors] == ["/external_id", "/ends_on"]


async def test_twice_is_once():
    stored = StoredChange()
    ctx = context(stored)
    pushed = replace(DESCRIBED, external_id="i-1")
    first = await create_initiative(pushed, ctx)
    repeated = await create_initiative(pushed, ctx)
    assert (repeated.id, repeated.outcome, repeated.external_version) == (first.id, Outcome.UNCHANGED, "1")
    assert len(stored.initiatives) == 1


async def test_a_repeat_stays_unchanged_though_the_leader_has_left(monkeypatch):
    ctx = context(StoredChange())
    cmd = replace(DESCRIBED, external_id="i-1")
    await create_initiative(cmd, ctx)
    monkeypatch.setattr(FakeReferences, "people_known", {})
    assert (await create_initiative(cmd, ctx)).outcome is Outcome.UNCHANGED


async def test_versions_replace_and_older_or_reused_ones_are_refused():
    ctx = context(StoredChange())
    pushed = replace(DESCRIBED, external_id="i-1", external_version="2")
    first = await create_initiative(pushed, ctx)
    with pytest.raises(VersionReused):
        await create_initiative(replace(pushed, title="Another"), ctx)
    with pytest.raises(VersionOlder):
        await create_initiative(replace(pushed, external_version="1"), ctx)
    newer = await create_initiative(replace(pushed, title="Another", external_version="10"), ctx)
    assert (newer.id, newer.outcome, newer.external_version) == (first.id, Outcome.REPLACED, "10")
    assert (newer.initiative.title, newer.initiative.version) == ("Another", 2)


async def test_an_edit_names_the_version_it_changes():
    ctx = context(StoredChange())
    created = await create_initiative(DESCRIBED, ctx)
    edited = await edit_initiative(edit_of(DESCRIBED, created.id, 1, title="Another", stakes=None), ctx)
    assert (edited.title, edited.stakes, edited.version) == ("Another", None, 2)
    with pytest.raises(Stale) as error:
        await edit_initiative(edit_of(DESCRIBED, created.id, 1), ctx)
    assert error.value.extensions == {"current_version": 2}
    with pytest.raises(NotFound):
        await edit_initiative(edit_of(DESCRIBED, NOWHERE, 1), ctx)


async def test_initiatives_come_in_pages_newest_first():
    ctx = context(StoredChange())
    created = [(await create_initiative(DESCRIBED, ctx)).id for _ in range(3)]
    first = await list_initiatives(ListInitiatives(limit=2), ctx)
    rest = await list_initiatives(ListInitiatives(limit=2, cursor=first.next_cursor), ctx)
    assert [i.id for i in (*first.items, *rest.items)] == created[::-1]
    assert rest.next_cursor is None


async def test_a_group_is_added_described_anew_and_read():
    ctx = context(StoredChange())
    initiative = await create_initiative(DESCRIBED, ctx)
    created = await create_group(group_of(initiative.id), ctx)
    assert (created.group.phases.implement, created.group.estimate, created.group.version) == (0, None, 1)
    edit = EditGroup(
        initiative_id=initiative.id,
        group_id=created.id,
        expected_version=1,
        name="front office",
        size=9,
        role=GroupRole.AFFECTED,
        must_change_practice=True,
    )
    edited = await edit_group(edit, ctx)
    assert edited == await read_group(ReadGroup(initiative_id=initiative.id, group_id=created.id), ctx)
    assert (edited.name, edited.size, edited.version) == ("front office", 9, 2)
    with pytest.raises(Stale):
        await edit_group(edit, ctx)


async def test_a_group_is_found_under_its_own_initiative_only():
    ctx = context(StoredChange())
    one, other = await create_initiative(DESCRIBED, ctx), await create_initiative(DESCRIBED, ctx)
    created = await create_group(group_of(one.id), ctx)
    with pytest.raises(NotFound):
        await read_group(ReadGroup(initiative_id=other.id, group_id=created.id), ctx)
    with pytest.raises(NotFound):
        await create_group(group_of(NOWHERE), ctx)
    with pytest.raises(NotFound):
        await list_groups(ListGroups(initiative_id=NOWHERE), ctx)


async def test_a_group_pushed_twice_is_one_and_stays_with_its_initiative():
    stored = StoredChange()
    ctx = context(stored)
    one, other = await create_initiative(DESCRIBED, ctx), await create_initiative(DESCRIBED, ctx)
    first = await create_group(group_of(one.id, external_id="g-1"), ctx)
    repeated = await create_group(group_of(one.id, external_id="g-1"), ctx)
    assert (repeated.id, repeated.outcome) == (first.id, Outcome.UNCHANGED)
    newer = await create_group(group_of(one.id, external_id="g-1", external_version="2", size=9), ctx)
    assert (newer.id, newer.outcome, newer.group.size) == (first.id, Outcome.REPLACED, 9)
    with pytest.raises(Invalid) as error:
        await create_group(group_of(other.id, external_id="g-1", external_version="3"), ctx)
    assert error.value.errors[0].pointer == "/external_id"
    assert len(stored.groups) == 1


async def test_groups_come_in_the_order_they_were_added():
    ctx = context(StoredChange())
    initiative = await create_initiative(DESCRIBED, ctx)
    created = [(await create_group(group_of(initiative.id, name=f"group {i}"), ctx)).id for i in range(3)]
    first = await list_groups(ListGroups(initiative_id=initiative.id, limit=2), ctx)
    rest = await list_groups(ListGroups(initiative_id=initiative.id, limit=2, cursor=first.next_cursor), ctx)
    assert [g.id for g in (*first.items, *rest.items)] == created


async def test_an_initiative_has_a_bounded_number_of_groups():
    stored = StoredChange()
    ctx = context(stored)
    initiative = await create_initiative(DESCRIBED, ctx)
    created = await create_group(group_of(initiative.id), ctx)
    for i in range(1000, 1099):
        stored.groups[GroupId(UUID(int=i))] = replace(stored.groups[created.id], id=GroupId(UUID(int=i)))
    with pytest.raises(Invalid) as error:
        await create_group(group_of(initiative.id), ctx)
    assert error.value.code == Code.OUT_OF_RANGE
