"""What people may do for themselves and to one another, each as they stand in the database."""

import asyncio
from dataclasses import replace
from datetime import UTC, date, datetime
from itertools import pairwise
from uuid import UUID

import pytest

from domain.accounts.commands import ActivatePerson, DeactivatePerson
from domain.accounts.usecases.admin import activate_person, deactivate_person
from domain.assessments.usecases import assess_as_supervisor
from domain.change.commands import ListInitiatives
from domain.change.usecases.initiatives import list_initiatives
from domain.directory.commands import ListLeaders, ListPeople, ReadPerson
from domain.directory.model import PersonRef
from domain.directory.usecases.districts_and_clients import operator_actor
from domain.directory.usecases.people_and_schools import list_leaders, list_people, read_person
from domain.people.commands import (
    AddSupervision,
    DeleteNote,
    Edge,
    EditNote,
    GiveSupportConsent,
    GrantRole,
    ImportSupervision,
    InvitePerson,
    ListNotes,
    ListRoleGrants,
    ListShares,
    ListSupervision,
    ListSupportConsents,
    MergePeople,
    PutSupervision,
    ReadMe,
    RemoveSupervision,
    Share,
    Unshare,
    WithdrawRole,
    WriteNote,
)
from domain.people.usecases.invitations import invite_person
from domain.people.usecases.me import read_me
from domain.people.usecases.merge_people import merge_people
from domain.people.usecases.notes import delete_note, edit_note, list_notes, write_note
from domain.people.usecases.role_grants import grant_role, list_role_grants, withdraw_role
from domain.people.usecases.sharing import list_shares, share, unshare
from domain.people.usecases.supervision import (
    add_supervision,
    import_supervision,
    list_supervision,
    put_supervision,
    remove_supervision,
)
from domain.people.usecases.support_consent import give_support_consent, list_support_consents
from domain.privacy.commands import ErasePerson
from domain.privacy.usecases.erase_person import erase_person
from domain.scoring.commands import ReadProfile, ReadProfiles
from domain.scoring.usecases.profile import read_profile, read_profiles
from domain.shared.context import Actor, ActorKind
from domain.shared.errors import Conflict, Forbidden, Invalid, NotFound, Stale
from domain.shared.roles import Role
from tests.support.attacks import admin_connection
from tests.support.payloads import SELF, SUPERVISOR_RATED, visit
from tests.support.people import ALL, Person, operate, person, run
from tests.support.permission_walk import RATED
from tests.support.rest_graphql_driver import GraphQL, Rest
from tests.support.units import begin_test_transaction

PRINCIPAL, OTHER_PRINCIPAL, TEACHER, ADMINISTRATOR = "207267", "207270", "207219", "207247"
COLLEAGUE = "207268"
"""A teacher of the principal's own school, whom the principal's directory shows."""


@pytest.fixture
async def cast(district):
    """A principal, another principal, a teacher and somebody with a supervising role."""
    await district.http.put(
        "/v1/roster/role-mapping", json={"systemAdministrator": "supervisor", "districtAdministrator": "supervisor"}
    )
    leaders = (await district.http.get("/v1/leaders")).json()["items"]
    other = next(found["id"] for found in leaders if found["sourced_id"] != PRINCIPAL)
    return {
        "principal": await person(district, PRINCIPAL),
        "other": Person(district, UUID(other)),
        "teacher": await person(district, TEACHER),
        "colleague": await person(district, COLLEAGUE),
        "supervisor": await person(district, ADMINISTRATOR),
    }


def edge(who, led):
    return {"supervisor": PersonRef(id=who.id), "leader": PersonRef(id=led.id)}


async def reads_profile(reader, leader):
    """Whether one sees the other's profile; not found or withheld otherwise, and no other refusal."""
    try:
        found = await reader.do(read_profile, ReadProfile(leader_id=leader.id))
    except NotFound:
        return False
    except Forbidden as refused:
        if refused.code != "scores_not_visible":
            raise
        return False
    return found.leader_id == leader.id


async def test_a_leader_sees_their_own_profile_and_nobody_elses(cast):
    assert await reads_profile(cast["principal"], cast["principal"])
    assert not await reads_profile(cast["principal"], cast["other"])
    assert not await reads_profile(cast["teacher"], cast["principal"])
    ids = (cast["other"].id, cast["principal"].id)
    seen = await cast["principal"].do(read_profiles, ReadProfiles(leader_ids=ids))
    assert [view.leader_id for view in seen] == [cast["principal"].id]


async def test_a_supervisor_sees_the_leaders_they_supervise_as_long_as_they_may_supervise(district, cast):
    supervisor, leader = cast["supervisor"], cast["principal"]
    assert not await reads_profile(supervisor, leader)
    made = await operate(district, add_supervision, AddSupervision(**edge(supervisor, leader)))
    assert made.done
    assert not (await operate(district, add_supervision, AddSupervision(**edge(supervisor, leader)))).done
    assert await reads_profile(supervisor, leader)
    assert not await reads_profile(supervisor, cast["other"])
    await district.http.put(
        "/v1/roster/role-mapping",
        json={"systemAdministrator": None, "districtAdministrator": None},
        headers={"If-Match": '"1"'},
    )
    assert not await reads_profile(supervisor, leader)
    await operate(district, grant_role, GrantRole(person_id=supervisor.id, role=Role.SUPERVISOR))
    assert await reads_profile(supervisor, leader)
    await operate(district, remove_supervision, RemoveSupervision(**edge(supervisor, leader)))
    assert not await reads_profile(supervisor, leader)


async def test_a_coach_sees_what_a_leader_shares_until_it_is_taken_back(cast):
    leader, coach = cast["principal"], cast["colleague"]
    made = await leader.do(share, Share(coach=PersonRef(id=coach.id)))
    assert made.coach_id == coach.id
    assert await reads_profile(coach, leader)
    assert [s.leader_id for s in (await coach.do(list_shares, ListShares())).received] == [leader.id]
    assert (await leader.do(unshare, Unshare(coach_id=coach.id))).done
    assert not (await leader.do(unshare, Unshare(coach_id=coach.id))).done
    assert not await reads_profile(coach, leader)


async def test_sharing_ends_with_its_last_day(district, cast):
    leader, coach = cast["principal"], cast["colleague"]
    with pytest.raises(Invalid) as refused:
        await leader.do(share, Share(coach=PersonRef(id=coach.id), until=date(2020, 1, 1)))
    assert refused.value.errors[0].pointer == "/until"
    await leader.do(share, Share(coach=PersonRef(id=coach.id), until=date(2199, 1, 1)))
    assert await reads_profile(coach, leader)
    await _sql(district, "update sharing set until = '2020-01-01'")
    assert not await reads_profile(coach, leader)
    assert (await coach.do(list_shares, ListShares())).received == ()


async def test_nobody_shares_for_somebody_else_or_with_themselves(cast):
    with pytest.raises(Forbidden) as refused:
        await cast["teacher"].do(share, Share(coach=PersonRef(id=cast["other"].id)))
    assert refused.value.code == "role_missing"
    with pytest.raises(Invalid):
        await cast["principal"].do(share, Share(coach=PersonRef(id=cast["principal"].id)))


async def test_what_a_roster_says_opens_no_door_to_administration(district, cast):
    await district.http.put(
        "/v1/roster/role-mapping",
        json={"systemAdministrator": "district_admin", "districtAdministrator": "district_admin"},
        headers={"If-Match": '"1"'},
    )
    admin = cast["supervisor"]
    with pytest.raises(Forbidden):
        await admin.do(grant_role, GrantRole(person_id=cast["teacher"].id, role=Role.DISTRICT_ADMIN))
    await operate(district, grant_role, GrantRole(person_id=admin.id, role=Role.DISTRICT_ADMIN))
    assert (await admin.do(grant_role, GrantRole(person_id=cast["teacher"].id, role=Role.DISTRICT_ADMIN))).done


async def test_an_administrator_does_not_see_profiles(district, cast):
    await operate(district, grant_role, GrantRole(person_id=cast["teacher"].id, role=Role.DISTRICT_ADMIN))
    assert not await reads_profile(cast["teacher"], cast["principal"])
    assert len((await cast["teacher"].do(list_people, ListPeople(limit=100))).items) == 68


async def test_the_last_administrator_stays(district, cast):
    one, two = cast["teacher"], cast["supervisor"]
    for who in (one, two):
        await operate(district, grant_role, GrantRole(person_id=who.id, role=Role.DISTRICT_ADMIN))
    withdraw = WithdrawRole(person_id=two.id, role=Role.DISTRICT_ADMIN)
    assert (await one.do(withdraw_role, withdraw)).done
    with pytest.raises(Conflict) as refused:
        await one.do(withdraw_role, WithdrawRole(person_id=one.id, role=Role.DISTRICT_ADMIN))
    assert refused.value.code == "last_admin"


async def test_an_administrator_stays_whom_nobody_active_could_let_in_again(district, cast):
    """A deactivated second one lets nobody in; the operator at the server may do as they like."""
    last, gone = cast["teacher"], cast["supervisor"]
    for who in (last, gone):
        await operate(district, grant_role, GrantRole(person_id=who.id, role=Role.DISTRICT_ADMIN))
    await last.do(deactivate_person, DeactivatePerson(person_id=gone.id))
    ways = (
        (withdraw_role, WithdrawRole(person_id=last.id, role=Role.DISTRICT_ADMIN)),
        (deactivate_person, DeactivatePerson(person_id=last.id)),
        (erase_person, ErasePerson(person_id=last.id)),
    )
    for use_case, command in ways:
        with pytest.raises(Conflict) as refused:
            await last.do(use_case, command)
        assert refused.value.code == "last_admin", use_case.__name__
    assert Role.DISTRICT_ADMIN in (await last.do(read_me, ReadMe())).roles
    await last.do(activate_person, ActivatePerson(person_id=gone.id))
    assert (await last.do(deactivate_person, DeactivatePerson(person_id=last.id))).deactivated_at is not None
    assert (await operate(district, deactivate_person, DeactivatePerson(person_id=gone.id))).deactivated_at is not None


async def test_two_administrators_who_remove_each_other_at_once_leave_one(district, cast):
    one, two = cast["teacher"], cast["supervisor"]
    ways = (
        (deactivate_person, lambda whom: DeactivatePerson(person_id=whom.id)),
        (withdraw_role, lambda whom: WithdrawRole(person_id=whom.id, role=Role.DISTRICT_ADMIN)),
    )
    for use_case, command in ways:
        for who in (one, two):
            await operate(district, grant_role, GrantRole(person_id=who.id, role=Role.DISTRICT_ADMIN))
            await operate(district, activate_person, ActivatePerson(person_id=who.id))
        pairs = ((await one.actor(), two), (await two.actor(), one))
        done = await asyncio.gather(
            *(run(district.service.database, actor, use_case, command(whom)) for actor, whom in pairs),
            return_exceptions=True,
        )
        assert [type(d).__name__ for d in done if isinstance(d, Exception)] == ["Conflict"]
    left = await operate(district, list_role_grants, ListRoleGrants())
    assert len(left.items) == 1


async def test_staff_find_the_people_of_their_schools_and_nobody_else(cast):
    teacher = cast["teacher"]
    me = await teacher.do(read_me, ReadMe())
    seen = (await teacher.do(list_people, ListPeople(limit=100))).items
    assert 1 < len(seen) < 68
    assert all({a.school_id for a in found.assignments if a.active} & set(me.school_ids) for found in seen)
    everybody = {found["id"] for found in await _list_people(teacher.district)}
    hidden = UUID(min(everybody - {str(found.id) for found in seen}))
    with pytest.raises(NotFound):
        await teacher.do(read_person, ReadPerson(person_id=hidden))
    with pytest.raises(NotFound):
        await teacher.do(read_person, ReadPerson(person_id=UUID(int=1)))
    assert len((await teacher.do(list_leaders, ListLeaders())).items) < len(
        (await cast["supervisor"].do(list_leaders, ListLeaders())).items
    )


async def test_putting_the_whole_of_supervision_says_first_what_it_would_change(district, cast):
    supervisor, leader, other = cast["supervisor"], cast["principal"], cast["other"]
    await operate(district, add_supervision, AddSupervision(**edge(supervisor, leader)))
    wanted = (Edge(**edge(supervisor, other)),)
    told = await operate(district, put_supervision, PutSupervision(edges=wanted, dry_run=True))
    assert ([e.leader_id for e in told.added], [e.leader_id for e in told.removed], told.unchanged) == (
        [other.id],
        [leader.id],
        0,
    )
    held = (await operate(district, list_supervision, ListSupervision())).items
    assert [e.leader_id for e in held] == [leader.id]
    done = await operate(district, put_supervision, PutSupervision(edges=wanted, expected_version=told.version))
    assert done == replace(told, dry_run=False, version=done.version)
    assert done.version != told.version
    held = (await operate(district, list_supervision, ListSupervision(leader_id=other.id))).items
    assert [e.supervisor_id for e in held] == [supervisor.id]
    again = await operate(district, put_supervision, PutSupervision(edges=wanted))
    assert (again.added, again.removed, again.unchanged, again.version) == ((), (), 1, done.version)


async def test_whoever_replaces_the_whole_of_supervision_names_what_they_replace(district, cast):
    supervisor, leader, other = (cast[who].ref for who in ("supervisor", "principal", "other"))
    one, two = ([{"supervisor": supervisor, "leader": led}] for led in (leader, other))
    drivers = Rest(district.http, district.service.app), GraphQL(district.http)
    first = await drivers[0].made(put_supervision, {"edges": one})  # the first set replaces none
    for driver in drivers:
        assert await driver.expect_error(put_supervision, {"edges": two}) == (428, "if_match_missing", "never", [])
        stale = await driver.do(put_supervision, {"edges": two}, version=first["version"] + 1)
        assert stale.error_summary == (412, "stale", "never", [])
        assert stale.error["current_version"] == str(first["version"])
        tried = await driver.made(put_supervision, {"edges": two, "dry_run": True})
        assert tried["version"] == first["version"]
        file = f"supervisorSourcedId,leaderSourcedId\r\n{ADMINISTRATOR},207266\r\n".encode()
        assert (await driver.expect_error(import_supervision, {"csv": file}))[:2] == (428, "if_match_missing")
        assert (await driver.expect_error(import_supervision, {"csv": file}, version=1))[:2] == (412, "stale")
    shown = await district.http.get("/v1/supervision", params={"limit": "1"})
    assert shown.headers["etag"] == f'"{first["version"]}"'
    held = await district.http.get("/v1/supervision", params={"limit": "1"}, headers={"If-None-Match": shown.headers["etag"]})
    assert held.status_code == 304
    for driver, edges in zip(drivers, (two, one), strict=True):
        version = (await driver.made(put_supervision, {"edges": edges, "dry_run": True}))["version"]
        await driver.made(put_supervision, {"edges": edges}, version=version)
    empty = await drivers[0].made(put_supervision, {"edges": one})
    emptied = await drivers[0].made(put_supervision, {"edges": []}, version=empty["version"])
    assert emptied["version"] == 0


async def test_every_way_of_changing_who_supervises_whom_changes_the_version(district, cast):
    supervisor, leader, other = cast["supervisor"], cast["principal"], cast["other"]

    async def version():
        return (await operate(district, list_supervision, ListSupervision(limit=1))).version

    def whole(*edges, **named):
        return PutSupervision(edges=tuple(Edge(**each) for each in edges), **named)

    file = f"supervisorSourcedId,leaderSourcedId\n{ADMINISTRATOR},{PRINCIPAL}\n".encode()
    ways = (
        (add_supervision, lambda _: AddSupervision(**edge(supervisor, leader))),
        (add_supervision, lambda _: AddSupervision(**edge(supervisor, other))),
        (remove_supervision, lambda _: RemoveSupervision(**edge(supervisor, other))),
        (add_supervision, lambda _: AddSupervision(**edge(supervisor, other))),  # once more
        (put_supervision, lambda version: whole(edge(supervisor, other), expected_version=version)),
        (import_supervision, lambda version: ImportSupervision(csv=file, expected_version=version)),
        (add_supervision, lambda _: AddSupervision(**edge(supervisor, other))),
        (merge_people, lambda _: MergePeople(person_id=leader.id, duplicate_id=other.id)),
        (erase_person, lambda _: ErasePerson(person_id=leader.id)),
    )
    seen = [await version()]
    for use_case, command in ways:
        await operate(district, use_case, command(seen[-1]))
        seen.append(await version())
    assert seen[0] == seen[-1] == 0
    assert all(before != after for before, after in pairwise(seen))
    assert seen[1] == seen[3]  # what was put right again is the same set: nothing is lost by taking it for that
    assert seen[4] != seen[2]  # since another moment
    assert all(0 <= held < 10**9 for held in seen)  # as If-Match takes them


async def test_of_two_who_put_the_first_set_at_once_one_must_read_the_others(district, cast):
    """There is no row yet that one could wait for: the second waits for the first as such."""
    supervisor, leader, other = cast["supervisor"], cast["principal"], cast["other"]
    service = district.service
    async with begin_test_transaction(service.database.app_url, operator_actor("tests", district.id)) as unit:
        assert await unit.supervision.all() == []
        wanted = PutSupervision(edges=(Edge(**edge(supervisor, other)),))
        second = asyncio.create_task(operate(district, put_supervision, wanted))
        await asyncio.wait({second}, timeout=0.3)
        assert not second.done()
        await unit.supervision.add([(supervisor.id, leader.id)], datetime.now(UTC))
        await unit.commit()
    with pytest.raises(Invalid) as refused:
        await second
    assert refused.value.code == "if_match_missing"
    held = (await operate(district, list_supervision, ListSupervision())).items
    assert [e.leader_id for e in held] == [leader.id]


async def test_a_file_of_edges_is_taken_whole_or_refused_with_every_line_at_fault(district, cast):
    file = f"supervisorSourcedId,leaderSourcedId\r\n{ADMINISTRATOR},{PRINCIPAL}\r\n\r\n"
    told = await operate(district, import_supervision, ImportSupervision(csv=b"\xef\xbb\xbf" + file.encode()))
    assert len(told.added) == 1
    bad = file + f"{TEACHER},{PRINCIPAL}\r\n{ADMINISTRATOR},{TEACHER}\r\n{PRINCIPAL},{PRINCIPAL}\r\n"
    with pytest.raises(Invalid) as refused:
        await operate(district, import_supervision, ImportSupervision(csv=bad.encode()))
    assert {e.code for e in refused.value.errors} == {"not_a_supervisor", "subject_not_leader", "not_allowed"}
    # A line is counted as an editor does, from the heading's 0, whatever is wrong with it and whatever is empty above it.
    for lines, at in ((f"{TEACHER}\r\n", "/3"), (f"{ADMINISTRATOR},nobody\r\n", "/3/leader")):
        with pytest.raises(Invalid) as refused:
            await operate(district, import_supervision, ImportSupervision(csv=(file + lines).encode()))
        assert [e.pointer for e in refused.value.errors] == [at]
    for broken in (
        b"",
        b"a,b\n1,2\n",
        b"\xff\xfe",
        b"supervisorSourcedId,leaderSourcedId\n1\n",
        b"supervisorSourcedId,leaderSourcedId\n,2\n",
    ):
        with pytest.raises(Invalid):
            await operate(district, import_supervision, ImportSupervision(csv=broken))
    assert len((await operate(district, list_supervision, ListSupervision())).items) == 1


async def test_where_the_district_says_who_supervises_a_leader_nobody_else_assesses_them(district, cast):
    rest, leader = Rest(district.http, district.service.app), cast["principal"]
    said = {"leader_id": str(leader.id)} | SUPERVISOR_RATED | RATED
    assert (await rest.do(assess_as_supervisor, said)).expected_data["outcome"] == "created"
    await operate(district, grant_role, GrantRole(person_id=cast["teacher"].id, role=Role.SUPERVISOR))
    await operate(district, add_supervision, AddSupervision(**edge(cast["teacher"], leader)))
    refused = await rest.expect_error(assess_as_supervisor, said)
    assert refused == (422, "not_a_supervisor", "never", [("/supervisor", "not_a_supervisor")])
    said |= {"supervisor": {"sourced_id": TEACHER}}
    assert (await rest.do(assess_as_supervisor, said)).expected_data["outcome"] == "created"


async def test_a_private_note_is_seen_by_its_author_alone(district, cast):
    author = cast["supervisor"]
    note = await author.do(write_note, WriteNote(text="Ask about the reading block.", leader_id=cast["principal"].id))
    assert [n.text for n in (await author.do(list_notes, ListNotes())).items] == [note.text]
    await operate(district, grant_role, GrantRole(person_id=cast["teacher"].id, role=Role.DISTRICT_ADMIN))
    for other in (cast["principal"], cast["teacher"]):
        assert (await other.do(list_notes, ListNotes())).items == ()
        with pytest.raises(NotFound):
            await other.do(edit_note, EditNote(note_id=note.id, text="x", expected_version=1))
        assert not (await other.do(delete_note, DeleteNote(note_id=note.id))).done
    with pytest.raises(Forbidden):
        await operate_as_machine(district, list_notes, ListNotes())
    edited = await author.do(edit_note, EditNote(note_id=note.id, text="Asked.", expected_version=1))
    assert edited.version == 2
    with pytest.raises(Stale):
        await author.do(edit_note, EditNote(note_id=note.id, text="x", expected_version=1))
    assert (await author.do(delete_note, DeleteNote(note_id=note.id))).done
    assert (await author.do(list_notes, ListNotes())).items == ()


async def test_notes_are_paged_newest_first_and_by_leader(cast):
    author = cast["supervisor"]
    made = [await author.do(write_note, WriteNote(text=f"n{n}")) for n in range(3)]
    about = await author.do(write_note, WriteNote(text="about", leader_id=cast["principal"].id))
    first = await author.do(list_notes, ListNotes(limit=2))
    assert [n.id for n in first.items] == [about.id, made[2].id]
    rest = await author.do(list_notes, ListNotes(limit=2, cursor=first.next_cursor))
    assert [n.id for n in rest.items] == [made[1].id, made[0].id]
    only = await author.do(list_notes, ListNotes(leader_id=cast["principal"].id))
    assert [n.id for n in only.items] == [about.id]


async def test_consent_to_support_goes_to_an_administrator_for_minutes(district, cast):
    helped, helper = cast["principal"], cast["teacher"]
    wanted = GiveSupportConsent(supporter=PersonRef(id=helper.id), minutes=30)
    with pytest.raises(Invalid):
        await helped.do(give_support_consent, wanted)
    await operate(district, grant_role, GrantRole(person_id=helper.id, role=Role.DISTRICT_ADMIN))
    made = await helped.do(give_support_consent, wanted)
    assert (made.until - made.given_at).total_seconds() == 1800
    assert [c.person_id for c in (await helper.do(list_support_consents, ListSupportConsents())).received] == [helped.id]
    await _sql(district, "update support_consent set until = now() - interval '1 second'")
    assert (await helper.do(list_support_consents, ListSupportConsents())).received == ()


async def test_somebody_who_is_not_in_the_roster_is_taken_in_by_invitation_and_stays(district, cast):
    coach = InvitePerson(given_name="Rosa", family_name="Marín", email="Rosa@example.org", role=Role.COACH)
    made = await operate(district, invite_person, coach)
    with pytest.raises(Conflict) as refused:
        await operate(district, invite_person, coach)
    assert refused.value.code == "person_known"
    await district.import_grand_bend()
    found = (await district.http.get(f"/v1/people/{made.id}")).json()
    assert (found["active"], found["sourced_id"]) == (True, None)
    me = await Person(district, made.id).do(read_me, ReadMe())
    assert me.roles == (Role.COACH,)


async def test_lists_hold_what_is_within_sight_and_are_empty_for_who_sees_nothing(cast):
    assert (await cast["teacher"].do(list_initiatives, ListInitiatives())).items == ()


async def operate_as_machine(district, use_case, command):
    machine = Actor(kind=ActorKind.CLIENT, id="c", district_id=district.id, origin="o", scopes=ALL, client_id="c")
    return await run(district.service.database, machine, use_case, command)


async def _list_people(district):
    return (await district.http.get("/v1/people", params={"limit": 100})).json()["items"]


async def _sql(district, statement):
    async with admin_connection(district.service.database) as connection:
        await connection.execute(statement)


async def test_two_records_of_one_person_become_one_with_the_scores_of_both(district, cast):
    one, other = cast["principal"], cast["other"]
    for n, (who, value) in enumerate(((one, 2), (one, 4), (other, 5))):
        said = visit(f"m-{n}", "1", f"2026-03-0{n + 1}T14:00:00Z", ("focus", value)) | {"leader": {"id": str(who.id)}}
        assert (await district.http.post("/v1/observations", json=said)).status_code == 201
    wanted = MergePeople(person_id=one.id, duplicate_id=other.id)
    told = await operate(district, merge_people, replace(wanted, dry_run=True))
    assert {m.table: m.rows for m in told.moved}["observation"] == 1
    assert (await district.http.get(f"/v1/leaders/{other.id}/profile")).status_code == 200
    await operate(district, merge_people, wanted)
    assert (await district.http.get(f"/v1/leaders/{other.id}/profile")).status_code == 404
    assert (await district.http.get(f"/v1/people/{other.id}")).status_code == 404
    profile = (await district.http.get(f"/v1/leaders/{one.id}/profile")).json()
    [focus] = [s for s in profile["scores"] if s["responsibility"] == "focus"]
    [seen] = [s for s in focus["sources"] if s["source"] == "observation"]
    assert (seen["n"], seen["mean"]) == (3, 3.6667)
    with pytest.raises(Invalid) as refused:
        await operate(district, merge_people, wanted)
    assert refused.value.errors[0].pointer == "/duplicate_id"


async def test_after_a_merge_a_roster_that_names_both_records_means_the_one(district, cast):
    one, other = cast["principal"], cast["other"]
    before = len(await _list_people(district))
    await operate(district, merge_people, MergePeople(person_id=one.id, duplicate_id=other.id))
    await district.import_grand_bend()
    assert len(await _list_people(district)) == before - 1
    told = (await district.http.get(f"/v1/people/{one.id}")).json()
    assert len({a["school_id"] for a in told["assignments"] if a["active"]}) == 2


async def test_of_two_self_assessments_of_one_person_the_newest_counts_after_a_merge(district, cast):
    one, other = cast["principal"], cast["other"]
    for who, value, at in ((one, 2, "2026-03-01T14:00:00Z"), (other, 5, "2026-04-01T14:00:00Z")):
        said = SELF | {"assessed_at": at, "ratings": [{"responsibility": "focus", "value": value}]}
        assert (await district.http.post(f"/v1/leaders/{who.id}/self-assessments", json=said)).status_code == 201
    await operate(district, merge_people, MergePeople(person_id=one.id, duplicate_id=other.id))
    async with admin_connection(district.service.database) as connection:
        held = await connection.fetch("select leader_id, n, sum_x_f from tally where source = 'self'")
    assert [(row[0], row[1]) for row in held] == [(one.id, 1)]
