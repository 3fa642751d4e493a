"""Schools, people and leaders, read page by page behind the fence."""

from dataclasses import replace
from datetime import date
from uuid import uuid4

import pytest

from domain.directory.commands import ListLeaders, ListPeople, ListSchools, ReadLeader, ReadPerson, ReadSchool
from domain.directory.usecases.people_and_schools import (
    list_leaders,
    list_people,
    list_schools,
    read_leader,
    read_person,
    read_school,
)
from domain.directory.views import UserIdView
from domain.shared.errors import Forbidden, Invalid, NotFound
from domain.shared.ids import PersonId, SchoolId
from domain.shared.roles import LEADER_ROLES, Role
from tests.support.districts import bring, grand_bend, looked_up, new_district, small
from tests.support.roster_packages import CLEAN, clean
from tests.support.units import tenant_connection


async def test_a_person_is_shown_with_everything_that_is_kept(database):
    district = await small(database)
    shown = await read_person(ReadPerson(person_id=district.person("u1")), district.ctx)
    assert (shown.given_name, shown.middle_name, shown.family_name) == ("Ann", "Q", "Apple")
    assert (shown.preferred_given_name, shown.preferred_family_name) == ("Annie", None)
    assert (shown.email, shown.username, shown.identifier) == ("ann@example.org", "apple", "E1")
    assert shown.user_ids == (UserIdView(type="Badge", value="7"), UserIdView(type="State", value="11"))
    assert (shown.enabled, shown.active, shown.is_leader) == (True, True, True)
    (post,) = shown.assignments
    assert (post.school_id, post.org_name, post.org_type) == (district.school("s1"), "Hill School", "school")
    assert (post.role_type, post.role_sent, post.role) == ("primary", "principal", Role.PRINCIPAL)
    assert (post.active, post.begins_on, post.ends_on) == (True, date(2020, 8, 1), None)


async def test_an_assignment_to_the_district_names_no_school(database):
    district = await small(database, roles=CLEAN["roles.csv"].replace("s2", "d"))
    shown = await read_person(ReadPerson(person_id=district.person("u2")), district.ctx)
    assert [(a.school_id, a.org_name, a.org_type) for a in shown.assignments] == [(None, "Lake District", "district")]


async def pages(list_things, command, ctx):
    """Every page, walked by cursor."""
    walked = [await list_things(command, ctx)]
    while walked[-1].next_cursor:
        walked.append(await list_things(replace(command, cursor=walked[-1].next_cursor), ctx))
    return walked


async def test_all_of_grand_bend_is_walked_by_name_once_each(database):
    district = await grand_bend(database)
    walked = await pages(list_people, ListPeople(limit=7), district.ctx)
    assert [len(page.items) for page in walked] == [7] * 9 + [5]
    shown = [person for page in walked for person in page.items]
    keys = [(p.family_name, p.given_name, str(p.id)) for p in shown]
    assert (keys, len(set(keys))) == (sorted(keys), 68)
    assert sum(len(p.assignments) for p in shown) == 69
    assert (await list_people(ListPeople(limit=100), district.ctx)).items == tuple(shown)


async def test_equal_names_are_walked_by_id(database):
    users = CLEAN["users.csv"].replace("Ben,Berry", "Ann,Apple")
    district = await small(database, users=users)
    walked = await pages(list_people, ListPeople(limit=1), district.ctx)
    assert [page.items[0].id for page in walked] == sorted(p.id for p in district.people)


@pytest.mark.parametrize(
    "command",
    [{"sourced_id": "u1"}, {"identifier": "E1"}, {"username": "Apple"}, {"email": "ANN@example.org"}],
    ids=lambda command: next(iter(command)),
)
async def test_people_are_filtered(database, command):
    district = await small(database)
    assert [p.sourced_id for p in (await list_people(ListPeople(**command), district.ctx)).items] == ["u1"]
    assert not (
        await list_people(
            ListPeople(**command, identifier="E2") if "identifier" not in command else ListPeople(identifier="e1"), district.ctx
        )
    ).items


async def test_filters_go_with_a_cursor(database):
    district = await small(database, users=CLEAN["users.csv"].replace(",E2,", ",E1,"))
    walked = await pages(list_people, ListPeople(identifier="E1", limit=1), district.ctx)
    assert [page.items[0].sourced_id for page in walked] == ["u1", "u2"]
    with pytest.raises(Invalid, match="does not belong to this list"):
        await list_people(ListPeople(identifier="E2", cursor=walked[0].next_cursor), district.ctx)


async def test_schools_are_walked_by_name_and_the_district_is_none(database):
    district = await grand_bend(database)
    walked = await pages(list_schools, ListSchools(limit=2), district.ctx)
    names = [school.name for page in walked for school in page.items]
    assert (names, len(names)) == (sorted(names), 3)
    shown = walked[0].items[0]
    assert await read_school(ReadSchool(school_id=shown.id), district.ctx) == shown


async def test_leaders_are_those_who_hold_or_held_the_roles(database):
    district = await grand_bend(database)
    walked = await pages(list_leaders, ListLeaders(limit=2), district.ctx)
    shown = [leader for page in walked for leader in page.items]
    assert [leader.id for leader in shown] == [p.id for p in district.people if p.is_leader]
    held = {p.id: [a.school_id for a in p.assignments if a.role in LEADER_ROLES] for p in district.people}
    assert shown
    for leader in shown:
        assert (leader.leads_now, leader.former_school_ids) == (True, ())
        assert sorted(leader.school_ids) == sorted(set(held[leader.id]))
        assert await read_leader(ReadLeader(leader_id=leader.id), district.ctx) == leader


async def test_a_former_leader_shows_the_school_as_former(database):
    district = await small(database)
    await bring(district, clean(roles=CLEAN["roles.csv"].replace("principal,2020-08-01", "teacher,2020-08-01")))
    (leader,) = (await list_leaders(ListLeaders(), district.ctx)).items
    assert (leader.active, leader.leads_now) == (True, False)
    assert (leader.school_ids, leader.former_school_ids) == ((), (district.school("s1"),))


async def test_a_teacher_is_no_leader(database):
    district = await small(database)
    with pytest.raises(NotFound):
        await read_leader(ReadLeader(leader_id=district.person("u2")), district.ctx)


async def test_another_district_sees_nothing(database):
    one, two = await small(database), await new_district(database, "Other")
    assert (await looked_up(two)).people == (await looked_up(two)).schools == (await looked_up(two)).leaders == ()
    for asked in (
        read_person(ReadPerson(person_id=one.person("u1")), two.ctx),
        read_leader(ReadLeader(leader_id=one.person("u1")), two.ctx),
        read_school(ReadSchool(school_id=one.school("s1")), two.ctx),
    ):
        with pytest.raises(NotFound):
            await asked


async def test_a_school_is_no_person_and_the_districts_own_org_no_school(database):
    district = await small(database)
    async with tenant_connection(database.app_url, district.id) as raw:
        own = await raw.fetchval("select id from org where type = 'district'")
    with pytest.raises(NotFound):
        await read_school(ReadSchool(school_id=SchoolId(own)), district.ctx)


async def test_everything_needs_the_scope(database):
    district = await new_district(database)
    blind = replace(district, actor=replace(district.actor, scopes=frozenset())).ctx
    for asked in (
        list_people(ListPeople(), blind),
        read_person(ReadPerson(person_id=PersonId(uuid4())), blind),
        list_schools(ListSchools(), blind),
        read_school(ReadSchool(school_id=SchoolId(uuid4())), blind),
        list_leaders(ListLeaders(), blind),
        read_leader(ReadLeader(leader_id=PersonId(uuid4())), blind),
    ):
        with pytest.raises(Forbidden):
            await asked


@pytest.mark.parametrize("command", [ListPeople, ListSchools, ListLeaders])
@pytest.mark.parametrize("limit", [0, 101])
def test_a_page_holds_one_to_a_hundred(command, limit):
    with pytest.raises(Invalid) as refusal:
        command(limit=limit)
    assert [(f.pointer, f.code) for f in refusal.value.errors] == [("/limit", "out_of_range")]


def test_a_filter_that_nothing_can_have_is_refused():
    with pytest.raises(Invalid) as refusal:
        ListPeople(email="a\x00b")
    assert [(f.pointer, f.code) for f in refusal.value.errors] == [("/email", "malformed")]
