"""People and schools found by what others call them, behind the fence."""

from uuid import uuid4

from domain.directory.model import ObserverRef, PersonRef, SchoolRef, UserId, identifier_of
from domain.directory.ports import ReferencedPerson
from domain.roster.commands import PutRoleMapping
from domain.roster.role_mapping import RoleMappingEntry
from domain.roster.usecases import put_role_mapping
from domain.shared.ids import PersonId
from domain.shared.roles import Role
from tests.support.districts import bring, new_district, small
from tests.support.roster_packages import CLEAN, clean
from tests.support.units import PgDistrict


async def people(district, *refs):
    async with PgDistrict(district.database.app_url, district.id).read() as unit:
        return await unit.references.people(refs)


async def schools(district, *refs):
    async with PgDistrict(district.database.app_url, district.id).read() as unit:
        return await unit.references.schools(refs)


async def test_a_person_is_found_in_each_of_six_ways_at_once(database):
    district = await small(database)
    own = district.person("u1")
    refs = (
        PersonRef(id=own),
        PersonRef(sourced_id="u1"),
        PersonRef(identifier="E1"),
        PersonRef(username="APPLE"),
        PersonRef(user_id=UserId(type="State", value="11")),
        PersonRef(email="Ann@Example.ORG"),
    )
    known = ReferencedPerson(id=own, is_leader=True, may_supervise=False)
    assert await people(district, *refs) == {identifier_of(ref): (known,) for ref in refs}


async def test_case_counts_where_it_is_not_folded(database):
    district = await small(database)
    refs = (PersonRef(sourced_id="U1"), PersonRef(identifier="e1"), PersonRef(user_id=UserId(type="state", value="11")))
    assert await people(district, *refs) == {}


async def test_several_people_under_one_name_are_all_found(database):
    district = await small(database, users=CLEAN["users.csv"].replace(",E2,", ",E1,"))
    found = await people(district, PersonRef(identifier="E1"))
    assert {k.id for k in found["identifier", "E1"]} == {district.person("u1"), district.person("u2")}


async def test_who_is_not_there_is_not_found(database):
    district = await small(database)
    refs = (
        PersonRef(id=PersonId(uuid4())),
        PersonRef(email="nobody@example.org"),
        PersonRef(sourced_id="nul\x00"),
        ObserverRef(external_name="Ann Apple"),
    )
    assert await people(district, *refs) == {}
    assert await people(district) == {}


async def test_a_leader_stays_one_when_the_assignment_ended(database):
    district = await small(database)
    await bring(district, clean(roles=CLEAN["roles.csv"].replace("principal,2020-08-01", "teacher,2020-08-01")))
    (known,) = (await people(district, PersonRef(sourced_id="u1")))["sourced_id", "u1"]
    assert known.is_leader


async def test_a_supervisor_is_one_while_the_assignment_lasts(database):
    district = await small(database, roles=CLEAN["roles.csv"].replace("teacher", "districtAdministrator"))
    entry = RoleMappingEntry(roster_role="districtAdministrator", role=Role.SUPERVISOR)
    ref = PersonRef(sourced_id="u2")
    assert not (await people(district, ref))[identifier_of(ref)][0].may_supervise
    await put_role_mapping(PutRoleMapping(entries=(entry,)), district.ctx)
    assert (await people(district, ref))[identifier_of(ref)][0].may_supervise
    await bring(district, clean())
    assert not (await people(district, ref))[identifier_of(ref)][0].may_supervise


async def test_a_school_is_found_in_three_ways_and_the_district_is_none(database):
    district = await small(database)
    own = district.school("s1")
    refs = (SchoolRef(id=own), SchoolRef(sourced_id="s1"), SchoolRef(identifier="S1"))
    assert await schools(district, *refs) == {identifier_of(ref): (own,) for ref in refs}
    assert await schools(district, SchoolRef(sourced_id="d"), SchoolRef(identifier="D1")) == {}
    assert await schools(district) == {}


async def test_references_see_nothing_of_another_district(database):
    one, two = await small(database), await new_district(database, "Other")
    assert await people(two, PersonRef(id=one.person("u1")), PersonRef(sourced_id="u1")) == {}
    assert await schools(two, SchoolRef(id=one.school("s1")), SchoolRef(sourced_id="s1")) == {}


async def test_the_time_zone_is_the_districts(database):
    district = await new_district(database, time_zone="America/Toronto")
    async with PgDistrict(database.app_url, district.id).read() as unit:
        assert await unit.references.time_zone() == "America/Toronto"
