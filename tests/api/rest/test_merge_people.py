"""What a merge moves, and what it does not: whoever held the duplicate gets nothing of the kept person, nor the other way round."""

from collections import Counter
from dataclasses import replace
from uuid import UUID

import pytest

from domain.people.commands import GrantRole, ListNotes, MergePeople, WriteNote
from domain.people.usecases.merge_people import merge_people
from domain.people.usecases.notes import list_notes, write_note
from domain.people.usecases.role_grants import grant_role
from domain.privacy.data_map import OnMerge
from domain.shared.errors import Conflict, Invalid
from domain.shared.roles import Role
from persistence.repositories.privacy.foreign_keys import PARENTS_FIRST
from persistence.tables import DATA_MAP
from tests.support.attacks import add_row, admin_connection
from tests.support.audit import audit_rows
from tests.support.people import operate, person

KEPT, DUPLICATE, THIRD = "207267", "207219", "207247"
COLLEAGUE = "207268"
"""A teacher of the kept leader's school."""
NEVER_MOVED = {
    *("account", "account_code", "recovery_code", "browser_session", "identity_link", "person_user_id"),
    *("session", "authorization_request", "authorization_code", "consent", "support_consent"),
    *("role_grant", "sharing", "private_note", "notification", "notification_preference"),
}
LINKS = {str(t.name): DATA_MAP[t.name].links for t in PARENTS_FIRST}


@pytest.fixture
async def cast(district):
    return [await person(district, name) for name in (KEPT, DUPLICATE, THIRD)]


def merging(remaining, duplicate, **more):
    return MergePeople(person_id=remaining.id, duplicate_id=duplicate.id, **more)


async def naming(connection, district, who):
    """How many rows of each table name ``who``."""
    found = Counter()
    for table, links in LINKS.items():
        for link in links:
            query = f"select count(*) from {table} where district_id = $1 and {link.column} = $2"
            found[table] += await connection.fetchval(query, UUID(str(district.id)), who.id)
    return +found


def test_everything_that_lets_somebody_in_or_is_private_stays_where_it_was():
    """Read from the data map, so that a table which is added has to say what a merge does."""
    told = {t: {link.on_merge for link in links} for t, links in LINKS.items() if links and t != "person"}
    assert {t for t, does in told.items() if OnMerge.DELETE in does} == NEVER_MOVED
    assert {t for t, does in told.items() if does == {OnMerge.DELETE, OnMerge.MOVE}} == {"private_note"}
    [author] = [link for link in LINKS["private_note"] if link.column == "author_id"]
    assert author.on_merge is OnMerge.DELETE


async def test_nothing_of_the_duplicates_that_is_not_to_move_names_the_kept_person_afterwards(district, cast):
    kept, duplicate, third = cast
    async with admin_connection(district.service.database) as connection:
        for table in sorted(NEVER_MOVED):
            for link in (link for link in LINKS[table] if link.on_merge is OnMerge.DELETE):
                other = {x.column: third.id for x in LINKS[table] if x.column != link.column}
                await add_row(connection, district.id, table, **other, **{link.column: duplicate.id})
        session = await connection.fetchval("select id from session where person_id = $1", duplicate.id)
        await add_row(connection, district.id, "refresh_token", session_id=session)
        before, ends = await naming(connection, district, kept), await naming(connection, district, duplicate)
        told = await operate(district, merge_people, merging(kept, duplicate, dry_run=True))
        done = await operate(district, merge_people, merging(kept, duplicate))
        after = await naming(connection, district, kept)
        tokens = await connection.fetchval("select count(*) from refresh_token")
    assert told.deleted == done.deleted
    deleted = {d.table: d.rows for d in done.deleted}
    assert deleted == {t: n for t, n in ends.items() if t in NEVER_MOVED} | {"refresh_token": 1}
    assert set(deleted) == NEVER_MOVED | {"refresh_token"}
    assert {t: after[t] for t in NEVER_MOVED} == {t: before[t] for t in NEVER_MOVED}
    assert tokens == 0


async def test_both_sign_in_anew_after_a_merge(district, cast):
    kept, duplicate, third = cast
    async with admin_connection(district.service.database) as connection:
        for who in (kept, duplicate, third):
            for table in ("browser_session", "session", "account_code"):
                await add_row(connection, district.id, table, person_id=who.id)
        far = "now() + interval '9 days'"
        await connection.execute(f"update session set idle_until = {far}, absolute_until = {far}")
        await operate(district, merge_people, merging(kept, duplicate))
        browsers = await connection.fetch("select person_id from browser_session")
        codes = await connection.fetch("select person_id from account_code")
        live = await connection.fetch("select person_id from session where revoked_at is null")
    assert [row[0] for row in browsers] == [row[0] for row in codes] == [row[0] for row in live] == [third.id]


async def test_an_administrator_does_not_read_somebodys_notes_by_merging_them_into_themselves(district, cast):
    mine, duplicate, third = cast
    await duplicate.do(write_note, WriteNote(text="Between me and me."))
    await third.do(write_note, WriteNote(text="Of somebody else."))
    told = await operate(district, merge_people, merging(mine, duplicate, dry_run=True))
    assert ("private_note", 1) in {(d.table, d.rows) for d in told.deleted}
    assert (await duplicate.do(list_notes, ListNotes())).items != ()
    await operate(district, merge_people, merging(mine, duplicate))
    assert (await mine.do(list_notes, ListNotes())).items == ()
    async with admin_connection(district.service.database) as connection:
        assert await connection.fetchval("select count(*) from private_note") == 1


async def test_a_note_about_the_duplicate_stays_its_authors_and_is_about_the_kept_person(district, cast):
    other, kept, author = cast[1], await person(district, "207266"), await person(district, COLLEAGUE)
    leader = cast[0]
    await author.do(write_note, WriteNote(text="About the duplicate.", leader_id=leader.id))
    await operate(district, merge_people, merging(kept, leader))
    [note] = (await author.do(list_notes, ListNotes())).items
    assert note.leader_id == kept.id
    assert (await kept.do(list_notes, ListNotes())).items == ()
    assert (await other.do(list_notes, ListNotes())).items == ()


@pytest.mark.parametrize("role", [Role.DISTRICT_ADMIN, Role.COACH, Role.RESEARCHER, Role.SUPERVISOR])
async def test_a_role_given_by_hand_does_not_come_to_anybody_by_a_merge(district, cast, role):
    kept, duplicate, third = cast
    await operate(district, grant_role, GrantRole(person_id=third.id, role=role))
    await operate(district, grant_role, GrantRole(person_id=duplicate.id, role=role))
    await operate(district, merge_people, merging(kept, duplicate))
    assert role not in (await kept.actor()).person_context.roles
    assert role in (await third.actor()).person_context.roles


async def test_the_last_administrators_record_is_not_merged_away(district, cast):
    kept, duplicate, _third = cast
    await operate(district, grant_role, GrantRole(person_id=duplicate.id, role=Role.DISTRICT_ADMIN))
    with pytest.raises(Conflict) as refused:
        await duplicate.do(merge_people, merging(kept, duplicate))
    assert refused.value.code == "last_admin"
    await operate(district, grant_role, GrantRole(person_id=kept.id, role=Role.DISTRICT_ADMIN))
    await duplicate.do(merge_people, merging(kept, duplicate))
    assert Role.DISTRICT_ADMIN in (await kept.actor()).person_context.roles


async def test_a_record_is_not_merged_into_itself_and_the_trail_names_both(district, cast):
    kept, duplicate, _third = cast
    with pytest.raises(Invalid):
        await operate(district, merge_people, replace(merging(kept, duplicate), duplicate_id=kept.id))
    await operate(district, merge_people, merging(kept, duplicate))
    [row] = await audit_rows(district.service.database, district.id, "merge_people")
    assert (row["object_id"], row["further_ids"]) == (kept.id, [duplicate.id])
