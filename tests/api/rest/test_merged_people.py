"""Whoever knows a merged record by its earlier id or sourcedId means the person whose record was kept."""

from dataclasses import dataclass
from uuid import UUID

import pytest

from domain.directory.model import PersonRef
from domain.people.commands import (
    AddSupervision,
    GiveSupportConsent,
    GrantRole,
    ImportSupervision,
    ListNotes,
    ListSupervision,
    MergePeople,
    Share,
    WriteNote,
)
from domain.people.usecases.merge_people import merge_people
from domain.people.usecases.notes import list_notes, write_note
from domain.people.usecases.role_grants import grant_role
from domain.people.usecases.sharing import share
from domain.people.usecases.supervision import add_supervision, import_supervision, list_supervision
from domain.people.usecases.support_consent import give_support_consent
from domain.shared.errors import Invalid, NotFound
from domain.shared.roles import Role
from tests.support.attacks import admin_connection
from tests.support.payloads import CORE, PLAN, SELF, SUPERVISOR_RATED, visit
from tests.support.people import Person, operate, person
from tests.support.service import District

TEACHER, ADMINISTRATOR = "207219", "207247"
RATED = {"ratings": [{"responsibility": "focus", "value": 4}]}


@dataclass
class Merged:
    """A leader, and what the records that were merged into theirs were called."""

    district: District
    remaining: Person
    earlier: tuple[tuple[UUID, str], ...]

    @property
    def names(self) -> list[dict[str, str]]:
        """Every earlier id and sourcedId, as a body names a person."""
        return [ref for own, sourced_id in self.earlier for ref in ({"id": str(own)}, {"sourced_id": sourced_id})]


@pytest.fixture
async def merged(district, service) -> Merged:
    """The third record was merged into the second before that was merged into the first, which is one of no roster."""
    await district.http.put("/v1/roster/role-mapping", json={"systemAdministrator": "supervisor"})
    leaders = (await district.http.get("/v1/leaders")).json()["items"]
    first, second, third = (UUID(found["id"]) for found in leaders[:3])
    async with admin_connection(district.service.database) as connection:
        await connection.execute("update person set sourced_id = null where id = $1", first)
    for remaining, duplicate in ((second, third), (first, second)):
        await operate(district, merge_people, MergePeople(person_id=remaining, duplicate_id=duplicate))
    earlier = tuple((UUID(found["id"]), found["sourced_id"]) for found in leaders[1:3])
    return Merged(district, Person(district, first), earlier)


async def test_a_push_about_a_merged_record_is_about_the_person_kept(merged):
    http = merged.district.http
    for n, name in enumerate(merged.names):
        said = visit(f"m-{n}", "1", f"2026-03-0{n + 1}T14:00:00Z", ("focus", 4)) | {"leader": name}
        answer = await http.post("/v1/observations", json=said)
        assert answer.status_code == 201, answer.text
        assert (await http.get(f"/v1/observations/{answer.json()['id']}")).json()["leader_id"] == str(merged.remaining.id)
    profile = (await http.get(f"/v1/leaders/{merged.remaining.id}/profile")).json()
    [focus] = [s for s in profile["scores"] if s["responsibility"] == "focus"]
    assert focus["sources"][0]["n"] == 4


async def test_nobody_observes_themselves_under_an_earlier_name(merged):
    for name in merged.names:
        said = visit("m-1", "1", "2026-03-02T14:00:00Z", ("focus", 4)) | {
            "leader": {"id": str(merged.remaining.id)},
            "observer": name,
        }
        answer = await merged.district.http.post("/v1/observations", json=said)
        assert (answer.status_code, answer.json()["code"]) == (422, "observer_is_leader")


async def test_assessments_initiatives_and_lists_know_the_earlier_names(merged):
    http, remaining = merged.district.http, str(merged.remaining.id)
    for n, (own, sourced_id) in enumerate(merged.earlier):
        made = await http.post(f"/v1/leaders/{own}/self-assessments", json=SELF | RATED | {"external_id": f"s-{n}"})
        assert made.status_code == 201, made.text
        made = await http.post(
            f"/v1/leaders/{own}/supervisor-assessments", json=SUPERVISOR_RATED | RATED | {"external_id": f"j-{n}"}
        )
        assert made.status_code == 201, made.text
        found = (await http.get("/v1/people", params={"sourced_id": sourced_id})).json()["items"]
        assert [one["id"] for one in found] == [remaining]
    for name in merged.names:
        made = await http.post("/v1/initiatives", json=PLAN | {"leader": name})
        assert made.json()["initiative"]["leader_id"] == remaining
        assert (await http.post(f"/v1/initiatives/{made.json()['id']}/groups", json=CORE)).status_code == 201
    async with admin_connection(merged.district.service.database) as connection:
        assert {str(row[0]) for row in await connection.fetch("select distinct leader_id from assessment")} == {remaining}


async def test_people_name_each_other_by_earlier_names(merged):
    district, remaining = merged.district, merged.remaining
    teacher, supervisor = await person(district, TEACHER), await person(district, ADMINISTRATOR)
    own, sourced_id = merged.earlier[1]
    for ref in (PersonRef(id=own), PersonRef(sourced_id=sourced_id)):
        edge = AddSupervision(supervisor=PersonRef(id=supervisor.id), leader=ref)
        await operate(district, add_supervision, edge)
    file = f"supervisorSourcedId,leaderSourcedId\r\n{ADMINISTRATOR},{sourced_id}\r\n".encode()
    told = await operate(district, import_supervision, ImportSupervision(csv=file, dry_run=True))
    assert (told.added, told.removed, told.unchanged) == ((), (), 1)
    [held] = (await operate(district, list_supervision, ListSupervision())).items
    assert held.leader_id == remaining.id
    async with admin_connection(district.service.database) as connection:
        await connection.execute(
            "insert into assignment (district_id, id, person_id, org_id, role_sent, role_type, role, active) "
            "select district_id, gen_random_uuid(), $1, org_id, role_sent, role_type, role, true from assignment "
            "where role = 'principal' limit 1",
            teacher.id,
        )
    shared = await teacher.do(share, Share(coach=PersonRef(id=own)))
    assert shared.coach_id == remaining.id
    note = await teacher.do(write_note, WriteNote(leader_id=own, text="Ask about the block."))
    assert note.leader_id == remaining.id
    assert [n.leader_id for n in (await teacher.do(list_notes, ListNotes())).items] == [remaining.id]
    await operate(district, grant_role, GrantRole(person_id=remaining.id, role=Role.DISTRICT_ADMIN))
    consent = await teacher.do(give_support_consent, GiveSupportConsent(supporter=PersonRef(id=own), minutes=5))
    assert consent.supporter_id == remaining.id


async def test_what_is_done_to_a_record_itself_is_not_done_to_another_one(merged):
    """Roles and merging are about the very record named: a merged one is gone."""
    district, remaining = merged.district, merged.remaining
    own, _ = merged.earlier[0]
    with pytest.raises(NotFound):
        await operate(district, grant_role, GrantRole(person_id=own, role=Role.DISTRICT_ADMIN))
    with pytest.raises(Invalid) as refused:
        await operate(district, merge_people, MergePeople(person_id=remaining.id, duplicate_id=own))
    assert refused.value.errors[0].pointer == "/duplicate_id"
    teacher = await person(district, TEACHER)
    with pytest.raises(NotFound):
        await operate(district, merge_people, MergePeople(person_id=own, duplicate_id=teacher.id))


async def test_a_sourced_id_that_the_roster_gave_away_again_means_who_has_it_now(merged):
    district = merged.district
    teacher = await person(district, TEACHER)
    _, sourced_id = merged.earlier[1]
    async with admin_connection(district.service.database) as connection:
        await connection.execute("update person set sourced_id = $2 where id = $1", teacher.id, sourced_id)
    said = visit("m-1", "1", "2026-03-02T14:00:00Z", ("focus", 4)) | {"leader": {"sourced_id": sourced_id}}
    answer = await district.http.post("/v1/observations", json=said)
    assert (answer.status_code, answer.json()["code"]) == (422, "subject_not_leader")
