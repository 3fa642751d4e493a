"""A person is erased with everything about them; others keep their scores; nobody comes back by a roster or a backup."""

import json
import re
from uuid import UUID

import asyncpg
import pytest

from api.security.encryption import hmac_under_keys
from domain.directory.usecases.people_and_schools import list_people, read_person
from domain.observations.usecases.push import push_observation
from domain.people.commands import MergePeople
from domain.people.usecases.merge_people import merge_people
from domain.privacy.commands import ErasePerson, EvidenceAboutOthers, PutLegalHold, ReapplyErasures, ReleaseLegalHold
from domain.privacy.erasure_certificate import Certificate, is_genuine
from domain.privacy.usecases.erase_person import erase_person, reapply_erasures
from domain.privacy.usecases.legal_holds import put_legal_hold, release_legal_hold
from domain.roster.usecases import import_roster
from domain.scoring.usecases.profile import read_profile
from domain.shared.errors import Conflict, NotFound
from domain.shared.legal_holds import HoldAbout, HoldReason
from tests.support.attacks import add_row
from tests.support.audit import audit_rows
from tests.support.payloads import LEADER, OTHER, SUPERVISOR, TEACHER, visit
from tests.support.service import GRAND_BEND, SECRET
from tests.support.year_of_data import TENANT_TABLES


async def erase(filled, person, **options):
    return await filled.here.do(erase_person, ErasePerson(person_id=UUID(str(person)), **options), filled.district.id)


async def scores(filled, leader, **options):
    return (await filled.driver.made(read_profile, {"leader_id": leader} | options))["scores"]


async def texts(filled):
    """All that is held of the district, as one text."""
    rows = await filled.here.rows(filled.district.id)
    return "\n".join(f"{name} {row}" for name, held in rows.items() for row in held)


async def test_a_leader_goes_with_evidence_scores_and_initiatives(filled):
    leader = filled.ids["leader"]
    before = await filled.here.rows(filled.district.id)
    done = await erase(filled, leader)
    deleted = {c.table: c.rows for c in done.deleted}
    after = await filled.here.rows(filled.district.id)
    assert deleted["observation"] == len(before["observation"])
    for table in (
        "observation",
        "rating",
        "assessment",
        "tally",
        "initiative",
        "stakeholder_group",
        "pulse_answer",
        "push_head",
    ):
        assert (after[table], deleted[table]) == ([], len(before[table])), table
    assert len(after["person"]) == 67
    assert [i.fate for i in done.scores] == ["gone"]
    held = await texts(filled)
    assert leader not in held
    assert not re.search(rf'"?\b{LEADER}\b"?', held)
    assert await filled.here.wrong_scores(filled.district.id) == []
    assert (await filled.driver.expect_error(read_person, {"person_id": leader}))[0] == 404
    assert (await filled.driver.expect_error(read_profile, {"leader_id": leader}))[0] == 404


async def test_a_preview_says_what_happens_and_changes_nothing(filled):
    leader = filled.ids["leader"]
    before = await filled.here.rows(filled.district.id)
    tried = await erase(filled, leader, preview=True)
    assert tried.certificate is None
    assert await filled.here.rows(filled.district.id) == before
    done = await erase(filled, leader)
    assert (tried.deleted, tried.anonymised, tried.scores) == (done.deleted, done.anonymised, done.scores)


async def test_a_preview_under_an_idempotency_key_changes_nothing_either(filled):
    leader = filled.ids["leader"]
    http = await filled.district.client((*ADMIN,), "admin")
    before = await filled.here.rows(filled.district.id)
    answer = await http.post(f"/v1/people/{leader}:erase", json={"preview": True}, headers={"idempotency-key": "k-1"})
    assert answer.status_code == 200, answer.text
    after = await filled.here.rows(filled.district.id)
    assert {n: r for n, r in after.items() if n != "idempotency"} == {n: r for n, r in before.items() if n != "idempotency"}


ADMIN = ("admin:read", "admin:write")


async def test_what_an_assessor_said_of_others_stays_without_them(filled):
    supervisor, leader = await filled.district.person(SUPERVISOR), filled.ids["leader"]
    before = await scores(filled, leader)
    done = await erase(filled, supervisor)
    assert {c.table: c.rows for c in done.anonymised}["assessment.assessor_id"] == 1
    assert [(str(i.leader_id), i.fate) for i in done.scores] == [(leader, "unchanged")]
    assert await scores(filled, leader) == before
    assert supervisor not in await texts(filled)
    assert await filled.here.wrong_scores(filled.district.id) == []


async def test_what_an_assessor_said_of_others_goes_on_request_and_their_scores_follow(filled):
    supervisor, leader = await filled.district.person(SUPERVISOR), filled.ids["leader"]
    before = await scores(filled, leader)
    tried = await erase(filled, supervisor, preview=True, evidence_about_others=EvidenceAboutOthers.REMOVE)
    done = await erase(filled, supervisor, evidence_about_others=EvidenceAboutOthers.REMOVE)
    assert tried.scores == done.scores
    [impact] = done.scores
    after = await scores(filled, leader)
    told = {e.responsibility: (e.before, e.after) for e in impact.estimates}
    changed = {a["responsibility"]: (b["estimate"], a["estimate"]) for b, a in zip(before, after, strict=True) if a != b}
    assert told == changed
    assert list(changed) == ["focus"]
    assert await filled.here.wrong_scores(filled.district.id) == []


async def test_an_observer_is_forgotten_and_the_visit_stays(filled):
    teacher, leader = await filled.district.person(TEACHER), filled.ids["leader"]
    seen = visit("v-t", "1", "2026-06-01T14:00:00Z", ("focus", 4), observer={"sourced_id": TEACHER})
    await filled.driver.made(push_observation, seen)
    before = await scores(filled, leader)
    done = await erase(filled, teacher)
    assert {c.table: c.rows for c in done.anonymised}["observation.observer_id"] == 1
    assert await scores(filled, leader) == before
    assert teacher not in await texts(filled)


async def test_the_certificate_is_genuine_and_names_nobody(filled):
    done = await erase(filled, filled.ids["leader"])
    told = json.loads(done.certificate.document)
    assert is_genuine(Certificate(document=told, signature=done.certificate.signature), hmac_under_keys(SECRET))
    for name in (LEADER, filled.ids["leader"]):
        assert name not in done.certificate.document
    assert told["deleted"] == {c.table: c.rows for c in done.deleted}
    twice = await erase(filled, filled.ids["leader"])
    assert twice.certificate == done.certificate
    assert twice.deleted == ()
    with pytest.raises(NotFound):
        await erase(filled, "01900000-0000-7000-8000-000000000000")


async def test_a_roster_does_not_bring_an_erased_person_back(filled):
    await erase(filled, filled.ids["leader"])
    done = await filled.driver.made(import_roster, {"package": GRAND_BEND.read_bytes()})
    assert done["left_out"]["erased"] == 1
    assert done["counts"]["people"] == 67
    assert [d["added"] for d in done["differences"]][1] == 0
    assert (await filled.driver.made(list_people, {"sourced_id": LEADER}))["items"] == []
    again = await filled.driver.made(import_roster, {"package": GRAND_BEND.read_bytes()})
    assert [d["rows"] for d in again["differences"] if d["rows"]] == []
    assert (await filled.driver.made(list_people, {"sourced_id": OTHER}))["items"] != []


async def test_whoever_is_on_the_list_and_came_back_with_a_backup_is_erased_again(filled):
    leader = filled.ids["leader"]
    package = await filled.here.export(filled.district.id)
    connection = await asyncpg.connect(filled.here.database.admin_url)
    await erase(filled, leader)
    keeping = ("erasure_certificate", "erasure")
    held = {t: await connection.fetch(f"select * from {t} where district_id = $1", filled.district.id) for t in keeping}
    # the state before the erasure, with the list that was kept
    await filled.here.erase(filled.district.id)
    await filled.here.import_package(package, filled.district.id)
    for table in keeping:
        for row in held[table]:
            marks = ", ".join(f"${i}" for i in range(1, len(row) + 1))
            await connection.execute(f"insert into {table} ({', '.join(row.keys())}) values ({marks})", *row.values())
    await connection.close()
    assert leader in await texts(filled)
    for people in (1, 0):
        view = await filled.here.do(reapply_erasures, ReapplyErasures(), filled.district.id)
        assert view.people == people
    assert leader not in await texts(filled)
    assert await filled.here.wrong_scores(filled.district.id) == []


async def records_of_one(filled):
    """Three records of one person, merged one after the other: the first into the second, that into the third."""
    first, second, third = [await filled.district.person(name) for name in (OTHER, TEACHER, LEADER)]
    connection = await asyncpg.connect(filled.here.database.admin_url)
    await connection.execute("update person set identifier = 'N-' || sourced_id where district_id = $1", filled.district.id)
    await connection.close()
    await merge(filled, second, first)
    await merge(filled, third, second)
    return first, second, third


async def test_a_roster_does_not_bring_back_any_record_of_a_person_who_was_merged_and_erased(filled):
    *_, third = await records_of_one(filled)
    await erase(filled, third)
    done = await filled.driver.made(import_roster, {"package": GRAND_BEND.read_bytes()})
    assert done["left_out"]["erased"] == 3
    assert [d["added"] for d in done["differences"]][1] == 0
    for name in (OTHER, TEACHER, LEADER):
        assert (await filled.driver.made(list_people, {"sourced_id": name}))["items"] == []


async def test_a_backup_does_not_bring_back_any_record_of_a_person_who_was_merged_and_erased(filled):
    """Known again by the id, by the sourcedId or by the staff number of each record alone."""
    records = await records_of_one(filled)
    await erase(filled, records[-1])
    known = [(record, None, None) for record in records]
    known += [(None, name, None) for name in (OTHER, TEACHER, LEADER)]
    known += [(None, None, f"N-{name}") for name in (OTHER, TEACHER, LEADER)]
    connection = await asyncpg.connect(filled.here.database.admin_url)
    for person_id, sourced_id, identifier in known:
        await connection.execute(
            "insert into person (district_id, id, given_name, family_name, enabled, active, sourced_id, identifier)"
            " values ($1, coalesce($2::uuid, gen_random_uuid()), 'Back', 'Again', true, true, $3, $4)",
            *(filled.district.id, person_id, sourced_id, identifier),
        )
    await connection.close()
    view = await filled.here.do(reapply_erasures, ReapplyErasures(), filled.district.id)
    assert view.people == len(known)


async def test_the_certificate_is_found_under_every_earlier_id(filled):
    *earlier, third = await records_of_one(filled)
    done = await erase(filled, third)
    for record in earlier:
        assert (await erase(filled, record)).certificate == done.certificate


async def test_no_earlier_id_or_name_of_an_erased_person_is_left(filled):
    *earlier, third = await records_of_one(filled)
    await erase(filled, third)
    left = await texts(filled)
    assert not any(record in left for record in earlier)
    assert not re.search(rf"\b({OTHER}|{TEACHER}|N-{LEADER})\b", left)


async def test_the_trail_says_who_was_erased_by_the_id_that_is_nobodys_now(filled):
    leader = filled.ids["leader"]
    done = await erase(filled, leader)
    [row] = await audit_rows(filled.here.database, filled.district.id, "erase_person")
    assert (row["object_kind"], str(row["object_id"])) == ("person", leader)
    assert [str(i) for i in row["further_ids"]] == [done.certificate.number]


async def test_a_restore_ends_every_sign_in_of_the_backup(filled):
    leader = filled.ids["leader"]
    connection = await asyncpg.connect(filled.here.database.admin_url)
    for table in ("account", "browser_session", "account_code", "authorization_code", "session"):
        await add_row(connection, filled.district.id, table, person_id=leader)
    await filled.here.do(reapply_erasures, ReapplyErasures(), filled.district.id)
    for table in ("browser_session", "account_code", "authorization_code"):
        assert await connection.fetchval(f"select count(*) from {table}") == 0
    assert await connection.fetchval("select count(*) from session where revoked_at is null") == 0
    assert await connection.fetchval("select count(*) from account") == 1
    await connection.close()


async def hold(filled, person=None, until=None):
    command = PutLegalHold(
        about=HoldAbout.PERSON if person else HoldAbout.DISTRICT,
        person_id=person and UUID(person),
        reason=HoldReason.LITIGATION,
        until=until,
    )
    return await filled.here.do(put_legal_hold, command, filled.district.id)


async def merge(filled, remaining, duplicate):
    command = MergePeople(person_id=UUID(remaining), duplicate_id=UUID(duplicate))
    return await filled.here.do(merge_people, command, filled.district.id)


@pytest.mark.parametrize("target", ["them", "district", "whom_they_judged", "who_judged_them"])
async def test_a_hold_stands_in_the_way(filled, target):
    leader, supervisor = filled.ids["leader"], await filled.district.person(SUPERVISOR)
    held, goes = {
        "them": (leader, leader),
        "district": (None, leader),
        "whom_they_judged": (leader, supervisor),
        "who_judged_them": (supervisor, leader),
    }[target]
    put = await hold(filled, held)
    before = await filled.here.rows(filled.district.id)
    for options in ({}, {"preview": True}):
        with pytest.raises(Conflict) as refused:
            await erase(filled, goes, **options)
        assert refused.value.code == "legal_hold"
    if target in {"them", "district"}:
        for kept, duplicate in ((supervisor, leader), (leader, supervisor)):
            with pytest.raises(Conflict) as refused:
                await merge(filled, kept, duplicate)
            assert refused.value.code == "legal_hold"
    with pytest.raises(Conflict) as refused:
        await filled.here.erase(filled.district.id)
    assert refused.value.code == "legal_hold"
    assert await filled.here.rows(filled.district.id) == before
    await filled.here.do(release_legal_hold, ReleaseLegalHold(hold_id=put.id), filled.district.id)
    assert (await erase(filled, goes)).certificate is not None


async def test_a_neighbour_of_the_erased_is_not_touched(filled):
    before = await filled.here.rows(filled.neighbour.id)
    await erase(filled, filled.ids["leader"])
    assert await filled.here.rows(filled.neighbour.id) == before
    theirs = await filled.neighbour.person(LEADER)
    with pytest.raises(NotFound):
        await erase(filled, theirs)
    assert len(TENANT_TABLES) > 20


async def test_no_digest_of_what_an_erased_person_said_or_was_said_to_be_is_left(filled):
    observer = await filled.district.person(OTHER)
    seen = visit("v-seen", "1", "2026-06-01T14:00:00Z", ("focus", 4), observer={"sourced_id": OTHER})
    assert (await filled.driver.made(push_observation, seen))["outcome"] == "created"
    await sql(filled, "insert into sign_in_tries values ($1, 'x', 1, now(), now())", UUID(str(filled.district.id)))
    await erase(filled, observer, evidence_about_others=EvidenceAboutOthers.KEEP)
    heads = dict(
        await sql(filled, "select external_id, digest from push_head where thing = 'observation' and digest is not null")
    )
    assert heads.pop("v-seen") == b""
    assert b"" not in heads.values()
    assert await sql(filled, "select count(*) from sign_in_tries") == [(0,)]
    # It is known that it was pushed, and nothing about the person is kept by pushing it again.
    assert (await filled.driver.made(push_observation, seen))["outcome"] == "unchanged"
    assert await sql(filled, "select digest from push_head where external_id = 'v-seen'") == [(b"",)]


async def sql(filled, statement, *values):
    connection = await asyncpg.connect(filled.here.database.admin_url)
    try:
        return [tuple(row) for row in await connection.fetch(statement, *values)]
    finally:
        await connection.close()
